/**
 * Partitions as ONNX Runtime's utility for compiling providers forms them (partitioning_utils.cc): a group absorbs all
 * that it reaches until an unsupported unit that consumes something of it; that unit opens the next wave. In closed
 * form, so that no work list has to be simulated:
 *
 *     wave(u) = max over makers m of u's inputs of wave(m) + (1 where m is taken and u is not), 0 without makers
 *
 * Taken units of one wave form one group, connected or not.
 */
import type { UnitGraph } from './unit-graph.ts'

/** Groups by rising wave; units in topological order. */
export function waves(graph: UnitGraph, taken: readonly boolean[]): number[][] {
  const wave = new Int32Array(graph.size)
  const groups: number[][] = []
  for (const unit of graph.order) {
    let own = 0
    for (const maker of graph.makers(unit)) {
      const next = (wave[maker] ?? 0) + (taken[maker] && !taken[unit] ? 1 : 0)
      if (next > own) own = next
    }
    wave[unit] = own
    if (!taken[unit]) continue
    let group = groups[own]
    if (!group) {
      group = []
      groups[own] = group
    }
    group.push(unit)
  }
  return groups.filter(() => true)
}
