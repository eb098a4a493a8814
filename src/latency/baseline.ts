/** A run held against its baseline: runtime by runtime, where the two can be compared at all. */
import type { BaselineOutcome, BaselineVerdict, RunResult, RuntimeBaseline, RuntimeRun } from '../result/run.ts'
import { type Baseline, type BaselineEntry, type BaselineRuntime, entryFor } from './baseline-file.ts'
import { otherMachine } from './environment.ts'
import { compare, defaultVerdict, type Outcome, type VerdictOptions } from './verdict.ts'

export interface BaselineOptions extends Partial<VerdictOptions> {
  /** Runtime whose time is the unit: ratios within one run travel between machines. */
  readonly relativeTo?: string | null
}

/** What fails stands last. */
const order: readonly BaselineOutcome[] = ['same', 'faster', 'not-comparable', 'inconclusive', 'slower']

/** @throws Problem `baseline-model` where the file is about another model */
export function againstBaseline(
  run: RunResult,
  baseline: Baseline,
  file: string,
  { relativeTo = null, ...own }: BaselineOptions = {},
): BaselineVerdict {
  const entry = entryFor(baseline, run, file)
  const options = { ...defaultVerdict, ...own }
  const elsewhere = relativeTo === null ? otherMachine(entry.environment, run.environment) : null
  const changes = changesOf(entry, run)
  const runtimes = run.runtimes
    .filter(({ id, latency }) => latency !== null && id !== relativeTo)
    .map((now): RuntimeBaseline => {
      const before = entry.runtimes.find(({ id }) => id === now.id)
      const outcome = before
        ? ofRuntime({ before, now, entry, run, relativeTo, elsewhere, options })
        : notComparable(`the baseline has no ${now.id}`, options)
      const versions =
        before && before.version !== now.version ? [`${now.id} ${before.version ?? '?'} → ${now.version ?? '?'}`] : []
      const since = [...changes, ...versions]
      return {
        id: now.id,
        ...outcome,
        why: since.length > 0 ? `${outcome.why}; since then: ${since.join(', ')}` : outcome.why,
      }
    })
  const worst = Math.max(-1, ...runtimes.map(({ verdict }) => order.indexOf(verdict)))
  return { verdict: order[worst] ?? 'not-comparable', file, runtimes }
}

interface Pair {
  readonly before: BaselineRuntime
  readonly now: RuntimeRun
  readonly entry: BaselineEntry
  readonly run: RunResult
  readonly relativeTo: string | null
  readonly elsewhere: string | null
  readonly options: VerdictOptions
}

function ofRuntime({ before, now, entry, run, relativeTo, elsewhere, options }: Pair): Outcome {
  const { latency } = now
  if (latency === null) return notComparable('nothing was measured', options)
  if (now.software) return notComparable('a software adapter: its speed says nothing about a device', options)
  if (before.concurrency !== latency.concurrency)
    return notComparable(`measured with --concurrency ${before.concurrency}, now ${latency.concurrency}`, options)
  if (elsewhere !== null) return notComparable(`${elsewhere}; --relative-to compares ratios, which travel`, options)
  if (relativeTo === null) {
    if (before.adapter !== now.adapter)
      return notComparable(`measured on ${before.adapter ?? 'no adapter'}, now ${now.adapter ?? 'none'}`, options)
    return trusted(now, compare(before.repetitions, latency.repetitions, options))
  }
  const unitBefore = entry.runtimes.find(({ id }) => id === relativeTo)
  const unitNow = run.runtimes.find(({ id }) => id === relativeTo)
  if (!unitBefore) return notComparable(`the baseline has no ${relativeTo} to be relative to`, options)
  if (!unitNow?.latency) return notComparable(`${relativeTo} was not measured in this run`, options)
  const old = ratios(before.repetitions, unitBefore.repetitions)
  const recent = ratios(latency.repetitions, unitNow.latency.repetitions)
  const outcome = trusted(now, compare(old, recent, options))
  return { ...outcome, why: `${outcome.why}, relative to ${relativeTo}` }
}

/** Repetition by repetition: both have met the same minute of the machine. */
const ratios = (times: readonly number[], units: readonly number[]): number[] =>
  times.slice(0, units.length).map((time, i) => time / (units[i] ?? Number.NaN))

/** Many repetitions speak for themselves; a single one that is not valid says nothing. */
function trusted({ latency }: RuntimeRun, outcome: Outcome): Outcome {
  const warm = latency?.warm
  if (outcome.p !== null || !warm || warm.valid || outcome.verdict === 'same') return outcome
  return { ...outcome, verdict: 'inconclusive', why: `${outcome.why}; this run is not valid (${warm.reason})` }
}

const notComparable = (why: string, { threshold }: VerdictOptions): Outcome => ({
  verdict: 'not-comparable',
  ratio: null,
  ratioCi95: null,
  p: null,
  threshold,
  why,
})

/** What is not the machine and may be the very reason of a change. */
function changesOf({ environment: before }: BaselineEntry, { environment: now }: RunResult): string[] {
  const changes: string[] = []
  if (before.model !== null && now.model !== null && before.model !== now.model) changes.push('the model file changed')
  if (before.node !== now.node) changes.push(`Node ${before.node} → ${now.node}`)
  return changes
}
