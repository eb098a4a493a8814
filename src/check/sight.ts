/** The graphs that targets see, and their units: made when the first target asks, shared by all that see the same. */
import type { Inference } from '../infer/facts.ts'
import { runtimeView } from '../infer/infer.ts'
import type { Preparation, Profile } from '../profiles/profile.ts'
import type { UnitGraph } from './grouping/unit-graph.ts'
import { unitGraph } from './placement.ts'
import { fixedPointsOfFile, prepareFixedPoints } from './prepare/fixed-points.ts'
import { prepareForHls4ml } from './prepare/qonnx/hls4ml.ts'
import { type Prepared, prepare, unprepared } from './prepare.ts'
import type { View } from './view.ts'

type Prepare = (inference: Inference) => Prepared

const preparedBy: Readonly<Record<Preparation, Prepare>> = {
  onnxruntime: prepare,
  hls4ml: prepareForHls4ml,
  'vitis-ai': prepareFixedPoints,
  // What FINN makes of a graph is followed in finn/; rules on single nodes are those of the file.
  finn: unprepared,
}
/** What a target makes of a file as it stands, where that is more than reading it. */
const readBy: Readonly<Partial<Record<Preparation, Prepare>>> = { 'vitis-ai': fixedPointsOfFile }

export class Sight {
  private readonly made = new Map<string, Prepared>()
  private readonly units = new Map<View, Map<'node' | 'qdq', UnitGraph>>()

  constructor(private readonly inference: Inference) {}

  /** `asIs`: the user wants the nodes of the file as they stand. */
  prepared({ sees, shapes, prepare: by = 'onnxruntime' }: Profile, asIs: boolean): Prepared {
    const file = asIs || sees === 'file'
    const work = file ? (readBy[by] ?? unprepared) : preparedBy[by]
    const key = `${file ? 'file' : 'optimized'} ${work === unprepared ? '' : by} ${shapes ?? 'inferred'}`
    let prepared = this.made.get(key)
    if (!prepared) {
      const inference = shapes === 'runtime' ? runtimeView(this.inference, !file) : this.inference
      prepared = work(inference)
      this.made.set(key, prepared)
    }
    return prepared
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
