/** The memory that activations take at the worst moment, and which values make it up. */
import type { Graph, Node, Value } from '../graph/model.ts'
import { bytesOf } from '../infer/bytes.ts'
import type { Inference } from '../infer/facts.ts'

export interface PeakMemory {
  readonly bytes: number
  /** While it runs; null: before any node does. */
  readonly node: Node | null
  /** What lives then, the largest first. */
  readonly live: readonly { readonly value: Value; readonly bytes: number }[]
}

/**
 * The largest sum of the bytes of values that live at one moment, for nodes in topological order, each value freed
 * after its last reader. Constants are not counted; those inside bodies of control flow neither. Null where the size of
 * a value is not known.
 */
export function peakMemory(graph: Graph, inference: Inference): PeakMemory | null {
  const position = new Map(graph.order.map((node, at) => [node, at]))
  const end = graph.order.length
  const spans: { value: Value; bytes: number; from: number; to: number }[] = []
  const add = (value: Value, from: number): boolean => {
    const bytes = inference.isConst(value) ? 0 : bytesOf(value, inference)
    if (bytes !== null && bytes > 0) spans.push({ value, bytes, from, to: lastUse(value, from, position, end) })
    return bytes !== null
  }
  for (const input of graph.inputs) if (!add(input, -1)) return null
  for (const [at, node] of graph.order.entries())
    for (const output of node.outputs) if (output && !add(output, at)) return null

  const grows = new Float64Array(end + 2)
  for (const { bytes, from, to } of spans) {
    grows[from + 1] = (grows[from + 1] ?? 0) + bytes
    if (to + 2 < grows.length) grows[to + 2] = (grows[to + 2] ?? 0) - bytes
  }
  let live = 0
  let peak = 0
  let worst = -1
  for (let at = -1; at < end; at++) {
    live += grows[at + 1] ?? 0
    if (live <= peak) continue
    peak = live
    worst = at
  }
  return {
    bytes: peak,
    node: graph.order[worst] ?? null,
    live: spans
      .filter(({ from, to }) => from <= worst && worst <= to)
      .sort((a, b) => b.bytes - a.bytes || a.value.id - b.value.id)
      .map(({ value, bytes }) => ({ value, bytes })),
  }
}

/** Position of the node after which a value is freed; inputs that nobody reads and outputs live to the end. */
function lastUse(value: Value, from: number, position: ReadonlyMap<Node, number>, end: number): number {
  if (value.isOutput) return end
  let last = -1
  for (const { node } of value.uses) {
    const owner = ownerIn(value.graph, node)
    last = Math.max(last, (owner && position.get(owner)) ?? -1)
  }
  if (last >= 0) return last
  return value.producer ? from : end
}

/** The node of `graph` in whose bodies `node` lies. */
function ownerIn(graph: Graph, node: Node): Node | null {
  let at: Node | null = node
  while (at && at.graph !== graph) at = at.graph.owner
  return at
}
