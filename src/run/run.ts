/**
 * One model on several runtimes: every sample goes through the reference, then through the others, and is compared
 * stage by stage. All runtimes are open at the same time, so that of the values only those of one sample are kept.
 */

import { setMaxListeners } from 'node:events'
import { resolve } from 'node:path'
import type { Model } from '../graph/model.ts'
import { readModel } from '../graph/read.ts'
import type { Inference } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { mustBeRun } from '../latency/budgets.ts'
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import { isProblem, Problem } from '../result/problem.ts'
import type { FirstDiverging, RunResult, RuntimeRun } from '../result/run.ts'
import { createRuntime } from '../runtimes/registry.ts'
import type { SessionValue } from '../runtimes/runtime.ts'
import type { Description } from '../wrapper/host.ts'
import type { WrapperClient } from '../wrapper/load.ts'
import type { SampleSet } from '../wrapper/samples/sample-set.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import { environmentOf } from './environment.ts'
import { ExpectedTally } from './expected.ts'
import { Failures } from './failures.ts'
import { lookInside } from './inside/look-inside.ts'
import { failureFindings, judge, laneFindings, plainRun } from './judge.ts'
import { Lane } from './lane.ts'
import { LaneTally } from './lane-tally.ts'
import { LatencyTally } from './latency.ts'
import { LiveReference, Oddities } from './live-reference.ts'
import { dropFindings, type Metered, MetricTally, metered, Slices, unknownMetrics } from './metrics.ts'
import { type NatureOf, naturesOf } from './natures.ts'
import { defaultReference, defaultRuntimes, type RunOptions } from './options.ts'
import type { Passed } from './passed.ts'
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
  private readonly wanted: string
  private readonly failures = new Failures()
  private readonly findings: Finding[] = []
  private readonly oddities = new Oddities()
  private samples: SampleSet = { source: 'random', samples: [] }
  private description = nothing
  private client: WrapperClient | null = null
  private reference: LiveReference | null = null
  private tallies: LaneTally[] = []
  private expected = new Map<Lane, ExpectedTally>()
  private readonly places = new Map<Lane, FirstDiverging | null>()
  private readonly metrics = new Map<Lane, MetricTally>()
  private readonly slices = new Slices()
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
    const { runtimes = defaultRuntimes(wrapper !== null), require: required = [], signal } = options
    this.wanted = options.reference ?? defaultReference
    const withTheirOwn = Object.keys({ ...options.models, ...options.wrappers })
    const ids = [...new Set([this.wanted, ...runtimes, ...required, ...withTheirOwn])]
    mustBeRun(options.latency?.budgets ?? [], ids)
    if (signal) setMaxListeners(0, signal)
    const settings = { ...options.settings, ...(signal ? { signal } : {}) }
    this.lanes = ids.map((id) => {
      const model = resolve(options.models?.[id] ?? path)
      return new Lane(createRuntime(id, settings), model, options.wrappers?.[id] ?? wrapper)
    })
  }

  async run(): Promise<RunResult> {
    try {
      await this.open()
      await this.everySample()
      await this.measure()
      await this.lookInside()
    } catch (error) {
      if (!isProblem(error) || error.code !== 'interrupted') throw error
      this.partial = true
    }
    return this.result()
  }

  private async open(): Promise<void> {
    this.step('starting the runtimes …')
    await Promise.all(this.lanes.map((lane) => lane.open()))
    const lane = this.lanes.find(({ refusal }) => refusal === null) ?? null
    if (!lane) return
    if (lane.id !== this.wanted)
      this.findings.push(report(catalogue, 'run/reference-missing', { wanted: this.wanted, reference: lane.id }))
    this.client = await lane.code()
    this.description = (await this.client?.describe()) ?? nothing
    await this.prepare(lane)
  }

  private async prepare(lane: Lane): Promise<void> {
    const { description, client } = this
    const reference = new LiveReference(lane, description.postprocess, this.failures)
    this.reference = reference
    const { inputs, outputs } = await lane.live()
    this.samples = await this.findSamples({ inputs, outputs })
    const natures = await this.natures()
    const judged = { referee: client, hasPre: client !== null, hasPost: description.postprocess }
    const rulesOf = (other: Lane) =>
      new Rules(reference, other, { natures, given: this.options.tolerances, compare: description.compare })
    const others = this.lanes.filter((one) => one !== lane && one.refusal === null)
    this.tallies = others.map((other) => new LaneTally(other, rulesOf(other), judged, this.failures))
    for (const one of [lane, ...others]) this.expected.set(one, new ExpectedTally(rulesOf(one)))
  }

  private async findSamples(values: {
    readonly inputs: readonly SessionValue[]
    readonly outputs: readonly SessionValue[]
  }): Promise<SampleSet> {
    const wrapper = this.client && this.wrapper !== null ? { client: this.client, path: this.wrapper } : null
    try {
      return await samplesOf(wrapper, values, this.options)
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
      const model: Model = await readModel(path)
      natures.push(naturesOf(model, inferModel(model)))
    }
    return natures
  }

  private async everySample(): Promise<void> {
    const { reference } = this
    if (!reference) return
    const { samples } = this.samples
    for (const [position, ref] of samples.entries()) {
      if (this.options.signal?.aborted) throw new Problem('interrupted', 'interrupted')
      this.step(`sample ${position + 1}/${samples.length}: ${ref.id}`)
      const sample = await this.failures.attempt(reference.id, 'pre', ref.id, () => ref.load())
      if (sample) {
        this.firstSample ??= sample
        await this.oneSample(sample, reference)
      }
      this.done++
    }
  }

  private async oneSample(sample: Sample, reference: LiveReference): Promise<void> {
    const passed = await reference.pass(sample)
    if (passed.outputs) this.oddities.add(passed.outputs)
    this.expected.get(reference.lane)?.add(sample, passed.outputs)
    await this.slice(sample, reference.lane)
    await this.meter(sample, reference.lane, passed)
    for (const tally of this.tallies) {
      const other = await tally.add(sample, passed)
      this.expected.get(tally.lane)?.add(sample, other.outputs)
      await this.meter(sample, tally.lane, other)
    }
  }

  private async slice(sample: Sample, lane: Lane): Promise<void> {
    if (!this.description.slices && !sample.tags?.length) return
    const names = await this.failures.attempt(lane.id, 'post', sample.id, async () => this.client?.slices(sample))
    this.slices.add(sample.id, names ?? [])
  }

  /** The wrapper's metrics of what a runtime made of a sample, computed in one place for all runtimes. */
  private async meter(sample: Sample, lane: Lane, { result }: Passed): Promise<void> {
    const { client } = this
    if (!client || result === undefined) return
    const tally = this.metrics.get(lane) ?? new MetricTally()
    this.metrics.set(lane, tally)
    for (const name of this.description.metrics) {
      const work = () => client.metric(name, result, sample)
      const value = await this.failures.attempt(lane.id, 'post', sample.id, work)
      if (value !== null) tally.add(name, sample.id, value)
    }
  }

  private async lookInside(): Promise<void> {
    const { reference, options, inference } = this
    for (const tally of this.tallies) {
      const verdict = tally.verdict('model', 'fed')
      if (!reference || !(verdict === 'mismatch' || (options.bisect && verdict === 'drift'))) continue
      this.step(`${tally.lane.id}: looking for the first diverging node …`)
      const { place, findings } = await lookInside(tally, reference.lane, inference, options.saveRepro ?? null)
      this.places.set(tally.lane, place)
      this.findings.push(...findings)
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
    const { options } = this
    const runtimes = this.lanes.map((lane) => this.runtimeRun(lane))
    this.findings.push(...unknownMetrics(this.description.metrics, options.maxDrop ?? {}))
    if (this.samples.source === 'random' && this.samples.samples.length > 0)
      this.findings.push(
        report(catalogue, 'run/random-inputs', { samples: this.samples.samples.length, seed: options.seed ?? 0 }),
      )
    for (const [output, oddity] of this.oddities.found())
      this.findings.push(report(catalogue, 'run/odd-output', { output, oddity }, { values: [output] }))
    return {
      model: this.path,
      wrapper: this.wrapper,
      reference: this.reference?.id ?? this.wanted,
      samples: this.done,
      source: this.samples.source,
      runtimes,
      baseline: null,
      findings: this.findings,
      environment: await environmentOf(this.path),
      ...(this.partial ? { partial: true as const } : {}),
    }
  }

  private runtimeRun(lane: Lane): RuntimeRun {
    const isRequired = this.options.require?.includes(lane.id) === true
    const failures = this.failures.of(lane.id)
    this.findings.push(...laneFindings(lane, isRequired), ...failureFindings(failures, this.done))
    const expected = this.expected.get(lane)?.result() ?? null
    if (expected && expected.verdict !== 'match')
      this.findings.push(
        report(
          catalogue,
          'run/expected-differs',
          { runtime: lane.id, what: expected.what },
          { found: { runtime: lane.id } },
        ),
      )
    const about = expected ? { expected: { verdict: expected.verdict, outputs: expected.outputs } } : {}
    const { metrics, slices } = this.metered(lane)
    const tally = this.tallies.find((one) => one.lane === lane)
    const passed = tally?.passed ?? this.reference?.passed ?? 0
    const status = lane.status === 'ok' && passed === 0 && failures.length > 0 ? 'failed' : lane.status
    const reason = lane.refusal?.message ?? (status === 'failed' ? (failures[0]?.problem.message ?? null) : null)
    const latency = this.latency.of(lane)
    this.findings.push(...this.latency.findings(lane))
    const aside = this.plainSentence(lane, reason)
    const plain = { ...plainRun(lane, aside), ...about, status, reason, metrics, slices, latency }
    if (!tally) return plain
    const place = this.places.get(lane) ?? null
    const { findings, attribution, sentence } = judge({
      tally,
      reference: this.reference?.id ?? '',
      failures,
      samples: this.done,
      place,
    })
    this.findings.push(...findings)
    return {
      ...plain,
      stages: tally.stages(),
      decisions: tally.decisions,
      worst: tally.worstSamples(),
      attribution,
      firstDiverging: place,
      sentence: this.done === 0 ? plain.sentence : sentence,
    }
  }

  private metered(lane: Lane): Metered {
    const { description, options } = this
    const own = this.metrics.get(lane)
    if (!own) return { metrics: {}, slices: [] }
    const reference = this.reference?.lane
    const other = lane === reference ? null : ((reference && this.metrics.get(reference)) ?? new MetricTally())
    const result = metered(description.metrics, own, other, this.slices)
    this.findings.push(...dropFindings(lane.id, result, options.maxDrop ?? {}))
    return result
  }

  private plainSentence(lane: Lane, reason: string | null): string {
    if (reason !== null) return `${lane.id} did not run: ${reason}`
    return lane === this.reference?.lane ? `${lane.id} is the reference.` : `${lane.id} was compared with nothing.`
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
