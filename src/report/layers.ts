/** What a flow says of its layers: how each can be folded, and what it takes. */
import type { LayerFigures, TargetResult } from '../result/result.ts'
import { count } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { type Column, labelled, type Row, table } from './table.ts'
import { safe, columns as widthOf } from './text.ts'

/** Layers shown in full; what is behind them stands in the JSON. */
const shownLayers = 12

/** A table of the layers, with a column for each figure that one of them has; where that is too wide, a list. */
export function layerLines({ layers = [] }: TargetResult, options: ReportOptions): string[] {
  const { style, columns } = options
  const shown = layers.slice(0, shownLayers)
  const asTable = layerTable(shown, layers, options)
  const lines = Math.max(...asTable.map(widthOf)) <= columns ? asTable : layerList(shown, options)
  const more = layers.length - shownLayers
  return more > 0 ? [...lines, style.dim(`and ${count(more)} more (--format json)`)] : lines
}

function layerTable(shown: readonly LayerFigures[], layers: readonly LayerFigures[], { style }: ReportOptions) {
  const names = [...new Set(layers.flatMap(({ figures }) => Object.keys(figures)))]
  const head: Column[] = [
    { title: 'LAYER', max: 32 },
    { title: 'OP' },
    ...names.map((name): Column => ({ title: safe(name, 24).toUpperCase().replaceAll(' ', '\n'), align: 'right' })),
  ]
  const rows = shown.map(
    (layer): Row => [
      { text: titleOf(layer) },
      { text: safe(layer.op, 30) },
      ...names.map((figure) => ({ text: figureText(layer.figures[figure]) })),
    ],
  )
  return table(head, rows, style.dim)
}

/** A paragraph for each layer: what it becomes, and the figures of that. */
function layerList(shown: readonly LayerFigures[], { style, columns }: ReportOptions): string[] {
  const labelWidth = Math.max(...shown.map(({ op }) => widthOf(safe(op, 30)))) + 2
  return shown.flatMap((layer, i) => {
    const figures = Object.entries(layer.figures).map(([name, figure]) => `${safe(name, 40)} ${figureText(figure)}`)
    const isNew = shown[i - 1]?.node !== layer.node
    return [
      ...(isNew ? [titleOf(layer)] : []),
      ...labelled(safe(layer.op, 30), figures.join(' · '), { width: columns, indent: 2, labelWidth, paint: style.dim }),
    ]
  })
}

const titleOf = ({ node, name }: LayerFigures): string => safe(`#${node}${name && ` ${name}`}`, 60)

/** Of a long list the first, and how far it goes: `1, 2, 3, 4, … 4,608`. */
function figureText(figure: LayerFigures['figures'][string] | undefined): string {
  if (figure === undefined) return ''
  if (typeof figure === 'string') return safe(figure, 30)
  if (typeof figure === 'number') return count(figure)
  const last = figure.at(-1)
  if (figure.length <= 6 || last === undefined) return figure.map(count).join(', ')
  return `${figure.slice(0, 4).map(count).join(', ')}, … ${count(last)}`
}
