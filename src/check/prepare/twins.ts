/**
 * Nodes that compute the same from the same become one: the first in ONNX Runtime's order stays. Sources:
 * optimizer/common_subexpression_elimination.cc, constant_sharing.cc of ONNX Runtime 1.30.
 */
import { IdMap } from '../../graph/id-map.ts'
import type { Value } from '../../graph/model.ts'
import { tensorElements } from '../../infer/context.ts'
import type { KnownValue } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

/** Nodes seen so far that read a value first: one, or by what they compute once there are more. */
type Seen = ViewNode | Map<string, ViewNode>

export function mergeTwins(draft: Draft): void {
  const seenBy = new IdMap<Value, Seen>()
  const withoutInput = new Map<string, ViewNode>()
  for (const node of draft.order()) {
    if (!draft.has(node) || !isMergeable(node)) continue
    const input = node.inputs.find((value) => value !== null)
    const seen = input ? seenBy.get(input) : withoutInput
    if (input && !seen) seenBy.set(input, node)
    else if (seen) {
      const first = seen instanceof Map ? seen : new Map([[keyOf(seen) ?? '', seen]])
      if (input) seenBy.set(input, first)
      const key = keyOf(node)
      const twin = key === null ? undefined : first.get(key)
      if (twin) mergeInto(draft, twin, node)
      else if (key !== null) first.set(key, node)
    }
  }
}

/** What a node computes, from what; null where it is not worth comparing. */
function keyOf(node: ViewNode): string | null {
  const attributes = attributesText(node)
  if (attributes === null) return null
  const inputs = node.inputs.map((value) => value?.id ?? '').join()
  const outputs = node.outputs.map((value) => (value ? 1 : 0)).join('')
  return `${node.domain} ${node.op} ${inputs} ${outputs} ${attributes}`
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
      if (!value || seen.has(value) || draft.constant(value) === null) continue
      seen.add(value)
      const content = contentOf(draft, value)
      const before = content === null ? undefined : first.get(content)
      if (content !== null && !before) first.set(content, value)
      const { nodes, all } = draft.consumers(value)
      if (!before || !all) continue
      for (const node of nodes)
        node.inputs.forEach((input, i) => {
          if (input === value) draft.setInput(node, i, before)
        })
    }
}

/** Null where it is not shared. */
function contentOf(draft: Draft, value: Value): string | null {
  const shape = draft.tensor(value)?.shape
  const size = shape?.reduce((product: number, dim) => product * (typeof dim === 'number' ? dim : Number.NaN), 1)
  if (size === undefined || !(size > 0 && size <= sharedElements)) return null
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
