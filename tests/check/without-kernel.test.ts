/** Nodes without a kernel of their own: expanded into what they are made of, or cast, or refused with a way out. */
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import type { DType } from '../../src/graph/dtype.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { builder } from './tiny.ts'

async function placed(target: string, op: string, dtype: DType, opset: number) {
  const model = builder({ opset })
  model.node(op, [model.input('x', dtype, [2, 3])], {}, { outputs: ['y'] })
  model.output('y', dtype, [2, 3])
  const read = await readModel(model.encode())
  const [result] = checkModel(read, inferModel(read), resolveTargets([target], new Registry()), { asIs: true })
  return { placement: result?.nodes[0]?.placement, finding: result?.findings.find(({ id }) => id.endsWith('/kernel')) }
}

const cases: readonly [target: string, op: string, dtype: DType, opset: number, placement: string][] = [
  ['cpu', 'HardSwish', 'float32', 14, 'target'],
  ['cpu', 'Mish', 'float32', 22, 'target'],
  ['wasm', 'Gelu', 'float32', 20, 'target'],
  // The body of Swish holds at opset 24 only: CastLike, which it uses, was changed later.
  ['cpu', 'Swish', 'float32', 24, 'target'],
  ['cpu', 'Swish', 'float32', 26, 'blocked'],
  ['cpu', 'HardSwish', 'float64', 14, 'blocked'],
  ['cpu', 'Sin', 'float16', 17, 'target'],
  ['cpu', 'Sin', 'bfloat16', 22, 'blocked'],
  ['webgpu', 'Mish', 'float32', 18, 'target'],
  ['webgpu@impl=jsep', 'Mish', 'float32', 18, 'host'],
  ['webgpu', 'HardSwish', 'float32', 22, 'host'],
  // The wasm file beside native WebGPU in browsers has no kernels for float64.
  ['webgpu', 'Neg', 'float64', 17, 'host'],
  ['webgpu@platform=browser', 'Neg', 'float64', 17, 'blocked'],
  ['webgpu@platform=browser,impl=jsep', 'Neg', 'float64', 17, 'host'],
]

test.each(cases)('%s: %s of %s at opset %i: %s', async (target, op, dtype, opset, placement) => {
  expect((await placed(target, op, dtype, opset)).placement).toBe(placement)
})

test('a kernel that a newer opset loses names the opset that has it', async () => {
  const { finding } = await placed('webgpu', 'Elu', 'float32', 22)
  expect(finding?.message).toContain('no kernel for Elu 22 (there are kernels for version 6)')
  expect(finding?.fix).toBe('export at opset 21 or lower')
})
