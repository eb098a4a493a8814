/**
 * Annotations of a GitHub Actions job: workflow commands on standard output, one per cause. GitHub shows ten of a kind
 * per step and drops the rest without a word; here the last one says what is left.
 */
import type { Severity } from '../result/finding.ts'
import { portablePath } from '../result/fingerprint.ts'
import type { Result } from '../result/result.ts'
import { figuresText } from './candidates.ts'
import { type Issue, issuesOf } from './issues.ts'
import { markdownLimits, markdownReport } from './markdown.ts'
import { count, plural } from './numbers.ts'
import { name, safe } from './text.ts'

interface Annotation {
  readonly severity: Severity
  /** Null: about the step as a whole. */
  readonly file: string | null
  readonly title: string
  /** Harmless already, but for its own line ends. */
  readonly text: string
}

const commands: Record<Severity, string> = { error: 'error', warning: 'warning', note: 'notice' }
const shownPerKind = 10

export function githubReport(result: Result): string {
  const all = [...alarms(result), ...front(result), ...issuesOf(result).flatMap(annotationsOf)]
  const lines = (['error', 'warning', 'note'] as const).flatMap((severity) =>
    limited(all.filter((annotation) => annotation.severity === severity)).map(commandOf),
  )
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The summary of the step; `used` bytes of what GitHub takes are written already. */
export const stepSummary = (result: Result, used: number): string =>
  markdownReport(result, Math.max(0, markdownLimits.summary - used))

/** What makes the step fail: why the question could not be asked, and the gates. */
function alarms({ error, gates }: Result): Annotation[] {
  const alarm = { severity: 'error', title: 'deploycheck' } as const
  const said = gates.map(({ model, target, message }) => ({
    ...alarm,
    file: model,
    text: safe(target === null ? message : `${target}: ${message}`),
  }))
  return error ? [{ ...alarm, file: null, text: withFix(safe(error.message), error.fix) }, ...said] : said
}

/** The candidates that nothing beats; all figures are in the summary of the step. */
function front({ comparison }: Result): Annotation[] {
  const best = comparison?.candidates.filter(({ isOnFront }) => isOnFront) ?? []
  if (!comparison || best.length === 0) return []
  const lines = best.map((one) => `${name(one.model, 80)}: ${safe(figuresText(one, comparison.columns), 400)}`)
  const text = [`${best.length} of ${comparison.candidates.length} candidates are on the front`, ...lines.slice(0, 10)]
  return [{ severity: 'note', file: null, title: 'candidates', text: text.join('\n') }]
}

/** What is accepted is no news. */
const annotationsOf = (issue: Issue): Annotation[] => (issue.accepted ? [] : [annotationOf(issue)])

function annotationOf({ model, target, reason, nodes }: Issue): Annotation {
  const [first] = nodes
  const example = first ? name(first.name || `#${first.ref} ${first.op}`.trimEnd(), 80) : ''
  const many = nodes.length === 1 ? 'node' : `${count(nodes.length)} nodes, such as`
  return {
    severity: reason.severity,
    file: model,
    // The id of a finding starts with that of its target.
    title: safe(target === null || reason.id.startsWith(`${target}/`) ? reason.id : `${target}: ${reason.id}`, 160),
    text: withFix(safe(reason.message) + (first ? `\n${many} ${example}` : ''), reason.fix),
  }
}

const withFix = (text: string, fix: string | undefined): string => (fix ? `${text}\nfix: ${safe(fix)}` : text)

function limited(annotations: readonly Annotation[]): readonly Annotation[] {
  const [first] = annotations
  if (!first || annotations.length <= shownPerKind) return annotations
  const shown = annotations.slice(0, shownPerKind - 1)
  const left = plural(annotations.length - shown.length, 'more of these', 'more of these')
  return [...shown, { ...first, file: null, title: 'deploycheck', text: `${left}: see the summary of the step` }]
}

function commandOf({ severity, file, title, text }: Annotation): string {
  const place = file === null ? '' : `file=${property(safe(portablePath(file)))},`
  return `::${commands[severity]} ${place}title=${property(title)}::${data(text)}`
}

/** As the runner reads them back. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
