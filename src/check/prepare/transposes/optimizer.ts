/**
 * Transposes move behind the nodes that read them where that takes Transposes away, until they cancel each other.
 * Source: ONNX Runtime 1.30, optimizer/transpose_optimization/onnx_transpose_optimization.cc (OptimizeImpl), optimizer/
 * layout_transformation/layout_transformation.cc (PostLayoutTransformCostCheck).
 */
import type { Value } from '../../../graph/model.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { type Handler, handlerOf } from './handlers.ts'
import { closeUnit, permutationOf, shapeOf } from './inputs.ts'
import { areEqual, inverse, isLayoutChange, type Permutation } from './permutation.ts'

const supportedOpsets = { from: 7, to: 27 }

/** `layout`: Transposes between the layouts are pushed as far as they go, whatever it costs. */
export function optimizeTransposes(draft: Draft, layout = false): void {
  const opset = draft.opset()
  if (!draft.holds('Transpose') || opset < supportedOpsets.from || opset > supportedOpsets.to) return
  const nodes = draft.order()
  const leading = leadingToTranspose(draft, nodes)
  for (const node of nodes) {
    if (!draft.has(node)) continue
    // The list as it is now: pushing replaces it.
    const { inputs } = node
    for (let input = 0; input < inputs.length; input++) {
      const before = draft.maker(inputs[input])
      const perm = permutationOf(before)
      if (before && perm && pushThrough(draft, before, node, perm, input, leading, layout)) break
    }
  }
  if (draft.holds('DequantizeLinear')) closeUnits(draft)
}

/** Values behind which, over nodes that let Transposes pass, a Transpose comes. */
function leadingToTranspose(draft: Draft, nodes: readonly ViewNode[]): ReadonlySet<Value> {
  const leading = new Set<Value>()
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as ViewNode
    if (node.op === 'Transpose' && node.domain === '') {
      if (node.inputs[0]) leading.add(node.inputs[0])
      continue
    }
    if (!node.outputs.some((output) => output && leading.has(output))) continue
    const handler = handlerOf(node)
    if (!handler?.passesOn) continue
    for (const input of handler.inputs(draft, node)) {
      const value = node.inputs[input]
      if (value) leading.add(value)
    }
  }
  return leading
}

function pushThrough(
  draft: Draft,
  transpose: ViewNode,
  node: ViewNode,
  perm: Permutation,
  input: number,
  leading: ReadonlySet<Value>,
  layout: boolean,
): boolean {
  const handler = handlerOf(node)
  const inputs = handler?.inputs(draft, node) ?? []
  if (!handler || !inputs.includes(input)) return false
  const pushed = layout && node.op !== 'Concat' && isLayoutChange(perm)
  if (!pushed && node.op !== 'Transpose' && cost(draft, node, perm, inputs, handler, leading) >= 0) return false
  return handler.push({ draft, transpose, node, perm, back: inverse(perm), inputs })
}

/** Axes that Transposes move, more or less than before: negative where it pays. */
function cost(
  draft: Draft,
  node: ViewNode,
  perm: Permutation,
  inputs: readonly number[],
  handler: Handler,
  leading: ReadonlySet<Value>,
): number {
  let sum = 0
  for (const input of inputs) {
    const value = node.inputs[input]
    if (value) sum += inputCost(draft, value, perm)
  }
  if (sum >= 0 || !handler.passesOn || node.outputs.some((output) => output && leading.has(output))) return sum
  return sum + Math.max(0, ...node.outputs.map((output) => (output ? movedAxes(draft, output) : 0)))
}

function inputCost(draft: Draft, value: Value, perm: Permutation): number {
  let maker = draft.maker(value)
  if (!maker) return draft.constant(value) ? 0 : movedAxes(draft, value)
  if (maker.op === 'DequantizeLinear') {
    if (draft.constant(maker.inputs[0]) && draft.consumers(value).all && draft.readings(maker).length === 1) return 0
    const before = draft.maker(maker.inputs[0])
    const over = before?.op === 'Squeeze' ? draft.maker(before.inputs[0]) : null
    if (over?.op === 'Transpose') maker = over
    else if (before && before.op !== 'Squeeze') maker = before
  }
  if (maker.op !== 'Transpose' || maker.domain !== '') return movedAxes(draft, value)
  const own = permutationOf(maker)
  if (!own) return movedAxes(draft, value)
  return areEqual(own, perm) && canLikelyGo(draft, maker) ? -movedAxes(draft, value) : 0
}

function canLikelyGo(draft: Draft, transpose: ViewNode): boolean {
  const [output] = transpose.outputs
  if (!output) return false
  const { nodes, all } = draft.consumers(output)
  return all && nodes.every((node) => handlerOf(node) !== undefined)
}

/** Axes of a size other than 1; 5 where the rank is not known. */
function movedAxes(draft: Draft, value: Value): number {
  const shape = shapeOf(draft, value)
  return shape ? shape.filter((dim) => dim !== 1).length : 5
}

/** Units that lost their Q or DQ on the way get one again, and pairs with nothing between them go. */
function closeUnits(draft: Draft): void {
  for (const node of draft.order()) {
    if (!draft.has(node)) continue
    if (node.op === 'QuantizeLinear') removeEmptyPair(draft, node)
    else if (node.op === 'Transpose' && !closeBehind(draft, node)) closeBefore(draft, node)
  }
}

function removeEmptyPair(draft: Draft, q: ViewNode): void {
  const dq = draft.maker(q.inputs[0])
  const [from] = q.outputs
  const to = dq?.inputs[0]
  if (dq?.op !== 'DequantizeLinear' || !from || !to || draft.onlyReader(dq) !== q || !areAlike(draft, dq, q)) return
  const why = 'it quantises what was quantised before'
  const { nodes, all } = draft.consumers(from)
  if (all && nodes.length === 1) {
    draft.remove(q, { from, to }, why)
    draft.discard(dq, why)
  } else if (nodes.length === 0 && draft.isOutput(from)) {
    const maker = draft.maker(to)
    if (!maker || !draft.consumers(to).all || draft.consumers(to).nodes.length !== 1) return
    draft.discard(q, why)
    draft.discard(dq, why)
    draft.makes(maker, from, maker.outputs.indexOf(to))
  }
}

function areAlike(draft: Draft, dq: ViewNode, q: ViewNode): boolean {
  if (dq.domain !== q.domain) return false
  const [a, b] = [draft.tensor(dq.inputs[0])?.dtype, draft.tensor(q.outputs[0])?.dtype]
  if (!a || a !== b) return false
  return [1, 2].every((i) => {
    const [own, other] = [dq.inputs[i], q.inputs[i]]
    if (own === other) return true
    const [x, y] = [own, other].map((value) =>
      value ? draft.constantValue(value)?.elements.join() : i === 2 ? '0' : null,
    )
    return x !== undefined && x === y
  })
}

/** DQ → Transpose without a Q behind. */
function closeBehind(draft: Draft, transpose: ViewNode): boolean {
  const dq = draft.maker(transpose.inputs[0])
  const [output] = transpose.outputs
  if (dq?.op !== 'DequantizeLinear' || !output) return false
  const { nodes } = draft.consumers(output)
  const [next] = nodes
  if (nodes.length > 1 || next?.op === 'QuantizeLinear') return false
  return closeUnit(draft, dq)
}

/** Transpose → Q without a DQ before. */
function closeBefore(draft: Draft, transpose: ViewNode): void {
  const [input] = transpose.inputs
  const q = draft.onlyReader(transpose)
  const maker = draft.maker(input)
  if (q?.op !== 'QuantizeLinear' || !input || !maker || maker.op === 'DequantizeLinear') return
  if (draft.consumers(input).nodes.length !== 1) return
  const [, scale = null, zero = null] = q.inputs
  const scaleShape = shapeOf(draft, scale)
  const perTensor = scaleShape?.length === 0 || (scaleShape?.length === 1 && scaleShape[0] === 1)
  const perm = permutationOf(transpose)
  if (!scaleShape || q.int('block_size') || !perm) return
  const axis = q.int('axis') ?? 1
  const attributes = new Map(
    perTensor ? [] : [['axis', { type: 'INT', value: perm[axis < 0 ? axis + perm.length : axis] ?? axis } as const]],
  )
  const { type, why } = draft.facts(input)
  const quantized = draft.facts(q.outputs[0] ?? input).type
  const shape = type?.kind === 'tensor' ? type.shape : null
  const dtype = quantized?.kind === 'tensor' ? quantized.dtype : null
  const between = draft.value(`${input.name}/quantized`, { kind: 'tensor', dtype, shape }, why)
  const own = draft.renew(maker, input)
  const parameters = zero ? [scale, zero] : [scale]
  const { domain } = q
  draft.add('QuantizeLinear', q, { inputs: [own, ...parameters], outputs: [between], attributes, domain })
  draft.add('DequantizeLinear', q, { inputs: [between, ...parameters], outputs: [input], attributes, domain })
}
