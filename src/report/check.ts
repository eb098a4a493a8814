/** The report of `check` for people: verdict first, then why, then what to do. */
import { isFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import { acceptedLines } from './accepted.ts'
import { errorLines, failureLines } from './failure.ts'
import { layerLines } from './layers.ts'
import { matrixLines } from './matrix.ts'
import { findingLines, headLines } from './model.ts'
import type { ReportOptions } from './options.ts'
import { labelled } from './table.ts'
import { shortReasons, targetLines, targetName, targetTable } from './target.ts'
import { safe, wrap } from './text.ts'

/** Reasons shown in full per target: fewer where several targets share the screen. */
const reasonsPerTarget = (targets: number): number => (targets <= 1 ? 8 : targets === 2 ? 3 : 2)

export function checkReport(result: Result, options: ReportOptions): string {
  const [only] = result.models
  const lines: string[] = []
  if (options.quiet) lines.push(...result.models.filter(isFailure).flatMap((model) => failureLines(model, options)))
  else if (result.models.length === 1 && only)
    lines.push(...(isFailure(only) ? failureLines(only, options) : modelReport(only, options)))
  else if (result.models.length > 1) lines.push(...matrixLines(result, options))
  if (result.partial) lines.push('', options.style.yellow('Interrupted: models that were not reached are missing.'))
  if (result.error) lines.push('', ...errorLines(result.error, options))
  lines.push(...acceptedLines(result, options), ...gateLines(result, options))
  return lines.length === 0 ? '' : `${lines.join('\n').replace(/^\n+/, '')}\n`
}

function modelReport(model: ModelResult, options: ReportOptions): string[] {
  const { style } = options
  const targets = model.targets ?? []
  const lines = [...headLines(model, options), '', ...targetTable(targets, options)]
  const section = (title: string, content: readonly string[]) => {
    if (content.length > 0) lines.push('', style.bold(title), ...content)
  }
  section('The model itself', findingLines(model.findings, ['error'], 8, options))

  const gating = targets.filter(({ decides }) => decides)
  const shown = gating.filter(({ verdict, findings }) => verdict !== 'ready' || findings.some(isLoud))
  for (const target of shown) lines.push('', ...targetLines(target, reasonsPerTarget(shown.length), options))
  for (const target of gating) if (target.layers?.length) section(layerTitle(target), layerLines(target, options))

  const aside = targets.filter(({ decides, verdict }) => !decides && verdict !== 'ready')
  const [first] = aside
  if (first) {
    const hint = style.dim(`  in full: --target ${safe(targetName(first, targets), 60)}`)
    section('Not gating', [...shortReasons(aside, targets, options), hint])
  }

  const odd = findingLines(model.findings, ['warning', 'note'], 4, options)
  section('About the model', odd)
  lines.push(...limitLines(model, options))
  return lines
}

const layerTitle = (target: TargetResult): string => `Layers of ${safe(target.id, 40)}`

const isLoud = ({ severity }: { severity: string }): boolean => severity !== 'note'

const generalLimit = 'The driver and the compiler of the vendor, which may still refuse a node on a given device.'

/** What `ready` does not say. A checker that promises more than it looked at is worse than none. */
function limitLines(model: ModelResult, { columns, style }: ReportOptions): string[] {
  const all = (model.targets ?? []).filter(({ verdict }) => verdict === 'ready')
  const gating = all.filter(({ decides }) => decides)
  const ready = gating.length > 0 ? gating : all
  if (ready.length === 0) return []
  const limits = new Map<string, string[]>()
  for (const { id, limits: own = [] } of ready)
    for (const limit of own.length > 0 ? own : [generalLimit]) limits.set(limit, [...(limits.get(limit) ?? []), id])
  const lines = [...limits].flatMap(([limit, ids]) => {
    const whose = ready.length > 1 ? `${[...new Set(ids)].map((id) => safe(id, 40)).join(', ')}: ` : ''
    return wrap(`${whose}${safe(limit, 300)}`, Math.min(columns, 120) - 4).map(
      (line, i) => `${i === 0 ? '  - ' : '    '}${line}`,
    )
  })
  return ['', 'What ready does not cover', ...lines].map(style.dim)
}

export function gateLines(result: Result, { columns, style }: ReportOptions): string[] {
  const several = result.models.length > 1
  const messages = new Map<string, string[]>()
  for (const { model, target, message } of result.gates) {
    const where = [several ? safe(model, 60) : '', target === null ? '' : safe(target, 60)].filter(Boolean).join(' · ')
    const before = messages.get(where)
    if (before) before.push(safe(message))
    else messages.set(where, [safe(message)])
  }
  if (messages.size === 0) return []
  const shown = [...messages].slice(0, 10)
  const lines = shown.flatMap(([where, said]) => {
    const text = `${where ? `${where}: ` : ''}${said.join('; ')}`
    return labelled('failed', text, { width: Math.min(columns, 120), indent: 0, labelWidth: 8, paint: style.red })
  })
  if (messages.size > shown.length) lines.push(style.dim(`and ${messages.size - shown.length} more`))
  return ['', ...lines]
}
