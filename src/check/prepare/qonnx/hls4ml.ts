/**
 * The preparation that hls4ml documents for ONNX models, done on paper with the steps of qonnx: clean up, channels
 * last, Gemm to MatMul, clean up. Only the main graph is prepared: bodies are left as in the file.
 */
import type { Inference } from '../../../infer/facts.ts'
import type { Prepared } from '../../prepare.ts'
import { ViewNode, viewAsIs, withoutConstants } from '../../view.ts'
import { Draft } from '../draft.ts'
import { Workshop } from '../workshop.ts'
import { toChannelsLast } from './channels-last.ts'
import { cleanUp } from './clean-up.ts'
import { gemmToMatMul } from './gemm-to-matmul.ts'
import { withFixedInitializers } from './initializers.ts'

const quantisers: ReadonlySet<string> = new Set([
  'Quant',
  'IntQuant',
  'BipolarQuant',
  'QuantizeLinear',
  'DequantizeLinear',
])

export function prepareForHls4ml(given: Inference): Prepared {
  const inference = withFixedInitializers(given)
  const { model } = inference
  const shop = new Workshop(model)
  shop.loseConstants(model.graph)
  const nodes = withoutConstants(model.graph).map((node) => new ViewNode(node, inference.node(node).schema))
  const draft = new Draft(inference, model.graph, nodes, model.graph.outputs, shop)
  cleanUp(draft)
  toChannelsLast(draft)
  gemmToMatMul(draft)
  cleanUp(draft)
  const main = draft.finish()
  const bodies = model.graph.nodes.flatMap((node) => [...node.bodies.values()])
  // Grows while it is walked: bodies come after the graphs around them.
  for (const body of bodies) {
    shop.loseConstants(body)
    for (const node of body.nodes) bodies.push(...node.bodies.values())
  }
  return {
    views: [main, ...bodies.map((body) => viewAsIs(inference, body))],
    gone: shop.gone,
    rewritten: shop.rewritten,
    unquantised: !main.nodes.some(({ op }) => quantisers.has(op)),
  }
}
