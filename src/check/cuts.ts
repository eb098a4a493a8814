/** Where the host comes between partitions: the nodes that cut a model into several. */
import { nodeRef } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import { check as catalogue } from '../result/catalogue/check.ts'
import { type Finding, report } from '../result/finding.ts'
import type { Placements } from './placement.ts'

/** Nodes that the message names one by one. */
const namedCuts = 5

/** `most`: partitions that the flow can run as one. */
export function cutFinding(placements: Placements, most: number): Finding {
  const { units, before } = cutsOf(placements)
  const nodeOf = (unit: number) => placements.units[unit]?.unit.target.source
  const nodes = units.flatMap((unit) => nodeOf(unit) ?? [])
  const more = nodes.length - namedCuts
  const by = nodes.slice(0, namedCuts).map(nodeText).join(', ') + (more > 0 ? ` and ${more} more` : '')
  const found = before.flatMap((unit, id) => {
    const node = unit === null ? undefined : nodeOf(unit)
    return node ? [[`partition ${id}`, nodeText(node)]] : []
  })
  const where = { nodes: [...new Set(nodes.map(nodeRef))], found: Object.fromEntries(found) }
  return report(catalogue, '<target>/cut', { partitions: placements.groups.length, most, by }, where)
}

interface Cuts {
  /** Units behind a partition with which a way to another one begins. */
  readonly units: readonly number[]
  /** By partition: the unit that parts it from one before; null where none does, for branches that never meet. */
  readonly before: readonly (number | null)[]
}

function cutsOf({ graph, groups }: Placements): Cuts {
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
