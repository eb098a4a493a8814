/** Ranges of operator versions: `"11.."`, `"8..9"`, `"..12"`, `"13"`. */
import { Problem } from '../result/problem.ts'

export interface Range {
  readonly from: number
  /** Infinity where the range is open. */
  readonly to: number
}

const everything: Range = { from: 0, to: Number.POSITIVE_INFINITY }
export const rangePattern = '^([1-9]\\d*\\.\\.([1-9]\\d*)?|\\.\\.[1-9]\\d*|[1-9]\\d*)$'
const pattern = new RegExp(rangePattern)

/** Undefined stands for every version. */
export function parseRange(text: string | undefined): Range {
  if (text === undefined) return everything
  if (!pattern.test(text))
    throw new Problem('bad-profile', `since ${JSON.stringify(text.slice(0, 40))} is not a range of versions`, {
      expected: '"11..", "8..9", "..12" or "13"',
    })
  const [from = '', to] = text.split('..')
  if (to === undefined) return { from: Number(from), to: Number(from) }
  return { from: from === '' ? 0 : Number(from), to: to === '' ? everything.to : Number(to) }
}

export const includes = (range: Range, version: number): boolean => version >= range.from && version <= range.to

export const overlap = (a: Range, b: Range): boolean => a.from <= b.to && b.from <= a.to

export const rangeText = ({ from, to }: Range): string =>
  from === to ? String(from) : to === everything.to ? (from === 0 ? 'all' : `${from} and later`) : `${from} to ${to}`
