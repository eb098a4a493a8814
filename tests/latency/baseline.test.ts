import { describe, expect, it } from 'vitest'
import { againstBaseline } from '../../src/latency/baseline.ts'
import { type Baseline, baselineText, parseBaseline } from '../../src/latency/baseline-file.ts'
import { seeded } from '../../src/latency/random.ts'
import { compare } from '../../src/latency/verdict.ts'
import { Problem } from '../../src/result/problem.ts'
import type { Environment, RunResult } from '../../src/result/run.ts'
import { aRun, aRuntime } from './a-run.ts'

/** Medians of processes that lie apart by `spread`. */
function processes(count: number, base: number, seed = 1, spread = 0.02): number[] {
  const random = seeded(seed)
  return Array.from({ length: count }, () => base * (1 + spread * (random() - 0.5)))
}

const baselineOf = (...runs: RunResult[]): Baseline => parseBaseline(baselineText(runs), 'base.json')
const verdictOf = (now: RunResult, before: RunResult, options = {}) =>
  againstBaseline(now, baselineOf(before), 'base.json', options)

const cpu = (repetitions: number[], own = {}) => aRun({ runtimes: [aRuntime('cpu', { repetitions, ...own })] })

describe('with repetitions', () => {
  const before = cpu(processes(9, 5))
  it('the same is the same', () => {
    const { verdict, runtimes } = verdictOf(cpu(processes(9, 5, 2)), before)
    expect(verdict).toBe('same')
    expect(runtimes[0]?.why).toContain('a change of more than 5 % is ruled out')
  })
  it('a tenth slower is slower, a tenth faster is faster', () => {
    const slower = verdictOf(cpu(processes(9, 5.5, 2)), before)
    expect(slower.verdict).toBe('slower')
    expect(slower.runtimes[0]?.ratio).toBeCloseTo(1.1, 1)
    expect(slower.runtimes[0]?.p).toBeLessThan(0.01)
    expect(verdictOf(cpu(processes(9, 4.5, 2)), before).verdict).toBe('faster')
  })
  it('a change that is real and small does not count', () =>
    expect(verdictOf(cpu(processes(9, 5.1, 2)), before).verdict).toBe('same'))
  it('processes that lie far apart leave it open, and the change that would be seen is said', () => {
    const { verdict, runtimes } = verdictOf(cpu(processes(9, 5.2, 2, 0.6)), cpu(processes(9, 5, 1, 0.6)))
    expect(verdict).toBe('inconclusive')
    expect(runtimes[0]?.why).toContain('too far apart')
  })
})

describe('a single run', () => {
  const before = cpu(processes(9, 5))
  it('is held against the spread between the processes of the baseline', () => {
    expect(verdictOf(cpu([5.02]), before).verdict).not.toBe('slower')
    expect(verdictOf(cpu([6]), before).verdict).toBe('slower')
    expect(verdictOf(cpu([5.6]), cpu(processes(9, 5, 1, 0.3))).verdict).toBe('inconclusive')
  })
  it('that is not valid fails nothing', () => {
    const { verdict, runtimes } = verdictOf(cpu([9], { reason: 'machine busy' }), before)
    expect(verdict).toBe('inconclusive')
    expect(runtimes[0]?.why).toContain('machine busy')
  })
  it('against a single run says what is missing', () => {
    const { verdict, runtimes } = verdictOf(cpu([50]), cpu([5]))
    expect(verdict).toBe('inconclusive')
    expect(runtimes[0]?.why).toContain('--repeat 9')
    expect(runtimes[0]?.ratio).toBeCloseTo(10, 5)
  })
})

describe('what cannot be compared', () => {
  const before = cpu(processes(9, 5))
  const on = (own: Partial<Environment>) => {
    const run = cpu(processes(9, 9))
    return { ...run, environment: { ...run.environment, ...own } }
  }
  it('another machine', () => {
    const { verdict, runtimes } = verdictOf(on({ cpu: 'Other 9000' }), before)
    expect(verdict).toBe('not-comparable')
    expect(runtimes[0]?.why).toContain('Other 9000')
    expect(runtimes[0]?.why).toContain('--relative-to')
  })
  it('but another Node or another build of the model is compared, and named', () => {
    const { verdict, runtimes } = verdictOf(on({ node: '26.1.0', model: 'ffff' }), before)
    expect(verdict).toBe('slower')
    expect(runtimes[0]?.why).toContain('the model file changed')
    expect(runtimes[0]?.why).toContain('26.1.0')
  })
  it('a software adapter, another adapter, another concurrency, a runtime that is new', () => {
    const gpu = (own: object) =>
      aRun({ runtimes: [aRuntime('webgpu', { repetitions: processes(9, 9), adapter: 'A', ...own })] })
    const old = aRun({ runtimes: [aRuntime('webgpu', { repetitions: processes(9, 5), adapter: 'A' })] })
    expect(verdictOf(gpu({}), old).verdict).toBe('slower')
    expect(verdictOf(gpu({ software: true }), old).verdict).toBe('not-comparable')
    expect(verdictOf(gpu({ adapter: 'B' }), old).verdict).toBe('not-comparable')
    expect(verdictOf(gpu({ concurrency: 4 }), old).verdict).toBe('not-comparable')
    expect(verdictOf(gpu({}), before).runtimes[0]?.why).toContain('the baseline has no webgpu')
  })
})

describe('relative to another runtime', () => {
  const pair = (cpuBase: number, wasmBase: number, own: Partial<Environment> = {}): RunResult => {
    const run = aRun({
      runtimes: [
        aRuntime('cpu', { repetitions: processes(9, cpuBase, 3) }),
        aRuntime('wasm', { repetitions: processes(9, wasmBase, 4) }),
      ],
    })
    return { ...run, environment: { ...run.environment, ...own } }
  }
  const elsewhere = { cpu: 'Other 9000', cores: 64 }
  it('a machine of twice the speed changes nothing', () =>
    expect(verdictOf(pair(5, 20, elsewhere), pair(10, 40), { relativeTo: 'cpu' }).verdict).toBe('same'))
  it('a runtime that lost a fifth is found on another machine', () => {
    const { verdict, runtimes } = verdictOf(pair(5, 24, elsewhere), pair(10, 40), { relativeTo: 'cpu' })
    expect(verdict).toBe('slower')
    expect(runtimes.map(({ id }) => id)).toEqual(['wasm'])
  })
  it('needs that runtime on both sides', () =>
    expect(verdictOf(pair(5, 20), pair(5, 20), { relativeTo: 'webgpu' }).verdict).toBe('not-comparable'))
})

describe('the file', () => {
  it('tells models of one name apart, from whichever folder it is read', () => {
    const of = (model: string, ms: number) => aRun({ model, runtimes: [aRuntime('cpu', { repetitions: [ms] })] })
    const baseline = baselineOf(of('a/m.onnx', 5), of('b/m.onnx', 50), of('c.onnx', 500))
    expect(baseline.entries.map(({ model }) => model)).toEqual(['a/m.onnx', 'b/m.onnx', 'c.onnx'])
    const entryOf = (model: string) =>
      againstBaseline(of(model, 50), baseline, 'base.json').runtimes[0]?.ratio?.toFixed(3)
    expect([entryOf('a/m.onnx'), entryOf('/elsewhere/b/m.onnx'), entryOf('other/c.onnx')]).toEqual([
      '10.000',
      '1.000',
      '0.100',
    ])
  })
  const good = baselineText([cpu([5])])
  const problem = (text: string, run = cpu([5])): Problem => {
    try {
      againstBaseline(run, parseBaseline(text, 'base.json'), 'base.json')
    } catch (error) {
      return error as Problem
    }
    throw new Error('was taken')
  }
  it('holds what was measured, and no folders', () => {
    const [entry] = parseBaseline(good, 'base.json').entries
    expect(entry).toMatchObject({ model: 'kws.onnx', wrapper: null, runtimes: [{ id: 'cpu', repetitions: [5] }] })
  })
  it('leaves out what ran on a software adapter', () =>
    expect(baselineOf(cpu([5], { software: true })).entries[0]?.runtimes).toEqual([]))
  it('broken, of another kind or another version: said with what to do', () => {
    for (const [text, code] of [
      ['{"format": "deploy', 'baseline-broken'],
      ['[]', 'baseline-broken'],
      ['{"schemaVersion": 1, "models": []}', 'baseline-broken'],
      [good.replace('"version": 1', '"version": 7'), 'baseline-version'],
      [good.replace('"entries": [', '"entries": [null,'), 'baseline-broken'],
      [good.replace(/"repetitions": \[\s*5\s*\]/, '"repetitions": ["fast"]'), 'baseline-broken'],
      [good.replace('"cores": 2', '"cores": -2'), 'baseline-broken'],
    ] as const) {
      const found = problem(text)
      expect(found).toBeInstanceOf(Problem)
      expect([text.slice(0, 40), found.code]).toEqual([text.slice(0, 40), code])
      expect(found.details.fix).toBeTruthy()
    }
  })
  it('of another model is refused', () => {
    const other = { ...cpu([5]), model: 'detector.onnx', environment: { ...cpu([5]).environment, model: 'beef' } }
    expect(problem(good, other).code).toBe('baseline-model')
    expect(problem(good, other).details.expected).toContain('kws.onnx')
  })
  it('of a file that was only renamed is taken', () =>
    expect(verdictOf({ ...cpu([5]), model: 'renamed.onnx' }, cpu(processes(9, 5))).verdict).toBeDefined())
})

describe('comparison of ratios', () => {
  it('does not hang on the unit', () => {
    const [a, b] = [processes(9, 5), processes(9, 6, 2)]
    const thousand = (times: number[]) => times.map((time) => time * 1000)
    expect(compare(thousand(a), thousand(b)).ratio).toBeCloseTo(compare(a, b).ratio ?? 0, 10)
  })
})
