/**
 * Nodes that do nothing and are taken out. One entry per rule of ONNX Runtime's rule-based transformer, with its
 * conditions: optimizer/identity_elimination.cc, slice_…, dropout_…, expand_…, cast_…, noop_elimination.cc,
 * pre_shape_node_elimination.cc, ONNX Runtime 1.30.
 */
import { isKnown } from '../../graph/dim.ts'
import { dtypeFromNumber } from '../../graph/dtype.ts'
import { numbers } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

interface Elimination {
  /** Versions that the rule knows; absent: all. */
  readonly since?: readonly number[]
  readonly holds: (draft: Draft, node: ViewNode) => boolean
  readonly why: string
}

/** True where the node is gone. */
type Rule = (draft: Draft, node: ViewNode) => boolean

const eliminate =
  ({ since, holds, why }: Elimination): Rule =>
  (draft, node) => {
    if (since && !since.includes(node.schema?.since ?? 0)) return false
    if (!holds(draft, node)) return false
    const removable = draft.removableTo(node)
    if (removable) draft.remove(node, removable, why)
    return removable !== null
  }

export const eliminations: Readonly<Record<string, readonly Rule[]>> = {
  Identity: [eliminateIdentity],
  Slice: [eliminate({ since: [1, 10, 11, 13], holds: keepsAll, why: 'the Slice keeps everything' })],
  Dropout: [
    eliminate({
      since: [1, 6, 7, 10, 12, 13, 22],
      holds: (draft, node) => !node.outputs[1] || draft.readingsOf(node.outputs[1]).length === 0,
      why: 'a Dropout passes its input on when it is not trained',
    }),
  ],
  Expand: [eliminate({ holds: expandsNothing, why: 'the Expand is to the shape that its input has' })],
  Cast: [
    eliminate({ holds: castsToItsOwnType, why: 'the Cast is to the type that its input has' }),
    eliminate({ holds: onlyAskedForItsShape, why: 'only the shape of its output is asked for' }),
  ],
  Add: [eliminate({ holds: (draft, node) => hasNeutral(draft, node, 0, true), why: 'it adds 0' })],
  Sub: [eliminate({ holds: (draft, node) => hasNeutral(draft, node, 0, false), why: 'it subtracts 0' })],
  Mul: [eliminate({ holds: (draft, node) => hasNeutral(draft, node, 1, true), why: 'it multiplies by 1' })],
  Div: [eliminate({ holds: (draft, node) => hasNeutral(draft, node, 1, false), why: 'it divides by 1' })],
}

/** One that makes an output of the graph goes, too, when nobody else reads its input: the node before makes it then. */
function eliminateIdentity(draft: Draft, node: ViewNode): boolean {
  const why = 'an Identity only passes its input on'
  const removable = draft.removableTo(node)
  if (removable) {
    draft.remove(node, removable, why)
    return true
  }
  const [input] = node.inputs
  const [output] = node.outputs
  const maker = draft.maker(input)
  if (!input || !output || !maker || draft.isOutput(input)) return false
  if (!draft.isOutput(output) || draft.readingsOf(output).length > 0 || draft.readingsOf(input).length > 1) return false
  draft.removeBehind(node, maker, input, output, why)
  return true
}

function castsToItsOwnType(draft: Draft, node: ViewNode): boolean {
  const to = node.int('to')
  const dtype = draft.tensor(node.inputs[0])?.dtype
  return to !== undefined && dtype != null && dtypeFromNumber(to) === dtype
}

function onlyAskedForItsShape(draft: Draft, node: ViewNode): boolean {
  return draft.readings(node).every((reading) => reading.node.op === 'Shape' && (reading.node.schema?.since ?? 0) >= 13)
}

function keepsAll(draft: Draft, node: ViewNode): boolean {
  const attributes = node.schema?.since === 1
  const [starts, ends, axes, steps] = attributes
    ? [node.ints('starts'), node.ints('ends'), node.ints('axes'), undefined]
    : [1, 2, 3, 4].map((i) => numbers(draft.constantValue(node.inputs[i])) ?? undefined)
  if (!starts || !ends || starts.length === 0 || starts.length !== ends.length) return false
  if ((attributes ? axes : node.inputs[3]) && axes?.length !== starts.length) return false
  if (!attributes && node.inputs[4] && (steps?.length !== starts.length || steps.some((step) => step !== 1)))
    return false
  // Only the largest int64 means "to the end" there.
  return starts.every((start) => start === 0) && ends.every((end) => end >= 2 ** 63 - 1)
}

function expandsNothing(draft: Draft, node: ViewNode): boolean {
  const shape = draft.tensor(node.inputs[0])?.shape
  const target = numbers(draft.constantValue(node.inputs[1]))
  if (!shape || !target || target.length === 0 || target.length > shape.length) return false
  return target.every((size, i) => {
    const dim = shape[shape.length - target.length + i]
    return size <= 1 || (dim !== undefined && isKnown(dim) && dim === size)
  })
}

const neutralTypes = new Set(['float32', 'float16', 'float64', 'int32', 'int64'])

/** One side is a constant of one element that changes nothing; `either` side, or only the second. */
function hasNeutral(draft: Draft, node: ViewNode, neutral: number, either: boolean): boolean {
  const [a, b] = node.inputs
  if ((draft.constant(a) !== null) === (draft.constant(b) !== null)) return false
  const onLeft = draft.constant(a) !== null
  if (onLeft && !either) return false
  const value = draft.constantValue(onLeft ? a : b)
  const other = draft.tensor(onLeft ? b : a)?.shape
  if (!value || !other || value.dims.length > other.length || !neutralTypes.has(value.dtype)) return false
  return value.elements.length === 1 && numbers(value)?.[0] === neutral
}
