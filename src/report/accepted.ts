/** What was let pass: how much, by which file, and entries that no longer do what they were written for. */
import { isFailure, type Result } from '../result/result.ts'
import { plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { labelled } from './table.ts'
import { safe } from './text.ts'

export function acceptedLines(result: Result, { columns, style }: ReportOptions): string[] {
  const width = Math.min(columns, 120)
  const lines: string[] = []
  const counts = [...countsByFile(result)].map(([file, count]) => `${count} by ${safe(file, 60)}`)
  if (counts.length > 0)
    lines.push(
      ...labelled('accepted', `findings that do not count: ${counts.join(', ')}`, {
        width,
        indent: 0,
        labelWidth: 10,
        paint: style.dim,
      }),
    )
  const said = result.findings ?? []
  for (const { severity, message } of said.slice(0, shown))
    lines.push(...labelled(severity, safe(message), { width, indent: 0, labelWidth: 10, paint: style.yellow }))
  if (said.length > shown) lines.push(style.dim(`and ${plural(said.length - shown, 'more entry', 'more entries')}`))
  return lines.length === 0 ? [] : ['', ...lines]
}

const shown = 10

function countsByFile({ models, runs = [] }: Result): Map<string, number> {
  const counts = new Map<string, number>()
  const checked = models.flatMap((model) => (isFailure(model) ? [] : [model, ...(model.targets ?? [])]))
  for (const { findings } of [...checked, ...runs])
    for (const { accepted } of findings) if (accepted) counts.set(accepted.file, (counts.get(accepted.file) ?? 0) + 1)
  return counts
}
