/**
 * Nodes that do nothing and are taken out. One entry per rule of ONNX Runtime's rule-based transformer, with its
 * conditions: optimizer/identity_elimination.cc, dropout_…, cast_…, slice_…, expand_…, noop_elimination.cc,
 * pre_shape_node_elimination.cc, common_subexpression_elimination.cc, ONNX Runtime 1.30.
 */
import { isKnown } from '../../graph/dim.ts'
import { dtypeFromNumber } from '../../graph/dtype.ts'
import type { Attribute, Value } from '../../graph/model.ts'
import { numbers } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

interface Rule {
  /** Versions that the rule knows; absent: all. */
  readonly since?: readonly number[]
  readonly holds: (draft: Draft, node: ViewNode) => boolean
  readonly why: string
}

const rules: Readonly<Record<string, readonly Rule[]>> = {
  Identity: [{ holds: () => true, why: 'an Identity only passes its input on' }],
  Dropout: [
    {
      since: [1, 6, 7, 10, 12, 13, 22],
      holds: (draft, node) => !node.outputs[1] || draft.readingsOf(node.outputs[1]).length === 0,
      why: 'a Dropout passes its input on when it is not trained',
    },
  ],
  Cast: [
    { holds: castsToItsOwnType, why: 'the Cast is to the type that its input has' },
    { holds: onlyAskedForItsShape, why: 'only the shape of its output is asked for' },
  ],
  Slice: [{ since: [10, 11, 13], holds: keepsAll, why: 'the Slice keeps everything' }],
  Expand: [{ holds: expandsNothing, why: 'the Expand is to the shape that its input has' }],
  Add: [{ holds: (draft, node) => hasNeutral(draft, node, 0, true), why: 'it adds 0' }],
  Sub: [{ holds: (draft, node) => hasNeutral(draft, node, 0, false), why: 'it subtracts 0' }],
  Mul: [{ holds: (draft, node) => hasNeutral(draft, node, 1, true), why: 'it multiplies by 1' }],
  Div: [{ holds: (draft, node) => hasNeutral(draft, node, 1, false), why: 'it divides by 1' }],
}

export function eliminate(draft: Draft): void {
  for (const node of draft.nodes()) {
    if (node.domain !== '' || !Object.hasOwn(rules, node.op)) continue
    for (const { since, holds, why } of rules[node.op] ?? []) {
      if (since && !since.includes(node.schema?.since ?? 0)) continue
      if (!holds(draft, node)) continue
      const removable = draft.removableTo(node)
      if (removable) {
        draft.remove(node, removable, why)
        break
      }
      if (node.op === 'Identity') removeLastIdentity(draft, node, why)
    }
  }
  mergeTwins(draft)
}

/** An Identity that makes an output of the graph goes when nobody else reads its input: the node before makes it. */
function removeLastIdentity(draft: Draft, node: ViewNode, why: string): void {
  const [input] = node.inputs
  const [output] = node.outputs
  const maker = draft.maker(input)
  if (!input || !output || !maker || draft.isOutput(input)) return
  if (!draft.isOutput(output) || draft.readingsOf(output).length > 0 || draft.readingsOf(input).length > 1) return
  draft.removeBehind(node, maker, input, output, why)
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
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => numbers(draft.constantValue(node.inputs[i])))
  if (!starts || !ends || starts.length === 0 || starts.length !== ends.length) return false
  if (node.inputs[3] && axes?.length !== starts.length) return false
  if (node.inputs[4] && (steps?.length !== starts.length || steps.some((step) => step !== 1))) return false
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

/** Nodes that compute the same from the same become one. */
function mergeTwins(draft: Draft): void {
  const first = new Map<string, ViewNode>()
  const ids = new Map<Value, number>()
  const idOf = (value: Value | null): number => {
    if (!value) return -1
    const id = ids.get(value) ?? ids.size
    ids.set(value, id)
    return id
  }
  for (const node of draft.nodes()) {
    const [input] = node.inputs
    // Twins read the same, and most values have one reader only.
    if (!input || !draft.isShared(input) || node.outputs.length !== 1) continue
    // Merged as well, and then each reader gets its own again (EnsureUniqueDQForNodeUnit).
    if (node.op === 'DequantizeLinear') continue
    if (!node.schema?.deterministic || node.source.bodies.size > 0 || draft.makesOutput(node)) continue
    const attributes = attributesText(node.attributes)
    if (attributes === null) continue
    const key = `${node.domain} ${node.op} ${node.inputs.map(idOf).join()} ${attributes}`
    const twin = first.get(key)
    if (!twin) {
      first.set(key, node)
      continue
    }
    const [from] = node.outputs
    const [to] = twin.outputs
    if (from && to) draft.remove(node, { from, to }, 'another node computes the same')
  }
}

/** Null where an attribute is not worth comparing. */
function attributesText(attributes: ReadonlyMap<string, Attribute>): string | null {
  if (attributes.size === 0) return ''
  const parts: string[] = []
  for (const [name, { type, value }] of attributes) {
    if (type === 'INT' || type === 'FLOAT' || type === 'STRING') parts.push(`${name}=${String(value)}`)
    else if (type === 'INTS' || type === 'FLOATS' || type === 'STRINGS') parts.push(`${name}=[${value.join()}]`)
    else return null
  }
  return parts.sort().join(';')
}
