/**
 * Nodes that compute the same from the same become one: the first in ONNX Runtime's order stays. Sources:
 * optimizer/common_subexpression_elimination.cc, constant_sharing.cc of ONNX Runtime 1.30.
 */
import { isKnown } from '../../graph/dim.ts'
import { IdMap } from '../../graph/id-map.ts'
import type { Value } from '../../graph/model.ts'
import { tensorElements } from '../../infer/context.ts'
import type { KnownValue } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

/** Nodes seen so far that read a value first: one, or by operator and inputs once there are more. */
type Seen = ViewNode | Map<string, Alike>
/** Nodes with the same operator and inputs: one, or by their attributes once there are more. */
type Alike = ViewNode | Map<string, ViewNode>

export function mergeTwins(draft: Draft): void {
  const seenBy = new IdMap<Value, Seen>()
  const withoutInput = new Map<string, Alike>()
  for (const node of draft.order()) {
    if (!draft.has(node) || !isMergeable(node)) continue
    const input = node.inputs.find((value) => value !== null)
    const seen = input ? seenBy.get(input) : withoutInput
    if (input && !seen) seenBy.set(input, node)
    else if (seen) {
      const first: Map<string, Alike> = seen instanceof Map ? seen : new Map([[callText(seen), seen]])
      if (input) seenBy.set(input, first)
      const twin = twinAmong(first, node)
      if (twin) mergeInto(draft, twin, node)
    }
  }
}

/** The node that computes the same; where there is none, the node is entered. */
function twinAmong(seen: Map<string, Alike>, node: ViewNode): ViewNode | null {
  const call = callText(node)
  const alike = seen.get(call)
  if (!alike) {
    seen.set(call, node)
    return null
  }
  if (alike instanceof Map) return enter(alike, node)
  const byAttributes = new Map<string, ViewNode>()
  seen.set(call, byAttributes)
  enter(byAttributes, alike)
  return enter(byAttributes, node)
}

/** The node that has the same attributes; one whose attributes are not worth comparing is not entered. */
function enter(byAttributes: Map<string, ViewNode>, node: ViewNode): ViewNode | null {
  const attributes = attributesText(node)
  const twin = attributes === null ? null : (byAttributes.get(attributes) ?? null)
  if (attributes !== null && !twin) byAttributes.set(attributes, node)
  return twin
}

/** The operator, and what it reads and makes. */
function callText({ domain, op, inputs, outputs }: ViewNode): string {
  const read = inputs.map((value) => value?.id ?? '').join()
  return `${domain} ${op} ${read} ${outputs.map((value) => (value ? 1 : 0)).join('')}`
}

/** A DequantizeLinear belongs to one unit only. */
const isMergeable = (node: ViewNode): boolean =>
  node.schema?.deterministic === true && node.source.bodies.size === 0 && node.op !== 'DequantizeLinear'

function mergeInto(draft: Draft, twin: ViewNode, node: ViewNode): void {
  // Outputs of the graph keep the node that makes them.
  let last = true
  node.outputs.forEach((from, i) => {
    const to = twin.outputs[i]
    if (!from || !to) return
    if (draft.isOutput(from)) last = false
    else draft.replaceReadings(from, to)
  })
  if (last) draft.discard(node, 'another node computes the same')
}

/** Elements up to which constants with the same content become one. */
const sharedElements = 8
const sharedTypes: ReadonlySet<string> = new Set(['float16', 'float32', 'float64', 'int32', 'int64'])

/** Small constants with the same content become one, so that nodes that read them can. */
export function shareConstants(draft: Draft): void {
  const first = new Map<string, Value>()
  const seen = new Set<Value>()
  for (const { inputs } of draft.order())
    for (const value of inputs) {
      if (!value || draft.constant(value) === null || !isSmall(draft, value) || seen.has(value)) continue
      seen.add(value)
      const content = contentOf(draft, value)
      if (content === null) continue
      const before = first.get(content)
      if (!before) {
        first.set(content, value)
        continue
      }
      const { nodes, all } = draft.consumers(value)
      if (!all) continue
      for (const node of nodes)
        node.inputs.forEach((input, i) => {
          if (input === value) draft.setInput(node, i, before)
        })
    }
}

function isSmall(draft: Draft, value: Value): boolean {
  const shape = draft.tensor(value)?.shape
  if (!shape) return false
  let size = 1
  for (const dim of shape) size *= isKnown(dim) ? dim : Number.NaN
  return size > 0 && size <= sharedElements
}

/** Null where it is not shared. */
function contentOf(draft: Draft, value: Value): string | null {
  const known = draft.constantValue(value)
  return known && sharedTypes.has(known.dtype) ? contentText(known) : null
}

const contentText = ({ dtype, dims, elements }: KnownValue): string =>
  `${dtype} ${dims.join()} ${elements.map((element) => (Object.is(element, -0) ? '-0' : String(element))).join()}`

/** Attributes as ONNX Runtime has them, defaults filled in; null where one is not worth comparing. */
function attributesText({ attributes, schema }: ViewNode): string | null {
  const parts: string[] = []
  for (const [name, { type, value }] of attributes) {
    if (type === 'INT' || type === 'FLOAT' || type === 'STRING') parts.push(`${name}=${String(value)}`)
    else if (type === 'INTS' || type === 'FLOATS' || type === 'STRINGS') parts.push(`${name}=[${value.join()}]`)
    else {
      const known = type === 'TENSOR' ? tensorElements(value) : null
      if (!known) return null
      parts.push(`${name}=${contentText(known)}`)
    }
  }
  for (const [name, { fallback }] of schema?.attributes ?? [])
    if (fallback !== undefined && !attributes.has(name))
      parts.push(`${name}=${Array.isArray(fallback) ? `[${fallback.join()}]` : String(fallback)}`)
  return parts.sort().join(';')
}
