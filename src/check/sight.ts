/** The graphs that targets see, and their units: made when the first target asks, shared by all that see the same. */
import type { Inference } from '../infer/facts.ts'
import type { UnitGraph } from './grouping/unit-graph.ts'
import { unitGraph } from './placement.ts'
import { type Prepared, prepare, unprepared } from './prepare.ts'
import type { View } from './view.ts'

export class Sight {
  private file: Prepared | undefined
  private optimized: Prepared | undefined
  private readonly units = new Map<View, Map<'node' | 'qdq', UnitGraph>>()

  constructor(private readonly inference: Inference) {}

  prepared(asIs: boolean): Prepared {
    if (asIs) {
      this.file ??= unprepared(this.inference)
      return this.file
    }
    this.optimized ??= prepare(this.inference)
    return this.optimized
  }

  unitGraph(view: View, units: 'node' | 'qdq'): UnitGraph {
    let made = this.units.get(view)
    if (!made) {
      made = new Map()
      this.units.set(view, made)
    }
    const graph = made.get(units) ?? unitGraph(view, units)
    made.set(units, graph)
    return graph
  }
}
