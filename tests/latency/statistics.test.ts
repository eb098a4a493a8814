import { describe, expect, it } from 'vitest'
import { normalCdf, normalQuantile, studentQuantile } from '../../src/latency/normal.ts'
import { seeded, shuffled } from '../../src/latency/random.ts'
import { rankTest, shiftOf } from '../../src/latency/rank-test.ts'
import { deviation, median, medianInterval, quantile, sorted } from '../../src/latency/statistics.ts'

// Expected values: SciPy 1.17.1, and the example of Hollander and Wolfe, Nonparametric Statistical Methods, section 4.1.
const permeability = {
  atTerm: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
  earlier: [1.15, 0.88, 0.9, 0.74, 1.21],
}

describe('quantiles', () => {
  const x = [3.1, 2.7, 9.9, 3.0, 3.3, 2.9, 3.2, 4.0, 3.05, 2.95]
  it('are those of NumPy', () => {
    expect(median(x)).toBeCloseTo(3.075, 12)
    expect(quantile(sorted(x), 0.9)).toBeCloseTo(4.59, 12)
    expect(deviation(x)).toBeCloseTo(0.15, 12)
  })
  it('leave their argument alone', () => {
    const before = [...x]
    median(x)
    deviation(x)
    expect(x).toEqual(before)
  })
})

describe('normal and t', () => {
  it('agree with SciPy', () => {
    for (const [z, p] of [
      [-6, 9.865876450376946e-10],
      [-3, 0.0013498980316300933],
      [-1.96, 0.024997895148220435],
      [0, 0.5],
      [1, 0.8413447460685429],
      [4, 0.9999683287581669],
    ] as const)
      expect(normalCdf(z) / p).toBeCloseTo(1, 9)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 9)
  })
  it('t from four degrees of freedom on', () => {
    for (const [freedom, t] of [
      [4, 3.746947387979196],
      [8, 2.896459447709622],
      [16, 2.5834871852759904],
      [30, 2.457261542400591],
    ] as const)
      expect(studentQuantile(0.99, freedom) / t).toBeCloseTo(1, 2)
  })
})

describe('rank test', () => {
  it('is exact for small samples', () => {
    expect(rankTest(permeability.atTerm, permeability.earlier)).toBeCloseTo(0.2544122544122544, 12)
    const a = [1, 3, 5, 7, 9, 11, 13, 15, 17]
    const b = [2.5, 8, 10, 12, 14, 16, 18, 19, 20]
    expect(rankTest(a, b)).toBeCloseTo(0.13591114767585355, 12)
  })
  it('corrects for ties', () => {
    const a = [1, 2, 2, 3, 4, 5, 5, 5, 6]
    const b = [2, 3, 5, 6, 6, 7, 8, 8, 9]
    expect(rankTest(a, b)).toBeCloseTo(0.032236416459589495, 9)
  })
  it('says nothing where all is equal', () => expect(rankTest([1, 1, 1], [1, 1, 1])).toBe(1))
  it('does not care which sample is first', () =>
    expect(rankTest(permeability.earlier, permeability.atTerm)).toBeCloseTo(0.2544122544122544, 12))
})

describe('shift', () => {
  it('is that of Hodges and Lehmann', () => {
    const { estimate, interval } = shiftOf(permeability.earlier, permeability.atTerm)
    expect(estimate).toBeCloseTo(0.305, 12)
    expect(interval[0]).toBeCloseTo(-0.15, 12)
    expect(interval[1]).toBeCloseTo(0.76, 12)
  })
  it('covers the truth as often as it says', () => {
    const random = seeded(8)
    const draw = () => Array.from({ length: 9 }, () => normalQuantile(random() || 0.5))
    let covered = 0
    for (let i = 0; i < 4000; i++) {
      const { interval } = shiftOf(draw(), draw())
      if (interval[0] <= 0 && 0 <= interval[1]) covered++
    }
    expect(covered / 4000).toBeGreaterThan(0.95)
  })
})

describe('interval of the median', () => {
  it('holds the median of a skewed sample', () => {
    const random = seeded(3)
    const values = Array.from({ length: 200 }, () => 5 + random() ** 4)
    const [low, high] = medianInterval(values)
    expect(low).toBeLessThan(median(values))
    expect(high).toBeGreaterThan(median(values))
    expect(medianInterval(values)).toEqual([low, high])
  })
  it('is wider where neighbours hang together', () => {
    const random = seeded(5)
    const values = Array.from({ length: 240 }, () => 5 + random())
    const width = ([low, high]: [number, number]) => high - low
    // The same values, sorted into four slow phases.
    const phases = sorted(values)
    expect(width(medianInterval(phases))).toBeGreaterThan(1.3 * width(medianInterval(values)))
  })
  it('of equal values has no width', () => expect(medianInterval([2, 2, 2, 2])).toEqual([2, 2]))
})

describe('random', () => {
  it('repeats with its seed', () => {
    expect(shuffled([1, 2, 3, 4, 5], seeded(1))).toEqual(shuffled([1, 2, 3, 4, 5], seeded(1)))
  })
  it('is even', () => {
    const random = seeded(42)
    const bins = new Array(10).fill(0)
    for (let i = 0; i < 10_000; i++) bins[Math.floor(random() * 10)]++
    for (const bin of bins) expect(Math.abs(bin - 1000)).toBeLessThan(120)
  })
})
