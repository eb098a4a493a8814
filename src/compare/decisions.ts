/**
 * What an output decides: the order of the highest scores. Scores that lie closer together than two errors within
 * tolerance are a tie, and a tie may fall either way.
 */
import type { Tensor } from '../tensors/tensor.ts'
import { numbersOf } from './elements.ts'
import { leastScale, type Tolerance } from './tolerance.ts'

export interface DecisionChange {
  /** Which of the rows of scores. */
  readonly row: number
  /** 0: the arg-max. */
  readonly rank: number
  readonly expected: number
  readonly actual: number
  /** By how much the reference prefers its own. */
  readonly margin: number
}

const ranks = 5

/** Whether the rows of a tensor are scores to choose from: floats, along the last axis, of one or two axes that count. */
export const isScores = ({ dtype, dims }: Pick<Tensor, 'dtype' | 'dims'>): boolean =>
  dtype.includes('float') &&
  !dtype.startsWith('float8') &&
  (dims.at(-1) ?? 0) >= 2 &&
  dims.filter((dim) => dim !== 1).length <= 2

/** The first change among the `ranks` highest scores of each row; null where all decide the same. */
export function changedDecision(expected: Tensor, actual: Tensor, tolerance: Tolerance): DecisionChange | null {
  const [a, b] = [numbersOf(expected), numbersOf(actual)]
  const width = expected.dims.at(-1) ?? 0
  if (!a || !b || a.length !== b.length || width < 2) return null
  const tie = tieWidth(tolerance, a)
  for (let start = 0; start < a.length; start += width) {
    const [first, second] = [highest(a, start, width), highest(b, start, width)]
    for (const [rank, at] of first.entries()) {
      const other = second[rank] as number
      const margin = Math.abs((a[start + at] as number) - (a[start + other] as number))
      if (at === other || margin <= tie(a[start + at] as number)) continue
      // The last of the ranks may be exchanged with one below it: that is a change, too, unless it is a tie.
      return { row: start / width, rank, expected: at, actual: other, margin }
    }
  }
  return null
}

/** Positions of the highest scores, highest first; of equal ones the first comes first. */
function highest(values: ArrayLike<number>, start: number, width: number): number[] {
  const best: number[] = []
  for (let i = 0; i < width; i++) {
    const value = values[start + i] as number
    let at = best.length
    while (at > 0 && value > (values[start + (best[at - 1] as number)] as number)) at--
    if (at >= ranks) continue
    best.splice(at, 0, i)
    if (best.length > ranks) best.pop()
  }
  return best
}

function tieWidth(tolerance: Tolerance, values: ArrayLike<number>): (value: number) => number {
  if (tolerance.kind === 'exact') return () => 0
  if (tolerance.kind === 'steps') return () => 2 * tolerance.step
  let scale = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number)
    if (size > scale && Number.isFinite(size)) scale = size
  }
  const { atol, scaled, rtol } = tolerance.drift
  const fixed = scale === 0 ? leastScale : atol + scaled * scale
  return (value) => 2 * (fixed + rtol * Math.abs(value))
}
