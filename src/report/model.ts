/** What a report for people says about a model itself: its head line and its findings. */
import type { Finding, NodeRef, Severity } from '../result/finding.ts'
import type { ModelResult } from '../result/result.ts'
import { bytes, count, plural, quantity } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { type Reason, reasonsOf } from './reasons.ts'
import type { Style } from './style.ts'
import { labelled } from './table.ts'
import { name, safe, wrap } from './text.ts'

const severityPaint = (style: Style, severity: Severity): ((text: string) => string) =>
  ({ error: style.red, warning: style.yellow, note: style.cyan })[severity]

/** Name, then what identifies the model at a glance. */
export function headLines(model: ModelResult, { columns, style }: ReportOptions): string[] {
  const { nodes, macs, params } = model.totals
  const opsets = Object.entries(model.opsets).map(([domain, version]) => `${name(domain || 'opset', 30)} ${version}`)
  const shownOpsets = opsets.length > 4 ? [...opsets.slice(0, 4), `${opsets.length - 4} more domains`] : opsets
  const facts = [
    plural(nodes, 'node'),
    `${quantity(macs)} MACs`,
    `${quantity(params)} parameters`,
    bytes(model.bytes) + (model.weightBytes > model.bytes ? ` + ${bytes(model.weightBytes)} weights` : ''),
    ...shownOpsets,
  ]
  return [style.bold(name(model.path, columns)), ...wrap(facts.join(' · '), columns).map(style.dim)]
}

/** The model's findings of some severities, one entry per kind, at most `limit` kinds. */
export function findingLines(
  findings: readonly Finding[],
  severities: readonly Severity[],
  limit: number,
  options: ReportOptions,
): string[] {
  const reasons = reasonsOf(findings.filter(({ severity }) => severities.includes(severity)))
  const lines = reasons.slice(0, limit).flatMap((reason) => reasonLines(reason, options))
  const left = reasons.length - limit
  if (left > 0) lines.push(`  ${options.style.dim(`${plural(left, 'more kind')} of findings: --format json has all`)}`)
  return lines
}

const labelWidth = 9
const exampleNodes = 4

/** A reason in full: what, where, what was asked and found, what it costs, what to do, how we know. */
export function reasonLines(
  reason: Reason,
  { columns, style }: ReportOptions,
  nameOf: (node: NodeRef) => string = () => '',
): string[] {
  const width = Math.min(columns, 120)
  const paint = severityPaint(style, reason.severity)
  const lines = labelled(reason.severity, safe(reason.message), { width, indent: 2, labelWidth, paint })
  const add = (label: string, text: string | null | undefined) => {
    if (!text) return
    lines.push(...labelled(label, text, { width, indent: 2 + labelWidth, labelWidth: 8, paint: style.dim }))
  }
  if (reason.nodes.length > 0) {
    const examples = reason.nodes.slice(0, exampleNodes).map((node) => {
      const named = name(nameOf(node), 40)
      return named ? `#${node} ${named}` : `#${node}`
    })
    const more = reason.nodes.length - examples.length
    add('nodes', more > 0 ? `${count(reason.nodes.length)}, such as ${examples.join(', ')}` : examples.join(', '))
  }
  add('needs', reason.condition && safe(reason.condition))
  const expected = reason.expected && safe(reason.expected)
  if (!reason.condition) add('needs', expected)
  const [first, second, ...others] = reason.found
  if (first) {
    const shown = [first, ...(second ? [second] : [])].map(({ text, times }) =>
      reason.found.length > 1 && times > 1 ? `${safe(text, 160)} (${count(times)}×)` : safe(text, 200),
    )
    const more = others.length > 0 ? `; ${count(others.length)} other values` : ''
    add('found', shown.join('; ') + more)
  }
  if (reason.effect) {
    const others = reason.together.slice(0, 3).map((id) => safe(id, 60))
    const more = reason.together.length - others.length
    const along = others.length > 0 ? `, together with ${others.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : ''
    add('solved', safe(reason.effect) + along)
  }
  add('fix', reason.fix && safe(reason.fix))
  add('rule', safe(reason.id, 100) + sourceText(reason))
  return lines
}

const known = {
  oracle: 'recorded',
  source: 'read in the source',
  documented: 'documented',
  assumed: 'assumed',
} as const

/** Where a rule stands, and how well it is known. */
function sourceText({ source, evidence }: Pick<Reason, 'source' | 'evidence'>): string {
  const parts = [
    source && `, ${safe(source.title, 120)}`,
    source?.revision && ` at ${safe(source.revision.replace(/^([0-9a-f]{10})[0-9a-f]{30}$/, '$1'), 40)}`,
    evidence && ` (${known[evidence]})`,
  ]
  return parts.filter(Boolean).join('')
}
