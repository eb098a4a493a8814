/** From what was seen of the runtimes to what the result says of each. */
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import type { Latency, RuntimeRun } from '../result/run.ts'
import type { ExpectedTally } from './expected.ts'
import type { Failure } from './failures.ts'
import type { Inside } from './inside/look-inside.ts'
import { failureFindings, judge, laneFindings, plainRun } from './judge.ts'
import type { Lane } from './lane.ts'
import type { LaneTally } from './lane-tally.ts'
import { dropFindings, type Metered } from './metrics.ts'
import type { RunOptions } from './options.ts'

export interface Seen {
  readonly lane: Lane
  /** Null for the reference, and for what did not run. */
  readonly tally: LaneTally | null
  /** Samples that came to the end. */
  readonly passed: number
  readonly isReference: boolean
  readonly reference: string
  readonly samples: number
  readonly failures: readonly Failure[]
  readonly referenceFailures: readonly Failure[]
  readonly expected: ExpectedTally | null
  readonly metered: Metered
  readonly inside: Inside | null
  readonly latency: Latency | null
}

export interface Outcome {
  readonly run: RuntimeRun
  readonly findings: readonly Finding[]
}

export function outcomeOf(seen: Seen, { require: required = [], maxDrop = {} }: RunOptions): Outcome {
  const { lane, tally, failures, samples, metered, inside } = seen
  const expected = seen.expected?.result() ?? null
  const failed = lane.status === 'ok' && seen.passed === 0 && failures.length > 0
  const reason = lane.refusal?.message ?? (failed ? (failures[0]?.problem.message ?? null) : null)
  const plain: RuntimeRun = {
    ...plainRun(lane, plainSentence(seen, reason)),
    ...metered,
    latency: seen.latency,
    ...(failed ? { status: 'failed' as const } : {}),
    reason,
    expected: expected && { verdict: expected.verdict, outputs: expected.outputs },
  }
  const findings = [
    ...laneFindings(lane, required.includes(lane.id)),
    ...failureFindings(failures, samples),
    ...(expected && expected.verdict !== 'match' ? [unexpected(lane.id, expected.what)] : []),
    ...dropFindings(lane.id, metered, maxDrop),
  ]
  if (!tally) return { run: plain, findings }
  const place = inside?.place ?? null
  const judged = judge({
    tally,
    reference: seen.reference,
    failures,
    referenceFailures: seen.referenceFailures,
    samples,
    place,
  })
  return {
    run: {
      ...plain,
      stages: tally.stages(),
      decisions: tally.decisions,
      worst: tally.worstSamples(),
      attribution: judged.attribution,
      firstDiverging: place,
      sentence: samples === 0 ? plain.sentence : judged.sentence,
    },
    findings: [...findings, ...judged.findings, ...(inside?.findings ?? [])],
  }
}

const unexpected = (runtime: string, what: string): Finding =>
  report(catalogue, 'run/expected-differs', { runtime, what }, { found: { runtime } })

function plainSentence({ lane, isReference }: Seen, reason: string | null): string {
  if (reason !== null) return `${lane.id} did not run: ${reason}`
  return isReference ? `${lane.id} is the reference.` : `${lane.id} was compared with nothing.`
}
