/** Several models: a table models × targets, then one line per verdict that needs a reason. */
import { isFailure, type ModelFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import { failureLines } from './failure.ts'
import { findingLines } from './model.ts'
import { percent, plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { type Cell, type Column, type Row, table } from './table.ts'
import { shortReasons, targetName } from './target.ts'
import { columns as columnsOf, name, safe } from './text.ts'
import { verdictPaint } from './verdict.ts'

/** `partial 93%`: the verdict, and the share of MACs where it says more than the verdict. */
const cellText = (target: TargetResult): string =>
  target.verdict === 'partial' && target.coverage.macs !== null
    ? `${target.verdict} ${percent(target.coverage.macs)}`
    : target.verdict

export function matrixLines(result: Result, options: ReportOptions): string[] {
  const { columns, style } = options
  const models = result.models.filter((model): model is ModelResult => !isFailure(model))
  const targets = models[0]?.targets ?? []
  const nameWidth = Math.min(
    Math.max(5, ...result.models.map(({ path }) => columnsOf(safe(path)))),
    Math.max(20, Math.floor(columns * 0.35)),
  )
  const lines: string[] = []
  for (const chunk of chunks(targets, models, columns - nameWidth)) {
    if (lines.length > 0) lines.push('')
    const head: Column[] = [
      { title: 'MODEL', max: nameWidth },
      ...chunk.map((i) => ({ title: safe(labelOf(targets, i), 40) })),
    ]
    lines.push(
      ...table(
        head,
        result.models.map((model) => row(model, chunk, nameWidth, options)),
        style.dim,
      ),
    )
  }
  return [...lines, ...reasonSection(models, options), ...failures(result, options)]
}

function row(model: ModelResult | ModelFailure, chunk: readonly number[], width: number, options: ReportOptions): Row {
  const first: Cell = { text: name(model.path, width) }
  if (isFailure(model)) return [first, { text: 'unreadable', paint: options.style.red }]
  return [
    first,
    ...chunk.map((i): Cell => {
      const target = model.targets?.[i]
      return target ? { text: cellText(target), paint: verdictPaint(options.style, target.verdict) } : { text: '' }
    }),
  ]
}

const labelOf = (targets: readonly TargetResult[], i: number): string => {
  const target = targets[i]
  return target ? targetName(target, targets) : ''
}

/** Targets by position, in blocks that fit beside the model's name. Those that gate come first. */
function chunks(targets: readonly TargetResult[], models: readonly ModelResult[], room: number): number[][] {
  const order = targets.map((_, i) => i).sort((a, b) => gates(targets, b) - gates(targets, a) || a - b)
  const blocks: number[][] = []
  let used = Number.POSITIVE_INFINITY
  for (const i of order) {
    const cells = models.map((model) => (model.targets?.[i] ? cellText(model.targets[i]).length : 0))
    const width = 2 + Math.max(Math.min(40, labelOf(targets, i).length), ...cells)
    if (used + width > room) {
      blocks.push([])
      used = 0
    }
    blocks.at(-1)?.push(i)
    used += width
  }
  return blocks.length > 0 ? blocks : [[]]
}

const gates = (targets: readonly TargetResult[], i: number): number => (targets[i]?.decides ? 1 : 0)

/** Why, for every deciding verdict that is not ready, and errors of the models themselves. */
function reasonSection(models: readonly ModelResult[], options: ReportOptions): string[] {
  const { columns, style } = options
  const lines: string[] = []
  for (const model of models) {
    const errors = findingLines(model.findings, ['error'], 3, options)
    const weak = (model.targets ?? []).filter(({ decides, verdict }) => decides && verdict !== 'ready')
    if (errors.length === 0 && weak.length === 0) continue
    lines.push('', style.bold(name(model.path, columns)), ...errors)
    lines.push(...shortReasons(weak, model.targets ?? [], options))
  }
  if (lines.length > 0) lines.push('', style.dim('deploycheck <one model> shows nodes, conditions and fixes.'))
  return lines
}

function failures(result: Result, options: ReportOptions): string[] {
  const failed = result.models.filter(isFailure)
  if (failed.length === 0) return []
  const title = `${plural(failed.length, 'model')} could not be read`
  return ['', options.style.red(title), ...failed.flatMap((failure) => failureLines(failure, options))]
}
