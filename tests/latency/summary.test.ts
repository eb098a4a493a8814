import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/latency/random.ts'
import { type Circumstances, summarise } from '../../src/latency/summary.ts'

const quiet: Circumstances = { wallTime: null, settled: true, interrupted: false, software: false, busy: null }

const noisy = (n: number, spread = 0.02, base = 5): number[] => {
  const random = seeded(n)
  return Array.from({ length: n }, () => base * (1 + spread * random()))
}

describe('summary', () => {
  it('gives quantiles only from as many samples as they need', () => {
    const few = summarise(noisy(64), quiet)
    expect(few.p90).toBeNull()
    expect(few.p50ci95?.[0]).toBeLessThanOrEqual(few.p50 ?? 0)
    expect(summarise(noisy(128), quiet)).toMatchObject({ p99: null, p90: expect.any(Number) })
    expect(summarise(noisy(1024), quiet).p99).toBeGreaterThan(5)
  })
  it('reports outliers and does not drop them', () => {
    const times = [...noisy(99), 500]
    const { samples, p50, throughput } = summarise(times, quiet)
    expect(samples).toEqual(times)
    expect(p50).toBeLessThan(5.2)
    expect(throughput).toBeLessThan(105)
  })
  it('counts runs in flight by the clock on the wall', () => {
    expect(summarise(noisy(100), { ...quiet, wallTime: 100 }).throughput).toBe(1000)
  })

  const reason = (times: number[], own: Partial<Circumstances> = {}) => summarise(times, { ...quiet, ...own }).reason
  it('is valid in quiet circumstances', () => expect(reason(noisy(64))).toBeNull())
  it('says why it is not', () => {
    expect(reason([])).toBe('nothing was measured')
    expect(reason([], { interrupted: true })).toContain('interrupted')
    expect(reason(noisy(4))).toContain('too few samples: 4')
    expect(reason(noisy(64), { software: true })).toContain('software adapter')
    expect(reason(noisy(64), { settled: false })).toContain('warm-up')
    expect(reason(noisy(64), { busy: { cores: 1.4, of: 2 } })).toBe('machine busy: other programs used 1.4 of 2 cores')
    expect(reason(noisy(64), { busy: { cores: 0.1, of: 2 } })).toBeNull()
    expect(reason([...noisy(32), ...noisy(32, 0.02, 6)])).toContain('moved by 20 %')
    expect(reason(noisy(64, 1.5))).toContain('unstable')
  })
  it('sees a timer that is too coarse', () => {
    const coarse = noisy(64, 0.5, 0.3).map((time) => Math.round(time * 10) / 10)
    expect(reason(coarse)).toContain('timer too coarse: it moves in steps of 0.1 ms')
    expect(reason(new Array(64).fill(0))).toContain('timer too coarse')
    // The same step is fine for a slow model.
    expect(reason(noisy(64, 0.02, 300).map((time) => Math.round(time * 10) / 10))).toBeNull()
  })
})
