import { expect, it } from 'vitest'
import { families, operatorEntry } from '../../src/operators/registry.ts'
import { allOperators, schemaAt } from '../../src/operators/schema.ts'

it('has one home for each operator', () => {
  const names = families.flatMap((family) => Object.keys(family))
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

it('has a rule for every operator of ai.onnx and ai.onnx.ml that still exists', () => {
  const missing = allOperators().filter(
    ([domain, name]) =>
      (domain === '' || domain === 'ai.onnx.ml') &&
      !schemaAt(domain, name, 1000)?.deprecated &&
      !operatorEntry(domain, name)?.infer,
  )
  expect(missing).toEqual([])
})
