/** Text tables: columns as wide as their content, colours put on after measuring. */
import { columns, padEnd, shorten, wrap } from './text.ts'

export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface Column {
  /** Of several lines where it has line ends. */
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Wider cells are shortened in the middle. */
  readonly max?: number
}

/** A row of cells, or a heading that stands alone on its line. */
export type Row = readonly Cell[] | string

const gap = '  '

/** The lines of a table, header first; `titlePaint` colours the header. Nothing is padded at the end of a line. */
export function table(head: readonly Column[], rows: readonly Row[], titlePaint: (text: string) => string): string[] {
  const cells = rows.filter((row): row is readonly Cell[] => typeof row !== 'string')
  const widths = head.map((column, i) => {
    const title = Math.max(...column.title.split('\n').map(columns))
    const wanted = Math.max(title, ...cells.map((row) => columns(row[i]?.text ?? '')))
    return Math.min(wanted, Math.max(column.max ?? wanted, title))
  })
  const line = (row: readonly Cell[]): string => {
    let text = ''
    let pending = ''
    head.forEach((column, i) => {
      const { text: raw = '', paint = (t: string) => t } = row[i] ?? { text: '' }
      const width = widths[i] ?? 0
      const shown = shorten(raw, width)
      const room = ' '.repeat(Math.max(0, width - columns(shown)))
      const [before, after] = column.align === 'right' ? [room, ''] : ['', room]
      if (shown !== '') {
        text += pending + before + paint(shown)
        pending = after + gap
      } else pending += before + after + gap
    })
    return text
  }
  return [
    ...titleRows(head).map((titles) => titlePaint(line(titles))),
    ...rows.map((row) => (typeof row === 'string' ? row : line(row))),
  ]
}

/** Titles of fewer lines than others stand below. */
function titleRows(head: readonly Column[]): Cell[][] {
  const titles = head.map(({ title }) => title.split('\n'))
  const height = Math.max(...titles.map(({ length }) => length))
  return Array.from({ length: height }, (_, row) =>
    titles.map((lines) => ({ text: lines[row - height + lines.length] ?? '' })),
  )
}

/** `label  text`, the text wrapped beside its label. */
export function labelled(
  label: string,
  text: string,
  { width, indent, labelWidth, paint = (t) => t }: LabelStyle,
): string[] {
  const room = Math.max(20, width - indent - labelWidth)
  return wrap(text, room).map(
    (line, i) => ' '.repeat(indent) + (i === 0 ? paint(padEnd(label, labelWidth)) : ' '.repeat(labelWidth)) + line,
  )
}

interface LabelStyle {
  readonly width: number
  readonly indent: number
  readonly labelWidth: number
  readonly paint?: (text: string) => string
}
