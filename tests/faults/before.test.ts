import { expect, test } from 'vitest'
import { idsOf, runtimeOf } from '../run/tiny.ts'
import { before } from './faults.ts'
import { plantedRuns } from './planted.ts'

const run = plantedRuns()

test.each(Object.entries(before))('pre: %s', async (_, wrapper) => {
  const result = await run({ wrapper })
  const { attribution, stages } = runtimeOf(result, 'wasm')
  expect([attribution, result.exitCode]).toEqual(['pre', 1])
  expect(idsOf(result, 'error')).toContain('run/pre-differs')
  expect(stages?.model.crossFed).toBe('match')
})
