/** `targets`: what can be asked; one target as a table of operators, conditions and sources. */
import type { Rule, TargetInfo, TargetList, TargetRules } from '../result/answers.ts'
import type { Evidence } from '../result/finding.ts'
import { count, plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { labelled } from './table.ts'
import { safe, wrap } from './text.ts'

export function targetListReport({ targets, groups }: TargetList, options: ReportOptions): string {
  const { columns, style } = options
  const width = Math.min(columns, 120)
  const lines = targets.flatMap((info, i) => [...(i > 0 ? [''] : []), ...infoLines(info, options)])
  lines.push('', style.bold('Groups'))
  for (const group of groups)
    lines.push(
      ...labelled(safe(group.id, 20), group.targets.map((id) => safe(id, 60)).join(', '), {
        width,
        indent: 2,
        labelWidth: 10,
      }),
    )
  lines.push(
    '',
    style.dim('deploycheck targets <id> shows its rules; --target <id>@<parameter>=<value> sets a parameter.'),
  )
  return `${lines.join('\n')}\n`
}

function infoLines(info: TargetInfo, { columns, style }: ReportOptions): string[] {
  const width = Math.min(columns, 120)
  const { state, since, instead } = info.status
  const lines = [`${style.bold(safe(info.id, 60))}  ${safe(info.title, 200)}`]
  if (state !== 'current') {
    const successors = instead?.length ? `; use ${instead.map((id) => safe(id, 40)).join(', ')}` : ''
    const status = `${safe(state, 40)}${since ? ` since ${safe(since, 60)}` : ''}${successors}`
    lines.push(...wrap(status, width - 2).map((line) => `  ${style.yellow(line)}`))
  }
  for (const { name, title, default: value, range } of info.parameters) {
    const text = `${safe(name, 30)}=${value === null ? '' : safe(String(value), 30)}  ${safe(title, 200)}${range ? ` (${safe(range, 100)})` : ''}`
    lines.push(...labelled('', text, { width, indent: 0, labelWidth: 4 }))
  }
  const rules = Object.entries(info.evidence).map(
    ([kind, times]) => `${count(times ?? 0)} ${evidenceText[kind as Evidence]}`,
  )
  const known = rules.length > 0 ? `; conditions: ${rules.join(', ')}` : ''
  lines.push(...wrap(`${plural(info.operators, 'operator')}${known}`, width - 2).map((line) => `  ${style.dim(line)}`))
  return lines
}

const evidenceText: Record<Evidence, string> = {
  oracle: 'recorded from the provider',
  source: 'from its source',
  documented: 'documented',
  assumed: 'assumed',
}

/** Every rule of one or more targets. */
export function targetRulesReport({ targets }: TargetRules, options: ReportOptions): string {
  const lines = targets.flatMap(({ info, rules, shared }, i) => [
    ...(i > 0 ? [''] : []),
    ...infoLines(info, options),
    ...info.notes.flatMap((note) => wrap(safe(note), Math.min(options.columns, 120) - 2).map((line) => `  ${line}`)),
    ...ruleLines(rules, options),
    ...sharedLines(shared, options),
  ])
  return `${lines.join('\n')}\n`
}

function sharedLines(shared: TargetRules['targets'][number]['shared'], { columns, style }: ReportOptions): string[] {
  if (shared.length === 0) return []
  const lines = shared.flatMap(({ name, condition }) =>
    wrap(`${safe(name, 60)}: ${safe(condition, 1000)}`, Math.min(columns, 140) - 4).map((line, i) =>
      i === 0 ? `  ${line}` : `    ${line}`,
    ),
  )
  return ['', style.bold('where'), ...lines]
}

function ruleLines(rules: readonly Rule[], { columns, style }: ReportOptions): string[] {
  const width = Math.min(columns, 140)
  const lines: string[] = []
  let heading = ''
  for (const rule of rules) {
    const title = `${safe(rule.op, 100)}${rule.since ? ` ${rule.since}` : ''}${rule.when ? ` when ${safe(rule.when, 300)}` : ''}`
    if (title !== heading) lines.push('', ...wrap(title, width).map(style.bold))
    heading = title
    lines.push(
      ...labelled(verbs[rule.verb], safe(rule.condition, 1000), { width, indent: 2, labelWidth: 10, paint: style.dim }),
    )
    const aside = [rule.fix && `fix: ${safe(rule.fix)}`, rule.issue && safe(rule.issue, 200), sourceOf(rule)].filter(
      Boolean,
    )
    if (aside.length > 0)
      lines.push(...wrap(aside.join('; '), width - 12).map((line) => `            ${style.dim(line)}`))
  }
  return lines
}

/** What a rule does, as the first word of its line. */
export const verbs: Record<Rule['verb'], string> = {
  that: 'needs',
  fails: 'fails if',
  wrong: 'wrong if',
  kernel: 'kernel',
}

/** `resize_op_builder.cc (from its source)` */
export const sourceOf = ({ source, evidence }: Pick<Rule, 'source' | 'evidence'>): string =>
  [source && safe(source.title, 100), evidence && `(${evidenceText[evidence]})`].filter(Boolean).join(' ')
