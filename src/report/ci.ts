/** The report of `ci` and `merge` for people: verdicts of the models, then what became of the runs. */
import type { Result } from '../result/result.ts'
import { checkReport } from './check.ts'
import type { ReportOptions } from './options.ts'
import { runReport } from './run.ts'

export function ciReport(result: Result, options: ReportOptions): string {
  const { runs = [], partial, error, ...whole } = result
  if (runs.length === 0) return checkReport(result, options)
  const checked = { ...whole, ...(partial && { partial }), ...(error && { error }) }
  const gates = (of: (gate: string) => boolean) => result.gates.filter(({ gate }) => of(gate))
  const ran = runReport({ ...whole, runs, models: [], gates: gates((gate) => !isStatic(gate)) }, options)
  return [checkReport({ ...checked, gates: gates(isStatic) }, options), ran].filter(Boolean).join('\n')
}

/** Gates that a check alone may fail. */
const isStatic = (gate: string): boolean => ['error', 'verdict', 'coverage', 'partitions'].includes(gate)
