/** What a series says, and whether it can be relied on. Nothing is dropped: an outlier stands among the samples. */
import type { Sampled } from '../result/run.ts'
import { deviation, median, medianInterval, quantile, sorted } from './statistics.ts'

/** What a number of milliseconds has to be read with. */
export interface Circumstances {
  /** For the throughput where runs overlap; null: runs one after the other. */
  readonly wallTime: number | null
  readonly settled: boolean
  readonly interrupted: boolean
  /** The GPU is made of software. */
  readonly software: boolean
  /** Cores that other programs kept busy, of how many; null where nobody looked. */
  readonly busy: { readonly cores: number; readonly of: number } | null
}

/** Fewer samples than this say nothing about a quantile. */
const fewest = { median: 5, valid: 10, p90: 100, p99: 1000 }

/** How well the median must be known, how far it may move from one half to the other, and how fine the timer must be. */
const limits = { interval: 0.05, drift: 0.1, timer: 0.05, busy: 0.25 }

/** @param times in the order measured */
export function summarise(times: readonly number[], circumstances: Circumstances): Sampled {
  const n = times.length
  const ascending = sorted(times)
  const at = (share: number, least: number): number | null => (n < least ? null : quantile(ascending, share))
  const sum = times.reduce((total, time) => total + time, 0)
  const wallTime = circumstances.wallTime ?? sum
  const p50ci95 = n < fewest.median ? null : medianInterval(times)
  const reason = whyNotValid(times, p50ci95, circumstances)
  return {
    n,
    p50: at(0.5, 1),
    p50ci95,
    p90: at(0.9, fewest.p90),
    p99: at(0.99, fewest.p99),
    mad: n === 0 ? null : deviation(times),
    throughput: wallTime > 0 ? (n * 1000) / wallTime : null,
    valid: reason === null,
    reason,
    samples: [...times],
  }
}

/** The weightiest reason first: what cannot be mended by measuring longer. */
function whyNotValid(
  times: readonly number[],
  interval: readonly [number, number] | null,
  { software, interrupted, settled, busy }: Circumstances,
): string | null {
  const n = times.length
  if (n === 0) return interrupted ? 'interrupted before anything was measured' : 'nothing was measured'
  if (software) return 'software adapter: its speed says nothing about a device'
  const step = timerStep(times)
  const middle = median(times)
  if (middle === 0 || (step !== null && step > limits.timer * middle))
    return `timer too coarse: it moves in steps of ${milliseconds(step ?? 0)} and a run takes ${milliseconds(middle)}`
  if (n < fewest.valid) return `too few samples: ${n}, at least ${fewest.valid} are needed`
  const drift = driftOf(times)
  if (drift > limits.drift) return `unstable: the median moved by ${share(drift)} from the first half to the second`
  const width = interval ? (interval[1] - interval[0]) / 2 / middle : 0
  if (width > limits.interval) return `unstable: the median is only known to ±${share(width)}`
  if (busy !== null && busy.cores > limits.busy * busy.of)
    return `machine busy: other programs used ${busy.cores.toFixed(1)} of ${busy.of} cores`
  if (!settled) return 'unstable: the warm-up did not settle'
  return null
}

/**
 * The step of the timer, where it can be seen: durations that repeat are multiples of it. Null where hardly any two
 * are equal, as with a fine timer.
 */
function timerStep(times: readonly number[]): number | null {
  const distinct = sorted([...new Set(times.map((time) => Math.round(time * 1e6) / 1e6))])
  if (times.length < 5 || distinct.length > times.length / 2) return null
  const gaps = distinct.slice(1).map((time, i) => time - (distinct[i] ?? 0))
  return gaps.length > 0 ? Math.min(...gaps) : (distinct[0] ?? 0)
}

function driftOf(times: readonly number[]): number {
  const half = Math.floor(times.length / 2)
  const before = median(times.slice(0, half))
  const after = median(times.slice(-half))
  return Math.abs(after - before) / Math.min(before, after)
}

const share = (value: number): string => `${(value * 100).toFixed(0)} %`

const milliseconds = (value: number): string => `${Number(value.toPrecision(2))} ms`
