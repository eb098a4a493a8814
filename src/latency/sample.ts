/**
 * Measures several runtimes in turn: each is warmed up, then blocks of runs alternate in random order, never two at the
 * same time. What is slow for a while is slow for all of them, and none is always the one after the other.
 */
import type { Stage } from '../result/run.ts'
import { blockSize, fewestRuns, type Preset, warmUpState, windowSize } from './plan.ts'
import { type Random, shuffled } from './random.ts'
import { median } from './statistics.ts'

/** What one run took, by stage. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>

/** Something that can be run again and again. */
export interface Subject {
  readonly id: string
  /** Up to `runs` runs, one after the other: at least one, fewer where its own time limit ends it. */
  measure(runs: number): Promise<readonly StageTimes[]>
}

export interface Series {
  readonly id: string
  readonly warmUp: { readonly runs: number; readonly settled: boolean }
  readonly samples: readonly StageTimes[]
  /** From the start to the end of all counted blocks, for the throughput. */
  readonly wallTime: number
  /** What ended it early, with the samples so far kept. */
  readonly error: unknown
  readonly interrupted: boolean
}

export interface SamplingOptions {
  readonly preset: Preset
  readonly random: Random
  /** Runs in flight at the same time, on one runtime. */
  readonly concurrency?: number
  readonly now?: () => number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: SamplingProgress) => void
}

export interface SamplingProgress {
  readonly id: string
  /** Share of all that is to be measured, 0 to 1. */
  readonly done: number
  readonly phase: 'warming up' | 'measuring'
}

export const totalOf = ({ pre = 0, model = 0, post = 0 }: StageTimes): number => pre + model + post

/** One series per subject, in their order. Never throws: what goes wrong with one stands in its series. */
export async function sample(subjects: readonly Subject[], options: SamplingOptions): Promise<Series[]> {
  const series = subjects.map((subject) => new Measuring(subject, options))
  const tell = (id: string, phase: SamplingProgress['phase']) => {
    const done = series.reduce((sum, one) => sum + one.share, 0) / Math.max(1, series.length)
    options.onProgress?.({ id, done, phase })
  }
  for (const one of series) {
    tell(one.subject.id, 'warming up')
    await one.warm()
  }
  // The first run of a block finds caches that the others have filled: where there are others it is run, not counted.
  const again = series.length > 1
  for (let open = series; open.length > 0; open = open.filter((one) => !one.done))
    for (const one of shuffled(open, options.random)) {
      await one.block(again)
      tell(one.subject.id, 'measuring')
    }
  return series.map((one) => one.series())
}

class Measuring {
  private readonly samples: StageTimes[] = []
  private readonly concurrency: number
  private readonly now: () => number
  private warmRuns = 0
  private settled = false
  private each = 0
  private spent = 0
  private wall = 0
  private error: unknown = null

  constructor(
    readonly subject: Subject,
    private readonly options: SamplingOptions,
  ) {
    this.concurrency = options.concurrency ?? 1
    this.now = options.now ?? (() => performance.now())
  }

  private get interrupted(): boolean {
    return this.options.signal?.aborted === true
  }

  get share(): number {
    const { runs, time } = this.options.preset
    return this.done ? 1 : Math.min(1, Math.max(this.samples.length / runs, this.spent / time))
  }

  get done(): boolean {
    const { runs, time } = this.options.preset
    const { length } = this.samples
    return this.error !== null || this.interrupted || length >= runs || (length >= fewestRuns && this.spent >= time)
  }

  async warm(): Promise<void> {
    const windows: number[] = []
    const start = this.now()
    let size = 1
    for (let state = 'go-on'; state === 'go-on'; ) {
      const times = await this.guarded(size)
      if (times === null) return
      this.warmRuns += times.length
      this.each = median(times.map(totalOf))
      // The very first run tells how long the windows may be, and compares with nothing.
      if (this.warmRuns > times.length) windows.push(this.each)
      else size = windowSize(this.each)
      state = warmUpState(windows, { runs: this.warmRuns, time: this.now() - start }, this.options.preset)
      this.settled = state === 'settled'
    }
  }

  async block(again: boolean): Promise<void> {
    if (this.done) return
    const { preset } = this.options
    const wanted = Math.min(blockSize(preset, this.each), preset.runs - this.samples.length)
    const begin = this.now()
    if (again && wanted > 1 && (await this.guarded(1)) === null) return
    const start = this.now()
    const times = await this.guarded(wanted)
    if (times === null) return
    this.samples.push(...times)
    this.wall += this.now() - start
    this.spent += this.now() - begin
  }

  /** Null where it failed or was interrupted. */
  private async guarded(runs: number): Promise<readonly StageTimes[] | null> {
    if (this.interrupted) return null
    try {
      const lanes = Math.min(this.concurrency, runs)
      const shares = Array.from({ length: lanes }, (_, i) => Math.ceil((runs - i) / lanes))
      return (await Promise.all(shares.map((share) => this.subject.measure(share)))).flat()
    } catch (error) {
      // An interruption ends what runs: that is no fault of the runtime.
      if (!this.interrupted) this.error = error
      return null
    }
  }

  series(): Series {
    const { subject, samples, error, interrupted } = this
    const warmUp = { runs: this.warmRuns, settled: this.settled }
    return { id: subject.id, warmUp, samples, wallTime: this.wall, error, interrupted }
  }
}
