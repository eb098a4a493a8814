/**
 * Root causes: the fewest findings whose removal merges the most partitions. Greedy: what a finding is worth is seen
 * by grouping again as if its nodes were taken; then the next one beside it. What is refused only because of others
 * (behind a stop, in a dropped group) is no cause of its own.
 */
import { type Node, nodeRef } from '../graph/model.ts'
import type { ResolvedGrouping } from '../profiles/grouping.ts'
import type { Cause } from '../result/result.ts'
import { countPartitions } from './grouping/partition.ts'
import type { Placements } from './placement.ts'

/** Findings that are tried, those with the most nodes first, and causes that are named. */
const maxCandidates = 24
const maxCauses = 5
/** Units that all trials together may group again: large graphs have fewer trials, the answer in time comes first. */
const maxWork = 400_000

export function causesOf(
  rules: ResolvedGrouping,
  placements: Placements,
  findingsOf: (node: Node) => readonly string[],
): Cause[] {
  const { graph, units, groups } = placements
  if (groups.length < 2 || rules.strategy === 'whole') return []
  let left = Math.floor(maxWork / graph.size)
  const candidates = candidatesOf(placements, findingsOf, Math.min(maxCandidates, left))
  const taken = units.map((unit) => unit.placement === 'target' && !unit.late)
  const causes: Cause[] = []
  // What was taken late stands alone as long as it is not taken with the others.
  const late = groups.flatMap(([first = -1]) => (units[first]?.late ? [first] : []))
  const countOf = (trial: readonly boolean[]): number =>
    countPartitions(graph, trial, rules) + late.filter((unit) => !trial[unit]).length
  let count = groups.length
  while (causes.length < maxCauses && count > 1 && candidates.size > 0 && left >= candidates.size) {
    left -= candidates.size
    let best: { id: string; count: number; size: number } | null = null
    for (const [id, members] of candidates) {
      const trial = [...taken]
      for (const unit of members) trial[unit] = true
      const after = countOf(trial)
      if (!best || after < best.count || (after === best.count && members.length < best.size))
        best = { id, count: after, size: members.length }
    }
    if (!best || best.count >= count) break
    const members = candidates.get(best.id) ?? []
    candidates.delete(best.id)
    for (const unit of members) taken[unit] = true
    causes.push({
      findings: [best.id],
      nodes: members.flatMap((unit) => units[unit]?.unit.members.flatMap((node) => node.carries).map(nodeRef) ?? []),
      effect: `${count} partitions become ${best.count}`,
    })
    count = best.count
  }
  return causes
}

/** Units by finding, of those that the target's own rules refuse. */
function candidatesOf(
  { units }: Placements,
  findingsOf: (node: Node) => readonly string[],
  most: number,
): Map<string, readonly number[]> {
  const byFinding = new Map<string, number[]>()
  units.forEach(({ judgement, placement, unit, late }, index) => {
    const isRefused = placement === 'host' && judgement.outcome === 'refused' && judgement.reason?.phase !== 'exclude'
    if (!isRefused && !late) return
    const [node] = unit.target.carries
    const id = node && findingsOf(node).find((one) => one.endsWith('/expanded') === late)
    if (id === undefined) return
    const members = byFinding.get(id)
    if (members) members.push(index)
    else byFinding.set(id, [index])
  })
  const largest = [...byFinding].sort(([, a], [, b]) => b.length - a.length).slice(0, most)
  return new Map(largest)
}
