/** Where the host comes between partitions: the nodes that cut a model into several. */
import type { Placements } from './placement.ts'

export interface Cuts {
  /** Units behind a partition with which a way to another one begins. */
  readonly units: readonly number[]
  /** By partition: the unit that parts it from one before; null where none does, for branches that never meet. */
  readonly before: readonly (number | null)[]
}

export function cutsOf({ graph, groups }: Placements): Cuts {
  const inside = new Set(groups.flat())
  /** By unit of the host: the first unit of the host on a way from a partition to it. */
  const first = new Map<number, number>()
  for (const unit of graph.order) {
    if (inside.has(unit)) continue
    const makers = graph.makers(unit)
    const from = makers.some((maker) => inside.has(maker)) ? unit : makers.find((maker) => first.has(maker))
    if (from !== undefined) first.set(unit, first.get(from) ?? unit)
  }
  const leads = new Set<number>()
  for (const unit of graph.order.toReversed())
    if (graph.users(unit).some((user) => inside.has(user) || leads.has(user)) && !inside.has(unit)) leads.add(unit)
  const before = groups.map((group) => {
    for (const unit of group)
      for (const maker of graph.makers(unit)) {
        const cut = first.get(maker)
        if (cut !== undefined) return cut
      }
    return null
  })
  return { units: [...first].flatMap(([unit, cut]) => (unit === cut && leads.has(unit) ? [unit] : [])), before }
}
