/** The report of what a config asks for, for people: candidates side by side, or verdicts and what became of the runs. */
import { isFailure, type Result } from '../result/result.ts'
import { checkReport } from './check.ts'
import { comparisonReport } from './comparison.ts'
import type { ReportOptions } from './options.ts'
import { runReport } from './run.ts'

export function contractReport(result: Result, options: ReportOptions): string {
  if (result.comparison) return comparisonReport(result, options)
  const { runs = [], partial, error, findings, accepted, ...whole } = result
  const read = result.models.flatMap((model) => (isFailure(model) ? [] : [model]))
  if (read.length > 0 && !read.some(({ targets }) => targets)) return runReport(result, options)
  if (runs.length === 0) return checkReport(result, options)
  const checked = {
    ...whole,
    ...(partial && { partial }),
    ...(error && { error }),
    ...(findings && { findings }),
    ...(accepted && { accepted }),
  }
  const gates = (of: (gate: string) => boolean) => result.gates.filter(({ gate }) => of(gate))
  const ran = runReport({ ...whole, runs, models: [], gates: gates((gate) => !isStatic(gate)) }, options)
  return [checkReport({ ...checked, gates: gates(isStatic) }, options), ran].filter(Boolean).join('\n')
}

/** Gates that a check alone may fail. */
const isStatic = (gate: string): boolean => ['error', 'verdict', 'coverage', 'partitions'].includes(gate)
