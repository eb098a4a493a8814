/** Small models for runtimes, and tensors to feed them. */
import { existsSync } from 'node:fs'
import onnxProto from 'onnx-proto'
import { describe } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { type DType, dtypeInfo } from '../../src/graph/dtype.ts'
import { Problem } from '../../src/result/problem.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { Tensor, TensorData, Tensors } from '../../src/tensors/tensor.ts'

/** Debian's Chromium: the browser of these tests, and SwiftShader for native WebGPU. */
const hasChromium = existsSync('/usr/bin/chromium')
if (!hasChromium) {
  const text = 'no /usr/bin/chromium: apt-get install chromium'
  if (process.env.DEPLOYCHECK_REQUIRE_DATA === '1') throw new Error(text)
  console.warn(`${text}; tests that need it are skipped`)
}

/** A suite that needs Chromium. */
export function describeChromium(name: string, body: () => void): void {
  describe.skipIf(!hasChromium)(name, body)
}

/** One node from `x` to `y`, both of these dimensions. */
export function oneNode(
  op: string,
  from: DType,
  {
    to = from,
    dims = [4],
    attributes = {},
  }: { to?: DType; dims?: readonly (number | string)[]; attributes?: Record<string, number> } = {},
): Uint8Array {
  const builder = new Builder({ name: op, description: '', opset: 21, irVersion: 10 }, 1)
  builder.node(op, [builder.input('x', from, dims)], attributes, { name: 'n', outputs: ['y'] })
  builder.output('y', to, dims)
  return builder.encode()
}

export const cast = (from: DType, to: DType, dims?: readonly (number | string)[]): Uint8Array =>
  oneNode('Cast', from, { to, ...(dims ? { dims } : {}), attributes: { to: dtypeInfo(to).number } })

/** `x` → Softplus → Round → `y`: WebGPU has no kernel for Round. */
export function twoProviders(): Uint8Array {
  const builder = new Builder({ name: 'two', description: '', opset: 17 }, 1)
  const soft = builder.node('Softplus', [builder.input('x', 'float32', [4])], {}, { name: 'soft' })
  builder.node('Round', [soft], {}, { name: 'round "off"', outputs: ['y'] })
  builder.output('y', 'float32', [4])
  return builder.encode()
}

/** Counts to 2^62. */
export function endless(): Uint8Array {
  const { onnx } = onnxProto
  const scalar = (name: string, elemType: number) => ({ name, type: { tensorType: { elemType, shape: { dim: [] } } } })
  const body = {
    name: 'body',
    node: [
      { opType: 'Identity', input: ['more'], output: ['again'] },
      { opType: 'Add', input: ['sum', 'sum'], output: ['next'] },
    ],
    input: [scalar('i', 7), scalar('more', 9), scalar('sum', 1)],
    output: [scalar('again', 9), scalar('next', 1)],
  }
  const kind = onnx.AttributeProto.AttributeType
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'endless',
      node: [
        {
          opType: 'Loop',
          input: ['count', '', 'x'],
          output: ['y'],
          attribute: [{ name: 'body', type: kind.GRAPH, g: body }],
        },
      ],
      initializer: [{ name: 'count', dataType: 7, dims: [], int64Data: [2 ** 50] }],
      input: [scalar('x', 1)],
      output: [scalar('y', 1)],
    },
  }).finish()
}

/** `x` → a sequence with `x`. */
export function sequence(): Uint8Array {
  const { onnx } = onnxProto
  const tensorType = { elemType: 1, shape: { dim: [{ dimValue: 4 }] } }
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'sequence',
      node: [
        { opType: 'SequenceConstruct', input: ['x'], output: ['s'] },
        { opType: 'Neg', input: ['x'], output: ['y'] },
      ],
      input: [{ name: 'x', type: { tensorType } }],
      output: [
        { name: 'y', type: { tensorType } },
        { name: 's', type: { sequenceType: { elemType: { tensorType } } } },
      ],
    },
  }).finish()
}

export const tensor = (dtype: DType, data: TensorData, dims: readonly number[] = [data.length]): Tensor => ({
  dtype,
  dims,
  data,
})
export const floats = (...values: number[]): Tensor => tensor('float32', Float32Array.from(values))

/** Opens, runs once, closes. */
export async function runOnce(
  runtime: Runtime,
  bytes: Uint8Array,
  feeds: Tensors,
  fetches?: readonly string[],
): Promise<Tensors> {
  const session = await runtime.open({ bytes })
  try {
    return (await session.run(feeds, fetches)).outputs
  } finally {
    await session.close()
  }
}

/** The Problem that it ends with. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it went well')
}
