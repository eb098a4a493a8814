/** The answers that the picture needs about nodes of one graph on one target. */
import type { PageGraph, PageModel, PageReason, PageTarget, PlacementLetter } from './data.ts'
import { isPlacement, placementOrder } from './words.ts'

export class Answers {
  readonly graph: PageGraph
  readonly target: PageTarget | null
  private readonly reasons = new Map<number, PageReason[]>()

  constructor(
    model: PageModel,
    private readonly graphAt: number,
    targetAt: number,
  ) {
    const graph = model.graphs[graphAt]
    if (!graph) throw new Error('there is no such graph')
    this.graph = graph
    this.target = model.targets[targetAt] ?? null
    for (const reason of this.target?.reasons ?? [])
      for (const node of reason.nodes[graphAt] ?? []) {
        const known = this.reasons.get(node)
        if (known) known.push(reason)
        else this.reasons.set(node, [reason])
      }
  }

  /** Null where no target was asked. */
  placement(node: number): PlacementLetter | null {
    const letter = this.target?.graphs[this.graphAt]?.placements[node]
    return isPlacement(letter) ? letter : null
  }

  /** Null where it is in none. */
  partition(node: number): number | null {
    const partition = this.target?.graphs[this.graphAt]?.partitions[node] ?? -1
    return partition < 0 ? null : partition
  }

  why(node: number): string | null {
    const position = this.target?.graphs[this.graphAt]?.why[node]
    return position === undefined ? null : (this.target?.whys[position] ?? null)
  }

  reasonsOf(node: number): readonly PageReason[] {
    return this.reasons.get(node) ?? []
  }

  /** How many nodes at each placement, the worst placement first. */
  tally(nodes: readonly number[]): [PlacementLetter, number][] {
    const counts = new Map<PlacementLetter, number>()
    for (const node of nodes) {
      const placement = this.placement(node)
      if (placement) counts.set(placement, (counts.get(placement) ?? 0) + 1)
    }
    return placementOrder.flatMap((letter): [PlacementLetter, number][] => {
      const count = counts.get(letter)
      return count ? [[letter, count]] : []
    })
  }

  /** The partition that all placed nodes share; null where there are several or none. */
  onePartition(nodes: readonly number[]): number | null {
    let found: number | null = null
    for (const node of nodes) {
      const partition = this.partition(node)
      if (partition === null || partition === found) continue
      if (found !== null) return null
      found = partition
    }
    return found
  }

  macs(nodes: readonly number[]): number {
    return nodes.reduce((sum, node) => sum + (this.graph.nodes[node]?.macs ?? 0), 0)
  }

  nameOf(node: number): string {
    const { name, op } = this.graph.nodes[node] ?? { name: '', op: '' }
    return name || op
  }
}
