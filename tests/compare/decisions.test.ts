import { expect, test } from 'vitest'
import { changedDecision, isScores } from '../../src/compare/decisions.ts'
import { defaultTolerance } from '../../src/compare/tolerance.ts'
import type { Tensor } from '../../src/tensors/tensor.ts'

const scores = (...rows: number[][]): Tensor => ({
  dtype: 'float32',
  dims: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
})
const cpu = defaultTolerance({ dtype: 'float32', half: false, quantised: null }, 'cpu', '')

test('another arg-max is a change, with the margin that was lost', () => {
  const change = changedDecision(scores([1, 0, 0], [0.1, 0.7, 0.2]), scores([1, 0, 0], [0.7, 0.1, 0.2]), cpu)
  expect(change).toMatchObject({ row: 1, rank: 0, expected: 1, actual: 0 })
  expect(change?.margin).toBeCloseTo(0.6)
})

test('so is another order of the next ones', () => {
  expect(changedDecision(scores([5, 4, 3, 2]), scores([5, 3, 4, 2]), cpu)).toMatchObject({
    rank: 1,
    expected: 1,
    actual: 2,
  })
})

test('a tie may fall either way', () => {
  expect(changedDecision(scores([0.5, 0.500001, 0]), scores([0.500001, 0.5, 0]), cpu)).toBeNull()
  expect(changedDecision(scores([0, 0, 0]), scores([0, 1e-8, 0]), cpu)).toBeNull()
})

test('the order below the fifth does not count', () => {
  expect(changedDecision(scores([9, 8, 7, 6, 5, 1, 2]), scores([9, 8, 7, 6, 5, 2, 1]), cpu)).toBeNull()
})

test('scores are floats along the last of at most two axes', () => {
  const of = (dtype: Tensor['dtype'], ...dims: number[]) => isScores({ dtype, dims })
  expect([of('float32', 1, 1000), of('float16', 8, 10), of('float32', 1, 12, 500)]).toEqual([true, true, true])
  expect([of('float32', 1, 1), of('int64', 1, 10), of('float32', 1, 21, 32, 32)]).toEqual([false, false, false])
})
