/** Bodies of Loop, If and Scan: some providers are asked about their nodes, some are not. */
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { endless } from '../runtimes/models.ts'

const cases = [
  ['webnn', 'target'],
  ['nnapi', 'host'],
] as const

test.each(cases)('%s: the Add of a loop is on the %s', async (target, placement) => {
  const model = await readModel(endless())
  const [result] = checkModel(model, inferModel(model), resolveTargets([target], new Registry()), { asIs: true })
  const add = result?.nodes.find(({ scope, op }) => scope === '0/body' && op === 'Add')
  expect(add?.placement).toBe(placement)
  if (placement === 'host') expect(add?.why).toContain('it lies in a body of Loop')
})
