/** `targets lint` and `targets test`: what is to be corrected in a target of one's own. */
import type { TargetLint, TargetTest } from '../result/answers.ts'
import { findingLines } from './model.ts'
import { plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { labelled } from './table.ts'
import { name, safe } from './text.ts'

export function targetLintReport({ file, findings }: TargetLint, options: ReportOptions): string {
  const { style, columns } = options
  if (findings.length === 0)
    return options.quiet ? '' : `${name(file, columns)}: ${style.green('nothing to correct')}\n`
  // Each one stands at its own place in the file: none is joined with another.
  const lines = findings.flatMap((finding) => findingLines([finding], ['error', 'warning', 'note'], 1, options))
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const total = `${plural(findings.length, 'finding')}, ${plural(errors, 'error')}`
  return `${[style.bold(name(file, columns)), ...lines, '', total].join('\n')}\n`
}

export function targetTestReport({ file, cases }: TargetTest, options: ReportOptions): string {
  const { style, columns } = options
  const wrong = cases.filter(({ expected, found }) => expected !== found)
  const layout = { width: Math.min(columns, 140), indent: 2, labelWidth: 9, paint: style.red }
  const lines = wrong.flatMap(({ model, node, expected, found, why }) => {
    const reason = why ? `: ${safe(why, 300)}` : ''
    return labelled(
      'wrong',
      `${name(model, 60)}, node ${name(node, 60)}: expected ${expected}, found ${found}${reason}`,
      layout,
    )
  })
  const total = `${plural(cases.length - wrong.length, 'case')} of ${cases.length} as expected`
  if (options.quiet && wrong.length === 0) return ''
  return `${[style.bold(name(file, columns)), ...lines, total].join('\n')}\n`
}
