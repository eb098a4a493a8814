import { describe, expect, it } from 'vitest'
import {
  type BudgetKind,
  baselineFailures,
  budgetFailures,
  judgeBudgets,
  mustBeRun,
  parseBudget,
} from '../../src/latency/budgets.ts'
import { Problem } from '../../src/result/problem.ts'
import { aRun, aRuntime } from './a-run.ts'

const caught = (act: () => unknown): Problem => {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('was taken')
}

describe('flags', () => {
  it('name a runtime, a number and a unit', () => {
    expect(parseBudget('p50', 'webgpu=12ms')).toMatchObject({ runtime: 'webgpu', limit: 12 })
    expect(parseBudget('load', 'cpu=1.5s')).toMatchObject({ runtime: 'cpu', limit: 1500 })
    expect(parseBudget('p50', '800us')).toMatchObject({ runtime: null, limit: 0.8 })
    expect(parseBudget('p50', 'browser-webgpu@impl=jsep=12')).toMatchObject({ runtime: 'browser-webgpu@impl=jsep' })
    expect(parseBudget('memory', 'cpu=500MB').limit).toBe(500e6)
    expect(parseBudget('memory', '1.5 GiB').limit).toBe(1.5 * 2 ** 30)
    expect(parseBudget('model-bytes', '20MB')).toMatchObject({ runtime: null, limit: 20e6 })
  })
  it('say what is wrong with them, with an example', () => {
    for (const [kind, text] of [
      ['p50', ''],
      ['p50', 'webgpu='],
      ['p50', '=12ms'],
      ['p50', 'webgpu=12MB'],
      ['p50', 'webgpu=0'],
      ['p50', 'webgpu=-3ms'],
      ['p50', 'fast'],
      ['p50', '1e999ms'],
      ['p50', '3constructor'],
      ['memory', 'cpu=3ms'],
      ['model-bytes', 'cpu=3MB'],
    ] as [BudgetKind, string][]) {
      const { code, details } = caught(() => parseBudget(kind, text))
      expect([text, code]).toEqual([text, 'bad-flag'])
      expect(details.fix).toContain('for example')
    }
  })
  it('for a runtime that is not run are refused', () => {
    const budgets = [parseBudget('p50', 'webgp=12ms')]
    const { code, details } = caught(() => mustBeRun(budgets, ['cpu', 'webgpu']))
    expect(code).toBe('unknown-runtime')
    expect(details.fix).toBe('did you mean webgpu?')
    mustBeRun([parseBudget('p50', '12ms'), parseBudget('load', 'cpu=1s')], ['cpu'])
  })
})

describe('verdicts', () => {
  const run = aRun({
    runtimes: [
      aRuntime('cpu', { repetitions: [10] }),
      aRuntime('webgpu', { repetitions: [90], software: true }),
      aRuntime('dml', { status: 'unavailable', latency: null }),
    ],
  })
  const outcome = (kind: BudgetKind, value: string, bytes: number | null = 3e6) =>
    judgeBudgets(run, [parseBudget(kind, value)], bytes).map((one) => one.outcome)

  it('are kept, broken, or not known where the limit lies in the interval', () => {
    expect(outcome('p50', 'cpu=11ms')).toEqual(['kept'])
    expect(outcome('p50', 'cpu=9ms')).toEqual(['broken'])
    expect(outcome('p50', 'cpu=9.9ms')).toEqual(['not-known'])
  })
  it('never fail on a software adapter, or on what is not there', () => {
    expect(outcome('p50', 'webgpu=1ms')).toEqual(['not-known'])
    expect(outcome('load', 'webgpu=1ms')).toEqual(['not-known'])
    expect(outcome('p50', 'dml=1ms')).toEqual(['not-known'])
    expect(outcome('p50', '1ms')).toEqual(['broken', 'not-known'])
  })
  it('on memory, load and size', () => {
    expect(outcome('memory', 'cpu=70MB')).toEqual(['broken'])
    expect(outcome('memory', 'cpu=90MB')).toEqual(['kept'])
    expect(outcome('load', 'cpu=30ms')).toEqual(['broken'])
    expect(outcome('model-bytes', '2MB')).toEqual(['broken'])
    expect(outcome('model-bytes', '2MB', null)).toEqual(['not-known'])
  })
  it('that are broken are gates that fail', () => {
    const verdicts = judgeBudgets(run, [parseBudget('p50', 'cpu=9ms'), parseBudget('p50', 'webgpu=1ms')], null)
    expect(budgetFailures('kws.onnx', verdicts)).toEqual([
      {
        model: 'kws.onnx',
        target: 'cpu',
        gate: 'p50',
        message: 'the median on cpu is 10 ms (--max-p50 cpu=9ms)',
      },
    ])
  })
  it('of a baseline: only slower fails', () => {
    const runtimes = (['faster', 'same', 'slower', 'inconclusive', 'not-comparable'] as const).map((verdict, i) => ({
      id: `r${i}`,
      verdict,
      ratio: 1,
      ratioCi95: null,
      p: null,
      threshold: 0.05,
      why: '',
    }))
    const failures = baselineFailures(aRun({ baseline: { verdict: 'slower', file: 'base.json', runtimes } }))
    expect(failures.map(({ target, gate }) => [target, gate])).toEqual([['r2', 'baseline']])
  })
})
