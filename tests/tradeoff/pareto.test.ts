import { describe, expect, it } from 'vitest'
import { comparisonReport } from '../../src/report/comparison.ts'
import { plain } from '../../src/report/style.ts'
import { columns as columnsOf } from '../../src/report/text.ts'
import { Problem } from '../../src/result/problem.ts'
import type { ComparisonColumn, ModelResult, Result } from '../../src/result/result.ts'
import { comparisonOf } from '../../src/tradeoff/comparison.ts'
import { withFront } from '../../src/tradeoff/pareto.ts'
import { aRun, aRuntime } from '../latency/a-run.ts'

const columns: ComparisonColumn[] = [
  { id: 'macs', better: 'less', unit: 'count' },
  { id: 'p50:cpu', better: 'less', unit: 'ms' },
  { id: 'metric:top1', better: 'more', unit: 'value' },
]
const front = (...rows: (number | null)[][]) =>
  withFront(
    rows.map((row, i) => ({
      model: 'abcdef'[i] ?? '',
      values: Object.fromEntries(columns.map(({ id }, k) => [id, row[k] ?? null])),
    })),
    columns,
  ).map(({ isOnFront, dominatedBy }) => (isOnFront ? '*' : dominatedBy.join('')))

describe('the front', () => {
  it('holds what nobody beats, and names who beats the others', () => {
    expect(front([1, 10, 0.7], [2, 20, 0.9], [3, 30, 0.8], [4, 40, 0.6])).toEqual(['*', '*', 'b', 'abc'])
  })
  it('takes times that are closer than their noise for equal', () => {
    expect(front([1, 10, 0.7], [2, 9.8, 0.7])).toEqual(['*', 'a'])
    expect(front([1, 10, 0.7], [2, 8, 0.7])).toEqual(['*', '*'])
  })
  it('lets nobody win by what is not known', () => {
    expect(front([1, null, 0.7], [2, 20, 0.7])).toEqual(['*', '*'])
    expect(front([1, null, 0.7], [2, null, 0.7])).toEqual(['*', 'a'])
  })
  it('keeps equals', () => expect(front([1, 1, 1], [1, 1, 1])).toEqual(['*', '*']))
})

const model = (path: string, macs: number | null, bytes: number): ModelResult => ({
  path,
  digest: '',
  sha256: null,
  bytes,
  weightBytes: 0,
  irVersion: 8,
  opsets: {},
  producer: '',
  inputs: [],
  outputs: [],
  totals: { nodes: 1, macs, params: macs, peakActivationBytes: null },
  findings: [],
})

const error = { code: 'truncated', message: 'ends early', offset: null }
const result = (own: Partial<Result> = {}): Result => ({
  schemaVersion: 1,
  tool: { name: 'deploycheck', version: '0' },
  exitCode: 0,
  gates: [],
  models: [model('a/small.onnx', 1e6, 2e6), model('b/large.onnx', 9e6, 8e6), { path: 'bad.onnx', error }],
  runs: [
    aRun({ model: 'a/small.onnx', runtimes: [aRuntime('cpu', { repetitions: [3] })] }),
    aRun({ model: 'b/large.onnx', runtimes: [aRuntime('cpu', { repetitions: [9], software: true })] }),
  ],
  ...own,
})

describe('the comparison', () => {
  it('has a column for what somebody has, and a row for every model that could be read', () => {
    const { columns: found, candidates } = comparisonOf(result())
    expect(found.map(({ id }) => id)).toEqual(['macs', 'params', 'bytes', 'p50:cpu', 'memory:cpu'])
    expect(candidates.map(({ model: path }) => path)).toEqual(['a/small.onnx', 'b/large.onnx'])
    // A software adapter has no speed.
    expect(candidates[1]?.values['p50:cpu']).toBeNull()
  })
  it('works with any of the columns, and names those that there are', () => {
    expect(comparisonOf(result(), ['bytes']).candidates.map(({ isOnFront }) => isOnFront)).toEqual([true, false])
    const ask = () => comparisonOf(result(), ['p5:cpu'])
    expect(ask).toThrow(Problem)
    expect(ask).toThrow(/no candidate has such a figure/)
  })
  it('is a table and a picture that fit the terminal', () => {
    const data = result({ comparison: comparisonOf(result(), ['macs', 'params', 'bytes']) })
    const text = comparisonReport(data, { columns: 80, style: plain, quiet: false })
    expect(text).toContain('A* small')
    expect(text).toContain('as good or better in every column: A')
    expect(text).toContain('1.00 M')
    expect(text).toContain('bad.onnx')
    for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80)
  })
})
