/** What a partition costs: its work, and the bytes that cross its border. */
import { type Dim, isKnown, product } from '../graph/dim.ts'
import { byteSize } from '../graph/dtype.ts'
import type { Node, Value } from '../graph/model.ts'
import type { ValueType } from '../graph/type.ts'
import type { Inference } from '../infer/facts.ts'
import type { Unit } from './units.ts'
import type { View, ViewNode } from './view.ts'

/** Sum of what is known; null as soon as one is not. */
export function total(parts: Iterable<number | null>): number | null {
  let sum = 0
  for (const part of parts) {
    if (part === null) return null
    sum += part
  }
  return sum
}

/** Bytes of a tensor; null where a dimension is symbolic or the type unknown. */
export function bytesOf(type: ValueType | null): number | null {
  if (type?.kind !== 'tensor' || !type.dtype || !type.shape) return null
  const elements = product(type.shape)
  return isKnown(elements) ? byteSize(type.dtype, elements) : null
}

const numberOf = (macs: Dim | null): number | null => (macs !== null && isKnown(macs) ? macs : null)

export const nodeMacsOf = (inference: Inference, node: Node): number | null => numberOf(inference.node(node).macs)

/** Multiply-accumulates of a node, with those of the file's nodes that were fused into it. */
const nodeMacs = (inference: Inference, node: ViewNode): number | null =>
  total(node.carries.map((carried) => nodeMacsOf(inference, carried)))

export const unitMacs = (inference: Inference, unit: Unit): number | null =>
  total(unit.members.map((node) => nodeMacs(inference, node)))

export interface Traffic {
  readonly bytesIn: number | null
  readonly bytesOut: number | null
}

/**
 * Bytes that go into and out of a group of units. Each value counts once, constants do not count. `near` holds units
 * of other groups whose values need no copy, because they lie in the same memory.
 */
export function traffic(
  view: View,
  units: readonly Unit[],
  typeOf: (value: Value) => ValueType | null,
  near: ReadonlySet<ViewNode> = nobody,
): Traffic {
  const inside = new Set(units.flatMap((unit) => unit.members))
  const close = (node: ViewNode | null): boolean => node !== null && (inside.has(node) || near.has(node))
  const incoming = new Set<Value>()
  const outgoing = new Set<Value>()
  for (const node of inside) {
    for (const value of node.reads())
      if (!close(view.maker(value)) && view.constant(value) === null) incoming.add(value)
    for (const value of node.outputs)
      if (value && (view.isOutput(value) || view.readings(value).some((reading) => !close(reading.node))))
        outgoing.add(value)
  }
  const bytes = (values: Iterable<Value>): number | null => total([...values].map((value) => bytesOf(typeOf(value))))
  return { bytesIn: bytes(incoming), bytesOut: bytes(outgoing) }
}

const nobody: ReadonlySet<ViewNode> = new Set()
