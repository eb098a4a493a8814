/** What a flow says of its layers: how each can be folded, and what it takes. */
import type { LayerFigures, TargetResult } from '../result/result.ts'
import { count } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { type Column, type Row, table } from './table.ts'
import { safe } from './text.ts'

/** Layers shown in full; what is behind them stands in the JSON. */
const shownLayers = 12

/** A table of the layers, with a column for each figure that one of them has. */
export function layerLines({ layers = [] }: TargetResult, { style }: ReportOptions): string[] {
  const names = [...new Set(layers.flatMap(({ figures }) => Object.keys(figures)))]
  const head: Column[] = [
    { title: 'LAYER', max: 32 },
    { title: 'OP' },
    ...names.map((name): Column => ({ title: safe(name, 24).toUpperCase(), align: 'right' })),
  ]
  const rows: Row[] = layers
    .slice(0, shownLayers)
    .map(({ node, name, op, figures }) => [
      { text: safe(`#${node}${name && ` ${name}`}`, 80) },
      { text: safe(op, 30) },
      ...names.map((figure) => ({ text: figureText(figures[figure]) })),
    ])
  const lines = table(head, rows, style.dim)
  const more = layers.length - shownLayers
  return more > 0 ? [...lines, style.dim(`and ${count(more)} more (--format json)`)] : lines
}

/** Of a long list the first, and how far it goes: `1, 2, 3, 4, … 4,608`. */
function figureText(figure: LayerFigures['figures'][string] | undefined): string {
  if (figure === undefined) return ''
  if (typeof figure === 'string') return safe(figure, 30)
  if (typeof figure === 'number') return count(figure)
  const last = figure.at(-1)
  if (figure.length <= 6 || last === undefined) return figure.map(count).join(', ')
  return `${figure.slice(0, 4).map(count).join(', ')}, … ${count(last)}`
}
