/**
 * The thresholds of a MultiThreshold: per channel evenly spaced, which moving a factor or a summand into them does not
 * change. Source: qonnx_activation_handlers.py of FINN.
 */
import type { Constant } from './constant.ts'
import { type DataType, isInteger, isSigned, rangeOf } from './datatype.ts'

export interface Thresholds {
  /** Number of channels, or 1. */
  readonly rows: number
  readonly steps: number
  /** First threshold and distance per row; null where they are not evenly spaced or not known. */
  readonly even: { readonly first: readonly number[]; readonly step: readonly number[] } | null
  /** Integer once they were rounded for an integer input; a float type before. */
  type: DataType
  /** What comes out: type, factor and summand. */
  outType: DataType
  scale: number
  bias: number
  layout: 'NCHW' | 'NHWC'
}

/** With another value per channel taken in; null where the number of channels does not fit. */
export function absorbed(
  thresholds: Thresholds,
  constant: Constant,
  change: (threshold: number, value: number) => number,
  scales: boolean,
): Thresholds | null {
  const { rows, even } = thresholds
  const size = constant.shape.reduce((product, dim) => product * dim, 1)
  if (size !== 1 && rows !== 1 && rows !== size) return null
  const count = Math.max(rows, size)
  const values = constant.values
  if (!even || !values) return { ...thresholds, rows: count, even: null }
  const pick = (list: readonly number[], row: number): number => list[list.length === 1 ? 0 : row] as number
  const first: number[] = []
  const step: number[] = []
  for (let row = 0; row < count; row++) {
    const value = pick(values, row)
    first.push(Math.fround(change(pick(even.first, row), value)))
    step.push(scales ? Math.fround(change(pick(even.step, row), value)) : pick(even.step, row))
  }
  return { ...thresholds, rows: count, even: { first, step } }
}

/** Rounded up and clipped to what an integer input can be. Source: round_thresholds.py of FINN 0.10. */
export function roundFor(thresholds: Thresholds, input: DataType): boolean {
  if (!isInteger(input) || isInteger(thresholds.type)) return false
  const { even, steps } = thresholds
  const [low, high] = rangeOf(input)
  const changes =
    !even ||
    even.first.some((first, row) => {
      const step = even.step[row] as number
      const end = Math.ceil(first + step * (steps - 1))
      const start = Math.ceil(first)
      if (!Number.isInteger(first) || (steps > 1 && !Number.isInteger(step))) return true
      return (!isSigned(input) && start < 0) || start < low - 1 || end > high + 1
    })
  if (changes) thresholds.type = input
  return changes
}
