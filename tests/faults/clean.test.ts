import { expect, test } from 'vitest'
import { onlyRun, runtimeOf } from '../run/tiny.ts'
import { clean } from './faults.ts'
import { plantedRuns } from './planted.ts'

const run = plantedRuns()

test.each(Object.entries(clean))('clean: %s', async (_, planted) => {
  const result = await run(planted)
  expect([result.exitCode, onlyRun(result).findings]).toEqual([0, []])
  expect(runtimeOf(result, 'wasm')).toMatchObject({ attribution: null, decisions: 'agree' })
})
