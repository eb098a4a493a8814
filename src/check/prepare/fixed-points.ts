/**
 * The graph as a compiler for fixed point sees it: quantising is no work of its own, but a property of tensors. Pairs of
 * QuantizeLinear and DequantizeLinear whose scale is a fixed-point position go; what their tensors are quantised to is
 * kept beside them. The others stay, and so does all that hangs on them.
 * Source: vai_q_onnx of Vitis AI (quantize.py, qdq_quantizer.py), which simplifies a float model with ONNX Runtime first.
 */
import type { Value } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import { fixedPointFault } from '../../profiles/fixed-point.ts'
import { type Prepared, prepare, unprepared } from '../prepare.ts'
import { notAsked, TensorFacts } from '../tensor-facts.ts'
import type { Quantized, View, ViewNode } from '../view.ts'
import { Draft } from './draft.ts'
import { Workshop } from './workshop.ts'

const why = 'it says where the binary point of a tensor is: the compiler keeps that with the tensor'

export const prepareFixedPoints = (inference: Inference): Prepared => withoutPairs(prepare(inference))
export const fixedPointsOfFile = (inference: Inference): Prepared => withoutPairs(unprepared(inference))

function withoutPairs({ views, gone }: Prepared): Prepared {
  const [main] = views
  const overlay = main?.overlay
  if (!main || !views.some((view) => view.nodes.some(isPair))) return { views, gone }
  const shop = new Workshop(main.model, overlay)
  const changed = views.map((view) => {
    const nodes = view.nodes.map((node) => node.copy())
    const draft = new Draft(view.inference, view.graph, nodes, view.outputs, shop)
    for (const node of draft.order()) if (isPair(node)) takeOut(draft, view, node)
    return draft.finish()
  })
  return { views: changed, gone: new Map([...gone, ...shop.gone]) }
}

const isPair = ({ op, domain, inputs, outputs }: ViewNode): boolean =>
  (op === 'QuantizeLinear' || op === 'DequantizeLinear') &&
  (domain === '' || domain === 'com.microsoft') &&
  inputs[0] != null &&
  inputs[1] != null &&
  outputs[0] != null

function takeOut(draft: Draft, view: View, node: ViewNode): void {
  const [input, scale, zeroPoint = null] = node.inputs
  const [output] = node.outputs
  if (!input || !scale || !output) return
  const stored = node.op === 'QuantizeLinear' ? output : input
  const tensor = new TensorFacts(view, stored, notAsked, { scale, zeroPoint })
  const dtype = typeof tensor.dtype === 'string' ? tensor.dtype : 'unknown'
  const quantized: Quantized = { scale, zeroPoint, dtype }
  if (fixedPointFault(tensor) !== null) {
    // What it makes or reads as float is what the nodes around it compute with.
    draft.quantize(node.op === 'QuantizeLinear' ? input : output, quantized)
    return
  }
  const left = draft.isOutput(output) ? passBehind(draft, node, input, output) : passBefore(draft, node, input, output)
  if (left && !draft.quantizedTo(left)) draft.quantize(left, quantized)
}

/** Its readers read what it has read. */
function passBefore(draft: Draft, node: ViewNode, from: Value, output: Value): Value {
  draft.remove(node, { from: output, to: from }, why)
  return from
}

/** What has made its input makes its output, which the graph gives out; null where nothing can. */
function passBehind(draft: Draft, node: ViewNode, input: Value, output: Value): Value | null {
  const maker = draft.maker(input)
  if (!maker || draft.isOutput(input)) return null
  const at = maker.outputs.indexOf(input)
  draft.replaceReadings(input, output)
  draft.makes(maker, output, at)
  draft.discard(node, why)
  return output
}
