/** onnxruntime-web in a real Chromium: on the CPU and on WebGPU, which here is SwiftShader. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import type { DType } from '../../src/graph/dtype.ts'
import { createRuntime } from '../../src/runtimes/registry.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { TensorData } from '../../src/tensors/tensor.ts'
import { cast, describeChromium, endless, floats, oneNode, problemOf, runOnce, tensor, twoProviders } from './models.ts'
import { ownTemporaryFolder } from './own-temporary.ts'

ownTemporaryFolder()

/** What differs from Node: arrays of the page are those of another JavaScript, and float16 has an array of its own. */
const carried: readonly [DType, TensorData][] = [
  ['float32', Float32Array.of(-0, 1e-45, Number.NaN, Number.POSITIVE_INFINITY)],
  ['float64', Float64Array.of(-0, 5e-324, Math.PI, Number.NEGATIVE_INFINITY)],
  ['float16', Uint16Array.of(0x3c00, 0x8000, 0x7c00, 0x0001)],
  ['int8', Int8Array.of(-128, 127, 0, 1)],
  ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n)],
  ['uint64', BigUint64Array.of(2n ** 64n - 1n, 0n, 1n, 2n)],
  ['bool', Uint8Array.of(0, 1, 1, 0)],
  ['string', ['', 'ä', '"\\\n', '漢字']],
]

describeChromium('browser-wasm', () => {
  let runtime: Runtime
  beforeAll(() => {
    runtime = createRuntime('browser-wasm')
  })
  afterAll(() => runtime.close())

  test('is available, with the version of the browser', async () => {
    expect(await runtime.available()).toMatchObject({
      available: true,
      version: '1.30.0',
      parts: { 'onnxruntime-web': '1.30.0', chromium: expect.stringMatching(/^\d+\./) },
      adapter: null,
    })
  })

  test('carries tensors there and back, bit by bit', async () => {
    for (const [dtype, data] of carried) {
      const { y } = await runOnce(runtime, oneNode('Identity', dtype), { x: tensor(dtype, data) })
      expect(y).toEqual(tensor(dtype, data))
    }
    const problem = await problemOf(runOnce(runtime, cast('float32', 'bfloat16'), { x: floats(0, 1, 2, 3) }))
    expect(problem).toMatchObject({ code: 'not-carried', message: expect.stringContaining('bfloat16') })
  })

  test('measures, profiles and says how much memory the page has', async () => {
    const session = await runtime.open(
      { bytes: twoProviders() },
      { profiling: true, graphOptimizationLevel: 'disabled' },
    )
    const feeds = { x: floats(1, 2, 3, 4) }
    expect(await session.measure(feeds, 10)).toHaveLength(10)
    const { nodes, placement } = await session.profile()
    expect(nodes.map(({ name }) => name)).toEqual(['soft', 'round "off"'])
    expect(placement).toEqual({ nodes: { CPUExecutionProvider: 2 }, copies: 0, fallback: {} })
    expect(await session.memory()).toBeGreaterThan(1e6)
    await session.close()
  })

  test('runs code of the user with what a page has', async () => {
    const code = await runtime.load({
      code: `
        export const isolated = () => [typeof document, crossOriginIsolated, location.hostname]
        export const pixel = () => {
          const context = new OffscreenCanvas(1, 1).getContext('2d')
          context.fillStyle = 'rgb(1 2 3)'
          context.fillRect(0, 0, 1, 1)
          return { pixel: context.getImageData(0, 0, 1, 1).data, size: new Map([['width', 1]]) }
        }
        export const gives = (...args) => args
        export const fails = () => { throw new RangeError('too far') }
        export const secret = () => ({ inner: [() => 1] })
        export const hangs = () => { for (;;); }
      `,
    })
    expect((await code.call('isolated', [])).value).toEqual(['object', true, '127.0.0.1'])
    expect((await code.call('pixel', [])).value).toEqual({
      pixel: Uint8ClampedArray.of(1, 2, 3, 255),
      size: new Map([['width', 1]]),
    })
    const all = [undefined, Number.NaN, -0, 10n, new Date(0), floats(1, 2), tensor('int64', BigInt64Array.of(-1n))]
    const { value, time } = await code.call('gives', all)
    expect(value).toEqual(all)
    expect(time).toBeGreaterThanOrEqual(0)
    expect(await problemOf(code.call('fails', []))).toMatchObject({
      code: 'code-failed',
      message: 'fails on browser-wasm threw: too far',
    })
    expect((await problemOf(code.call('secret', []))).message).toMatch(/function.*inner\[0\]/)
    expect((await problemOf(code.call('hangs', [], 1000))).code).toBe('runtime-timeout')
    // The page that hung is gone; the next session has another.
    const { y } = await runOnce(runtime, oneNode('Neg', 'float32'), { x: floats(1, 2, 3, 4) })
    expect(y).toEqual(floats(-1, -2, -3, -4))
  })

  test('cannot import files of this machine', async () => {
    expect((await problemOf(runtime.load({ url: import.meta.url }))).code).toBe('code-failed')
  })

  test('ends what takes too long', async () => {
    const session = await runtime.open({ bytes: endless() }, { timeLimit: 3000 })
    const problem = await problemOf(session.run({ x: tensor('float32', Float32Array.of(1), []) }))
    expect(problem.code).toBe('runtime-timeout')
  })

  test('is interrupted at once', async () => {
    const interruption = new AbortController()
    const interrupted = createRuntime('browser-wasm', { signal: interruption.signal })
    const session = await interrupted.open({ bytes: endless() })
    const run = problemOf(session.run({ x: tensor('float32', Float32Array.of(1), []) }))
    interruption.abort()
    expect((await run).code).toBe('interrupted')
    await interrupted.close()
  })
})

describeChromium('browser-webgpu', () => {
  test('names its software adapter, and the operators that ran on the CPU after all', async () => {
    const runtime = createRuntime('browser-webgpu')
    expect(await runtime.available()).toMatchObject({
      available: true,
      adapter: { name: expect.stringMatching(/swiftshader/i), software: true, float16: false },
    })
    const session = await runtime.open({ bytes: twoProviders() }, { profiling: true })
    expect(session.adapter).toMatchObject({ software: true })
    const { outputs } = await session.run({ x: floats(0.1, 1, 2, 3) })
    expect(outputs).toEqual({ y: floats(1, 1, 2, 3) })
    expect(await session.placement()).toEqual({
      nodes: { WebGpuExecutionProvider: 1, CPUExecutionProvider: 1 },
      copies: 1,
      fallback: { Round: 1 },
    })
    await runtime.close()
  })

  test('JSEP: after an error the page is another one', async () => {
    const runtime = createRuntime('browser-webgpu@impl=jsep')
    const good = oneNode('Neg', 'float32')
    const feeds = { x: floats(1, 2, 3, 4) }
    const before = await runtime.open({ bytes: good })
    const bad = await runtime.open({ bytes: innerProduct() })
    expect((await problemOf(bad.run(feeds))).code).toBe('run-failed')
    expect(await problemOf(before.run(feeds))).toMatchObject({
      code: 'session-closed',
      message: 'an error has spoiled the page of browser-webgpu@impl=jsep, so that it was closed',
    })
    expect(await runOnce(runtime, good, feeds)).toEqual({ y: floats(-1, -2, -3, -4) })
    await before.close()
    await runtime.close()
  })
})

/** MatMul of two vectors: JSEP claims it, and throws when it runs. */
function innerProduct(): Uint8Array {
  const builder = new Builder({ name: 'inner', description: '', opset: 17 }, 1)
  const x = builder.input('x', 'float32', [4])
  builder.node('MatMul', [x, x], {}, { outputs: ['y'] })
  builder.output('y', 'float32', [])
  return builder.encode()
}

test('a browser that is not there is a reason, not an error', async () => {
  const runtime = createRuntime('browser-wasm', { browser: '/nowhere/chrome' })
  expect(await runtime.available()).toMatchObject({
    available: false,
    reason: 'there is no browser /nowhere/chrome (it was asked for)',
    fix: expect.stringContaining('leave it out'),
    version: '1.30.0',
  })
  expect((await problemOf(runtime.open({ bytes: oneNode('Neg', 'float32') }))).code).toBe('runtime-unavailable')
  await runtime.close()
})
