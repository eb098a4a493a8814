/**
 * Faster, the same, or slower than before? What varies is the process: its memory layout, its threads, the minute that
 * it met. Runs inside one process agree far better with each other than with those of the next, so that a test on them
 * cries wolf. What is compared is the fast end of whole processes (see `fastEnd`), one figure per repetition.
 */
import type { BaselineOutcome, RuntimeBaseline } from '../result/run.ts'
import { studentQuantile } from './normal.ts'
import { rankTest, shiftOf } from './rank-test.ts'
import { median } from './statistics.ts'

export interface VerdictOptions {
  /** Change from which on it counts, as a share. */
  readonly threshold: number
  /** Of the rank test, two-sided: half of it is the most that `slower` is wrong, whatever the noise. */
  readonly level: number
}

export const defaultVerdict: VerdictOptions = { threshold: 0.05, level: 0.01 }

/** With fewer repetitions the spread between processes is not known. */
const fewestRepetitions = 5

/** For one run against a baseline: one time in 200 the noise alone passes it, in either direction. */
const confidence = 0.995

export type Outcome = Omit<RuntimeBaseline, 'id'>

/** @param before and `now`: fast ends of the repetitions, in milliseconds, or ratios of them */
export function compare(before: readonly number[], now: readonly number[], options = defaultVerdict): Outcome {
  const [old, recent] = [before.map(Math.log), now.map(Math.log)]
  if (old.length < fewestRepetitions) {
    const ratio = old.length > 0 && recent.length > 0 ? Math.exp(median(recent) - median(old)) : null
    const held = `the baseline holds ${old.length === 1 ? 'one repetition' : `${old.length} repetitions`}`
    const why = `${held}, which does not tell how far processes lie apart: save it with --repeat 9`
    return { verdict: 'inconclusive', ratio, ratioCi95: null, p: null, threshold: options.threshold, why }
  }
  return recent.length < fewestRepetitions ? single(old, recent, options) : repeated(old, recent, options)
}

/** Enough repetitions on both sides: the rank test decides. */
function repeated(old: readonly number[], recent: readonly number[], { threshold, level }: VerdictOptions): Outcome {
  const { estimate, interval } = shiftOf(old, recent)
  const p = rankTest(old, recent)
  return decide({ estimate, interval, p, isReal: p < level, needed: Math.log1p(threshold) }, threshold)
}

/** Too few to rank: they must lie where the baseline's own processes would hardly ever be, beyond all of them. */
function single(old: readonly number[], recent: readonly number[], { threshold }: VerdictOptions): Outcome {
  const freedom = old.length - 1
  const error = Math.sqrt(squares(old) / freedom) * Math.sqrt(1 / recent.length + 1 / old.length)
  const estimate = median(recent) - median(old)
  const reach = studentQuantile(0.975, freedom) * error
  const noise = studentQuantile(confidence, freedom) * error
  const beyond = Math.min(...recent) > Math.max(...old) || Math.max(...recent) < Math.min(...old)
  const needed = Math.max(Math.log1p(threshold), noise)
  return decide(
    { estimate, interval: [estimate - reach, estimate + reach], p: null, isReal: beyond, needed },
    threshold,
  )
}

interface Evidence {
  /** Logarithms of ratios. */
  readonly estimate: number
  readonly interval: readonly [number, number]
  readonly p: number | null
  /** Beyond what the noise does. */
  readonly isReal: boolean
  /** How much counts, as a logarithm. */
  readonly needed: number
}

function decide({ estimate, interval, p, isReal, needed }: Evidence, wanted: number): Outcome {
  const practical = Math.log1p(wanted)
  const threshold = Math.expm1(needed)
  const [low, high] = interval
  const verdict: BaselineOutcome =
    isReal && Math.abs(estimate) > needed
      ? estimate > 0
        ? 'slower'
        : 'faster'
      : low >= -practical && high <= practical
        ? 'same'
        : 'inconclusive'
  const range = `${signed(low)} to ${signed(high)}`
  const why = {
    slower: `${signed(estimate)} (${range})`,
    faster: `${signed(estimate)} (${range})`,
    same: `${signed(estimate)} (${range}): a change of more than ${percent(wanted)} is ruled out`,
    inconclusive: `${signed(estimate)} (${range}): processes lie too far apart to tell ${percent(wanted)}; changes from ${percent(threshold)} on would be seen`,
    'not-comparable': '',
  }[verdict]
  return { verdict, ratio: Math.exp(estimate), ratioCi95: [Math.exp(low), Math.exp(high)], p, threshold, why }
}

/** Sum of squared distances from the mean. */
function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`

/** Of a logarithm of a ratio: `+12 %`. */
const signed = (logarithm: number): string => {
  const change = Math.expm1(logarithm) * 100
  return `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} %`
}
