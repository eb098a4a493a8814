/**
 * Nodes whose work another one takes over. Sources: optimizer/conv_bn_fusion.cc, conv_mul_fusion.cc,
 * conv_add_fusion.cc, pad_fusion.cc, relu_clip_fusion.cc, matmul_add_fusion.cc, ONNX Runtime 1.30. The weights change with these fusions,
 * their shapes and constness do not, so that the rules of targets see the same.
 */
import { type Dim, equal, isKnown } from '../../graph/dim.ts'
import type { Attribute, Value } from '../../graph/model.ts'
import type { Shape } from '../../graph/type.ts'
import { numbers } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

export function fuse(draft: Draft): void {
  for (const node of draft.nodes()) {
    if (node.domain !== '') continue
    if (node.op === 'Conv') while (fuseBehindConv(draft, node));
    else if (node.op === 'Pad') fusePad(draft, node)
    else if (node.op === 'Relu') fuseRelu(draft, node)
    else if (node.op === 'MatMul') fuseMatMul(draft, node)
  }
}

const isOneOf = (node: ViewNode, op: string, since: readonly number[]): boolean =>
  node.op === op && node.domain === '' && since.includes(node.schema?.since ?? 0)

/** BatchNormalization, Mul or Add with constants behind a Conv with constant weights. */
function fuseBehindConv(draft: Draft, conv: ViewNode): boolean {
  if (!isOneOf(conv, 'Conv', [1, 11, 22]) || draft.makesOutput(conv)) return false
  const next = draft.onlyReader(conv)
  if (next?.inputs.filter((value) => draft.maker(value)).length !== 1) return false
  if (!conv.inputs.slice(1).every((value) => draft.constant(value))) return false
  const weight = draft.tensor(conv.inputs[1])
  const fits =
    (isOneOf(next, 'BatchNormalization', [7, 9, 14, 15]) && normalises(draft, next)) ||
    (isOneOf(next, 'Mul', [7, 13, 14]) && perChannel(draft, next.inputs[1], weight?.shape ?? null, true)) ||
    (isOneOf(next, 'Add', [7, 13, 14]) && perChannel(draft, next.inputs[1], weight?.shape ?? null, false))
  if (!fits || draft.tensor(next.inputs[1])?.dtype !== weight?.dtype) return false
  draft.fuseBehind(conv, next)
  return true
}

const normalises = (draft: Draft, node: ViewNode): boolean =>
  node.inputs.slice(1).every((value) => draft.constant(value)) && node.outputs.slice(1).every((value) => value === null)

/** A constant of shape `[C,1,1]` or `[1,C,1,1]`; for Mul also one of a single element. */
function perChannel(draft: Draft, value: Value | null | undefined, weight: Shape | null, scalar: boolean): boolean {
  const shape = draft.constant(value) ? draft.tensor(value)?.shape : null
  if (!shape || !weight || weight.length <= 2) return false
  if (scalar && shape.every((dim) => dim === 1)) return true
  const axis = shape.length === weight.length ? 1 : shape.length === weight.length - 1 ? 0 : -1
  return axis >= 0 && shape.every((dim, i) => (i === axis ? dim === weight[0] : dim === 1))
}

const padding: readonly (readonly [string, readonly number[]])[] = [
  ['Conv', [1, 11, 22]],
  ['AveragePool', [7, 10, 11, 19, 22]],
  ['MaxPool', [1, 8, 10, 11, 12, 22]],
]

/** A Pad with zeros before a Conv or pool becomes part of its pads. */
function fusePad(draft: Draft, pad: ViewNode): void {
  if (!isOneOf(pad, 'Pad', [1, 2, 11, 13, 18, 19, 21, 23, 24, 25]) || draft.makesOutput(pad)) return
  const next = draft.onlyReader(pad)
  const [input] = pad.inputs
  const [output] = pad.outputs
  if (!next || !input || !output || pad.inputs.length > 3 || (pad.string('mode') ?? 'constant') !== 'constant') return
  if (!padding.some(([op, since]) => isOneOf(next, op, since)) || next.outputs.length > 1) return
  if ((next.string('auto_pad') ?? 'NOTSET') !== 'NOTSET' || !padsZeros(draft, pad)) return
  const pads = (pad.schema?.since ?? 0) >= 11 ? numbers(draft.constantValue(pad.inputs[1])) : pad.ints('pads')
  if (!pads || pads.length < 4 || pads.length % 2 !== 0) return
  const rank = pads.length / 2
  const outer = [pads[0], pads[1], pads[rank], pads[rank + 1]]
  if (outer.some((size) => size !== 0) || pads.some((size) => size < 0)) return
  const own = next.ints('pads')
  const before = own && own.length > 0 ? own : new Array<number>(2 * (rank - 2)).fill(0)
  if (next.op === 'AveragePool' && before.some((size) => size !== 0) && !next.int('count_include_pad')) return
  const added = [...pads.slice(2, rank), ...pads.slice(rank + 2)]
  const attributes = new Map<string, Attribute>(next.attributes)
  attributes.set('pads', { type: 'INTS', value: before.map((size, i) => size + (added[i] ?? 0)) })
  if (next.op === 'AveragePool') attributes.set('count_include_pad', { type: 'INT', value: 1 })
  draft.fuseBefore(next, pad, { from: output, to: input })
  next.attributes = attributes
}

function padsZeros(draft: Draft, pad: ViewNode): boolean {
  if ((pad.schema?.since ?? 0) < 11) {
    const value = pad.attributes.get('value')
    return value?.type !== 'FLOAT' || value.value === 0
  }
  if (!draft.constant(pad.inputs[1])) return false
  const value = pad.inputs[2]
  return !value || numbers(draft.constantValue(value))?.every((element) => element === 0) === true
}

const gemmTypes = new Set(['float32', 'float16', 'bfloat16'])

/**
 * MatMul of matrices and the Add behind it become a Gemm, in the place of the Add. Stacks of matrices, which the
 * runtime reshapes first unless they belong to attention, stay as they are.
 */
function fuseMatMul(draft: Draft, product: ViewNode): void {
  if (!isOneOf(product, 'MatMul', [1, 9, 13]) || draft.makesOutput(product)) return
  const next = draft.onlyReader(product)
  const [a, b] = product.inputs
  const [output] = product.outputs
  if (!next || !isOneOf(next, 'Add', [7, 13, 14]) || !a || !b) return
  const bias = next.inputs.find((value) => value !== output)
  const [left, right] = [draft.tensor(a), draft.tensor(b)]
  if (!bias || left?.shape?.length !== 2 || right?.shape?.length !== 2) return
  if (!left.dtype || !gemmTypes.has(left.dtype) || draft.tensor(next.inputs[0])?.dtype !== left.dtype) return
  if (fitsRows(draft.tensor(bias)?.shape ?? null, left.shape[0], right.shape[1]))
    draft.merge(next, product, 'Gemm', [a, b, bias])
}

/** `[N]`, `[1, N]`, `[M, 1]` or `[M, N]`. */
function fitsRows(shape: Shape | null, rows: Dim | undefined, columns: Dim | undefined): boolean {
  if (!shape || rows === undefined || columns === undefined) return false
  const [first, second] = shape
  if (first === undefined) return false
  if (shape.length === 1) return equal(first, columns)
  if (shape.length !== 2 || second === undefined) return false
  return (first === 1 && equal(second, columns)) || (equal(first, rows) && (second === 1 || equal(second, columns)))
}

/** A Relu before a Clip whose lower limit is 0 or more does nothing more. */
function fuseRelu(draft: Draft, relu: ViewNode): void {
  if (!isOneOf(relu, 'Relu', [6, 13, 14])) return
  const clip = draft.onlyReader(relu)
  if (!clip || !isOneOf(clip, 'Clip', [6, 11, 12, 13])) return
  const removable = draft.removableTo(relu)
  if (!removable) return
  const least = clip.schema?.since === 6 ? lowerAttribute(clip) : numbers(draft.constantValue(clip.inputs[1]))?.[0]
  if (least !== undefined && least >= 0) draft.fuseBefore(clip, relu, removable)
}

function lowerAttribute(clip: ViewNode): number | undefined {
  const attribute = clip.attributes.get('min')
  return attribute?.type === 'FLOAT' && isKnown(attribute.value) ? attribute.value : undefined
}
