/** What a report for people says about the targets of one model: a table of verdicts, then the reasons. */
import type { TargetResult, Verdict } from '../result/result.ts'
import { reasonLines } from './model.ts'
import { bytes, count, percent, plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { type Reason, reasonsOf, refOf } from './reasons.ts'
import type { Style } from './style.ts'
import { type Column, type Row, table } from './table.ts'
import { columns as columnsOf, name, safe, wrap } from './text.ts'
import { decisive, outcome, verdictPaint } from './verdict.ts'

/** Bytes that go into and out of accelerator partitions; null where one is unknown. */
function crossing({ partitions }: TargetResult): number | null {
  let sum = 0
  for (const { bytesIn, bytesOut } of partitions) {
    if (bytesIn === null || bytesOut === null) return null
    sum += bytesIn + bytesOut
  }
  return sum
}

/** `nnapi@api=29`: what tells two rows of one target apart. */
export const targetName = ({ id, parameters }: TargetResult, all: readonly TargetResult[]): string => {
  const twins = all.filter((other) => other.id === id)
  if (twins.length < 2) return id
  const differing = Object.entries(parameters).filter(([key, value]) =>
    twins.some((twin) => twin.parameters[key] !== value),
  )
  return differing.length === 0 ? id : `${id}@${differing.map(([key, value]) => `${key}=${value}`).join(',')}`
}

/** Verdict, coverage, partitions and traffic of every target, in the order asked. */
export function targetTable(targets: readonly TargetResult[], options: ReportOptions): string[] {
  const { columns, style } = options
  const wide = columns >= 110
  const head: Column[] = [
    { title: 'TARGET', max: wide ? 48 : 30 },
    { title: 'VERDICT' },
    { title: 'NODES', align: 'right' },
    { title: 'MACS', align: 'right' },
    { title: 'PARTS', align: 'right' },
    { title: 'CROSSING', align: 'right' },
  ]
  const mixed = targets.some(({ decides }) => !decides)
  if (mixed) head.push({ title: 'GATES' })
  if (wide) head.push({ title: '' })
  const rows: Row[] = []
  let group: string | null = null
  for (const target of targets) {
    if (target.group !== group && target.group !== null) rows.push(style.dim(safe(target.group, 40)))
    group = target.group
    const label = safe(targetName(target, targets), 80)
    rows.push([
      {
        text: `${group === null ? '' : '  '}${label}`,
        ...(target.decides ? { paint: style.bold } : {}),
      },
      { text: target.verdict, paint: verdictPaint(style, target.verdict) },
      { text: percent(target.coverage.nodes) },
      { text: percent(target.coverage.macs) },
      { text: count(target.partitions.length) },
      { text: bytes(crossing(target)) },
      ...(mixed ? [{ text: target.decides ? 'yes' : 'no' }] : []),
      { text: (wide && statusText(target)) || '', paint: style.yellow },
    ])
  }
  const lines = table(head, rows, style.dim)
  for (const target of targets) lines.push(...usabilityLines(target, targetName(target, targets), options))
  for (const target of targets) lines.push(...proofLines(target, targetName(target, targets), options))
  if (!wide)
    for (const target of targets) lines.push(...statusLines(target, targetName(target, targets), columns, style))
  return lines
}

/** What `--verdict ort` adds. */
function usabilityLines(target: TargetResult, label: string, { columns, style }: ReportOptions): string[] {
  const finding = target.findings.find(({ id }) => id === `${target.id}/ort-usability`)
  if (!finding) return []
  const text = `${safe(label, 60)}, as ONNX Runtime's usability checker sees it, ${safe(finding.message, 200)}`
  return wrap(text, columns).map(style.dim)
}

/** What `--prove` adds. */
function proofLines({ id, proof, verified, findings }: TargetResult, label: string, options: ReportOptions): string[] {
  const { columns, style } = options
  const heading = safe(label, 60)
  if (!proof) {
    const why = findings.find((finding) => finding.id === `${id}/not-proved`)
    return why ? wrap(`${heading} ${safe(why.message, 200)}`, columns).map(style.dim) : []
  }
  const { runtime, agree, differ } = proof
  const nodes = plural(agree + differ, 'node')
  if (verified) return wrap(`${heading}: proved by ${safe(runtime, 60)}, ${nodes} as said`, columns).map(style.green)
  return wrap(`${heading}: ${safe(runtime, 60)} contradicts, ${differ} of ${nodes} differ`, columns).map(style.red)
}

/** What has a place of its own in the report is no reason. */
const saidElsewhere = new Set(['not-covered', 'ort-usability', 'not-proved'])

export const targetReasons = ({ id, findings, causes }: Pick<TargetResult, 'id' | 'findings' | 'causes'>): Reason[] =>
  reasonsOf(
    findings.filter((finding) => !saidElsewhere.has(finding.id.slice(id.length + 1))),
    causes,
  )

/** Where the table is too narrow for it. */
function statusLines(target: TargetResult, label: string, columns: number, style: Style): string[] {
  const status = statusText(target)
  return status ? wrap(`${safe(label, 60)} is ${status}`, columns).map(style.yellow) : []
}

/** `deprecated since Android 15; use xnnpack, qnn-htp`; null where there is nothing to say. */
function statusText({ status }: TargetResult): string | null {
  if (!status || status.state === 'current' || status.state === 'stable') return null
  const since = status.since ? ` since ${safe(status.since, 40)}` : ''
  const instead = status.instead?.length ? `; use ${status.instead.map((id) => safe(id, 40)).join(', ')}` : ''
  return `${safe(status.state, 40)}${since}${instead}`
}

/** Full reasons of one target; what does not fit is named in one line. */
export function targetLines(target: TargetResult, limit: number, options: ReportOptions): string[] {
  const { columns, style } = options
  const width = Math.min(columns, 120)
  const reasons = targetReasons(target)
  const parameters = Object.entries(target.parameters).map(([key, value]) => `${key} ${value}`)
  const label = [target.id, ...parameters].map((part) => safe(part, 60)).join(' · ')
  const paint = verdictPaint(style, target.verdict)
  const meaning = outcome(target)
  const verdict = paint(target.verdict)
  const lines =
    columnsOf(label) + target.verdict.length + meaning.length + 4 <= width
      ? [`${style.bold(label)}: ${verdict}, ${meaning}`]
      : [...titleLines(label, width, style.bold, verdict), ...wrap(meaning, width - 2).map((line) => `  ${line}`)]
  const names = new Map(
    reasons.length === 0 ? [] : target.nodes.map((node) => [refOf(node), node.name || node.op] as const),
  )
  for (const reason of reasons.slice(0, limit))
    lines.push(...reasonLines(reason, options, (node) => names.get(node) ?? ''))
  lines.push(...remaining(reasons.slice(limit), options))
  if (reasons.length === 0) {
    const why = decisive(target, reasons)
    if (why) lines.push(...wrap(safe(why), width - 2).map((line) => `  ${line}`))
  }
  return lines
}

/** A long title over as many lines as it takes, the verdict behind it. */
function titleLines(label: string, width: number, bold: (text: string) => string, verdict: string): string[] {
  const parts = wrap(label, width - 12)
  return parts.map((line, i) => (i === 0 ? '' : '  ') + bold(line) + (i === parts.length - 1 ? `: ${verdict}` : ''))
}

/** The kinds that are left, by id and count. */
function remaining(reasons: readonly Reason[], { columns, style }: ReportOptions): string[] {
  if (reasons.length === 0) return []
  const shown = reasons.slice(0, 6).map(({ id, nodes }) => `${safe(id, 60)} (${plural(nodes.length, 'node')})`)
  const more = reasons.length - shown.length
  const text = `and ${shown.join(', ')}${more > 0 ? ` and ${plural(more, 'more kind')}` : ''}`
  return wrap(text, Math.min(columns, 120) - 2).map((line) => `  ${style.dim(line)}`)
}

/** Lines of a target that is told in short. */
const shortLines = 3

/** One or two lines per target, or for several with the same verdict for the same reason. */
export function shortReasons(
  targets: readonly TargetResult[],
  all: readonly TargetResult[],
  { columns, style }: ReportOptions,
): string[] {
  const same = new Map<string, { verdict: Verdict; text: string; labels: string[] }>()
  for (const target of targets) {
    const why = decisive(target, targetReasons(target))
    const text = [outcome(target), why && safe(why, 200)].filter(Boolean).join(': ')
    const key = `${target.verdict} ${text}`
    const label = name(targetName(target, all), 40)
    const group = same.get(key)
    if (group) group.labels.push(label)
    else same.set(key, { verdict: target.verdict, text, labels: [label] })
  }
  return [...same.values()].flatMap(({ verdict, text, labels }) => {
    const lines = wrap(`${labels.join(', ')} ${verdict}: ${text}`, Math.min(columns, 160) - 6)
    const paint = verdictPaint(style, verdict)
    const shown = lines.slice(0, shortLines)
    if (lines.length > shortLines) shown.push(`${shown.pop() ?? ''} …`)
    return shown.map((line, i) =>
      i === 0 ? `  ${line.replace(` ${verdict}:`, () => ` ${paint(verdict)}:`)}` : `    ${line}`,
    )
  })
}
