/** The rule of `run`: what of a comparison is an error, a warning, a note; and at which stage runtimes part. */
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import type { FirstDiverging, OutputComparison, RuntimeRun, Stage, StageVerdict } from '../result/run.ts'
import type { Failure } from './failures.ts'
import type { Lane } from './lane.ts'
import type { LaneTally } from './lane-tally.ts'
import { operatorsText, placeText, sentenceOf, worstText } from './sentence.ts'

const differs = (verdict: StageVerdict): boolean => verdict === 'drift' || verdict === 'mismatch'
const order: readonly Stage[] = ['pre', 'model', 'post']

/** Findings and words about one runtime beside the reference. */
export interface Judgement {
  readonly findings: Finding[]
  readonly attribution: Stage | null
  readonly sentence: string
}

export interface Judged {
  readonly tally: LaneTally
  /** Id of the reference. */
  readonly reference: string
  readonly failures: readonly Failure[]
  readonly referenceFailures: readonly Failure[]
  readonly samples: number
  readonly place: FirstDiverging | null
}

export function judge({ tally, reference, failures, referenceFailures, samples, place }: Judged): Judgement {
  const attribution = attributionOf(tally, failures)
  const failing = new Set(failures.map(({ stage }) => stage))
  const referenceFailing = new Set(referenceFailures.map(({ stage }) => stage))
  const begins = place && placeText(place)
  const sentence = sentenceOf({ tally, reference, samples, attribution, failing, referenceFailing, begins })
  return { findings: [...findingsOf(tally, reference, place)], attribution, sentence }
}

/** Where it parts first. What a threshold makes of a difference within tolerance has no stage to blame. */
function attributionOf(tally: LaneTally, failures: readonly Failure[]): Stage | null {
  return (
    order.find((stage) => differs(tally.alone(stage).verdict) || failures.some((one) => one.stage === stage)) ?? null
  )
}

function* findingsOf(tally: LaneTally, reference: string, place: FirstDiverging | null): Generator<Finding> {
  const runtime = tally.lane.id
  const [pre, model, post] = [tally.alone('pre'), tally.alone('model'), tally.alone('post')]
  const about = (stage: Stage, outputs: readonly OutputComparison[]) => {
    const bad = outputs.filter(({ verdict }) => differs(verdict))
    const [sample] = bad.map(({ firstMismatch }) => firstMismatch?.sample).filter(Boolean)
    const found = { runtime, stage, ...(sample ? { sample } : {}) }
    return { values: stage === 'post' ? [] : bad.map(({ name }) => name), found }
  }
  const args = (outputs: readonly OutputComparison[]) => ({ runtime, reference, what: worstText(outputs) })
  if (differs(pre.verdict)) yield report(catalogue, 'run/pre-differs', args(pre.outputs), about('pre', pre.outputs))
  if (differs(model.verdict))
    yield report(
      catalogue,
      model.verdict === 'mismatch' ? 'run/model-mismatch' : 'run/model-drift',
      { ...args(model.outputs), begins: place && placeText(place) },
      { ...about('model', model.outputs), nodes: place ? [place.node] : [] },
    )
  if (differs(post.verdict))
    yield report(catalogue, 'run/post-differs', args(post.outputs), about('post', post.outputs))
  const { change } = tally
  if (change)
    yield report(
      catalogue,
      'run/decision-changed',
      { runtime, reference, sample: change.sample, change: change.text },
      { found: { runtime, sample: change.sample } },
    )
}

/** What went wrong on single samples. */
export const failureFindings = (failures: readonly Failure[], samples: number): Finding[] =>
  failures.map(({ runtime, stage, problem, samples: failed }) => {
    const { expected, fix } = problem.details
    const message =
      expected && !problem.message.includes(expected) ? `${problem.message}; expected: ${expected}` : problem.message
    return report(
      catalogue,
      'run/failed',
      { runtime, stage, samples: failed, of: samples, message },
      { found: { runtime, stage, sample: failed[0] ?? '', code: problem.code }, ...(fix === undefined ? {} : { fix }) },
    )
  })

/** What there is to say about a runtime for itself. */
export function* laneFindings(lane: Lane, isRequired: boolean): Generator<Finding> {
  const { id: runtime, status, refusal, placement, adapter } = lane
  const found = { runtime }
  const fix = refusal?.details.fix
  const where = { found, ...(fix === undefined ? {} : { fix }) }
  if (refusal && status === 'unavailable')
    yield report(
      catalogue,
      'run/unavailable',
      { runtime, reason: refusal.message },
      { ...where, ...(isRequired ? { severity: 'error' as const } : {}) },
    )
  else if (refusal && refusal.code !== 'runtime-timeout' && refusal.code !== 'runtime-crashed')
    yield report(catalogue, 'run/refused', { message: refusal.message }, where)
  if (lane.leftOut.length > 0)
    yield report(catalogue, 'run/outputs-left-out', { runtime, outputs: lane.leftOut }, { found, values: lane.leftOut })
  if (placement && lane.isAccelerated) {
    const all = Object.values(placement.nodes).reduce((sum, count) => sum + count, 0)
    const onCpu = placement.nodes.CPUExecutionProvider ?? 0
    const { copies } = placement
    if (all > 0 && onCpu === all)
      yield report(catalogue, 'run/nothing-on-accelerator', { runtime, nodes: all }, { found })
    else if (onCpu > 0) {
      const ops = operatorsText(placement)
      yield report(catalogue, 'run/fallback', { runtime, nodes: onCpu, of: all, ops, copies }, { found })
    }
  }
  if (adapter?.software && status === 'ok')
    yield report(catalogue, 'run/software-adapter', { runtime, adapter: adapter.name ?? 'without a name' }, { found })
}

/** A runtime that was not compared, or is the reference. */
export const plainRun = (lane: Lane, sentence: string): RuntimeRun => ({
  id: lane.id,
  version: lane.availability?.version ?? null,
  adapter: lane.adapter?.name ?? null,
  software: lane.adapter?.software ?? false,
  status: lane.status,
  reason: lane.refusal?.message ?? null,
  placement: lane.placement,
  stages: null,
  decisions: 'none',
  worst: [],
  expected: null,
  attribution: null,
  sentence,
  firstDiverging: null,
  metrics: {},
  slices: [],
  latency: null,
})
