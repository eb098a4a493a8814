/** Nodes without a kernel of their own: expanded into what they are made of, or cast, or refused with a way out. */
import { describe, expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import type { DType } from '../../src/graph/dtype.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { builder, int64 } from './tiny.ts'

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

describe('what came with a later release', () => {
  async function verdicts(target: string, op: string, dtype: DType, inputs: number, domain = ''): Promise<unknown> {
    const model = builder({ opset: 22, irVersion: 10, ...(domain ? { domains: { [domain]: 1 } } : {}) })
    const names = Array.from({ length: inputs }, (_, i) =>
      op === 'Where' && i === 0 ? model.input('c', 'bool', [2, 3]) : model.input(`x${i}`, dtype, [2, 3]),
    )
    if (op === 'Pad') names.push(model.initializer('pads', int64(0, 0, 1, 1)))
    model.node(op, names, op === 'BitShift' ? { direction: 'LEFT' } : {}, { domain, outputs: ['y'] })
    model.output('y', dtype)
    const read = await readModel(model.encode())
    return checkModel(read, inferModel(read), resolveTargets([target], new Registry()))[0]?.verdict
  }

  // Sessions of onnxruntime-node 1.30.0 were refused; 1.32 has the kernels.
  test.each([
    ['Where', 'int8', 3, ''],
    ['Where', 'uint32', 3, ''],
    ['Pad', 'bfloat16', 1, ''],
    ['BitShift', 'uint16', 2, ''],
    ['ScaledSiLU', 'float32', 1, 'com.microsoft'],
  ] as const)('%s of %s', async (op, dtype, inputs, domain) => {
    expect(await verdicts('cpu@ort=1.30', op, dtype, inputs, domain)).toBe('blocked')
    expect(await verdicts('cpu@ort=1.32', op, dtype, inputs, domain)).toBe('ready')
    expect(await verdicts('xnnpack', op, dtype, inputs, domain)).toBe('blocked')
  })

  test('Where of int32 was there before', async () => {
    expect(await verdicts('cpu@ort=1.30', 'Where', 'int32', 3)).toBe('ready')
  })
})

test.each([
  ['full', 'ready'],
  ['reduced', 'blocked'],
])('optional types in the wasm build %s: %s', async (build, verdict) => {
  const model = builder({ opset: 18, irVersion: 9 })
  const optional = model.node('Optional', [model.input('x', 'float32', [2])])
  model.node('OptionalGetElement', [optional], {}, { outputs: ['y'] })
  model.output('y', 'float32')
  const read = await readModel(model.encode())
  const [result] = checkModel(read, inferModel(read), resolveTargets([`wasm@build=${build}`], new Registry()))
  expect(result?.verdict).toBe(verdict)
})

describe('a kernel of the host that does not accept the node', () => {
  async function recurrent(target: string, layout: number) {
    const model = builder({ opset: 22, irVersion: 10 })
    const inputs = [
      model.input('x', 'float32', [2, 5, 3]),
      model.weight('w', [1, 4, 3], 1),
      model.weight('r', [1, 4, 4], 1),
    ]
    model.node('RNN', inputs, { hidden_size: 4, layout }, { outputs: ['y'], name: 'n' })
    model.output('y', 'float32')
    const read = await readModel(model.encode())
    const [result] = checkModel(read, inferModel(read), resolveTargets([target], new Registry()))
    if (!result) throw new Error('no result')
    return result
  }

  const hosted = [
    'coreml-mlprogram',
    'coreml-neuralnetwork',
    'nnapi',
    'xnnpack',
    'qnn-htp',
    'webgpu',
    'webnn',
    'vitis-ai-dpu',
  ]
  test.each(hosted)('%s: the session is refused, by the reason that the CPU has', async (target) => {
    expect(await recurrent(target, 0)).toMatchObject({ verdict: 'partial', nodes: [{ placement: 'host' }] })
    const { verdict, nodes, findings } = await recurrent(target, 1)
    expect({ verdict, nodes }).toMatchObject({
      verdict: 'blocked',
      nodes: [
        { placement: 'blocked', supported: false, findings: expect.arrayContaining([`${target}/RNN/host-fails`]) },
      ],
    })
    expect(findings.find(({ id }) => id === `${target}/RNN/host-fails`)).toMatchObject({
      severity: 'error',
      message: 'RNN "n": the target leaves it to the CPU, which fails at it: layout == 1: layout is 1',
      fix: 'export with layout 0 (time first)',
      source: { path: 'onnxruntime/core/providers/cpu/rnn' },
    })
  })

  test('in a browser it is the wasm file that refuses', async () => {
    const { findings } = await recurrent('webgpu@platform=browser', 1)
    expect(findings.map(({ message }) => message)).toContain(
      'RNN "n": the target leaves it to wasm@build=reduced, which fails at it: layout == 1: layout is 1',
    )
  })
})
