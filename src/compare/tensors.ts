/** Tensor against tensor. */
import type { Mismatch } from '../result/run.ts'
import { countOf } from '../tensors/arrays.ts'
import type { Tensor } from '../tensors/tensor.ts'
import { indexOf, isBig, numbersOf, ulpDistance } from './elements.ts'
import { compareNumbers, type Figures } from './numbers.ts'
import type { Tolerance } from './tolerance.ts'

export interface Comparison extends Figures {
  readonly at: Omit<Mismatch, 'sample'> | null
}

/** The figures of what cannot be compared element by element. */
export const incomparable = (why: string, count = 0): Comparison => ({
  verdict: 'mismatch',
  count,
  mismatched: count,
  maxAbs: null,
  maxRel: null,
  mean: null,
  p99: null,
  cosine: null,
  psnr: null,
  maxUlp: null,
  first: null,
  severity: Number.MAX_VALUE,
  why,
  at: null,
})

/** @param actual undefined where it is missing */
export function compareTensors(expected: Tensor, actual: Tensor | undefined, tolerance: Tolerance): Comparison {
  if (!actual) return incomparable('missing')
  if (actual.dtype !== expected.dtype)
    return incomparable(`the type is ${actual.dtype}, not ${expected.dtype}`, countOf(expected.dims))
  if (actual.dims.join() !== expected.dims.join())
    return incomparable(
      `the shape is [${actual.dims.join(', ')}], not [${expected.dims.join(', ')}]`,
      countOf(expected.dims),
    )
  const [a, b] = [numbersOf(expected), numbersOf(actual)]
  const figures =
    a && b
      ? compareNumbers(a, b, tolerance, ulpDistance(expected, actual))
      : isBig(expected.data) && isBig(actual.data)
        ? compareExact(expected.data, actual.data, (x, y) => Math.abs(Number(BigInt(x) - BigInt(y))))
        : compareExact(expected.data as readonly string[], actual.data as readonly string[], () => null)
  const { first } = figures
  return {
    ...figures,
    at:
      first === null
        ? null
        : {
            index: indexOf(first, expected.dims),
            expected: plainAt(expected, a, first),
            actual: plainAt(actual, b, first),
          },
  }
}

/** Values that are equal or not. `difference`: null where it is no number. */
function compareExact<T>(
  expected: ArrayLike<T>,
  actual: ArrayLike<T>,
  difference: (a: T, b: T) => number | null,
): Figures {
  let [mismatched, first, maxAbs, sum] = [0, -1, 0, 0]
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [expected[i] as T, actual[i] as T]
    if (a === b) continue
    if (first < 0) first = i
    mismatched++
    const error = difference(a, b) ?? 1
    maxAbs = Math.max(maxAbs, error)
    sum += error
  }
  const numeric = expected.length > 0 && typeof expected[0] !== 'string'
  return {
    verdict: mismatched > 0 ? 'mismatch' : 'match',
    count: expected.length,
    mismatched,
    maxAbs: numeric ? maxAbs : null,
    maxRel: null,
    mean: numeric ? sum / expected.length : null,
    p99: null,
    cosine: null,
    psnr: null,
    maxUlp: null,
    first: first < 0 ? null : first,
    severity: mismatched > 0 ? Number.MAX_VALUE : 0,
    why: null,
  }
}

function plainAt({ data }: Tensor, numbers: ArrayLike<number> | null, at: number): number | string | null {
  const value = numbers ? numbers[at] : data[at]
  if (value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return typeof value === 'string' || Number.isFinite(value) ? value : String(value)
}

/** What is odd about an output, whatever the others say; null where nothing is. */
export function oddity(tensor: Tensor): 'constant' | 'zero' | 'not-finite' | null {
  const numbers = numbersOf(tensor)
  if (!numbers || numbers.length === 0) return null
  const first = numbers[0] as number
  let constant = numbers.length > 1
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number
    if (!Number.isFinite(value)) return 'not-finite'
    if (value !== first) constant = false
  }
  if (!constant) return null
  return first === 0 ? 'zero' : 'constant'
}
