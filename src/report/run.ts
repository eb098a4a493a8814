/** The report of `run` for people: one line per runtime, then what differs and by how much, then what to do. */
import type { Finding } from '../result/finding.ts'
import { isFailure, type Result } from '../result/result.ts'
import type { MetricValue, OutputComparison, RunResult, RuntimeRun, Stage, StageVerdict } from '../result/run.ts'
import { acceptedLines } from './accepted.ts'
import { gateLines } from './check.ts'
import { errorLines, failureLines } from './failure.ts'
import { latencyLines } from './latency.ts'
import { count, plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import type { Style } from './style.ts'
import { type Cell, labelled, table } from './table.ts'
import { name, safe, wrap } from './text.ts'

const stages: readonly Stage[] = ['pre', 'model', 'post']
const mostFindings = 40

export function runReport(result: Result, options: ReportOptions): string {
  const { style, quiet } = options
  const lines = result.models.filter(isFailure).flatMap((model) => failureLines(model, options))
  for (const [i, run] of (result.runs ?? []).entries())
    lines.push(...(quiet ? quietLines(run, options) : [...(i > 0 ? [''] : []), ...runLines(run, options)]))
  if (result.partial) lines.push('', style.yellow('Interrupted: what was not reached is missing.'))
  if (result.error) lines.push('', ...errorLines(result.error, options))
  lines.push(...acceptedLines(result, options), ...gateLines(result, options))
  return lines.length === 0 ? '' : `${lines.join('\n').replace(/^\n+/, '')}\n`
}

const quietLines = ({ findings }: RunResult, options: ReportOptions): string[] =>
  findingLines(
    findings.filter(({ severity, accepted }) => severity === 'error' && !accepted),
    options,
  )

function runLines(run: RunResult, options: ReportOptions): string[] {
  const { style, columns } = options
  const width = Math.min(columns, 120)
  const lines = [
    style.bold(name(run.model, columns)),
    ...wrap(`${plural(run.samples, 'sample')} ${sourceText(run)}, held against ${safe(run.reference, 60)}`, width).map(
      style.dim,
    ),
    '',
    ...runtimeTable(run, options),
  ]
  lines.push(...metricLines(run, options))
  const compared = run.runtimes.filter((one) => one.stages !== null)
  for (const one of compared)
    if (one.attribution !== null || one.decisions === 'change') lines.push('', ...runtimeLines(one, options))
  lines.push(...latencyLines(run, options))
  const findings = findingLines(run.findings, options)
  if (findings.length > 0) lines.push('', style.bold('Findings'), ...findings)
  if (run.runtimes.some(({ software, status }) => software && status === 'ok'))
    lines.push(
      '',
      ...wrap('* on a GPU made of software: it computes as a GPU does; its speed says nothing.', width).map(style.dim),
    )
  return lines
}

const severities = ['error', 'warning', 'note'] as const

/** Each runtime for itself: what two have in common is not the same for both. */
function findingLines(findings: readonly Finding[], { style, columns }: ReportOptions): string[] {
  const paints = { error: style.red, warning: style.yellow, note: style.cyan }
  const layout = { width: Math.min(columns, 120), labelWidth: 9 }
  const sorted = severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity))
  const lines = sorted.slice(0, mostFindings).flatMap(({ severity, message, fix, id, accepted }) => [
    ...labelled(severity, safe(message), { ...layout, indent: 2, paint: paints[severity] }),
    ...(accepted === undefined
      ? []
      : labelled('accepted', `${safe(accepted.reason)} (${safe(accepted.file, 60)})`, {
          ...layout,
          indent: 11,
          labelWidth: 10,
          paint: style.dim,
        })),
    ...(fix === undefined
      ? []
      : labelled('fix', safe(fix), { ...layout, indent: 11, labelWidth: 6, paint: style.dim })),
    ...labelled('rule', safe(id, 100), { ...layout, indent: 11, labelWidth: 6, paint: style.dim }),
  ])
  const left = sorted.length - mostFindings
  if (left > 0) lines.push(`  ${style.dim(`${plural(left, 'more finding')}: --format json has all`)}`)
  return lines
}

const sourceText = ({ source, wrapper }: RunResult): string => {
  if (source === 'random') return 'at random'
  return source === 'wrapper' && wrapper !== null ? `of ${name(wrapper, 60)}` : `from ${name(source, 60)}`
}

function runtimeTable(run: RunResult, { style, columns }: ReportOptions): string[] {
  const head = [
    { title: 'RUNTIME', max: columns >= 110 ? 40 : 24 },
    { title: 'PRE' },
    { title: 'MODEL' },
    { title: 'POST' },
    { title: 'MAX ERROR', align: 'right' as const },
    { title: 'DECISIONS' },
  ]
  const rows = run.runtimes.map((one): Cell[] => {
    const label = { text: `${safe(one.id, 60)}${one.software && one.status === 'ok' ? ' *' : ''}` }
    if (one.status === 'unavailable') return [label, { text: 'not available', paint: style.dim }]
    if (one.stages === null)
      return [
        label,
        one.status === 'failed'
          ? { text: 'failed', paint: style.red }
          : { text: one.id === run.reference ? 'reference' : '–', paint: style.dim },
      ]
    const { stages: all } = one
    return [
      label,
      ...stages.map((stage) => verdictCell(all[stage].verdict, style)),
      { text: errorText(all.model.outputs) },
      decisionCell(one.decisions, style),
    ]
  })
  return table(head, rows, style.dim)
}

/** The team's own metrics, and the slices on which they change most. */
function metricLines({ runtimes }: RunResult, { style, columns }: ReportOptions): string[] {
  const rows = runtimes.flatMap((one) =>
    Object.entries(one.metrics).map(([metric, value]) => metricRow(metric, one.id, 'all', value, style)),
  )
  if (rows.length === 0) return []
  const changed = runtimes
    .flatMap((one) =>
      one.slices.flatMap(({ name: slice, metrics }) =>
        Object.entries(metrics).map(([metric, value]) => ({ metric, id: one.id, slice, value })),
      ),
    )
    .filter(({ value }) => value.delta !== null && value.delta !== 0)
    .sort((a, b) => Math.abs(b.value.delta ?? 0) - Math.abs(a.value.delta ?? 0))
    .slice(0, mostSlices)
  const slices = changed.map(({ metric, id, slice, value }) => metricRow(metric, id, slice, value, style))
  const max = columns >= 110 ? 40 : 20
  const head = [
    { title: 'METRIC', max },
    { title: 'RUNTIME', max },
    { title: 'SLICE', max },
    { title: 'VALUE', align: 'right' as const },
    { title: 'DELTA', align: 'right' as const },
    { title: '95 %' },
  ]
  return ['', ...table(head, [...rows, ...slices], style.dim)]
}

const mostSlices = 6

function metricRow(metric: string, id: string, slice: string, value: MetricValue, style: Style): Cell[] {
  const { delta, deltaCi95: interval } = value
  const sign = (one: number) => (one > 0 ? `+${figure(one)}` : one < 0 ? `-${figure(-one)}` : '0')
  return [
    { text: safe(metric, 60) },
    { text: safe(id, 60) },
    { text: safe(slice, 60) },
    { text: figure(value.value) },
    { text: delta === null ? '' : sign(delta), ...(delta !== null && delta < 0 ? { paint: style.yellow } : {}) },
    { text: interval === null ? '' : `${sign(interval[0])} to ${sign(interval[1])}` },
  ]
}

const verdictCell = (verdict: StageVerdict, style: Style): Cell => ({
  text: verdict === 'not-run' ? '–' : verdict,
  paint: { match: style.green, drift: style.yellow, mismatch: style.red, 'not-run': style.dim }[verdict],
})

const decisionCell = (decisions: RuntimeRun['decisions'], style: Style): Cell => ({
  text: { agree: 'agree', change: 'change', none: '–' }[decisions],
  paint: { agree: style.green, change: style.red, none: style.dim }[decisions],
})

function errorText(outputs: readonly OutputComparison[]): string {
  const errors = outputs.flatMap(({ maxAbs }) => maxAbs ?? [])
  return errors.length === 0 ? '–' : figure(Math.max(...errors))
}

const figure = (value: number | null): string =>
  value === null
    ? '?'
    : value === 0
      ? '0'
      : value >= 1e-3 && value < 1e5
        ? String(Number(value.toPrecision(3)))
        : value.toExponential(1)

/** One runtime that parts: where, by how much, in which samples. */
function runtimeLines(one: RuntimeRun, options: ReportOptions): string[] {
  const { style, columns } = options
  const width = Math.min(columns, 120)
  const lines = [...wrap(safe(one.sentence), width).map((line, i) => (i === 0 ? style.bold(line) : line))]
  const add = (label: string, text: string) =>
    lines.push(...labelled(label, text, { width, indent: 2, labelWidth: 9, paint: style.dim }))
  for (const stage of stages) {
    const { outputs = [], crossFedOutputs = [] } = one.stages?.[stage] ?? {}
    for (const output of (crossFedOutputs.length > 0 ? crossFedOutputs : outputs).filter(isDifferent).slice(0, 4))
      add(stage, outputText(output))
  }
  const { firstDiverging: first } = one
  if (first) add('node', divergingText(first))
  const worst = one.worst.filter(isDifferent)
  if (worst.length > 0)
    add(
      'worst',
      worst
        .map(({ sample, stage, maxAbs }) => `${name(sample, 40)} (${stage}${maxAbs ? ` ${figure(maxAbs)}` : ''})`)
        .join(', '),
    )
  return lines
}

const isDifferent = ({ verdict }: { verdict: StageVerdict }): boolean => verdict === 'drift' || verdict === 'mismatch'

function outputText(output: OutputComparison): string {
  const facts = [
    output.verdict,
    output.why === null ? null : safe(output.why, 200),
    output.maxAbs ? `max ${figure(output.maxAbs)}` : null,
    output.mean ? `mean ${figure(output.mean)}` : null,
    output.cosine === null || output.cosine > 0.999999 ? null : `cosine ${Number(output.cosine.toPrecision(4))}`,
    output.mismatched > 0 ? `${count(output.mismatched)} of ${count(output.count)} elements` : null,
  ].filter(Boolean)
  return `${name(output.name, 40)}: ${facts.join(', ')}; ${safe(output.tolerance, 200)}`
}

function divergingText(first: NonNullable<RuntimeRun['firstDiverging']>): string {
  const less = first.tapsChangeResult ? ' (looking inside changed the answer: less certain)' : ''
  const where = first.repro === null ? '' : `, written to ${name(first.repro, 60)}`
  return `#${first.node} ${safe(first.op, 40)} ${name(first.name, 40)}: its output ${name(first.output, 40)} differs by ${figure(first.maxAbs)} while its inputs agree${less}${where}`
}
