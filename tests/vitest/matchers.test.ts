import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runModel } from '../../src/assess/run-model.ts'
import '../../src/vitest.ts'
import { result } from '../report/sample.ts'
import { run } from '../report/sample-run.ts'

const model = (name: string): string => fileURLToPath(new URL(`../../models/${name}.onnx`, import.meta.url))
const messageOf = async (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'it passed',
    (error: Error) => error.message,
  )

describe('toDeployTo', () => {
  test('passes for a model that runs there', async () => {
    await expect(model('unet')).toDeployTo('cpu')
    await expect(model('unet')).toDeployTo(['cpu', 'xnnpack@ort=1.30'], { asIs: true })
    await expect(model('phone-breaker')).not.toDeployTo('cpu')
  })

  test('fails with the finding', async () => {
    const message = await messageOf(expect(model('phone-breaker')).toDeployTo('cpu'))
    expect(message).toMatch(/phone-breaker\.onnx does not deploy to cpu\n/)
    expect(message).toMatch(/com\.example::GatedFusion is\s+a\s+custom\s+operator/)
    expect(message).toMatch(/rule +cpu\/custom-operator/)
  })

  test('takes the gates that a test sets', async () => {
    const gates = { failOn: 'partial', minCoverage: null, maxPartitions: null } as const
    await expect(model('keyword-spotter-lstm')).toDeployTo('xnnpack')
    await expect(model('keyword-spotter-lstm')).not.toDeployTo('xnnpack', { gates })
  })

  test('says what it was given in place of a path, and which target there is not', async () => {
    expect(await messageOf(expect(1).toDeployTo('cpu'))).toMatch(/expects the path of a model, not number/)
    expect(await messageOf(expect(model('unet')).toDeployTo('cpuu'))).toMatch(/there is no target "cpuu"/)
    expect(await messageOf(expect('no.onnx').toDeployTo('cpu'))).toMatch(/there is no file or folder no\.onnx/)
  })
})

describe('toMatchReference', () => {
  test('passes where all runtimes agree, a promise of the result included', async () => {
    await expect(runModel(model('keyword-spotter-lstm'), null, { runtimes: ['wasm'], samples: 1 })).toMatchReference()
  })

  test('fails with the finding', async () => {
    const message = await messageOf(expect({ ...result(), runs: [run] }).toMatchReference())
    expect(message).toMatch(/^models\/kws\.onnx differs from the reference\n/)
    expect(message).toMatch(/browser-webgpu: the model computes something else/)
    await expect({ ...result(), runs: [run] }).not.toMatchReference()
  })

  test('says what it was given in place of a result', async () => {
    expect(await messageOf(expect({}).toMatchReference())).toMatch(/expects a result of runModel/)
  })
})
