/** Candidates of a comparison in words: what every report says of them. */
import type { Candidate, Comparison, ComparisonColumn } from '../result/result.ts'
import { bytes, percent, quantity } from './numbers.ts'

/** Without its folder and its ending. */
export const baseName = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.onnx$/, '')

/** `301 M`, `12.5 ms`, `94.2%`; `?` where it is not known. */
export function figureText(value: number | null, { unit, id }: ComparisonColumn): string {
  if (value === null) return '?'
  if (unit === 'bytes') return bytes(value)
  if (unit === 'share') return percent(value)
  if (unit === 'ms') return `${Number(value.toPrecision(3))} ms`
  return id.startsWith('metric:') ? String(Number(value.toPrecision(4))) : quantity(value)
}

/** The two columns of a picture: cost to the right, quality upwards where there is some, else another cost. */
export function axesOf({
  columns,
  candidates,
}: Comparison): { readonly x: ComparisonColumn; readonly y: ComparisonColumn } | null {
  const varied = columns.filter(({ id }) => new Set(candidates.flatMap(({ values }) => values[id] ?? [])).size > 1)
  const first = (...starts: string[]) =>
    starts.map((start) => varied.find(({ id }) => id.startsWith(start))).find((one) => one !== undefined)
  const x = first('p50:', 'macs')
  const y = first('metric:', 'coverage:', 'params', 'bytes', 'macs', 'memory:')
  return x && y && x !== y ? { x, y } : null
}

/** The best value of a column; null where all have the same. */
export function bestOf({ id, better }: ComparisonColumn, candidates: readonly Candidate[]): number | null {
  const values = candidates.flatMap(({ values: all }) => all[id] ?? [])
  if (new Set(values).size < 2) return null
  return better === 'less' ? Math.min(...values) : Math.max(...values)
}

/** Whether it is on the front, and who beats it otherwise. @param called how candidates are called, by their path */
export const standing = (
  { isOnFront, dominatedBy }: Candidate,
  called: (path: string) => string = (path) => path,
): string =>
  isOnFront
    ? 'nothing beats it in every column'
    : `as good or better in every column: ${dominatedBy.map(called).join(', ')}`

/** `macs 301 M, bytes 1.1 MB` */
export const figuresText = ({ values }: Candidate, columns: readonly ComparisonColumn[]): string =>
  columns.map((column) => `${column.id} ${figureText(values[column.id] ?? null, column)}`).join(', ')
