/** What a run's latency is held against: a baseline and budgets; and the file for the next comparison. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { againstBaseline } from '../latency/baseline.ts'
import { type Baseline, baselineText, parseBaseline } from '../latency/baseline-file.ts'
import { baselineFailures, budgetFailures, judgeBudgets } from '../latency/budgets.ts'
import { run as catalogue } from '../result/catalogue/run.ts'
import { report } from '../result/finding.ts'
import { Problem } from '../result/problem.ts'
import type { GateFailure, ModelResult } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'
import type { LatencyOptions } from '../run/options.ts'

export interface Judged {
  readonly run: RunResult
  readonly gates: readonly GateFailure[]
}

/** Read before anything is run: a bad file is heard of at once. @throws Problem */
export function readBaseline(path: string): Baseline {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Problem('not-found', `the baseline ${path} cannot be read`, {
      path,
      fix: 'save one with --save-baseline, on the machine that is to compare with it',
      cause,
    })
  }
  return parseBaseline(text, path)
}

/** @throws Problem where the baseline is about another model */
export function judgeLatency(
  run: RunResult,
  model: ModelResult,
  { budgets = [], baseline: path = '', relativeTo }: LatencyOptions,
  baseline: Baseline | null,
): Judged {
  const compared = baseline
    ? { ...run, baseline: againstBaseline(run, baseline, path, relativeTo === undefined ? {} : { relativeTo }) }
    : run
  const verdicts = judgeBudgets(run, budgets, shippedBytes(model))
  const open = verdicts
    .filter(({ outcome }) => outcome === 'not-known')
    .map(({ runtime, message }) => report(catalogue, 'run/budget-open', { message }, { found: { runtime } }))
  return {
    run: { ...compared, findings: [...compared.findings, ...open] },
    gates: [...budgetFailures(run.model, verdicts), ...baselineFailures(compared)],
  }
}

/** The file, and its external data where it has some. */
const shippedBytes = ({ bytes, weightBytes }: ModelResult): number =>
  weightBytes > bytes ? bytes + weightBytes : bytes

/** Whole or not at all. @throws Problem where it cannot be written */
export function saveBaseline(path: string, runs: readonly RunResult[]): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, baselineText(runs))
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new Problem('not-written', `the baseline could not be written to ${path}`, {
      path,
      fix: 'check that the folder exists and may be written to',
      cause,
    })
  }
}
