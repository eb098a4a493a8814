/** Limits that a user sets on latency, memory and size, and which of them a run breaks. */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import type { GateFailure } from '../result/result.ts'
import type { RunResult, RuntimeRun } from '../result/run.ts'

export type BudgetKind = 'p50' | 'load' | 'memory' | 'model-bytes'

export interface Budget {
  readonly kind: BudgetKind
  /** Null: every runtime. */
  readonly runtime: string | null
  /** Milliseconds or bytes. */
  readonly limit: number
  /** As it was written: `--max-p50 webgpu=12ms`. */
  readonly text: string
}

const times: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1000, '': 1 }
const sizes: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

const examples: Readonly<Record<BudgetKind, string>> = {
  p50: '--max-p50 webgpu=12ms',
  load: '--max-load cpu=1.5s',
  memory: '--max-memory cpu=500MB',
  'model-bytes': '--max-model-bytes 20MB',
}

/**
 * `webgpu=12ms`, `1.5s`, `cpu=500MB`. Without a unit: milliseconds, or bytes.
 * @throws Problem `bad-flag`
 */
export function parseBudget(kind: BudgetKind, value: string): Budget {
  const text = `--max-${kind} ${value}`
  const isTime = kind === 'p50' || kind === 'load'
  const units = isTime ? times : sizes
  const wrong = (expected: string): Problem =>
    new Problem('bad-flag', `${text}: ${expected}`, { expected, fix: `for example: ${examples[kind]}` })
  // The last `=`: parameters of a runtime (`browser-webgpu@impl=jsep`) have one, too.
  const at = value.lastIndexOf('=')
  const runtime = at < 0 ? null : value.slice(0, at).trim()
  if (runtime === '' || (runtime !== null && kind === 'model-bytes'))
    throw wrong(kind === 'model-bytes' ? 'the size of a file is the same on each runtime' : 'a runtime stands before =')
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(\p{L}*)$/u.exec(value.slice(at + 1).trim())
  const unit = match && Object.hasOwn(units, match[2] ?? '') ? units[match[2] ?? ''] : undefined
  if (!match || unit === undefined)
    throw wrong(`a ${isTime ? 'time' : 'size'} is a number and one of ${Object.keys(units).filter(Boolean).join(', ')}`)
  const limit = Number(match[1]) * unit
  if (!(limit > 0)) throw wrong('nothing is below zero')
  return { kind, runtime, limit, text }
}

/** @throws Problem `unknown-runtime` for a budget of a runtime that is not run */
export function mustBeRun(budgets: readonly Budget[], runtimes: readonly string[]): void {
  for (const { runtime, text } of budgets) {
    if (runtime === null || runtimes.includes(runtime)) continue
    const near = nearest(runtime, runtimes)
    throw new Problem('unknown-runtime', `${text}: this run has no runtime ${runtime}`, {
      expected: `one of ${runtimes.join(', ')}`,
      fix: near ? `did you mean ${near}?` : `add --runtime ${runtime}`,
    })
  }
}

export interface BudgetVerdict {
  readonly budget: Budget
  readonly runtime: string | null
  readonly outcome: 'kept' | 'broken' | 'not-known'
  /** What was found, in one sentence. */
  readonly message: string
}

/** Every budget on every runtime that it is about. @param modelBytes the file and its external data */
export function judgeBudgets(run: RunResult, budgets: readonly Budget[], modelBytes: number | null): BudgetVerdict[] {
  return budgets.flatMap((budget): BudgetVerdict[] => {
    if (budget.kind === 'model-bytes') return [judged(budget, null, modelBytes, modelBytes, 'the model', sizeText)]
    return run.runtimes
      .filter(({ id, status }) => (budget.runtime === null ? status === 'ok' : id === budget.runtime))
      .map((runtime) => ofRuntime(budget, runtime))
  })
}

function ofRuntime(budget: Budget, { id, software, latency, status, reason }: RuntimeRun): BudgetVerdict {
  const unknown = (message: string): BudgetVerdict => ({ budget, runtime: id, outcome: 'not-known', message })
  if (latency === null) return unknown(`${budget.text}: ${id} was not measured: ${reason ?? status}`)
  if (budget.kind === 'memory')
    return judged(budget, id, latency.memoryBytes, latency.memoryBytes, 'the peak of memory', sizeText)
  if (software) return unknown(`${budget.text}: ${id} runs on a software adapter, whose speed says nothing`)
  if (budget.kind === 'load') return judged(budget, id, latency.load, latency.load, 'creating the session', timeText)
  const { p50, p50ci95, n } = latency.warm
  if (p50 === null || p50ci95 === null) return unknown(`${budget.text}: ${n} runs are too few to tell`)
  return judged(budget, id, p50, p50ci95[0], 'the median', timeText)
}

/** @param least what it is at least, when the uncertainty is taken off: only that breaks a budget for certain */
function judged(
  budget: Budget,
  runtime: string | null,
  found: number | null,
  least: number | null,
  what: string,
  show: (value: number) => string,
): BudgetVerdict {
  if (found === null || least === null)
    return { budget, runtime, outcome: 'not-known', message: `${budget.text}: ${what} is not known here` }
  const where = runtime === null ? '' : ` on ${runtime}`
  const message = `${what}${where} is ${show(found)} (${budget.text})`
  if (found <= budget.limit) return { budget, runtime, outcome: 'kept', message }
  if (least > budget.limit) return { budget, runtime, outcome: 'broken', message }
  const open = `${message}, but the limit lies inside its confidence interval, which begins at ${show(least)}`
  return { budget, runtime, outcome: 'not-known', message: open }
}

const timeText = (ms: number): string => `${Number(ms.toPrecision(3))} ms`
const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Number((bytes / 1e3).toPrecision(3))} kB` : `${Number((bytes / 1e6).toPrecision(3))} MB`

/** Gates for what is certainly broken. */
export const budgetFailures = (model: string, verdicts: readonly BudgetVerdict[]): GateFailure[] =>
  verdicts
    .filter(({ outcome }) => outcome === 'broken')
    .map(({ budget, runtime, message }) => ({
      model,
      target: runtime,
      gate: budget.kind,
      message,
    }))

/** The gate of a baseline: only what is slower fails. */
export const baselineFailures = ({ model, baseline }: RunResult): GateFailure[] =>
  (baseline?.runtimes ?? [])
    .filter(({ verdict }) => verdict === 'slower')
    .map(({ id, why }) => ({
      model,
      target: id,
      gate: 'baseline',
      message: `slower than ${baseline?.file}: ${why}`,
    }))
