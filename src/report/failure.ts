/** An error that a user can cause, as people read it: what was asked and found, where, what to do. */
import type { ErrorInfo, ModelFailure } from '../result/result.ts'
import type { ReportOptions } from './options.ts'
import { labelled } from './table.ts'
import { name, safe } from './text.ts'

/** Lines about a model that could not be read. */
export function failureLines({ path, error }: ModelFailure, options: ReportOptions): string[] {
  return [options.style.bold(name(path, options.columns)), ...errorLines(error, options)]
}

/** What was asked and found, and what to do. */
export function errorLines(error: ErrorInfo, { columns, style }: Omit<ReportOptions, 'quiet'>): string[] {
  const layout = { width: Math.min(columns, 120), indent: 2, labelWidth: 10 }
  const at = error.offset === null ? '' : ` (at byte ${error.offset})`
  const lines = labelled('error', safe(error.message) + at, { ...layout, paint: style.red })
  if (error.expected) lines.push(...labelled('expected', safe(error.expected), { ...layout, paint: style.dim }))
  if (error.fix) lines.push(...labelled('fix', safe(error.fix), { ...layout, paint: style.dim }))
  return lines
}
