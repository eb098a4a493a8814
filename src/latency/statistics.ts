/** Figures of one series of measurements. */
import { medianAbsoluteDeviation, medianSorted, quantileSorted } from 'simple-statistics'
import { seeded } from './random.ts'

export const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** @param ascending sorted, not empty */
export const quantile = (ascending: readonly number[], share: number): number =>
  quantileSorted(ascending as number[], share)

export const median = (values: readonly number[]): number => medianSorted(sorted(values))

/**
 * What a machine does when nobody disturbs it: the 5th percentile. Other programs only ever add time, so that this end
 * of a series repeats from process to process, where the median follows the load: on two cores with a load of ten the
 * medians of 30 processes lay ±36 % apart, their 5th percentiles ±3.5 %.
 */
export const fastEnd = (values: readonly number[]): number => quantile(sorted(values), 0.05)

/** Median distance from the median. */
export const deviation = (values: readonly number[]): number => medianAbsoluteDeviation([...values])

const resamples = 2000

/**
 * 95 % confidence interval of the median by a bootstrap over blocks of neighbours: runs that follow each other are
 * slow or fast together, and a bootstrap over single runs would believe in too narrow an interval.
 */
export function medianInterval(values: readonly number[], seed = 1): [number, number] {
  const count = values.length
  const random = seeded(seed)
  const block = Math.max(1, Math.round(count ** (1 / 3)))
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const rank = new Uint32Array(count)
  for (const [position, index] of order.entries()) rank[index] = position
  const ascending = order.map((index) => values[index] ?? 0)
  const times = new Uint32Array(count)
  const medians = new Float64Array(resamples)
  for (let i = 0; i < resamples; i++) {
    times.fill(0)
    let taken = 0
    while (taken < count) {
      const start = Math.floor(random() * count)
      for (let k = 0; k < block && taken < count; k++, taken++) {
        const at = rank[(start + k) % count] ?? 0
        times[at] = (times[at] ?? 0) + 1
      }
    }
    medians[i] = medianOfCounted(ascending, times)
  }
  const all = [...medians.sort()]
  return [quantile(all, 0.025), quantile(all, 0.975)]
}

/** Median of a sample that holds `ascending[i]` as often as `times[i]` says. */
function medianOfCounted(ascending: readonly number[], times: Uint32Array): number {
  const count = ascending.length
  const lower = Math.floor((count - 1) / 2)
  const upper = Math.floor(count / 2)
  let seen = 0
  let low: number | null = null
  for (let i = 0; i < count; i++) {
    seen += times[i] ?? 0
    if (low === null && seen > lower) low = ascending[i] ?? 0
    if (low !== null && seen > upper) return (low + (ascending[i] ?? 0)) / 2
  }
  return low ?? Number.NaN
}
