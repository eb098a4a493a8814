import { describe, expect, it } from 'vitest'
import { presets } from '../../src/latency/plan.ts'
import { seeded } from '../../src/latency/random.ts'
import { type SamplingOptions, type Subject, sample, totalOf } from '../../src/latency/sample.ts'

/** A clock that only runs pass. */
class World {
  time = 0
  readonly log: string[] = []
  private running = 0
  overlapped = false

  subject(id: string, timeOf: (run: number) => number): Subject {
    let run = 0
    return {
      id,
      measure: async (runs) => {
        this.running++
        if (this.running > 1) this.overlapped = true
        this.log.push(`${id} ${runs}`)
        const times = Array.from({ length: runs }, () => timeOf(run++))
        await Promise.resolve()
        this.time += times.reduce((sum, one) => sum + one, 0)
        this.running--
        return times.map((model) => ({ model }))
      },
    }
  }

  options(own: Partial<SamplingOptions> = {}): SamplingOptions {
    return { preset: presets.rapid, random: seeded(1), now: () => this.time, ...own }
  }
}

describe('warm-up', () => {
  it('goes on until two windows agree, and its runs do not count', async () => {
    const world = new World()
    // Gets faster for thirty runs.
    const subject = world.subject('cpu', (run) => (run < 30 ? 50 - run : 20))
    const [series] = await sample([subject], world.options())
    expect(series?.warmUp.settled).toBe(true)
    expect(series?.warmUp.runs).toBeGreaterThanOrEqual(30)
    expect(new Set(series?.samples.map(totalOf))).toEqual(new Set([20]))
  })
  it('takes at least ten runs of a fast model', async () => {
    const world = new World()
    const [series] = await sample([world.subject('cpu', () => 1)], world.options())
    expect(series?.warmUp.runs).toBeGreaterThanOrEqual(10)
  })
  it('is short for a slow one', async () => {
    const world = new World()
    const [series] = await sample([world.subject('cpu', () => 2_000)], world.options())
    expect(series?.warmUp).toEqual({ runs: 3, settled: true })
    expect(series?.samples.length).toBe(3)
  })
  it('gives up on what never settles, and says so', async () => {
    const world = new World()
    let window = 0
    const subject = world.subject('cpu', () => 20 * 1.5 ** (Math.floor(window++ / 5) % 7))
    const [series] = await sample([subject], world.options({ preset: presets.rapid }))
    expect(series?.warmUp.settled).toBe(false)
    expect(series?.samples.length).toBeGreaterThan(0)
  })
})

describe('sampling', () => {
  it('ends with the runs of the preset, or with its time', async () => {
    const world = new World()
    const [fast] = await sample([world.subject('cpu', () => 5)], world.options())
    expect(fast?.samples.length).toBe(64)
    const [slow] = await sample([world.subject('cpu', () => 500)], world.options())
    expect(slow?.samples.length).toBeGreaterThanOrEqual(12)
    expect(slow?.samples.length).toBeLessThan(20)
  })
  it('takes turns in random order, never two at once', async () => {
    const world = new World()
    const subjects = [world.subject('cpu', () => 5), world.subject('wasm', () => 9), world.subject('webgpu', () => 2)]
    const series = await sample(subjects, world.options())
    expect(world.overlapped).toBe(false)
    expect(series.map(({ samples }) => samples.length)).toEqual([64, 64, 64])
    const order = world.log.filter((entry) => entry.endsWith(' 8')).map((entry) => entry.split(' ')[0])
    expect(order.length).toBe(24)
    const rounds = Array.from({ length: 8 }, (_, i) => order.slice(i * 3, i * 3 + 3))
    for (const round of rounds) expect([...round].sort()).toEqual(['cpu', 'wasm', 'webgpu'])
    expect(new Set(rounds.map((round) => round.join())).size).toBeGreaterThan(2)
  })
  it('does not count the first run after another runtime had its turn', async () => {
    const world = new World()
    let last = ''
    const cold = (id: string) =>
      world.subject(id, () => {
        const time = last === id ? 5 : 50
        last = id
        return time
      })
    for (const { samples } of await sample([cold('a'), cold('b')], world.options()))
      expect(Math.max(...samples.map(totalOf))).toBe(5)
  })
  it('is the same with the same seed', async () => {
    const logs = []
    for (let i = 0; i < 2; i++) {
      const world = new World()
      await sample([world.subject('a', () => 5), world.subject('b', () => 5)], world.options({ random: seeded(9) }))
      logs.push(world.log)
    }
    expect(logs[0]).toEqual(logs[1])
  })
  it('keeps runs in flight where asked, and counts the time on the wall', async () => {
    let inFlight = 0
    let most = 0
    let now = 0
    const subject: Subject = {
      id: 'cpu',
      async measure(runs) {
        most = Math.max(most, ++inFlight)
        await Promise.resolve()
        if (inFlight > 0) now += runs * 10
        inFlight--
        return Array.from({ length: runs }, () => ({ model: 10 }))
      },
    }
    const [series] = await sample([subject], {
      preset: presets.rapid,
      random: seeded(1),
      concurrency: 4,
      now: () => now,
    })
    expect(most).toBe(4)
    expect(series?.wallTime).toBeGreaterThan(0)
  })
})

describe('what goes wrong', () => {
  it('with one runtime stays with it, and its samples are kept', async () => {
    const world = new World()
    const bad = world.subject('webgpu', (run) => {
      if (run > 40) throw new Error('device lost')
      return 5
    })
    const [good, broken] = await sample([world.subject('cpu', () => 5), bad], world.options())
    expect(good?.samples.length).toBe(64)
    expect(good?.error).toBeNull()
    expect(String(broken?.error)).toContain('device lost')
    expect(broken?.samples.length).toBeGreaterThan(0)
  })
  it('an interruption keeps what there is and says so', async () => {
    const world = new World()
    const abort = new AbortController()
    const subject = world.subject('cpu', (run) => {
      if (run === 30) abort.abort()
      return 5
    })
    const [series] = await sample([subject], world.options({ signal: abort.signal }))
    expect(series?.interrupted).toBe(true)
    expect(series?.error).toBeNull()
    expect(series?.samples.length).toBeGreaterThan(0)
    expect(series?.samples.length).toBeLessThan(64)
  })
  it('progress goes from nothing to all', async () => {
    const world = new World()
    const seen: number[] = []
    await sample([world.subject('cpu', () => 5)], world.options({ onProgress: ({ done }) => seen.push(done) }))
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(1)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })
})
