import { expect, test } from 'vitest'
import { runtimeOf } from '../run/tiny.ts'
import { inside } from './faults.ts'
import type { NetworkFault } from './network.ts'
import { plantedRuns } from './planted.ts'

const run = plantedRuns()

test.each(Object.entries(inside))('model: %s, at the node %s', async (fault, node) => {
  const result = await run({ model: fault as NetworkFault }, { bisect: true })
  const { attribution, stages, firstDiverging } = runtimeOf(result, 'wasm')
  expect([attribution, firstDiverging?.name]).toEqual(['model', node])
  expect([stages?.pre.verdict, stages?.post.crossFed]).toEqual(['match', 'match'])
})
