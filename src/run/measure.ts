/**
 * How fast a model is on each runtime: processes of their own, one sample, the runtimes in turn. `--repeat` starts all
 * of it anew, since processes lie further apart than the runs of one.
 */
import { busyCores } from '../latency/environment.ts'
import { presets } from '../latency/plan.ts'
import { seeded } from '../latency/random.ts'
import { type Series, type Subject, sample as sampleAll, totalOf } from '../latency/sample.ts'
import { fastEnd } from '../latency/statistics.ts'
import { type Circumstances, summarise } from '../latency/summary.ts'
import { isProblem } from '../result/problem.ts'
import type { Latency, Sampled, Stage } from '../result/run.ts'
import { createRuntime } from '../runtimes/registry.ts'
import type { ModelSource, Runtime, RuntimeSettings, Session, SessionProfile } from '../runtimes/runtime.ts'
import { bundleWrapper, wrapperClient } from '../wrapper/load.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import { type LatencyOptions, wrapperTimeLimit } from './options.ts'

/** What is measured on one runtime. */
export interface Measurable {
  readonly id: string
  readonly model: ModelSource
  /** Path of the user's module; null without. */
  readonly wrapper: string | null
  readonly hasPost: boolean
  readonly software: boolean
}

export interface MeasureContext {
  readonly settings: RuntimeSettings
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((text: string) => void) | undefined
}

export interface Measured {
  readonly latency: Latency | null
  readonly profile: SessionProfile | null
  /** What ended it early. */
  readonly error: unknown
}

/** Per runtime, in their order. Never throws for what one of them has wrong; interrupted, it gives what there is. */
export async function measure(
  targets: readonly Measurable[],
  sample: Sample,
  { preset = 'quick', repeat = 1, concurrency = 1 }: LatencyOptions,
  context: MeasureContext,
): Promise<Measured[]> {
  const tallies = targets.map((target) => new Tally(target, concurrency))
  for (let repetition = 0; repetition < repeat && !context.signal?.aborted; repetition++) {
    const opened = await Promise.all(tallies.map((tally) => tally.open(sample, context)))
    const busy = await busyCores()
    const ready = opened.filter((one) => one !== null)
    // What a software adapter takes is no figure of a device: enough to see that it runs.
    for (const group of [
      ready.filter((one) => !one.tally.target.software),
      ready.filter((one) => one.tally.target.software),
    ]) {
      const series = await sampleAll(group, {
        preset: presets[group[0]?.tally.target.software ? 'rapid' : preset],
        random: seeded(repetition + 1),
        concurrency,
        ...(context.signal ? { signal: context.signal } : {}),
        onProgress: ({ id, done, phase }) => {
          const round = repeat > 1 ? `repetition ${repetition + 1}/${repeat}, ` : ''
          context.onStep?.(`${round}${phase} ${id}: ${(done * 100).toFixed(0)} %`)
        },
      })
      for (const [i, one] of series.entries()) group[i]?.tally.add(one, busy)
    }
    for (const one of ready) await one.tally.finish(one, repetition === 0 && !context.signal?.aborted)
    await Promise.all(ready.map(({ runtime }) => runtime.close()))
  }
  return tallies.map((tally) => tally.result())
}

interface Opened extends Subject {
  readonly tally: Tally
  readonly runtime: Runtime
  readonly session: Session
  readonly feeds: Parameters<Session['run']>[0]
}

/** One runtime over all repetitions. */
class Tally {
  private readonly loads: number[] = []
  private readonly firsts: number[] = []
  private readonly series: Series[] = []
  private readonly memory: number[] = []
  private busy: Circumstances['busy'] = null
  private profile: SessionProfile | null = null
  private error: unknown = null

  constructor(
    readonly target: Measurable,
    private readonly concurrency: number,
  ) {}

  /** Null where it does not start, with the reason kept. */
  async open(sample: Sample, { settings }: MeasureContext): Promise<Opened | null> {
    const { target } = this
    const runtime = createRuntime(target.id, settings)
    try {
      const session = await runtime.open(target.model)
      const code = target.wrapper && (await runtime.load(await bundleWrapper(target.wrapper, runtime.platform)))
      const client = code ? wrapperClient(code) : null
      const made = client ? (await client.preprocess(sample, wrapperTimeLimit)).value : null
      const feeds = made?.tensors ?? sample.tensors ?? {}
      this.loads.push(session.loadTime)
      this.firsts.push((await session.run(feeds)).time)
      const once = async () => {
        if (!client) return {}
        const pre = await client.preprocess(sample, wrapperTimeLimit)
        const { outputs, time } = await session.run(pre.value.tensors)
        if (!target.hasPost) return { pre: pre.time, model: time }
        const post = await client.postprocess(outputs, sample, pre.value.context, wrapperTimeLimit)
        return { pre: pre.time, model: time, post: post.time }
      }
      const measureRuns = client
        ? async (runs: number) => {
            const times = []
            for (let i = 0; i < runs; i++) times.push(await once())
            return times
          }
        : async (runs: number) => (await session.measure(feeds, runs)).map((model) => ({ model }))
      return { id: target.id, tally: this, runtime, session, feeds, measure: measureRuns }
    } catch (error) {
      this.error ??= error
      await runtime.close()
      return null
    }
  }

  add(series: Series, busy: Circumstances['busy']): void {
    this.series.push(series)
    if (busy && busy.cores > (this.busy?.cores ?? 0)) this.busy = busy
    if (!isInterruption(series.error)) this.error ??= series.error
  }

  /** What is asked of a session after it has been timed. */
  async finish({ runtime, session, feeds }: Opened, withProfile: boolean): Promise<void> {
    try {
      const memory = await session.memory()
      if (memory !== null) this.memory.push(memory)
      if (withProfile) this.profile = await profileOf(runtime, this.target.model, feeds)
    } catch (error) {
      if (!isInterruption(error)) this.error ??= error
    }
  }

  result(): Measured {
    const { profile, error } = this
    const samples = this.series.flatMap((series) => series.samples)
    const [load, first] = [this.loads[0], this.firsts[0]]
    if (load === undefined || first === undefined) return { latency: null, profile, error }
    const about: Circumstances = {
      wallTime: this.concurrency > 1 ? sum(this.series.map(({ wallTime }) => wallTime)) : null,
      settled: this.series.every(({ warmUp }) => warmUp.settled),
      interrupted: this.series.some(({ interrupted }) => interrupted),
      software: this.target.software,
      busy: this.busy,
    }
    const stages: Partial<Record<Stage, Sampled>> = {}
    for (const stage of ['pre', 'model', 'post'] as const) {
      const times = samples.flatMap((one) => one[stage] ?? [])
      if (times.length > 0) stages[stage] = summarise(times, { ...about, wallTime: null })
    }
    const latency: Latency = {
      load,
      first,
      warm: summarise(samples.map(totalOf), about),
      stages,
      perOp: [],
      memoryBytes: this.memory.length > 0 ? Math.max(...this.memory) : null,
      repetitions: this.series.filter((one) => one.samples.length > 0).map((one) => fastEnd(one.samples.map(totalOf))),
      concurrency: this.concurrency,
      warmUp: { runs: sum(this.series.map(({ warmUp }) => warmUp.runs)), settled: about.settled },
    }
    return { latency, profile, error }
  }
}

/** Recorded runs, beyond the first: the profile costs time, so that none of these counts. */
const profiledRuns = 8
const profiledTime = 2_000

async function profileOf(runtime: Runtime, model: ModelSource, feeds: Opened['feeds']): Promise<SessionProfile | null> {
  const session = await runtime.open(model, { profiling: true })
  try {
    const end = performance.now() + profiledTime
    for (let i = 0; i <= profiledRuns && (i < 2 || performance.now() < end); i++) await session.run(feeds)
    return await session.profile()
  } catch (error) {
    if (isProblem(error) && error.code === 'no-profile') return null
    throw error
  } finally {
    await session.close().catch(() => {})
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const isInterruption = (error: unknown): boolean => isProblem(error) && error.code === 'interrupted'
