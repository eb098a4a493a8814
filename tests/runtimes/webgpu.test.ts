/** Native WebGPU: on a machine without a GPU that of SwiftShader, which Chromium brings. Its first runs take seconds. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime } from '../../src/runtimes/registry.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { cast, describeChromium, floats, oneNode, problemOf, tensor, twoProviders } from './models.ts'
import { ownTemporaryFolder } from './own-temporary.ts'

ownTemporaryFolder()

describeChromium('webgpu', () => {
  let runtime: Runtime
  beforeAll(() => {
    runtime = createRuntime('webgpu')
  })
  afterAll(() => runtime.close())

  test('says that its adapter is made of software', async () => {
    const { adapter, ...rest } = await runtime.available()
    expect(rest).toEqual({
      available: true,
      reason: null,
      fix: null,
      version: '1.30.0',
      parts: { 'onnxruntime-node': '1.30.0', webgpu: '0.6.2' },
    })
    expect(adapter).toEqual({ name: expect.stringContaining('SwiftShader'), software: true, float16: false })
  })

  test('a node without a kernel runs on the CPU, and is named', async () => {
    const session = await runtime.open({ bytes: twoProviders() }, { profiling: true })
    expect(session.adapter?.software).toBe(true)
    expect((await session.run({ x: floats(0.1, 1, 2, 3) })).outputs).toEqual({ y: floats(1, 1, 2, 3) })
    expect(await session.placement()).toEqual({
      nodes: { WebGpuExecutionProvider: 1, CPUExecutionProvider: 1 },
      copies: 1,
      fallback: { Round: 1 },
    })
    const [soft] = (await session.profile()).nodes
    expect(soft).toMatchObject({ op: 'Softplus', provider: 'WebGpuExecutionProvider', deviceTime: expect.any(Number) })
    await session.close()
  })

  test('where the CPU is forbidden, such a model is refused', async () => {
    const config = { 'session.disable_cpu_ep_fallback': '1' }
    const problem = await problemOf(runtime.open({ bytes: twoProviders() }, { config }))
    expect(problem).toMatchObject({ code: 'model-refused', details: { fix: expect.stringContaining('no kernel') } })
  })

  test('float16 without shader-f16 fails with what to do', async () => {
    const open = async () => {
      const session = await runtime.open({ bytes: oneNode('Neg', 'float16') })
      return session.run({ x: tensor('float16', Uint16Array.of(0x3c00, 0, 0, 0)) })
    }
    const problem = await problemOf(open())
    expect(problem.message).toMatch(/requires f16 but the device does not support it/)
    expect(problem.details.fix).toMatch(/shader-f16/)
  })

  test('an option that the provider does not have is an error', async () => {
    const provider = { dawnBackendType: 'Null' }
    const problem = await problemOf(runtime.open({ bytes: cast('float32', 'int32') }, { provider }))
    expect(problem.message).toMatch(/unrecognized option: 'dawnBackendType'/)
  })
})
