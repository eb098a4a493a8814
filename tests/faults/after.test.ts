import { expect, test } from 'vitest'
import { idsOf, runtimeOf } from '../run/tiny.ts'
import { after } from './faults.ts'
import { plantedRuns } from './planted.ts'

const run = plantedRuns()

test.each(Object.entries(after))('post: %s', async (_, wrapper) => {
  const result = await run({ wrapper })
  const { attribution, stages } = runtimeOf(result, 'wasm')
  expect([attribution, result.exitCode]).toEqual(['post', 1])
  expect(idsOf(result, 'error')).toContain('run/post-differs')
  expect(stages?.model.crossFed).toBe('match')
})
