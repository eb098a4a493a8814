import { describe, expect, test } from 'vitest'
import { parseShard, shardOfEnvironment, shareOf } from '../../src/ci/shard.ts'

describe('--shard', () => {
  test('counts from 1', () => {
    expect(parseShard('2/4')).toEqual({ index: 2, total: 4, from: '--shard' })
  })

  test.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/2', '-1/4', '1.5/4'])('%s is refused', (text) => {
    expect(() => parseShard(text)).toThrow(/there is no such part/)
  })
})

describe('the environment', () => {
  test.each([
    ['a Kubernetes indexed job', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '8' }, 1, 8],
    ['GitLab', { CI_NODE_INDEX: '8', CI_NODE_TOTAL: '8' }, 8, 8],
    ['a GitHub matrix', { STRATEGY_JOB_INDEX: '3', STRATEGY_JOB_TOTAL: '4' }, 4, 4],
  ])('%s', (_, env, index, total) => {
    expect(shardOfEnvironment(env)).toMatchObject({ index, total })
  })

  test('one job takes all', () => {
    expect(shardOfEnvironment({})).toBeNull()
    expect(shardOfEnvironment({ CI_NODE_INDEX: '1', CI_NODE_TOTAL: '1' })).toBeNull()
  })

  test('an index without a total leaves nothing out in silence', () => {
    expect(() => shardOfEnvironment({ JOB_COMPLETION_INDEX: '0' })).toThrow(/the number of jobs is not known/)
  })
})

test('every model is in one share, and shares differ by one at most', () => {
  const models = Array.from({ length: 11 }, (_, i) => i)
  const shares = [1, 2, 3, 4].map((index) => shareOf(models, { index, total: 4 }))
  expect(shares.flat().sort((a, b) => a - b)).toEqual(models)
  expect(shares.map(({ length }) => length)).toEqual([3, 3, 3, 2])
})
