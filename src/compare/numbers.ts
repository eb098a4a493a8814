/** Numbers against numbers: the figures, and the verdict by a tolerance. Non-finite values must stand in the same places. */
import { percentile } from './percentile.ts'
import { leastScale, type Tolerance } from './tolerance.ts'

export type Verdict = 'match' | 'drift' | 'mismatch'

/** The figures of one comparison. What is infinite or was not measured is null. */
export interface Figures {
  readonly verdict: Verdict
  /** Elements compared, and those beyond the error limit. */
  readonly count: number
  readonly mismatched: number
  readonly maxAbs: number | null
  /** Over the elements whose reference is not zero. */
  readonly maxRel: number | null
  readonly mean: number | null
  readonly p99: number | null
  readonly cosine: number | null
  /** Decibels, with the largest |reference| as the peak; null where nothing differs. */
  readonly psnr: number | null
  readonly maxUlp: number | null
  /** Position of the first element beyond the error limit, or else beyond the warning limit. */
  readonly first: number | null
  /** The largest error in units of the error limit: the order of the samples. */
  readonly severity: number
  readonly why: string | null
}

interface Measured {
  readonly length: number
  readonly [at: number]: number
}

export function compareNumbers(
  expected: Measured,
  actual: Measured,
  tolerance: Tolerance,
  ulp: ((at: number) => number) | null = null,
): Figures {
  const { length } = expected
  const scale = largestFinite(expected)
  const limits = limitsOf(tolerance, scale)
  const errors = new Float64Array(length)
  let [sum, squares, maxAbs, maxRel, maxUlp, severity] = [0, 0, 0, 0, 0, 0]
  let [dot, normA, normB, finite] = [0, 0, 0, 0]
  let [beyondDrift, beyondMismatch, stepped] = [0, 0, 0]
  let [firstDrift, firstMismatch] = [-1, -1]
  const odd = new NonFinite()
  for (let i = 0; i < length; i++) {
    const [a, b] = [expected[i] as number, actual[i] as number]
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      if (odd.sees(a, b)) continue
      beyondMismatch++
      if (firstMismatch < 0) firstMismatch = i
      continue
    }
    const error = Math.abs(a - b)
    errors[finite++] = error
    dot += a * b
    normA += a * a
    normB += b * b
    if (error === 0) continue
    sum += error
    squares += error * error
    if (error > maxAbs) maxAbs = error
    if (a !== 0 && error > maxRel * Math.abs(a)) maxRel = error / Math.abs(a)
    if (ulp) maxUlp = Math.max(maxUlp, ulp(i))
    const [drift, mismatch] = limits(a)
    if (mismatch > 0 && error > severity * mismatch) severity = error / mismatch
    if (error > drift) {
      stepped++
      if (firstDrift < 0) firstDrift = i
    }
    if (error > mismatch) {
      beyondMismatch++
      if (firstMismatch < 0) firstMismatch = i
    }
  }
  beyondDrift = tolerance.kind === 'steps' ? tooMany(tolerance, stepped, length, maxAbs) : stepped
  const verdict = beyondMismatch > 0 ? 'mismatch' : beyondDrift > 0 ? 'drift' : 'match'
  const first = firstMismatch >= 0 ? firstMismatch : verdict === 'drift' ? firstDrift : -1
  return {
    verdict,
    count: length,
    mismatched: beyondMismatch,
    maxAbs,
    maxRel,
    mean: finite === 0 ? null : sum / finite,
    p99: maxAbs === 0 ? 0 : percentile(errors.subarray(0, finite), 0.99),
    cosine: cosineOf(dot, normA, normB),
    psnr: squares === 0 || scale === 0 ? null : 10 * Math.log10((scale * scale * finite) / squares),
    maxUlp: ulp ? maxUlp : null,
    first: first < 0 ? null : first,
    severity: odd.differ ? Number.MAX_VALUE : severity,
    why: odd.text(),
  }
}

function largestFinite(values: Measured): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number)
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size
  }
  return largest
}

/** The limits of an element: of drift, and of mismatch. */
function limitsOf(tolerance: Tolerance, scale: number): (reference: number) => readonly [number, number] {
  switch (tolerance.kind) {
    case 'exact':
      return () => [0, 0]
    case 'steps': {
      const { step, most } = tolerance
      const limits = [step / 2, step * (most + 0.01)] as const
      return () => limits
    }
    case 'close': {
      const { drift, mismatch } = tolerance
      const floor = scale === 0 && drift.scaled > 0 ? leastScale : 0
      const [a, b] = [
        Math.max(floor, drift.atol + drift.scaled * scale),
        Math.max(floor, mismatch.atol + mismatch.scaled * scale),
      ]
      return (reference) => [a + drift.rtol * Math.abs(reference), b + mismatch.rtol * Math.abs(reference)]
    }
  }
}

/** Whether more elements are a step away than a few, or one of them is further. */
function tooMany({ few, step }: { few: number; step: number }, stepped: number, count: number, maxAbs: number): number {
  return stepped > Math.max(1, few * count) || maxAbs > step * 1.01 ? stepped : 0
}

/** Two vectors of zeros point the same way; one of zeros and another do not. */
function cosineOf(dot: number, a: number, b: number): number | null {
  if (a === 0 || b === 0) return a === b ? 1 : 0
  const cosine = dot / (Math.sqrt(a) * Math.sqrt(b))
  return Number.isFinite(cosine) ? Math.min(1, cosine) : null
}

class NonFinite {
  differ = false
  private both = 0
  private readonly counts = new Map<string, number>()

  /** Whether both are the same. */
  sees(a: number, b: number): boolean {
    if (Object.is(a, b)) {
      this.both++
      return true
    }
    this.differ = true
    const what = Number.isFinite(a)
      ? `${b} only here`
      : Number.isFinite(b)
        ? `${a} only in the reference`
        : `${b} in place of ${a}`
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
    return false
  }

  text(): string | null {
    const parts = [...this.counts].map(([what, count]) => `${what} (${count} ${count === 1 ? 'element' : 'elements'})`)
    if (this.both > 0) parts.push(`${this.both} not finite on both sides`)
    return parts.length === 0 ? null : parts.join(', ')
  }
}
