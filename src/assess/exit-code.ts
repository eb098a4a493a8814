/** Which gates fail, and the exit code: decided here and nowhere else. */
import { internalError } from '../result/error-info.ts'
import type { Finding, Severity } from '../result/finding.ts'
import {
  type GateFailure,
  isFailure,
  type ModelResult,
  type Result,
  type TargetResult,
  type Verdict,
} from '../result/result.ts'
import type { Gates } from './gates.ts'

/** Strongest first: `--fail-on` fails its verdict and all that follow. */
const verdicts: readonly string[] = ['ready', 'partial', 'unknown', 'blocked'] satisfies Verdict[]

/** The larger, the weaker the verdict. */
export const strength = (verdict: string): number => verdicts.indexOf(verdict)

/** A limit that is not kept. */
export interface Measured {
  readonly model: ModelResult
  readonly target: TargetResult
  readonly gate: 'verdict' | 'coverage' | 'partitions'
  /** What was found: the verdict, percent rounded down, or a number. */
  readonly value: string | number | null
}

/**
 * Every gate that fails: errors of the models, then verdicts, errors and budgets of the targets that decide.
 * Accepted findings are no errors; `accepts` lets a limit pass.
 */
export const gateFailures = (
  models: Result['models'],
  gates: Gates,
  accepts: (measured: Measured) => boolean = () => false,
): GateFailure[] => models.flatMap((model) => (isFailure(model) ? [] : ofModel(model, gates, accepts)))

function ofModel(model: ModelResult, gates: Gates, accepts: (measured: Measured) => boolean): GateFailure[] {
  const failures: GateFailure[] = []
  const errors = idsOf(model.findings, 'error')
  if (errors.length > 0)
    failures.push({ model: model.path, target: null, gate: 'error', message: `the model has errors: ${list(errors)}` })
  for (const target of model.targets ?? [])
    if (target.decides)
      for (const [gate, message, value] of ofTarget(target, model, gates))
        if (gate === 'error' || !accepts({ model, target, gate, value }))
          failures.push({ model: model.path, target: target.id, gate, message })
  return failures
}

function* ofTarget(
  target: TargetResult,
  model: ModelResult,
  { failOn, minCoverage, maxPartitions }: Gates,
): Generator<['error' | Measured['gate'], string, Measured['value']]> {
  if (strength(target.verdict) >= strength(failOn))
    yield ['verdict', `the verdict is ${target.verdict} (--fail-on ${failOn})`, target.verdict]
  const errors = idsOf(target.findings, 'error')
  if (errors.length > 0) yield ['error', `the target has errors: ${list(errors)}`, null]
  if (minCoverage !== null) {
    const { macs } = target.coverage
    const asked = `--min-coverage ${minCoverage}`
    if (macs === null)
      yield ['coverage', `coverage cannot be computed (${asked}): ${whyNoCoverage(target, model)}`, null]
    // A share is a quotient of whole numbers: what it lacks to the limit by rounding is not a gap.
    else if (macs * 100 < minCoverage - 1e-9)
      yield ['coverage', `${floorPercent(macs)} % of the MACs are on the target (${asked})`, floorPercent(macs)]
  }
  const partitions = target.partitions.length
  if (maxPartitions !== null && partitions > maxPartitions)
    yield ['partitions', `${partitions} partitions (--max-partitions ${maxPartitions})`, partitions]
}

/** Never rounded up to the limit that it misses. */
const floorPercent = (share: number): number => Math.floor(share * 1e4) / 100

function whyNoCoverage(target: TargetResult, model: ModelResult): string {
  if (model.totals.macs === null)
    return 'the MACs of some nodes are not known; set symbolic dimensions with --dim or --input-shape'
  if (model.totals.macs === 0) return 'the model has no multiply-accumulate operations'
  const unknown = target.nodes.find(({ placement }) => placement === 'unknown')
  return unknown?.why ?? 'the placement of some nodes is not known'
}

const idsOf = (findings: readonly Finding[], severity: Severity): string[] => [
  ...new Set(findings.filter((one) => one.severity === severity && !one.accepted).map(({ id }) => id)),
]

const list = (ids: readonly string[]): string =>
  ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`

export const exitCodes = { ok: 0, gate: 1, notAsked: 2, internal: 3, interrupted: 130, terminated: 143 } as const

/** The exit code of a result that is otherwise complete. */
export function exitCodeOf({ models, gates, error }: Pick<Result, 'models' | 'gates' | 'error'>): number {
  const errors = [...(error ? [error] : []), ...models.flatMap((model) => (isFailure(model) ? [model.error] : []))]
  if (errors.some(({ code }) => code === internalError)) return exitCodes.internal
  if (errors.length > 0 || models.length === 0) return exitCodes.notAsked
  return gates.length > 0 ? exitCodes.gate : exitCodes.ok
}
