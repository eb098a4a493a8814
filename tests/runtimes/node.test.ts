/** `cpu` and `wasm`: onnxruntime-node and onnxruntime-web, each in a child process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import onnxProto from 'onnx-proto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DType } from '../../src/graph/dtype.ts'
import { createRuntime } from '../../src/runtimes/registry.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { TensorData } from '../../src/tensors/tensor.ts'
import { cast, endless, floats, oneNode, problemOf, runOnce, sequence, tensor, twoProviders } from './models.ts'
import { ownTemporaryFolder } from './own-temporary.ts'

ownTemporaryFolder()

const classifier = fileURLToPath(new URL('../../models/efficientnet-lite.onnx', import.meta.url))

/** [type, what goes in, what an Identity gives back] */
const carried: readonly [DType, TensorData][] = [
  ['float32', Float32Array.of(-0, 1e-45, Number.NaN, Number.POSITIVE_INFINITY)],
  ['float64', Float64Array.of(-0, 5e-324, Math.PI, Number.NEGATIVE_INFINITY)],
  ['float16', Uint16Array.of(0x3c00, 0x8000, 0x7c00, 0x0001)],
  ['int8', Int8Array.of(-128, 127, 0, 1)],
  ['uint8', Uint8Array.of(255, 0, 1, 2)],
  ['int16', Int16Array.of(-32768, 32767, 0, 1)],
  ['uint16', Uint16Array.of(65535, 0, 1, 2)],
  ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1)],
  ['uint32', Uint32Array.of(2 ** 32 - 1, 0, 1, 2)],
  ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n)],
  ['uint64', BigUint64Array.of(2n ** 64n - 1n, 0n, 1n, 2n)],
  ['bool', Uint8Array.of(0, 1, 1, 0)],
  ['string', ['', 'ä', '"\\\n', '漢字']],
]

describe.each(['cpu', 'wasm'])('%s', (id) => {
  let runtime: Runtime
  beforeAll(() => {
    runtime = createRuntime(id, { timeLimit: 20_000 })
  })
  afterAll(() => runtime.close())

  test('is available, with its version', async () => {
    const name = id === 'cpu' ? 'onnxruntime-node' : 'onnxruntime-web'
    expect(await runtime.available()).toEqual({
      available: true,
      reason: null,
      fix: null,
      version: '1.30.0',
      parts: { [name]: '1.30.0' },
      adapter: null,
    })
    expect(runtime).toMatchObject({ id, kind: 'cpu', platform: 'node' })
  })

  test.each(carried)('carries %s there and back, bit by bit', async (dtype, data) => {
    const { y } = await runOnce(runtime, oneNode('Identity', dtype), { x: tensor(dtype, data) })
    expect(y).toEqual(tensor(dtype, data))
  })

  test('carries scalars and empty tensors', async () => {
    const scalar = tensor('float32', Float32Array.of(2), [])
    expect(await runOnce(runtime, oneNode('Neg', 'float32', { dims: [] }), { x: scalar })).toEqual({
      y: tensor('float32', Float32Array.of(-2), []),
    })
    const empty = tensor('float32', new Float32Array(), [0, 3])
    expect(await runOnce(runtime, oneNode('Neg', 'float32', { dims: ['N', 3] }), { x: empty })).toEqual({ y: empty })
  })

  test('says which types do not pass, before anything crashes', async () => {
    for (const to of ['bfloat16', 'float8e4m3fn'] as const) {
      const problem = await problemOf(runOnce(runtime, cast('float32', to), { x: floats(0, 1, 2, 3) }))
      expect(problem).toMatchObject({ code: 'not-carried', message: expect.stringContaining(to) })
    }
    const int4 = await problemOf(runOnce(runtime, cast('float32', 'int4'), { x: floats(0, 1, 2, 3) }))
    expect(int4).toMatchObject({
      code: 'not-carried',
      message: expect.stringContaining('output "y" has the type int4'),
    })
  })

  test('says that a sequence is not a tensor, and gives the other outputs', async () => {
    const session = await runtime.open({ bytes: sequence() })
    expect(session.outputs).toEqual([
      { name: 'y', dtype: 'float32', shape: [4] },
      { name: 's', dtype: null, shape: null },
    ])
    const feeds = { x: floats(1, 2, 3, 4) }
    expect((await problemOf(session.run(feeds))).message).toMatch(
      /^output "s" is not a tensor; onnxruntime-(node|web) /,
    )
    expect((await session.run(feeds, ['y'])).outputs).toEqual({ y: floats(-1, -2, -3, -4) })
    await session.close()
  })

  test('says what is wrong with feeds and fetches', async () => {
    const session = await runtime.open({ bytes: oneNode('Neg', 'float32', { dims: ['N', 2] }) })
    const x = tensor('float32', new Float32Array(4), [2, 2])
    const wrong = async (...args: Parameters<typeof session.run>) => {
      const { code, message, details } = await problemOf(session.run(...args))
      return [code, message, details.expected]
    }
    expect(await wrong({})).toEqual(['bad-feeds', 'input "x" is missing', 'all of "x"'])
    expect(await wrong({ x, X: x })).toEqual(['bad-feeds', 'the model has no input "X"', 'one of "x"'])
    expect(await wrong({ x: tensor('float64', new Float64Array(4), [2, 2]) })).toEqual([
      'bad-feeds',
      'input "x": found float64 [2, 2]',
      'float32 [N, 2]',
    ])
    expect(await wrong({ x: floats(1, 2) })).toEqual(['bad-feeds', 'input "x": found float32 [2]', 'float32 [N, 2]'])
    expect(await wrong({ x: { ...x, dims: [3, 2] } })).toEqual([
      'bad-feeds',
      'input "x": 4 elements for the shape [3, 2]',
      '6 elements',
    ])
    expect(await wrong({ x }, ['z'])).toEqual(['bad-feeds', 'the model has no output "z"', 'one of "y"'])
    await session.close()
    expect(await wrong({ x })).toEqual(['session-closed', 'the session is closed', undefined])
  })

  test('says why a model is refused, in the words of the runtime', async () => {
    const refused = async (bytes: Uint8Array) => {
      const { code, message } = await problemOf(runtime.open({ bytes }))
      expect(code).toBe('model-refused')
      return message
    }
    expect(await refused(oneNode('Frobnicate', 'float32'))).toMatch(
      /refuses the model: .*No Op registered for Frobnicate/,
    )
    const future = onnxProto.onnx.ModelProto.decode(oneNode('Neg', 'float32'))
    future.irVersion = 99
    expect(await refused(onnxProto.onnx.ModelProto.encode(future).finish())).toMatch(/Unsupported model IR version: 99/)
  })

  test('measures runs, and takes the placement from the session’s own profile', async () => {
    const session = await runtime.open(
      { bytes: twoProviders() },
      { profiling: true, graphOptimizationLevel: 'disabled' },
    )
    const feeds = { x: floats(1, 2, 3, 4) }
    const { time } = await session.run(feeds)
    const times = await session.measure(feeds, 5)
    expect(times).toHaveLength(5)
    for (const one of [session.loadTime, time, ...times]) expect(one).toBeGreaterThan(0)
    expect(await session.placement()).toEqual({ nodes: { CPUExecutionProvider: 2 }, copies: 0, fallback: {} })
    const { runs, nodes } = await session.profile()
    expect(runs).toBe(6)
    expect(nodes.map(({ name, op, deviceTime }) => [name, op, deviceTime])).toEqual([
      ['soft', 'Softplus', null],
      ['round "off"', 'Round', null],
    ])
    // The session goes on without a profile.
    expect((await session.run(feeds)).outputs.y?.dtype).toBe('float32')
    expect(await session.memory()).toBeGreaterThan(1e7)
    await session.close()
  })

  test('runs a file, several sessions at once', async () => {
    const [first, second] = await Promise.all([runtime.open({ path: classifier }), runtime.open({ path: classifier })])
    expect(first.inputs).toEqual([{ name: 'image', dtype: 'float32', shape: [1, 3, 224, 224] }])
    const image = tensor('float32', new Float32Array(3 * 224 * 224).fill(0.5), [1, 3, 224, 224])
    const [one, other] = await Promise.all([first.run({ image }), second.run({ image })])
    expect(one.outputs).toEqual(other.outputs)
    expect(one.outputs.logits?.dims).toEqual([1, 1000])
    await Promise.all([first.close(), second.close()])
  })

  test('finds external data beside a file, and beside bytes whose folder is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deploycheck test '))
    const bytes = withExternalWeights()
    const path = join(folder, 'model.onnx')
    writeFileSync(path, bytes)
    const feeds = { x: floats(1, 2, 3, 4) }
    try {
      const missing = await problemOf(runtime.open({ path }))
      expect(missing.message).toContain('weights.bin')
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(Float32Array.of(1, 1, 1, 1).buffer))
      for (const model of [{ path }, { bytes, folder }]) {
        const session = await runtime.open(model)
        expect((await session.run(feeds)).outputs).toEqual({ y: floats(2, 3, 4, 5) })
        await session.close()
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('says that there is no such file', async () => {
    expect((await problemOf(runtime.open({ path: '/nowhere/m.onnx' }))).message).toMatch(/no such file|not exist/)
  })

  test('ends what takes too long, and starts again', async () => {
    const impatient = createRuntime(id)
    try {
      await (await impatient.open({ bytes: oneNode('Neg', 'float32') })).close()
      const session = await impatient.open({ bytes: endless() }, { timeLimit: 1500 })
      const x = tensor('float32', Float32Array.of(1), [])
      const problem = await problemOf(session.run({ x }))
      expect(problem).toMatchObject({ code: 'runtime-timeout', message: expect.stringContaining('within 1.5 s') })
      expect((await problemOf(session.run({ x }))).code).toBe('runtime-timeout')
      expect(await runOnce(impatient, oneNode('Neg', 'float32'), { x: floats(1, 2, 3, 4) })).toEqual({
        y: floats(-1, -2, -3, -4),
      })
    } finally {
      await impatient.close()
    }
  })

  test('is interrupted at once, with what it is doing', async () => {
    const interruption = new AbortController()
    const interrupted = createRuntime(id, { signal: interruption.signal })
    const session = await interrupted.open({ bytes: endless() })
    const run = problemOf(session.run({ x: tensor('float32', Float32Array.of(1), []) }))
    interruption.abort()
    expect((await run).code).toBe('interrupted')
    expect((await problemOf(interrupted.open({ path: classifier }))).code).toBe('interrupted')
    await interrupted.close()
  })

  test('runs code of the user', async () => {
    const code = await runtime.load({
      code: `
        export const double = (x) => ({ ...x, data: x.data.map((one) => one * 2) })
        export default { factor: 3, times(x) { return this.factor * x } }
        export const fails = () => { throw new TypeError('no such luck') }
        export const hangs = () => { for (;;); }
        export const gives = (...args) => args
      `,
    })
    expect([...code.exports].sort()).toEqual(['default', 'double', 'fails', 'gives', 'hangs'])
    expect((await code.call('double', [floats(1, 2)])).value).toEqual(floats(2, 4))
    expect((await code.call('default.times', [7])).value).toBe(21)
    const all = [undefined, null, Number.NaN, 10n, new Date(0), new Map([[1, new Set(['a'])]]), BigInt64Array.of(1n)]
    expect((await code.call('gives', all)).value).toEqual(all)
    expect((await problemOf(code.call('gives', [() => 1]))).message).toMatch(/could not be cloned/)
    expect((await problemOf(code.call('gives.bind', [null]))).message).toMatch(/could not be cloned/)
    const failed = await problemOf(code.call('fails', []))
    expect(failed).toMatchObject({ code: 'code-failed', message: `fails on ${id} threw: no such luck` })
    expect((await problemOf(code.call('nothing', []))).message).toBe('the module has no function nothing')
    expect((await problemOf(code.call('hangs', [], 500))).code).toBe('runtime-timeout')
    expect((await problemOf(runtime.load({ code: 'this is no code' }))).code).toBe('code-failed')
    expect((await runtime.load({ url: 'node:path' })).exports).toContain('join')
  })
})

test('where nobody asks for a profile there is none', async () => {
  const cpu = createRuntime('cpu')
  const session = await cpu.open({ bytes: oneNode('Neg', 'float32') })
  await expect(session.profile()).rejects.toThrow('opened without profiling')
  await cpu.close()
})

test('those who open at once share one process', async () => {
  const cpu = createRuntime('cpu')
  const ask = async () =>
    (await (await cpu.load({ code: 'export const pid = () => process.pid' })).call('pid', [])).value
  const [first, second] = await Promise.all([ask(), ask()])
  expect(first).toBe(second)
  await cpu.close()
})

test('one that was closed opens again', async () => {
  const cpu = createRuntime('cpu')
  const feeds = { x: floats(1, 2, 3, 4) }
  await runOnce(cpu, oneNode('Neg', 'float32'), feeds)
  await cpu.close()
  await runOnce(cpu, oneNode('Neg', 'float32'), feeds)
  await cpu.close()
})

test('int4 goes into WebAssembly, two elements a byte', async () => {
  const wasm = createRuntime('wasm')
  for (const [dtype, data] of [
    ['int4', Int8Array.of(-8, 7, -1)],
    ['uint4', Uint8Array.of(15, 0, 9)],
  ] as const) {
    const { y } = await runOnce(wasm, cast(dtype, 'float32', [3]), { x: tensor(dtype, data) })
    expect(y).toEqual(floats(...data))
  }
  await wasm.close()
})

/** `y = x + w`, with `w` in weights.bin. */
function withExternalWeights(): Uint8Array {
  const type = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 4 }] } } }
  return onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'external',
      node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }],
      initializer: [
        {
          name: 'w',
          dataType: 1,
          dims: [4],
          dataLocation: onnxProto.onnx.TensorProto.DataLocation.EXTERNAL,
          externalData: [{ key: 'location', value: 'weights.bin' }],
        },
      ],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  }).finish()
}
