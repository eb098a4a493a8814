import { describe, expect, test } from 'vitest'
import { exitCodeOf, gateFailures } from '../../src/assess/exit-code.ts'
import { defaultGates, type Gates } from '../../src/assess/gates.ts'
import { errorInfo } from '../../src/result/error-info.ts'
import { Problem } from '../../src/result/problem.ts'
import type { ModelFailure, ModelResult, Verdict } from '../../src/result/result.ts'
import { finding, model, node, target } from '../report/sample.ts'

const verdicts: Verdict[] = ['ready', 'partial', 'unknown', 'blocked']
const withVerdict = (verdict: Verdict, decides = true) => model({ targets: [target({ id: 't', verdict, decides })] })
const failure = (error: unknown): ModelFailure => ({ path: 'x.onnx', error: errorInfo(error) })
const unreadable = failure(new Problem('truncated', 'the file ends'))
const bug = failure(new TypeError('x is not a function'))
const sick = (decides: boolean) =>
  model({ targets: [target({ id: 't', decides, findings: [finding({ id: 't/wrong', severity: 'error' })] })] })

const codeOf = (models: (ModelResult | ModelFailure)[], gates: Partial<Gates> = {}): number =>
  exitCodeOf({ models, gates: gateFailures(models, { ...defaultGates, ...gates }) })

describe('--fail-on: ready > partial > unknown > blocked', () => {
  test.each([
    ['blocked', [0, 0, 0, 1]],
    ['unknown', [0, 0, 1, 1]],
    ['partial', [0, 1, 1, 1]],
  ] as const)('%s', (failOn, codes) => {
    expect(verdicts.map((verdict) => codeOf([withVerdict(verdict)], { failOn }))).toEqual(codes)
  })

  test('a target that does not decide gates nothing', () => {
    expect(verdicts.map((verdict) => codeOf([withVerdict(verdict, false)], { failOn: 'partial' }))).toEqual([
      0, 0, 0, 0,
    ])
  })
})

describe('the exit code', () => {
  test.each([
    ['all is well', [model()], 0],
    ['an error of the model', [model({ findings: [finding({ id: 'model/cycle', severity: 'error' })] })], 1],
    ['a warning of the model', [model({ findings: [finding({ id: 'model/odd', severity: 'warning' })] })], 0],
    ['an error of a target that decides', [sick(true)], 1],
    ['an error of a target that does not', [sick(false)], 0],
    ['an unreadable model', [unreadable], 2],
    ['an unreadable model among blocked ones', [withVerdict('blocked'), unreadable], 2],
    ['a bug of ours among unreadable ones', [unreadable, bug, withVerdict('blocked')], 3],
    ['no model', [], 2],
  ])('%s', (_, models, code) => {
    expect(codeOf(models)).toBe(code)
  })

  test('a question that could not be asked', () => {
    expect(exitCodeOf({ models: [model()], gates: [], error: errorInfo(new Problem('unknown-dim', 'no')) })).toBe(2)
  })
})

describe('budgets', () => {
  const covered = (macs: number | null, more: Partial<ModelResult> = {}) =>
    model({ targets: [target({ id: 't', coverage: { nodes: 1, macs } })], ...more })

  test.each([
    [0.9, 90, 0],
    [0.8999, 90, 1],
    [0.29, 29, 0],
    [0.57, 57, 0],
    [1, 100, 0],
    [0, 0, 0],
  ])('a coverage of %d with --min-coverage %d', (macs, minCoverage, code) => {
    expect(codeOf([covered(macs)], { minCoverage })).toBe(code)
  })

  test('coverage that cannot be computed fails, and says why', () => {
    const totals = { nodes: 1, macs: null, params: null, peakActivationBytes: null }
    const messages = (one: ModelResult) => gateFailures([one], { ...defaultGates, minCoverage: 50 })[0]?.message
    expect(messages(covered(null, { totals }))).toMatch(/cannot be computed.*MACs of some nodes are not known.*--dim/)
    expect(messages(covered(null, { totals: { ...totals, macs: 0 } }))).toMatch(/no multiply-accumulate operations/)
    const open = node(0, { placement: 'unknown', why: 'value(axes) was not read' })
    const unknown = target({ id: 't', coverage: { nodes: null, macs: null }, nodes: [open] })
    expect(messages(model({ targets: [unknown] }))).toMatch(/value\(axes\) was not read/)
  })

  test('a share is not rounded up to the limit that it misses', () => {
    const [gate] = gateFailures([covered(0.899999)], { ...defaultGates, minCoverage: 90 })
    expect(gate?.message).toBe('89.99 % of the MACs are on the target (--min-coverage 90)')
  })

  test('partitions', () => {
    const partitions = [0, 1].map((id) => ({ id, nodes: [id], macs: 1, bytesIn: 1, bytesOut: 1 }))
    const two = model({ targets: [target({ id: 't', partitions })] })
    expect([1, 2, 3].map((maxPartitions) => codeOf([two], { maxPartitions }))).toEqual([1, 0, 0])
  })
})

test('an error that is ours says how to report it', () => {
  expect(bug.error).toMatchObject({ code: 'internal', fix: expect.stringMatching(/--debug.*issue/) })
})
