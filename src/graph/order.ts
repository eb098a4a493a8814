/** Puts the nodes of a graph in an order in which every value is made before it is read, and finds cycles. */
import type { BuiltGraph, BuiltNode } from './values.ts'

/** The nodes whose outputs a node reads, itself or through its bodies. */
function* makers(node: BuiltNode): Generator<BuiltNode> {
  for (const value of node.inputs) if (value?.producer && value.graph === node.graph) yield value.producer
  for (const body of node.bodies.values())
    for (const value of body.captures) if (value.graph === node.graph && value.producer) yield value.producer
}

function standsEarly(node: BuiltNode): boolean {
  for (const maker of makers(node)) if (maker.index >= node.index) return true
  return false
}

export interface Order {
  /** Nodes on a cycle, and those behind one, come last, in file order. */
  readonly order: readonly BuiltNode[]
  /** The nodes that stand before a node whose output they read. */
  readonly early: readonly BuiltNode[]
  /** Each cycle once, as the nodes on it. */
  readonly cycles: readonly (readonly BuiltNode[])[]
}

/** Linear in nodes and edges; file order is kept where it is right already. */
export function orderOf({ nodes }: BuiltGraph): Order {
  const early = nodes.filter(standsEarly)
  if (early.length === 0) return { order: nodes, early, cycles: [] }
  const makersOf = nodes.map((node) => new Set(makers(node)))
  const readers: BuiltNode[][] = nodes.map(() => [])
  const waiting = makersOf.map((set) => set.size)
  for (const node of nodes) for (const maker of makersOf[node.index] ?? []) readers[maker.index]?.push(node)
  const order = nodes.filter((node) => waiting[node.index] === 0)
  for (let at = 0; at < order.length; at++)
    for (const reader of readers[order[at]?.index ?? 0] ?? []) {
      const left = (waiting[reader.index] ?? 0) - 1
      waiting[reader.index] = left
      if (left === 0) order.push(reader)
    }
  const stuck = nodes.filter((node) => (waiting[node.index] ?? 0) > 0)
  return { order: [...order, ...stuck], early, cycles: cyclesAmong(stuck, makersOf, waiting) }
}

/** Every stuck node has a stuck maker, so that walking backwards always ends in a circle. */
function cyclesAmong(
  stuck: readonly BuiltNode[],
  makersOf: readonly ReadonlySet<BuiltNode>[],
  waiting: readonly number[],
): BuiltNode[][] {
  const cycles: BuiltNode[][] = []
  const seen = new Set<BuiltNode>()
  for (const start of stuck) {
    const path: BuiltNode[] = []
    const onPath = new Set<BuiltNode>()
    let node: BuiltNode | undefined = start
    while (node && !seen.has(node)) {
      seen.add(node)
      path.push(node)
      onPath.add(node)
      node = [...(makersOf[node.index] ?? [])].find((maker) => (waiting[maker.index] ?? 0) > 0)
    }
    if (node && onPath.has(node)) cycles.push(path.slice(path.indexOf(node)).reverse())
  }
  return cycles
}
