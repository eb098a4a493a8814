/** Every sample model through every runtime of this machine, against the CPU. Slow on a software adapter: full runs only. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { sampleModels } from '../../models/samples.ts'
import { createRuntime, runtimeIds } from '../../src/runtimes/registry.ts'
import type { Runtime, SessionValue } from '../../src/runtimes/runtime.ts'
import type { Tensor, Tensors } from '../../src/tensors/tensor.ts'
import { problemOf } from './models.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'
const all = [...runtimeIds, 'browser-webgpu@impl=jsep', 'browser-webgpu@impl=jspi'].filter((id) => id !== 'cpu')

const pathOf = (name: string): string => fileURLToPath(new URL(`../../models/${name}.onnx`, import.meta.url))

/** Numbers of the usual size, ids that are small, the same every time. */
function feedOf({ dtype, shape }: SessionValue): Tensor {
  const dims = (shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1))
  const count = dims.reduce((product, dim) => product * dim, 1)
  const value = (_: unknown, i: number) => Math.sin(i * 12.9898) * 0.9
  if (dtype === 'float32') return { dtype, dims, data: Float32Array.from({ length: count }, value) }
  if (dtype === 'int64')
    return { dtype, dims, data: BigInt64Array.from({ length: count }, (_, i) => BigInt((i % 50) + 1)) }
  throw new Error(`no feed for ${dtype}`)
}

interface Ran {
  readonly outputs: Tensors
  readonly line: string
}

async function run(runtime: Runtime, path: string): Promise<Ran> {
  const session = await runtime.open({ path }, { profiling: true })
  try {
    const feeds = Object.fromEntries(session.inputs.map((input) => [input.name, feedOf(input)]))
    const { outputs, time } = await session.run(feeds)
    const { nodes, copies, fallback } = await session.placement()
    const line = `load ${session.loadTime.toFixed(0)} ms, first ${time.toFixed(0)} ms, ${JSON.stringify(nodes)}, ${copies} copies, fallback ${JSON.stringify(fallback)}`
    return { outputs, line }
  } finally {
    await session.close()
  }
}

/** Largest difference, relative to the largest value of the reference; integers must be equal. */
function difference(reference: Tensor, other: Tensor): number {
  expect({ dtype: other.dtype, dims: other.dims }).toEqual({ dtype: reference.dtype, dims: reference.dims })
  const [a, b] = [reference.data, other.data].map((data) => Array.from(data as ArrayLike<number | bigint>, Number))
  const scale = Math.max(...(a ?? []).map(Math.abs), 1e-30)
  return Math.max(0, ...(a ?? []).map((value, i) => Math.abs(value - (b?.[i] ?? Number.NaN)) / scale))
}

interface Exception {
  readonly models: readonly string[]
  readonly runtimes?: readonly string[]
  /** The runtime refuses the model with these words. */
  readonly refused?: RegExp
  /** The largest difference lies between the usual limit and this one. */
  readonly upTo?: number
  /** Whether it is needed hangs on the instructions that the CPU has. */
  readonly onSomeCpus?: true
  readonly reason: string
}
const limit = 1e-4
const jsep = 'browser-webgpu@impl=jsep'
const exceptions: readonly Exception[] = [
  { models: ['phone-breaker'], refused: /GatedFusion/, reason: 'an operator that no runtime has' },
  {
    models: ['cnn-int8-qdq'],
    runtimes: all.filter((id) => id !== jsep),
    upTo: 0.1,
    onSomeCpus: true,
    reason:
      'a quantisation step: fused integer kernels of the CPU round otherwise than Q and DQ in float, on some CPUs also in 7 bits',
  },
  {
    models: ['cnn-int8-qdq'],
    runtimes: [jsep],
    upTo: Number.POSITIVE_INFINITY,
    reason: 'DequantizeLinear of JSEP is wrong in 1.30: https://github.com/microsoft/onnxruntime/issues/32578',
  },
]
const exceptionOf = (model: string, runtime: string): Exception | undefined =>
  exceptions.find(({ models, runtimes = all }) => models.includes(model) && runtimes.includes(runtime))

describe.skipIf(!everything)('every runtime', () => {
  test.each(all)('%s', { timeout: 900_000 }, async (id) => {
    const runtime = createRuntime(id)
    const cpu = createRuntime('cpu')
    try {
      const { available, reason } = await runtime.available()
      if (!available) {
        console.info(`${id}: ${reason}`)
        return
      }
      for (const name of Object.keys(sampleModels)) {
        const key = `${name} on ${id}`
        const { refused, upTo, onSomeCpus } = exceptionOf(name, id) ?? {}
        if (refused) {
          expect((await problemOf(run(runtime, pathOf(name)))).message, key).toMatch(refused)
          continue
        }
        const [reference, other] = [await run(cpu, pathOf(name)), await run(runtime, pathOf(name))]
        const differences = Object.entries(reference.outputs).map(([output, tensor]) => {
          const found = other.outputs[output]
          return found ? difference(tensor, found) : Number.POSITIVE_INFINITY
        })
        const worst = Math.max(...differences)
        console.info(`${key}: ${other.line}, difference ${worst.toExponential(1)}`)
        expect.soft(worst, key).toBeLessThanOrEqual(upTo ?? limit)
        if (upTo !== undefined && !onSomeCpus) expect.soft(worst, `${key}: no longer needed`).toBeGreaterThan(limit)
      }
    } finally {
      await Promise.all([runtime.close(), cpu.close()])
    }
  })
})
