/**
 * What becomes part of a convolution or a pool. The weights change with it, their shapes and constness do not, so that
 * the rules of targets see the same. Sources: optimizer/conv_add_fusion.cc, conv_mul_fusion.cc, conv_bn_fusion.cc,
 * pad_fusion.cc of ONNX Runtime 1.30.
 */
import type { Attribute, Value } from '../../graph/model.ts'
import type { Shape } from '../../graph/type.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { arithmetic, constantNumbers, edgesInto, isOp } from './match.ts'

const convolutions = [1, 11, 22] as const

/** BatchNormalization, Mul or Add with constants behind a Conv with constant weights. */
export const fuseBehindConv =
  (op: 'Add' | 'Mul' | 'BatchNormalization') =>
  (draft: Draft, conv: ViewNode): boolean => {
    const next = isOp(conv, 'Conv', convolutions) ? draft.onlyReader(conv) : null
    if (!isOp(next, op, op === 'BatchNormalization' ? [7, 9, 14, 15] : arithmetic)) return false
    if (edgesInto(draft, next).length !== 1 || !conv.inputs.slice(1).every((value) => draft.constant(value)))
      return false
    const weight = draft.tensor(conv.inputs[1])
    const other = next.inputs[1]
    const fits =
      op === 'BatchNormalization'
        ? normalises(draft, next)
        : perChannel(draft, other, weight?.shape ?? null, op === 'Mul')
    if (!fits || draft.tensor(other)?.dtype !== weight?.dtype) return false
    // A bias that was not there comes with it.
    if (op !== 'Mul' && conv.inputs.length === 2) draft.setInput(conv, 2, biasOf(draft, next, op))
    draft.fuseBehind(conv, next)
    return false
  }

/** The constant that is the bias then: `[C]`. */
function biasOf(draft: Draft, next: ViewNode, op: 'Add' | 'BatchNormalization'): Value | null {
  const shift = next.inputs[op === 'Add' ? 1 : 2]
  const type = draft.tensor(shift)
  if (!shift || !type?.shape) return null
  const channels = type.shape.find((dim) => dim !== 1) ?? 1
  return draft.constantOf(`${shift.name}/bias`, { ...type, shape: [channels] }, null)
}

const normalises = (draft: Draft, node: ViewNode): boolean =>
  node.inputs.slice(1).every((value) => draft.constant(value)) && node.outputs.slice(1).every((value) => value === null)

/** A constant of shape `[C,1,1]` or `[1,C,1,1]`; for Mul also a scalar. */
function perChannel(draft: Draft, value: Value | null | undefined, weight: Shape | null, scalar: boolean): boolean {
  const shape = draft.constant(value) ? draft.tensor(value)?.shape : null
  if (!shape || !weight || weight.length <= 2) return false
  if (scalar && shape.length === 0) return true
  const axis = shape.length === weight.length ? 1 : shape.length === weight.length - 1 ? 0 : -1
  return axis >= 0 && shape.every((dim, i) => (i === axis ? dim === weight[0] : dim === 1))
}

const padding: readonly (readonly [string, readonly number[]])[] = [
  ['Conv', convolutions],
  ['AveragePool', [7, 10, 11, 19, 22]],
  ['MaxPool', [1, 8, 10, 11, 12, 22]],
]

/** A Pad with zeros before a Conv or pool, or before the Cast before one, becomes part of its pads. */
export function fusePad(draft: Draft, pad: ViewNode): boolean {
  if (!isOp(pad, 'Pad', [1, 2, 11, 13, 18, 19, 21, 23, 24, 25])) return false
  const next = draft.onlyReader(pad)
  const window = isOp(next, 'Cast', [1, 6, 9, 13, 19, 21, 23, 24, 25]) ? draft.onlyReader(next) : next
  const [input] = pad.inputs
  const [output] = pad.outputs
  if (!window || !input || !output || pad.inputs.length > 3 || (pad.string('mode') ?? 'constant') !== 'constant')
    return false
  if (!padding.some(([op, since]) => isOp(window, op, since)) || window.outputs.length > 1) return false
  if ((window.string('auto_pad') ?? 'NOTSET') !== 'NOTSET' || !padsZeros(draft, pad)) return false
  const pads = (pad.schema?.since ?? 0) >= 11 ? constantNumbers(draft, pad.inputs[1]) : pad.ints('pads')
  if (!pads || pads.length < 4 || pads.length % 2 !== 0) return false
  const rank = pads.length / 2
  const outer = [pads[0], pads[1], pads[rank], pads[rank + 1]]
  if (outer.some((size) => size !== 0) || pads.some((size) => size < 0)) return false
  const own = window.ints('pads')
  const before = own && own.length > 0 ? own : new Array<number>(2 * (rank - 2)).fill(0)
  if (window.op === 'AveragePool' && before.some((size) => size !== 0) && !window.int('count_include_pad')) return false
  const added = [...pads.slice(2, rank), ...pads.slice(rank + 2)]
  const attributes = new Map<string, Attribute>(window.attributes)
  attributes.set('pads', { type: 'INTS', value: before.map((size, i) => size + (added[i] ?? 0)) })
  if (window.op === 'AveragePool') attributes.set('count_include_pad', { type: 'INT', value: 1 })
  draft.fuseBefore(window, pad, { from: output, to: input })
  window.attributes = attributes
  return true
}

function padsZeros(draft: Draft, pad: ViewNode): boolean {
  if ((pad.schema?.since ?? 0) < 11) {
    const value = pad.attributes.get('value')
    return value?.type !== 'FLOAT' || value.value === 0
  }
  if (!draft.constant(pad.inputs[1])) return false
  // A third input that is left out by an empty name is none to the rule.
  return pad.inputs.length < 3 || constantNumbers(draft, pad.inputs[2])?.every((element) => element === 0) === true
}
