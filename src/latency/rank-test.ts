/**
 * Mann–Whitney rank test of two samples, and the Hodges–Lehmann estimate of the shift between them with its confidence
 * interval: they ask nothing of the distribution, which is what latency needs. Ranks are computed here because the
 * libraries at hand give the rank sum without a p-value.
 */
import { normalCdf, normalQuantile } from './normal.ts'

/** Up to this many samples a side, and without ties, the exact distribution is used. */
const exactLimit = 50

/** Two-sided p-value that `a` and `b` come from one distribution. */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  const { u, ties } = countWins(a, b)
  if (ties.length === 0 && isExact(a, b)) {
    const below = cumulated(a.length, b.length)
    const low = Math.min(u, a.length * b.length - u)
    return Math.min(1, 2 * (below[low] ?? 1))
  }
  const deviation = uDeviation(a.length, b.length, ties)
  if (deviation === 0) return 1
  // Half a step of continuity towards the middle.
  const distance = Math.max(0, Math.abs(u - (a.length * b.length) / 2) - 0.5)
  return Math.min(1, 2 * normalCdf(-distance / deviation))
}

export interface Shift {
  /** Median of all differences `b - a`. */
  readonly estimate: number
  /** The values that the rank test at `1 - level` does not refuse. */
  readonly interval: readonly [number, number]
}

/** By how much `b` lies above `a`. */
export function shiftOf(a: readonly number[], b: readonly number[], level = 0.95): Shift {
  const differences = Float64Array.from(a.flatMap((x) => b.map((y) => y - x))).sort()
  const count = differences.length
  const at = (index: number): number => differences[Math.min(Math.max(index, 0), count - 1)] ?? Number.NaN
  const cut = Math.max(1, criticalU(a.length, b.length, (1 - level) / 2))
  return {
    estimate: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
    interval: [at(cut - 1), at(count - cut)],
  }
}

const isExact = (a: readonly number[], b: readonly number[]): boolean =>
  a.length <= exactLimit && b.length <= exactLimit

/** Pairs in which `a` is the larger one (half of the equal ones), and the sizes of groups of equal values. */
function countWins(a: readonly number[], b: readonly number[]): { u: number; ties: number[] } {
  const pooled = [...a.map((value) => ({ value, own: true })), ...b.map((value) => ({ value, own: false }))]
  pooled.sort((x, y) => x.value - y.value)
  const ties: number[] = []
  let rankSum = 0
  for (let first = 0; first < pooled.length; ) {
    let end = first + 1
    while (pooled[end]?.value === pooled[first]?.value && end < pooled.length) end++
    const rank = (first + 1 + end) / 2
    for (let i = first; i < end; i++) if (pooled[i]?.own) rankSum += rank
    if (end - first > 1) ties.push(end - first)
    first = end
  }
  return { u: rankSum - (a.length * (a.length + 1)) / 2, ties }
}

function uDeviation(m: number, n: number, ties: readonly number[]): number {
  const all = m + n
  const tied = ties.reduce((sum, t) => sum + t ** 3 - t, 0)
  return Math.sqrt(((m * n) / 12) * (all + 1 - tied / (all * (all - 1))))
}

/** `P(U <= u)` for each u, under the hypothesis that both samples come from one distribution. */
function cumulated(m: number, n: number): Float64Array {
  // Ways to choose m of the ranks so that U is u: the coefficients of a Gaussian binomial, one factor at a time.
  const ways = new Float64Array(m * n + 1)
  ways[0] = 1
  for (let i = 1; i <= m; i++) {
    // Multiplies by 1 - q^(n + i), then divides by 1 - q^i.
    for (let u = m * n; u >= n + i; u--) ways[u] = (ways[u] ?? 0) - (ways[u - n - i] ?? 0)
    for (let u = i; u <= m * n; u++) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0)
  }
  const total = ways.reduce((sum, one) => sum + one, 0)
  let sum = 0
  return ways.map((one) => {
    sum += one
    return sum / total
  })
}

/** The smallest u with `P(U <= u) >= tail`. */
function criticalU(m: number, n: number, tail: number): number {
  if (m <= exactLimit && n <= exactLimit) return cumulated(m, n).findIndex((share) => share >= tail)
  return Math.floor((m * n) / 2 + normalQuantile(tail) * uDeviation(m, n, []))
}
