/**
 * How a Transpose before a node goes behind it, operator by operator. Source: ONNX Runtime 1.30,
 * optimizer/transpose_optimization/onnx_transpose_optimization.cc (handlers), ort_transpose_optimization.cc.
 */
import type { Node, Value } from '../../../graph/model.ts'
import { tensorType } from '../../../graph/type.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { constantNumbers } from '../match.ts'
import {
  axesOf,
  dropUnread,
  fixedShape,
  integer,
  integers,
  normalizeRanks,
  permutationOf,
  shapeOf,
  transposeInput,
  transposeOutputs,
  vectorConstant,
} from './inputs.ts'
import {
  areEqual,
  axesAt,
  axisAt,
  compose,
  inverse,
  isIdentity,
  lastToFirst,
  type Permutation,
  permuted,
  squeezed,
  unsqueezed,
} from './permutation.ts'

/** A Transpose before an input of a node. */
export interface Push {
  readonly draft: Draft
  readonly transpose: ViewNode
  readonly node: ViewNode
  readonly perm: Permutation
  readonly back: Permutation
  /** Inputs that can be transposed. */
  readonly inputs: readonly number[]
}

export interface Handler {
  readonly inputs: (draft: Draft, node: ViewNode) => readonly number[]
  /** False where nothing was changed. */
  readonly push: (push: Push) => boolean
  /** A Transpose comes out behind the node. */
  readonly passesOn: boolean
}

const all = (_: Draft, node: ViewNode): number[] => node.inputs.map((_value, i) => i)
const first = (): number[] => [0]
const notScalar = (draft: Draft, node: ViewNode): number[] =>
  node.inputs.flatMap((value, i) => (shapeOf(draft, value)?.length === 0 ? [] : [i]))

/** What the Transpose did is done by those behind, once nobody else reads it. */
const moved = ({ draft, transpose }: Push): readonly Node[] => (draft.has(transpose) ? [] : transpose.carries)

function swap(push: Push, behind: Permutation = push.perm, inputs: readonly number[] = push.inputs): boolean {
  const { draft, node, back } = push
  for (const input of inputs) transposeInput(draft, node, input, back)
  transposeOutputs(draft, node, behind, moved(push))
  return true
}

const swapFirst = (push: Push, behind: Permutation = push.perm): boolean => swap(push, behind, [0])

function swapBroadcast(push: Push): boolean {
  return normalizeRanks(push.draft, push.node, push.perm.length, push.inputs) && swap(push)
}

const swapWithAxis =
  (fallback: number | null) =>
  (push: Push): boolean => {
    const { draft, node, perm } = push
    const written = node.int('axis') ?? fallback
    const axis = written === null ? null : axisAt(written, perm.length)
    if (axis === null) return false
    swap(push)
    draft.setAttribute(node, 'axis', integer(perm[axis] ?? axis))
    return true
  }

/** Before version 13 the axis parts the axes in two groups, which must not mix. */
function softmax(push: Push): boolean {
  const { draft, node, perm } = push
  if (draft.opset() >= 13) return swapWithAxis(-1)(push)
  const axis = axisAt(node.int('axis') ?? 1, perm.length)
  return axis !== null && perm.every((from, i) => i < axis === from < axis) && swap(push)
}

/** `Shape(Transpose(x))` is `Gather(Shape(x), perm)`. */
function shape(push: Push): boolean {
  const { draft, node, perm } = push
  const [output] = node.outputs
  if (!output) return false
  const rank = perm.length
  const at = (position: number): number => Math.min(Math.max(position < 0 ? position + rank : position, 0), rank)
  const whole = draft.opset() < 15
  const picked = whole ? perm : perm.slice(at(node.int('start') ?? 0), at(writtenInt(node, 'end') ?? rank))
  transposeInput(draft, node, 0, push.back)
  for (const name of whole ? [] : ['start', 'end']) draft.setAttribute(node, name, null)
  const own = draft.renew(node, output)
  draft.retype(own, tensorType('int64', [rank]))
  const attributes = new Map([['axis', integer(0)]])
  draft.add('Gather', node, { inputs: [own, vectorConstant(draft, picked)], outputs: [output], attributes })
  return true
}

const writtenInt = (node: ViewNode, name: string): number | undefined =>
  node.attributes.has(name) ? node.int(name) : undefined

/** A vector with one number per axis, or per axis and side, follows. */
function permuteVector(draft: Draft, node: ViewNode, input: number, perm: Permutation): void {
  const value = node.inputs[input]
  if (!value) return
  const size = shapeOf(draft, value)
  const type = draft.facts(value).type
  const known = draft.constantValue(value)
  if (draft.constant(value) && size?.length === 1 && (size[0] === perm.length || size[0] === 0)) {
    const content = known && { ...known, elements: size[0] === 0 ? [] : permuted(known.elements, perm) }
    draft.setInput(node, input, draft.constantOf(`${value.name}/permuted`, type ?? tensorType(null, null), content))
    return
  }
  const output = draft.value(`${value.name}/gathered`, type)
  const attributes = new Map([['axis', integer(0)]])
  draft.add('Gather', node, { inputs: [value, vectorConstant(draft, perm)], outputs: [output], attributes })
  draft.setInput(node, input, output)
}

const doubled = (perm: Permutation): number[] => [...perm, ...perm.map((axis) => axis + perm.length)]

function pad(push: Push): boolean {
  const { draft, node, back } = push
  if (draft.opset() >= 11) permuteVector(draft, node, 1, doubled(back))
  else {
    const pads = node.ints('pads')
    if (pads?.length !== back.length * 2) return false
    draft.setAttribute(node, 'pads', integers(permuted(pads, doubled(back))))
  }
  return swapFirst(push)
}

/** Axes where they lie before the Transpose, in rising order. */
const sortedBefore = (axes: readonly number[], perm: Permutation): number[] =>
  axes.map((axis) => perm[axis] ?? axis).sort((a, b) => a - b)

function reduce(push: Push): boolean {
  const { draft, node, perm } = push
  const keeps = node.int('keepdims') !== 0
  const byAttribute = draft.opset() < (node.op === 'ReduceSum' ? 13 : 18)
  const empty = !byAttribute && (!node.inputs[1] || shapeOf(draft, node.inputs[1])?.[0] === 0)
  const written = byAttribute
    ? node.attributes.has('axes')
      ? node.ints('axes')
      : undefined
    : constantNumbers(draft, node.inputs[1])
  if (empty || (byAttribute && !written)) {
    const same = keeps || (!byAttribute && node.int('noop_with_empty_axes') === 1)
    return swapFirst(push, same ? perm : [])
  }
  const axes = written && axesAt(written, perm.length)
  if (!axes) return false
  const before = sortedBefore(axes, perm)
  if (byAttribute) draft.setAttribute(node, 'axes', integers(before))
  else draft.setInput(node, 1, vectorConstant(draft, before))
  return swapFirst(push, keeps ? perm : squeezed(before, perm))
}

function squeeze(push: Push): boolean {
  const { draft, node, perm } = push
  const written = axesOf(draft, node)
  const axes = written && axesAt(written, perm.length)
  if (!axes) return false
  const before = sortedBefore(axes, perm)
  if (draft.opset() < 13) draft.setAttribute(node, 'axes', integers(before))
  else draft.setInput(node, 1, vectorConstant(draft, before))
  return swapFirst(push, squeezed(before, perm))
}

function unsqueeze(push: Push): boolean {
  const { draft, node, perm } = push
  const written = axesOf(draft, node)
  const axes = written && axesAt(written, perm.length + written.length)
  return axes ? swapFirst(push, unsqueezed(axes, perm)) : false
}

function quantize(push: Push): boolean {
  const { draft, node, perm } = push
  if (node.domain !== '' || draft.opset() >= 13) {
    if (shapeOf(draft, node.inputs[1])?.length !== 0) {
      const axis = axisAt(node.int('axis') ?? 1, perm.length)
      if (axis === null) return false
      draft.setAttribute(node, 'axis', integer(perm[axis] ?? axis))
    }
  }
  return swapFirst(push)
}

function argMinMax(push: Push): boolean {
  const { draft, node, perm } = push
  const axis = axisAt(node.int('axis') ?? 0, perm.length)
  if (axis === null) return false
  const before = perm[axis] ?? axis
  draft.setAttribute(node, 'axis', integer(before))
  return swap(push, node.int('keepdims') === 0 ? squeezed([before], perm) : perm)
}

function slice(push: Push): boolean {
  const { draft, node, perm } = push
  const byAttribute = draft.opset() < 10
  const starts = byAttribute ? node.ints('starts')?.length : shapeOf(draft, node.inputs[1])?.[0]
  const given = byAttribute ? node.attributes.has('axes') : node.inputs[3] != null
  let axes: number[] | null | undefined
  if (given) axes = byAttribute ? [...(node.ints('axes') ?? [])] : constantNumbers(draft, node.inputs[3])
  else if (typeof starts === 'number' && starts <= perm.length) axes = Array.from({ length: starts }, (_, i) => i)
  axes = axes && axesAt(axes, perm.length)
  if (!axes) return false
  const before = axes.map((axis) => perm[axis] ?? axis)
  if (byAttribute) draft.setAttribute(node, 'axes', integers(before))
  else draft.setInput(node, 3, vectorConstant(draft, before))
  return swapFirst(push)
}

/** Only where one index is picked: then it is a Squeeze. */
function gather(push: Push): boolean {
  const { draft, node, perm } = push
  const axis = axisAt(node.int('axis') ?? 0, perm.length)
  const indices = node.inputs[1]
  if (axis === null || !draft.constant(indices) || shapeOf(draft, indices)?.length !== 0) return false
  const before = perm[axis] ?? axis
  draft.setAttribute(node, 'axis', integer(before))
  return swapFirst(push, squeezed([before], perm))
}

function tile(push: Push): boolean {
  const { draft, node, back } = push
  const repeats = node.inputs[1]
  if (!repeats || (draft.constant(repeats) && shapeOf(draft, repeats)?.[0] !== back.length)) return false
  permuteVector(draft, node, 1, back)
  return swapFirst(push)
}

function transpose(push: Push): boolean {
  const second = permutationOf(push.node)
  return second?.length === push.perm.length && join(push, second)
}

/** The node behind is a Transpose, or a Reshape that does the same as one: both become one, or none. */
function join(push: Push, second: Permutation): boolean {
  const { draft, transpose: before, node, perm, back } = push
  const [source] = before.inputs
  const [output] = node.outputs
  if (!source || !output) return false
  if (areEqual(back, second)) cancel(draft, before, node, source, output)
  else {
    const joined = integers(compose(perm, second))
    const only = !draft.makesOutput(before) && draft.readings(before).length === 1
    const carries = [...(only ? before.carries : []), ...node.carries]
    if (node.op === 'Transpose') {
      draft.setInput(node, 0, source)
      draft.setAttribute(node, 'perm', joined)
      node.carries = carries
    } else {
      draft.drop(node)
      const attributes = new Map([['perm', joined]])
      draft.add('Transpose', node, { inputs: [source], outputs: [output], attributes, carries })
    }
  }
  dropUnread(draft, before)
  return true
}

function cancel(draft: Draft, before: ViewNode, node: ViewNode, source: Value, output: Value): void {
  const why = 'it cancels another Transpose'
  const maker = draft.maker(source)
  if (draft.consumers(output).all) draft.remove(node, { from: output, to: source }, why)
  else if (maker && draft.consumers(source).all) {
    draft.discard(node, why)
    draft.replaceReadings(source, output)
    const at = maker.outputs.indexOf(source)
    draft.makes(maker, output, at)
  } else {
    draft.drop(node)
    draft.add('Identity', node, { inputs: [source], outputs: [output], carries: node.carries })
  }
  dropUnread(draft, before)
}

function reshape(push: Push): boolean {
  const perm = asTranspose(push)
  return perm ? join(push, perm) : splitAxes(push)
}

/** The permutation that a Reshape amounts to: axes of size 1 move, others keep their order. */
function asTranspose({ draft, transpose: before, node }: Push): number[] | null {
  const from = fixedShape(draft, before.outputs[0])
  const asked = constantNumbers(draft, node.inputs[1])
  if (!from || !asked || asked.length !== from.length) return null
  const keepsZero = (node.schema?.since ?? 0) > 13 && node.int('allowzero') === 1
  const to = asked.map((size, i) => (size === 0 && !keepsZero ? (from[i] ?? 0) : size))
  const total = from.reduce((product, size) => product * size, 1)
  const known = to.reduce((product, size) => (size === -1 ? product : product * size), 1)
  const open = to.indexOf(-1)
  if (open >= 0 ? to.lastIndexOf(-1) !== open || known === 0 || total % known !== 0 : known !== total) return null
  if (open >= 0) to[open] = total / known
  const left: (number | null)[] = [...from]
  const perm: number[] = []
  for (const size of to) {
    const at = left.findIndex((other) => other === size || (other !== null && other !== 1 && size !== 1))
    if (at < 0 || left[at] !== size) return null
    left[at] = null
    perm.push(at)
  }
  return perm
}

/** A Reshape that splits axes, each into some in a row, goes before the Transpose. */
function splitAxes(push: Push): boolean {
  const { draft, transpose: before, node, perm, back } = push
  const [source] = before.inputs
  const from = fixedShape(draft, source)
  const to = fixedShape(draft, node.outputs[0])
  const [, asked] = node.inputs
  if (!source || from?.length !== perm.length || !draft.constant(asked) || shapeOf(draft, asked)?.[0] === 0)
    return false
  if (!to || to.length <= perm.length || to.some((size) => size <= 0)) return false
  const groups = groupsOf(to, permuted(from, perm))
  if (!groups) return false
  const order = back.flatMap((group) => groups[group] ?? [])
  draft.setInput(node, 0, source)
  draft.setInput(node, 1, vectorConstant(draft, permuted(to, order)))
  dropUnread(draft, before)
  const behind = inverse(order)
  if (!isIdentity(behind)) transposeOutputs(draft, node, behind, moved(push))
  return true
}

/** Positions of the sizes that each wanted size is the product of, in order; null where they do not fit. */
function groupsOf(sizes: readonly number[], wanted: readonly number[]): number[][] | null {
  let at = 0
  const groups: number[][] = []
  for (const target of wanted) {
    const group: number[] = []
    let product = 1
    do {
      const size = sizes[at]
      if (size === undefined) return null
      product *= size
      group.push(at++)
    } while (product < target)
    if (product !== target) return null
    groups.push(group)
  }
  return at === sizes.length ? groups : null
}

/** Pools that know both layouts. */
function quantizedPool(push: Push): boolean {
  const { draft, node, perm, back } = push
  const last = node.int('channels_last') ?? 0
  if (perm.length < 2 || !areEqual(last ? back : perm, lastToFirst(perm.length))) return false
  draft.setAttribute(node, 'channels_last', integer(1 - last))
  return swapFirst(push)
}

const simple: Handler = { inputs: all, push: (push) => swap(push), passesOn: true }
const oneInput: Handler = { inputs: first, push: (push) => swap(push), passesOn: true }
const broadcast: Handler = { inputs: notScalar, push: swapBroadcast, passesOn: true }
const ofFirst = (push: Handler['push'], passesOn = true): Handler => ({ inputs: first, push, passesOn })

const rows: readonly (readonly [operators: string, handler: Handler])[] = [
  [
    'Cast Exp Gelu Identity LeakyRelu Log Reciprocal Relu Sigmoid Sqrt Tanh Abs Not Ceil Floor Neg Erf HardSigmoid Round ' +
      'IsInf IsNaN Selu Shrink Sign Softplus Softsign ThresholdedRelu Celu HardSwish Sin Cos Tan Sinh Cosh Asin Acos Atan ' +
      'Asinh Acosh Atanh',
    simple,
  ],
  [
    'Add Max Min Mul Sub Div And Or Xor Mod PRelu BitShift Equal Greater Less GreaterOrEqual LessOrEqual Mean Sum Pow Where',
    broadcast,
  ],
  ['Clip CastLike', oneInput],
  ['Transpose', ofFirst(transpose, false)],
  ['Concat', { inputs: all, push: swapWithAxis(null), passesOn: true }],
  ['Split', ofFirst(swapWithAxis(0))],
  ['Shape', ofFirst(shape, false)],
  ['Pad', ofFirst(pad)],
  [
    'ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare ReduceL1 ReduceL2',
    ofFirst(reduce),
  ],
  ['ArgMin ArgMax', ofFirst(argMinMax)],
  ['Squeeze', ofFirst(squeeze)],
  ['Unsqueeze', ofFirst(unsqueeze)],
  ['Slice', ofFirst(slice)],
  ['Gather', ofFirst(gather)],
  ['Tile', ofFirst(tile)],
  ['Softmax Hardmax LogSoftmax', ofFirst(softmax)],
  ['QuantizeLinear DequantizeLinear com.microsoft.QuantizeLinear com.microsoft.DequantizeLinear', ofFirst(quantize)],
  ['Reshape', ofFirst(reshape, false)],
  ['com.microsoft.QLinearAdd com.microsoft.QLinearMul', { ...broadcast, inputs: () => [0, 3] }],
  ['com.microsoft.QLinearAveragePool com.microsoft.QLinearGlobalAveragePool', ofFirst(quantizedPool)],
  [
    'com.microsoft.QLinearConcat',
    {
      inputs: (_, node) => node.inputs.flatMap((_value, i) => (i >= 2 && i % 3 === 2 ? [i] : [])),
      push: swapWithAxis(null),
      passesOn: true,
    },
  ],
  ['com.microsoft.QLinearLeakyRelu com.microsoft.QLinearSigmoid', oneInput],
  ['com.microsoft.QLinearReduceMean', ofFirst(reduce)],
  ['com.microsoft.QLinearSoftmax', ofFirst(softmax)],
]

const handlers: ReadonlyMap<string, Handler> = new Map(
  rows.flatMap(([operators, handler]) => operators.split(' ').map((op) => [op, handler] as const)),
)

export const handlerOf = ({ op, domain }: ViewNode): Handler | undefined =>
  handlers.get(domain === '' ? op : `${domain}.${op}`)
