/** The report of `compare`: candidates as a table, the front marked, and two figures of them as a picture. */
import { type Candidate, type Comparison, type ComparisonColumn, isFailure, type Result } from '../result/result.ts'
import { acceptedLines } from './accepted.ts'
import { axesOf, baseName, bestOf, figureText, standing } from './candidates.ts'
import { gateLines } from './check.ts'
import { errorLines, failureLines } from './failure.ts'
import type { ReportOptions } from './options.ts'
import { labelled, table } from './table.ts'
import { name, safe } from './text.ts'

export function comparisonReport(result: Result, options: ReportOptions): string {
  const { style, quiet } = options
  const lines = result.models.filter(isFailure).flatMap((model) => failureLines(model, options))
  if (result.comparison?.candidates.length && !quiet) lines.push(...comparisonLines(result.comparison, options))
  if (result.partial) lines.push('', style.yellow('Interrupted: what was not reached is missing.'))
  if (result.error) lines.push('', ...errorLines(result.error, options))
  lines.push(...acceptedLines(result, options), ...gateLines(result, options))
  return lines.length === 0 ? '' : `${lines.join('\n').replace(/^\n+/, '')}\n`
}

/** `A`, `B`, … `Z`, `27`. */
const letter = (position: number): string => (position < 26 ? String.fromCharCode(65 + position) : String(position + 1))

function comparisonLines({ columns, candidates }: Comparison, options: ReportOptions): string[] {
  const { style, columns: width } = options
  const lines: string[] = []
  // Candidates stand beside each other while they fit: there are more figures than models.
  const perTable = Math.max(1, Math.floor((width - 24) / 16))
  for (let first = 0; first < candidates.length; first += perTable) {
    const some = candidates.slice(first, first + perTable)
    const head = [
      { title: 'FIGURE', max: 30 },
      ...some.map((one, i) => ({
        title: name(`${letter(first + i)}${one.isOnFront ? '*' : ''} ${baseName(one.model)}`, 14),
        align: 'right' as const,
        max: 14,
      })),
    ]
    const rows = columns.map((column) => {
      const best = bestOf(column, candidates)
      const cells = some.map(({ values }) => {
        const value = values[column.id] ?? null
        return { text: figureText(value, column), ...(value !== null && value === best ? { paint: style.green } : {}) }
      })
      return [{ text: name(column.id, 40) }, ...cells]
    })
    if (first > 0) lines.push('')
    lines.push(...table(head, rows, style.dim))
  }
  lines.push('', ...frontLines(candidates, options))
  const picture = scatterLines({ columns, candidates }, options)
  return picture.length > 0 ? [...lines, '', ...picture] : lines
}

/** Who is on the front, and who beats the others. */
function frontLines(candidates: readonly Candidate[], { columns, style }: ReportOptions): string[] {
  const layout = { width: Math.min(columns, 120), indent: 0, labelWidth: 8 }
  const called = new Map(candidates.map(({ model }, i) => [model, letter(i)]))
  return candidates.flatMap((one, i) => {
    const { model, isOnFront } = one
    const label = `${letter(i)}${isOnFront ? ' *' : ''}`
    const text = standing(one, (path) => called.get(path) ?? path)
    return labelled(label, `${safe(model, 200)}: ${text}`, { ...layout, paint: isOnFront ? style.green : style.dim })
  })
}

const height = 10

/** Letters stand for candidates. */
function scatterLines(comparison: Comparison, { columns: width, style }: ReportOptions): string[] {
  const axes = axesOf(comparison)
  if (!axes) return []
  const { x, y } = axes
  const { candidates } = comparison
  const span = Math.min(60, width - 14)
  const grid = Array.from({ length: height }, () => new Array<string>(span).fill(' '))
  const scale = ({ id }: ComparisonColumn, steps: number) => {
    const values = candidates.flatMap(({ values: all }) => all[id] ?? [])
    const [low, high] = [Math.min(...values), Math.max(...values)]
    return { low, high, at: (value: number) => Math.round(((value - low) / (high - low)) * (steps - 1)) }
  }
  const [across, up] = [scale(x, span), scale(y, height)]
  for (const [i, { values }] of candidates.entries()) {
    const [right, above] = [values[x.id] ?? null, values[y.id] ?? null]
    if (right === null || above === null) continue
    const row = grid[height - 1 - up.at(above)]
    const at = across.at(right)
    if (row) row[at] = row[at] === ' ' ? letter(i).slice(0, 1) : '+'
  }
  const label = (row: number): string =>
    row === 0 ? figureText(up.high, y) : row === height - 1 ? figureText(up.low, y) : ''
  const low = figureText(across.low, x)
  return [
    style.dim(`${name(y.id, 40)} upwards, ${name(x.id, 40)} to the right`),
    ...grid.map((row, i) => `${label(i).padStart(10)} │${row.join('').trimEnd()}`),
    `${' '.repeat(10)} └${'─'.repeat(span)}`,
    `${' '.repeat(12)}${low}${figureText(across.high, x).padStart(Math.max(1, span - low.length))}`,
  ]
}
