/** What a provider judges as one: a single node, or the nodes of a QDQ unit (see qdq.ts). */
import type { Node, Value } from '../graph/model.ts'
import type { View, ViewNode } from './view.ts'

export interface Unit {
  /** The node whose operator decides. */
  readonly target: ViewNode
  /** All nodes, the target included, in topological order. */
  readonly members: readonly ViewNode[]
  /** Only in QDQ units: the DequantizeLinear before an input, the QuantizeLinear behind an output, by position. */
  readonly before: ReadonlyMap<number, ViewNode>
  readonly behind: ReadonlyMap<number, ViewNode>
  readonly qdq: boolean
}

const nobody: ReadonlyMap<number, ViewNode> = new Map()

export const singleUnit = (node: ViewNode): Unit => ({
  target: node,
  members: [node],
  before: nobody,
  behind: nobody,
  qdq: false,
})

/** The nodes of the file whose work it does. */
export function carriedBy({ members }: Unit): readonly Node[] {
  const [first, ...others] = members
  return first && others.length === 0 ? first.carries : members.flatMap((node) => node.carries)
}

/** Values from outside that a unit reads: made by others, inputs, constants; bodies' captures included. Each once. */
export function unitReads(unit: Unit): Set<Value> {
  const made = new Set(unit.members.flatMap((node) => node.outputs))
  const read = new Set<Value>()
  for (const node of unit.members) for (const value of node.reads()) if (!made.has(value)) read.add(value)
  return read
}

/** Every node as a unit of its own, in the order of the view. */
export const singleUnits = (view: View): Unit[] => view.nodes.map(singleUnit)
