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
import type { View, ViewNode } from '../view.ts'
import { Draft } from './draft.ts'
import { Workshop } from './workshop.ts'

const why = 'it says where the binary point of a tensor is: the compiler keeps that with the tensor'

export const prepareFixedPoints = (inference: Inference): Prepared => withoutPairs(prepare(inference))
export const fixedPointsOfFile = (inference: Inference): Prepared => withoutPairs(unprepared(inference))

function withoutPairs({ views, gone }: Prepared): Prepared {
  const [main] = views
  if (!main || !views.some((view) => view.nodes.some(isPair))) return { views, gone }
  const shop = new Workshop(main.model, main.overlay)
  const changed = views.map((view) => {
    const nodes = view.nodes.map((node) => node.copy())
    const draft = new Draft(view.inference, view.graph, nodes, view.outputs, shop)
    const pairs = draft.order().filter(isPair)
    for (const node of pairs) keepQuantization(shop, view, node)
    for (const node of removable(draft, view, pairs)) takeOut(draft, node)
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

const quantizes = ({ op }: ViewNode): boolean => op === 'QuantizeLinear'

/** The integer side of a pair, with its scale and zero point. */
function storedTensor(view: View, node: ViewNode): TensorFacts | null {
  const [input, scale = null, zeroPoint = null] = node.inputs
  const stored = quantizes(node) ? node.outputs[0] : input
  return stored ? new TensorFacts(view, stored, notAsked, { scale, zeroPoint }) : null
}

/** What the nodes on both sides read of it, whether it goes or stays. */
function keepQuantization({ quantized: known }: Workshop, view: View, node: ViewNode): void {
  const [input, scale, zeroPoint = null] = node.inputs
  const tensor = storedTensor(view, node)
  if (!tensor || !scale) return
  const quantized = { scale, zeroPoint, dtype: typeof tensor.dtype === 'string' ? tensor.dtype : 'unknown' }
  const fault = fixedPointFault(tensor) !== null
  for (const value of [input, node.outputs[0]]) if (value && (fault || !known.has(value))) known.set(value, quantized)
}

/**
 * Those in fixed point. A QuantizeLinear stays where something else than a pair that goes computes with its integers,
 * and so does what reads them.
 */
function removable(draft: Draft, view: View, pairs: readonly ViewNode[]): Set<ViewNode> {
  const leaving = new Set<ViewNode>()
  for (const node of pairs) {
    const tensor = storedTensor(view, node)
    if (tensor && fixedPointFault(tensor) === null) leaving.add(node)
  }
  for (const node of pairs)
    if (quantizes(node) && !draft.readings(node).every((reading) => leaving.has(reading.node))) leaving.delete(node)
  for (const node of pairs) {
    const maker = draft.maker(node.inputs[0])
    if (!quantizes(node) && maker && !leaving.has(maker)) leaving.delete(node)
  }
  return leaving
}

/** What is left computes with the tensors that are not stored as integers. */
function takeOut(draft: Draft, node: ViewNode): void {
  const [input] = node.inputs
  const [output] = node.outputs
  if (!input || !output) return
  if (quantizes(node) || isFloat(draft, input)) {
    draft.remove(node, { from: output, to: input }, why)
  } else if (draft.constant(input)) draft.foldAlone(node, why)
  // An input of the model that is stored as integers already.
  else draft.discard(node, why)
}

/** Once the QuantizeLinear before it is gone. */
const isFloat = (draft: Draft, value: Value): boolean => draft.tensor(value)?.dtype?.startsWith('float') === true
