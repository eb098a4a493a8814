/** From the answer for each unit to partitions: grouping by the target's strategy, then what the runtime drops. */
import type { ResolvedGrouping } from '../../profiles/grouping.ts'
import { unitReads } from '../units.ts'
import type { ViewNode } from '../view.ts'
import type { UnitGraph } from './unit-graph.ts'
import { waves } from './waves.ts'

/** Why a runtime gives up a group that it formed. */
export type Drop = 'only-trivial' | 'single-trivial' | 'all-constant'

export interface Partitions {
  /** Units of each partition, in topological order; partitions in the order in which they run. */
  readonly groups: readonly (readonly number[])[]
  readonly dropped: ReadonlyMap<number, Drop>
}

type Rules = Omit<ResolvedGrouping, 'units' | 'stopAfter' | 'bodies' | 'most'>

/** How many there would be. */
export const countPartitions = (graph: UnitGraph, taken: readonly boolean[], rules: Rules): number =>
  grouped(graph, taken, rules).filter((group) => dropOf(graph, group, rules) === null).length

export function partition(graph: UnitGraph, taken: readonly boolean[], rules: Rules): Partitions {
  const dropped = new Map<number, Drop>()
  const groups: number[][] = []
  for (const group of grouped(graph, taken, rules)) {
    const drop = dropOf(graph, group, rules)
    if (drop === null) groups.push([...Int32Array.from(group).sort()])
    else for (const unit of group) dropped.set(unit, drop)
  }
  return { groups, dropped }
}

/** Units that would be one partition. */
type Group = readonly number[] | Int32Array

function grouped(graph: UnitGraph, taken: readonly boolean[], { strategy }: Rules): Group[] {
  switch (strategy) {
    case 'waves':
      return waves(graph, taken)
    // Where kernels run node by node nothing is compiled as one: a stretch without a way to the host is what counts.
    case 'perNode':
    // A compiler of regions makes one program of each.
    case 'regions': {
      const left = new Uint8Array(graph.size)
      return waves(graph, taken).flatMap((group) => connected(graph, group, left))
    }
    case 'whole': {
      const all = graph.order.filter((unit) => taken[unit])
      return all.length === 0 ? [] : [all]
    }
  }
}

/** The connected parts of a group. `left`: zeros, one per unit. */
function connected(graph: UnitGraph, group: readonly number[], left: Uint8Array): Int32Array[] {
  for (const unit of group) left[unit] = 1
  const parts: Int32Array[] = []
  /** Part after part. */
  const found = new Int32Array(group.length)
  let end = 0
  const take = (unit: number) => {
    if (left[unit] !== 1) return
    left[unit] = 0
    found[end++] = unit
  }
  for (const start of group) {
    const from = end
    take(start)
    for (let at = from; at < end; at++) {
      const unit = found[at] ?? -1
      graph.makers(unit).forEach(take)
      graph.users(unit).forEach(take)
    }
    if (end > from) parts.push(found.subarray(from, end))
  }
  return parts
}

function dropOf(graph: UnitGraph, group: Group, rules: Rules): Drop | null {
  const { dropIfOnly, dropSingle, dropAllConst } = rules
  if (dropIfOnly.length > 0 && group.every((unit) => isOnly(graph, unit, dropIfOnly))) return 'only-trivial'
  const [single, ...others] = graph.units[group[0] ?? -1]?.members ?? []
  if (group.length === 1 && others.length === 0 && single && dropSingle.includes(single.op)) return 'single-trivial'
  return dropAllConst && onlyConstants(graph, group) ? 'all-constant' : null
}

const isOnly = (graph: UnitGraph, unit: number, operators: readonly string[]): boolean =>
  graph.units[unit]?.members.every((node) => operators.includes(node.op)) === true

function onlyConstants(graph: UnitGraph, group: Group): boolean {
  let inside: Set<ViewNode> | undefined
  for (const unit of group) {
    const own = graph.units[unit]
    if (!own) continue
    for (const value of unitReads(own)) {
      if (graph.view.constant(value) !== null) continue
      const maker = graph.view.maker(value)
      if (!maker) return false
      inside ??= new Set([...group].flatMap((member) => graph.units[member]?.members ?? []))
      if (!inside.has(maker)) return false
    }
  }
  return true
}
