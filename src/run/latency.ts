/** The latency of every runtime of a run, with what it goes into, and the findings about it. */
import { readModel } from '../graph/read.ts'
import type { Inference } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import { isProblem, type Problem } from '../result/problem.ts'
import type { Latency } from '../result/run.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import { costliest } from './costliest.ts'
import type { Lane } from './lane.ts'
import { measure } from './measure.ts'
import { nodeTimes } from './node-costs.ts'
import type { RunOptions } from './options.ts'

interface Question {
  /** What is run again and again. */
  readonly sample: Sample
  readonly hasPost: boolean
  readonly inference: Inference
  readonly options: RunOptions
}

export class LatencyTally {
  private readonly latencies = new Map<Lane, Latency>()
  private readonly problems = new Map<Lane, Problem>()

  /** @throws what is no Problem */
  async measure(lanes: readonly Lane[], { sample, hasPost, inference, options }: Question): Promise<void> {
    const { latency: wanted = {}, settings = {}, signal, onStep } = options
    const running = lanes.filter(({ refusal }) => refusal === null)
    const targets = running.map((lane) => {
      const { id, model, wrapper, adapter } = lane
      return { id, model, wrapper, hasPost, software: adapter?.software === true }
    })
    const context = { settings: { ...settings, ...(signal ? { signal } : {}) }, signal, onStep }
    const measured = await measure(targets, sample, wanted, context)
    for (const [i, lane] of running.entries()) {
      const { latency = null, profile = null, error = null } = measured[i] ?? {}
      if (latency) {
        // A runtime may have a model of its own.
        const own = options.models?.[lane.id] === undefined ? inference : inferModel(await readModel(lane.model.path))
        this.latencies.set(lane, { ...latency, perOp: profile ? nodeTimes(profile, own) : [] })
      }
      if (isProblem(error)) this.problems.set(lane, error)
      else if (error !== null) throw error
    }
  }

  of(lane: Lane): Latency | null {
    return this.latencies.get(lane) ?? null
  }

  *findings(lane: Lane): Generator<Finding> {
    const { id: runtime, isAccelerated, adapter, placement } = lane
    const problem = this.problems.get(lane)
    const found = { runtime }
    if (problem && problem.code !== 'interrupted')
      yield report(catalogue, 'run/not-measured', { runtime, why: problem.message }, { found })
    // On a software adapter the shares are those of the software, too.
    if (adapter?.software !== true)
      yield* costliest({ runtime, perOp: this.of(lane)?.perOp ?? [], copies: placement?.copies ?? 0, isAccelerated })
  }
}
