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

/** Waves of units whose answers come one after the other, each behind those of its makers. */
export class Waves {
  private readonly wave: Int32Array
  private readonly taken: Uint8Array

  constructor(private readonly graph: UnitGraph) {
    this.wave = new Int32Array(graph.size)
    this.taken = new Uint8Array(graph.size)
  }

  enter(unit: number, taken: boolean): void {
    let own = 0
    for (const maker of this.graph.makers(unit)) {
      const next = this.of(maker) + (this.taken[maker] && !taken ? 1 : 0)
      if (next > own) own = next
    }
    this.wave[unit] = own
    this.taken[unit] = taken ? 1 : 0
  }

  of(unit: number): number {
    return this.wave[unit] ?? 0
  }

  /** Whether the maker is in the group that is being formed when the runtime asks about the unit. */
  isOpenAt(unit: number, maker: number): boolean {
    return this.taken[maker] === 1 && this.graph.makers(unit).every((other) => this.of(other) <= this.of(maker))
  }
}

/** Groups by rising wave; units in topological order. */
export function waves(graph: UnitGraph, taken: readonly boolean[]): number[][] {
  const entered = new Waves(graph)
  const groups: number[][] = []
  for (const unit of graph.order) {
    entered.enter(unit, taken[unit] === true)
    if (!taken[unit]) continue
    const own = entered.of(unit)
    const group = groups[own]
    if (group) group.push(unit)
    else groups[own] = [unit]
  }
  return groups.filter(() => true)
}
