/**
 * Two nodes that become one. Sources: optimizer/div_mul_fusion.cc, relu_clip_fusion.cc, not_where_fusion.cc of ONNX
 * Runtime 1.30.
 */
import { tensorType } from '../../graph/type.ts'
import { scalar } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { arithmetic, constantNumber, isOp } from './match.ts'

/** `1 / x × y` is `y / x`. */
export function fuseDivMul(draft: Draft, div: ViewNode): boolean {
  if (!isOp(div, 'Div', arithmetic)) return false
  const mul = draft.onlyReader(div)
  if (!isOp(mul, 'Mul', arithmetic) || constantNumber(draft, div.inputs[0]) !== 1) return false
  const other = mul.inputs[0] === div.outputs[0] ? mul.inputs[1] : mul.inputs[0]
  draft.setInput(div, 0, other ?? null)
  draft.fuseBehind(div, mul)
  return false
}

/** A Relu before a Clip becomes its lower limit. */
export function fuseReluClip(draft: Draft, relu: ViewNode): boolean {
  if (!isOp(relu, 'Relu', [6, 13, 14])) return false
  const clip = draft.onlyReader(relu)
  const removable = draft.removableTo(relu)
  if (!isOp(clip, 'Clip', [6, 11, 12, 13]) || !removable) return false
  const least = clip.schema?.since === 6 ? lowerAttribute(clip) : lowerInput(draft, clip)
  if (least === null) return false
  draft.fuseBefore(clip, relu, removable)
  if (least >= 0) return true
  if (clip.schema?.since === 6) draft.setAttribute(clip, 'min', { type: 'FLOAT', value: 0 })
  else {
    const dtype = draft.tensor(clip.inputs[0])?.dtype ?? 'float32'
    draft.setInput(clip, 1, draft.constantOf('min', tensorType(dtype, []), scalar(0, dtype)))
  }
  return true
}

function lowerAttribute(clip: ViewNode): number {
  const attribute = clip.attributes.get('min')
  return attribute?.type === 'FLOAT' ? attribute.value : Number.NEGATIVE_INFINITY
}

/** Null where it is computed. */
function lowerInput(draft: Draft, clip: ViewNode): number | null {
  const value = clip.inputs[1]
  return value ? (constantNumber(draft, value) ?? null) : Number.NEGATIVE_INFINITY
}

/** A Not before Wheres changes the places of their other inputs. */
export function fuseNotWhere(draft: Draft, where: ViewNode): boolean {
  if (!isOp(where, 'Where', [9, 16])) return false
  const not = draft.maker(where.inputs[0])
  const removable = isOp(not, 'Not', [1]) ? draft.removableTo(not) : null
  if (!not || !removable) return false
  const readers = draft.readings(not)
  if (!readers.every(({ node }) => isOp(node, 'Where', [9, 16]))) return false
  const wheres = new Set(readers.map(({ node }) => node))
  draft.fuseBefore(where, not, removable)
  for (const node of wheres) {
    const [, yes = null, no = null] = node.inputs
    draft.setInput(node, 1, no)
    draft.setInput(node, 2, yes)
  }
  return false
}
