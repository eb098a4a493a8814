/**
 * One model on several runtimes: every sample goes through the reference, then through the others, and is compared
 * stage by stage. All runtimes are open at the same time, so that of the values only those of one sample are kept.
 */
import { setMaxListeners } from 'node:events'
import { resolve } from 'node:path'
import { readModel } from '../graph/read.ts'
import type { Inference } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { mustBeRun } from '../latency/budgets.ts'
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import { isProblem, Problem } from '../result/problem.ts'
import type { RunResult } from '../result/run.ts'
import { createRuntime } from '../runtimes/registry.ts'
import type { Description } from '../wrapper/host.ts'
import { type WrapperClient, wrapperFile } from '../wrapper/load.ts'
import type { ModelValues, SampleSet } from '../wrapper/samples/sample-set.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import { environmentOf } from './environment.ts'
import { ExpectedTally } from './expected.ts'
import { Failures } from './failures.ts'
import { type Inside, lookInside } from './inside/look-inside.ts'
import { Lane } from './lane.ts'
import { LaneTally } from './lane-tally.ts'
import { LatencyTally } from './latency.ts'
import { LiveReference, Oddities } from './live-reference.ts'
import { Meter, unknownMetrics } from './metrics.ts'
import { type NatureOf, naturesOf } from './natures.ts'
import { defaultReference, defaultRuntimes, type RunOptions } from './options.ts'
import { outcomeOf } from './outcome.ts'
import { RecordedReference, Recorder } from './recording.ts'
import { Rules } from './rules.ts'
import { samplesOf } from './samples.ts'

/**
 * @param inference of the model at `path`
 * @param wrapper path of the user's module; null without one
 * @throws Problem where the question cannot be asked: an unknown runtime, a wrapper that cannot be loaded
 */
export async function run(
  path: string,
  wrapper: string | null,
  inference: Inference,
  options: RunOptions = {},
): Promise<RunResult> {
  const work = new Work(path, wrapper, inference, options)
  try {
    return await work.run()
  } finally {
    await work.close()
  }
}

const nothing: Description = {
  samples: 'none',
  preprocess: false,
  postprocess: false,
  slices: false,
  compare: {},
  metrics: [],
}

class Work {
  private readonly lanes: readonly Lane[]
  /** Null with a recording in its place. */
  private readonly wanted: string | null
  private readonly recording: RecordedReference | null
  private readonly recorder: Recorder | null
  private readonly failures = new Failures()
  private readonly findings: Finding[] = []
  private readonly oddities = new Oddities()
  private readonly insides = new Map<Lane, Inside>()
  private samples: SampleSet = { source: 'random', samples: [] }
  private description = nothing
  private meter = new Meter(null, nothing, this.failures)
  private live: LiveReference | null = null
  private tallies: readonly LaneTally[] = []
  private readonly expected = new Map<Lane, ExpectedTally>()
  private done = 0
  private partial = false
  private firstSample: Sample | null = null
  private readonly latency = new LatencyTally()

  constructor(
    private readonly path: string,
    private readonly wrapper: string | null,
    private readonly inference: Inference,
    private readonly options: RunOptions,
  ) {
    const { runtimes = defaultRuntimes(wrapper !== null), require: required = [], replay, signal } = options
    this.recording = replay === undefined ? null : RecordedReference.read(replay)
    this.recorder = options.record === undefined ? null : new Recorder()
    this.wanted = this.recording ? null : (options.reference ?? defaultReference)
    const withTheirOwn = Object.keys({ ...options.models, ...options.wrappers })
    const ids = new Set([...(this.wanted === null ? [] : [this.wanted]), ...runtimes, ...required, ...withTheirOwn])
    mustBeRun(options.latency?.budgets ?? [], [...ids])
    if (signal) setMaxListeners(0, signal)
    const settings = { ...options.settings, ...(signal ? { signal } : {}) }
    this.lanes = [...ids].map((id) => {
      const model = { path: resolve(options.models?.[id] ?? path) }
      return new Lane(createRuntime(id, settings), model, options.wrappers?.[id] ?? wrapper)
    })
    // Before anything is started.
    for (const { wrapper: own } of this.lanes) if (own !== null) wrapperFile(own)
  }

  async run(): Promise<RunResult> {
    try {
      await this.open()
      await this.everySample()
      await this.lookInside()
      await this.measure()
    } catch (error) {
      if (!isProblem(error) || error.code !== 'interrupted') throw error
      this.partial = true
    }
    return this.result()
  }

  private get referenceId(): string {
    return this.recording?.id ?? this.live?.id ?? this.wanted ?? ''
  }

  private async open(): Promise<void> {
    this.step('starting the runtimes …')
    // All have come to an end before one is given up: what is still being started could not be closed.
    const opened = await Promise.allSettled(this.lanes.map((lane) => lane.open()))
    for (const one of opened) if (one.status === 'rejected') throw one.reason
    const lane = this.lanes.find(({ refusal }) => refusal === null)
    if (!lane) return
    if (this.wanted !== null && lane.id !== this.wanted)
      this.findings.push(report(catalogue, 'run/reference-missing', { wanted: this.wanted, reference: lane.id }))
    const client = await lane.code()
    this.description = (await client?.describe()) ?? nothing
    this.meter = new Meter(client, this.description, this.failures)
    this.samples = await this.findSamples(client, await lane.live())
    await this.prepare(lane, client)
  }

  /** @param home the first of the runtimes: where the wrapper is asked what does not hang on the runtime */
  private async prepare(home: Lane, client: WrapperClient | null): Promise<void> {
    const { description, recording, options } = this
    const { postprocess: hasPost, compare } = description
    if (!recording) this.live = new LiveReference(home, hasPost, this.failures)
    const reference = recording ?? home
    const natures = await this.natures()
    const judged = { referee: client, hasPre: client !== null, hasPost }
    for (const lane of this.lanes.filter(({ refusal }) => refusal === null)) {
      const rules = new Rules(reference, lane, { natures, given: options.tolerances, compare })
      this.expected.set(lane, new ExpectedTally(rules))
      if (lane !== this.live?.lane) this.tallies = [...this.tallies, new LaneTally(lane, rules, judged, this.failures)]
    }
  }

  private async findSamples(client: WrapperClient | null, model: ModelValues): Promise<SampleSet> {
    const wrapper = client && this.wrapper !== null ? { client, path: this.wrapper } : null
    try {
      return await samplesOf(wrapper, model, this.options)
    } catch (error) {
      if (!isProblem(error) || !noSamples.has(error.code)) throw error
      const { fix } = error.details
      this.findings.push(report(catalogue, 'run/no-samples', { why: error.message }, fix === undefined ? {} : { fix }))
      return { source: this.options.inputs ?? 'wrapper', samples: [] }
    }
  }

  /** Of the model, and of those that single runtimes have in its place. */
  private async natures(): Promise<NatureOf[]> {
    const natures = [naturesOf(this.inference.model, this.inference)]
    for (const path of new Set(Object.values(this.options.models ?? {}))) {
      const model = await readModel(path)
      natures.push(naturesOf(model, inferModel(model)))
    }
    return natures
  }

  private async everySample(): Promise<void> {
    const { samples } = this.samples
    if (this.expected.size === 0) return
    for (const [position, ref] of samples.entries()) {
      if (this.options.signal?.aborted) throw new Problem('interrupted', 'interrupted')
      this.step(`sample ${position + 1}/${samples.length}: ${ref.id}`)
      const sample = await this.failures.attempt(this.referenceId, 'pre', ref.id, () => ref.load())
      this.firstSample ??= sample
      if (sample) await this.oneSample(sample, position)
      this.done++
    }
    this.write()
  }

  private async oneSample(sample: Sample, position: number): Promise<void> {
    const { live, meter } = this
    const passed = await (this.recording ?? live)?.pass(sample, position)
    if (!passed) return
    if (passed.outputs) this.oddities.add(passed.outputs)
    if (live) this.expected.get(live.lane)?.add(sample, passed.outputs)
    await meter.slice(this.referenceId, sample)
    await meter.add(this.referenceId, sample, passed.result)
    let first = live ? passed : null
    for (const tally of this.tallies) {
      const other = await tally.add(sample, passed)
      first ??= other
      if (!this.recording) this.expected.get(tally.lane)?.add(sample, other.outputs)
      await meter.add(tally.lane.id, sample, other.result)
    }
    if (first) this.recorder?.add(sample, first)
  }

  private write(): void {
    if (this.options.record !== undefined) this.recorder?.write(this.options.record)
  }

  private async lookInside(): Promise<void> {
    const { live, options, inference } = this
    for (const tally of this.tallies) {
      const verdict = tally.verdict('model', 'fed')
      if (!live || !(verdict === 'mismatch' || (options.bisect && verdict === 'drift'))) continue
      this.step(`${tally.lane.id}: looking for the first diverging node …`)
      this.insides.set(tally.lane, await lookInside(tally, live.lane, inference, options.saveRepro ?? null))
    }
  }

  /** After all comparisons, in processes of their own: nothing else is open that could disturb. */
  private async measure(): Promise<void> {
    const { options, firstSample, inference } = this
    if (!options.latency || !firstSample) return
    await this.close()
    await this.latency.measure(this.lanes, {
      sample: firstSample,
      hasPost: this.description.postprocess,
      inference,
      options,
    })
    if (options.signal?.aborted) this.partial = true
  }

  private async result(): Promise<RunResult> {
    const { options, samples, referenceId } = this
    const outcomes = this.lanes.map((lane) => {
      const tally = this.tallies.find((one) => one.lane === lane) ?? null
      const isReference = lane === this.live?.lane
      return outcomeOf(
        {
          lane,
          tally,
          passed: (tally ?? this.live)?.passed ?? 0,
          isReference,
          reference: referenceId,
          samples: this.done,
          failures: this.failures.of(lane.id),
          referenceFailures: this.failures.of(referenceId),
          expected: this.expected.get(lane) ?? null,
          metered: this.meter.of(lane.id, isReference ? null : referenceId),
          inside: this.insides.get(lane) ?? null,
          latency: this.latency.of(lane),
        },
        options,
      )
    })
    const measured = this.lanes.flatMap((lane) => [...this.latency.findings(lane)])
    this.findings.push(...outcomes.flatMap(({ findings }) => findings), ...measured, ...this.generalFindings())
    return {
      model: this.path,
      wrapper: this.wrapper,
      reference: referenceId,
      samples: this.done,
      source: samples.source,
      runtimes: outcomes.map(({ run }) => run),
      baseline: null,
      findings: this.findings,
      environment: await environmentOf(this.path),
      ...(this.partial ? { partial: true as const } : {}),
    }
  }

  /** What concerns no single runtime. */
  private *generalFindings(): Generator<Finding> {
    const { options, samples, recording } = this
    yield* unknownMetrics(this.description.metrics, options.maxDrop ?? {})
    if (recording && recording.missing.length > 0) {
      const { id, missing } = recording
      const severity = missing.length === this.done ? { severity: 'error' as const } : {}
      yield report(catalogue, 'run/not-recorded', { recording: id, samples: missing, of: this.done }, severity)
    }
    if (samples.source === 'random' && samples.samples.length > 0)
      yield report(catalogue, 'run/random-inputs', { samples: samples.samples.length, seed: options.seed ?? 0 })
    for (const [output, oddity] of this.oddities.found())
      yield report(catalogue, 'run/odd-output', { output, oddity }, { values: [output] })
  }

  private step(text: string): void {
    this.options.onStep?.(text)
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()))
  }
}

/** What makes a run of nothing, and is no mistake in the question. */
const noSamples = new Set(['no-samples', 'no-random-input', 'bad-test-data', 'bad-npz', 'bad-npy'])
