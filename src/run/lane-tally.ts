/**
 * One runtime beside the reference, sample by sample: what its user gets, and what each stage does alone on the
 * reference's inputs of that stage.
 */
import { changedDecision, isScores } from '../compare/decisions.ts'
import { compareField, type FieldComparison, ownVerdict } from '../compare/fields.ts'
import { Tally } from '../compare/tally.ts'
import { type Comparison, compareTensors } from '../compare/tensors.ts'
import type { OutputComparison, RuntimeRun, Stage, StageResult, StageVerdict, WorstSample } from '../result/run.ts'
import type { Tensors } from '../tensors/tensor.ts'
import type { WrapperClient } from '../wrapper/load.ts'
import type { Context, Sample } from '../wrapper/wrapper.ts'
import type { Failures } from './failures.ts'
import type { Lane } from './lane.ts'
import { areIdentical, fieldsOf, type Passed } from './passed.ts'
import type { Rules } from './rules.ts'

const mostWorst = 5

export interface Judged {
  /** Has the wrapper's own comparers. */
  readonly referee: WrapperClient | null
  readonly hasPre: boolean
  readonly hasPost: boolean
}

export class LaneTally {
  decisions: RuntimeRun['decisions'] = 'none'
  /** The first decision that changed, in words. */
  change: { readonly sample: string; readonly text: string } | null = null
  /** The sample whose outputs differ most on equal inputs, for whoever looks inside the model. */
  worstFeeds: {
    readonly sample: string
    readonly feeds: Tensors
    readonly outputs: Tensors
    readonly severity: number
  } | null = null
  /** Samples that came to the end. */
  passed = 0
  private readonly own: Record<Stage, Tally> = { pre: new Tally(), model: new Tally(), post: new Tally() }
  private readonly fed: Record<Stage, Tally> = { pre: new Tally(), model: new Tally(), post: new Tally() }
  private readonly worst: (WorstSample & { severity: number })[] = []

  constructor(
    readonly lane: Lane,
    readonly rules: Rules,
    private readonly judged: Judged,
    private readonly failures: Failures,
  ) {}

  /** Runs the sample and compares it. Gives what the runtime made of it. */
  async add(sample: Sample, reference: Passed): Promise<Passed> {
    const { lane, judged } = this
    const pre = await this.attempt('pre', sample, () => lane.preprocess(sample))
    if (pre && reference.feeds && judged.hasPre) this.comparePre(sample, reference.feeds, pre.tensors)

    const sameFeeds = pre !== null && reference.feeds !== null && areIdentical(pre.tensors, reference.feeds)
    const feeds = reference.feeds
    const fed = feeds && (await this.attempt('model', sample, () => lane.run(feeds)))
    const outputs = sameFeeds ? fed : pre && (await this.attempt('model', sample, () => lane.run(pre.tensors)))
    if (reference.outputs) {
      if (fed) this.compareModel('fed', sample, reference.outputs, fed, reference.feeds)
      if (outputs) this.compareModel('own', sample, reference.outputs, outputs, null)
    }
    const context = pre?.context ?? {}
    if (!judged.hasPost) {
      if (outputs) this.passed++
      if (outputs && reference.outputs) this.decideByScores(sample, reference.outputs, outputs)
      return { feeds: pre?.tensors ?? null, context, outputs, fields: null, result: undefined }
    }
    const result = await this.post(sample, reference, outputs, context, sameFeeds)
    return { feeds: pre?.tensors ?? null, context, outputs, fields: fieldsOf(result), result }
  }

  private async post(
    sample: Sample,
    reference: Passed,
    outputs: Tensors | null,
    context: Context,
    sameFeeds: boolean,
  ): Promise<unknown> {
    const { lane } = this
    const from = reference.outputs
    const same = sameFeeds && from !== null && outputs !== null && areIdentical(from, outputs)
    const fed =
      from && (await this.attempt('post', sample, () => lane.postprocess(from, sample, reference.context ?? context)))
    const result = same
      ? fed
      : outputs && (await this.attempt('post', sample, () => lane.postprocess(outputs, sample, context)))
    if (reference.fields) {
      const [fedFields, ownFields] = [fieldsOf(fed ?? undefined), fieldsOf(result ?? undefined)]
      if (fedFields) await this.comparePost('fed', sample, reference.fields, fedFields)
      if (ownFields) await this.comparePost('own', sample, reference.fields, ownFields)
    }
    if (result !== null && result !== undefined) this.passed++
    return result ?? undefined
  }

  private attempt<T>(stage: Stage, sample: Sample, work: () => Promise<T>): Promise<T | null> {
    return this.failures.attempt(this.lane.id, stage, sample.id, work)
  }

  private comparePre(sample: Sample, expected: Tensors, actual: Tensors): void {
    const { tolerance, text } = this.rules.sameCode
    for (const [name, tensor] of Object.entries(expected)) {
      const comparison = compareTensors(tensor, ownTensor(actual, name), tolerance)
      this.own.pre.add(sample.id, name, comparison, text)
      // There is nothing before it that could differ.
      this.fed.pre.add(sample.id, name, comparison, text)
      this.rank(sample, 'pre', name, comparison)
    }
  }

  private compareModel(
    which: 'own' | 'fed',
    sample: Sample,
    expected: Tensors,
    actual: Tensors,
    feeds: Tensors | null,
  ): void {
    let severity = 0
    for (const [name, tensor] of Object.entries(expected)) {
      const { tolerance, text } = this.rules.output(name, tensor.dtype)
      const comparison = compareTensors(tensor, ownTensor(actual, name), tolerance)
      this[which].model.add(sample.id, name, comparison, text)
      severity = Math.max(severity, comparison.severity)
      if (which === 'own') this.rank(sample, 'model', name, comparison)
    }
    if (feeds && severity > (this.worstFeeds?.severity ?? 0))
      this.worstFeeds = { sample: sample.id, feeds, outputs: actual, severity }
  }

  private async comparePost(
    which: 'own' | 'fed',
    sample: Sample,
    expected: NonNullable<Passed['fields']>,
    actual: NonNullable<Passed['fields']>,
  ): Promise<void> {
    const standard = which === 'own' ? this.rules.result : this.rules.sameCode
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const rule = this.rules.field(name)
      if (rule === 'ignore') continue
      const comparison =
        rule === 'comparer'
          ? await this.askReferee(name, expected[name], actual[name])
          : compareField(expected[name], actual[name], rule, standard.tolerance)
      this[which].post.add(sample.id, name, comparison, comparison.rule ?? standard.text)
      if (which === 'own') {
        this.rank(sample, 'post', name, comparison)
        this.decideByField(sample, name, comparison)
      }
    }
  }

  private async askReferee(field: string, expected: unknown, actual: unknown): Promise<FieldComparison> {
    const why = (await this.judged.referee?.compare(field, expected, actual)) ?? null
    return ownVerdict(why ?? true, expected, actual)
  }

  private decideByField(sample: Sample, name: string, { decision, at, why }: FieldComparison): void {
    if (decision === null) return
    const [expected, actual] = [at?.expected ?? null, at?.actual ?? null]
    const values = expected === null && actual === null ? '' : `: ${actual} in place of ${expected}`
    this.decide(sample, decision === 'agree' ? null : `${name}${values}${why ? ` (${why})` : ''}`)
  }

  private decideByScores(sample: Sample, expected: Tensors, actual: Tensors): void {
    for (const [name, tensor] of Object.entries(expected)) {
      const other = ownTensor(actual, name)
      if (!other || !isScores(tensor) || this.rules.output(name, tensor.dtype).tolerance.kind === 'exact') continue
      const change = changedDecision(tensor, other, this.rules.output(name, tensor.dtype).tolerance)
      const text = change && `${name}: ${ranked(change.rank)} is ${change.actual} in place of ${change.expected}`
      this.decide(sample, text)
    }
  }

  private decide(sample: Sample, change: string | null): void {
    if (change === null) {
      if (this.decisions === 'none') this.decisions = 'agree'
      return
    }
    this.decisions = 'change'
    this.change ??= { sample: sample.id, text: change }
  }

  private rank(sample: Sample, stage: Stage, output: string, { verdict, severity, maxAbs }: Comparison): void {
    if (severity === 0) return
    const entry = { sample: sample.id, stage, output, verdict, maxAbs, severity }
    const before = this.worst.findIndex((one) => one.sample === sample.id)
    // One entry for a sample: its earliest stage with a difference of weight, or else its worst.
    if (before >= 0) {
      const known = this.worst[before] as (typeof this.worst)[number]
      if (known.severity >= severity || known.verdict === 'mismatch') return
      this.worst.splice(before, 1)
    }
    const at = this.worst.findIndex((one) => one.severity < severity)
    this.worst.splice(at < 0 ? this.worst.length : at, 0, entry)
    if (this.worst.length > mostWorst) this.worst.pop()
  }

  verdict(stage: Stage, which: 'own' | 'fed'): StageVerdict {
    return this[which][stage].verdict
  }

  /** What a stage does alone; where its inputs were not recorded, what its user gets. */
  alone(stage: Stage): { readonly verdict: StageVerdict; readonly outputs: OutputComparison[] } {
    const { own, fed } = this
    const tally = fed[stage].verdict === 'not-run' ? own[stage] : fed[stage]
    return { verdict: tally.verdict, outputs: tally.results() }
  }

  stages(): Record<Stage, StageResult> {
    const stage = (name: Stage): StageResult => ({
      verdict: this.own[name].verdict,
      crossFed: this.fed[name].verdict,
      outputs: this.own[name].results(),
      crossFedOutputs: this.fed[name].results(),
    })
    return { pre: stage('pre'), model: stage('model'), post: stage('post') }
  }

  worstSamples(): WorstSample[] {
    return this.worst.map(({ severity: _, ...sample }) => sample)
  }
}

const ownTensor = (tensors: Tensors, name: string) => (Object.hasOwn(tensors, name) ? tensors[name] : undefined)

const ranked = (rank: number): string => (rank === 0 ? 'the arg-max' : `rank ${rank + 1}`)
