/**
 * Convolutions that native WebGPU computes wrongly: those whose input channels are a multiple of 3 but not of 4. What is
 * written here was seen on SwiftShader with onnxruntime-node and -web 1.30; full runs look again.
 */
import { describe, expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { readModel } from '../../src/graph/read.ts'
import { createRuntime } from '../../src/runtimes/registry.ts'
import type { Tensor } from '../../src/tensors/tensor.ts'
import { describeChromium } from '../runtimes/models.ts'
import { ownTemporaryFolder } from '../runtimes/own-temporary.ts'
import { checkAsIs } from './placements.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'

interface Convolution {
  /** Dimensions of the image, then of the weights. */
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>
  /** The weights are an input of the model. */
  readonly open?: boolean
}

const image = [1, 6, 8, 8]
const w = [8, 6, 3, 3]
const cases: Readonly<Record<'wrong' | 'right', Readonly<Record<string, Convolution>>>> = {
  wrong: {
    '6 channels': { x: image, w },
    '9 channels': { x: [1, 9, 8, 8], w: [8, 9, 3, 3] },
    '15 channels': { x: [1, 15, 8, 8], w: [8, 15, 3, 3] },
    '12 channels out': { x: image, w: [12, 6, 3, 3] },
    'weights that are no constant': { x: image, w, open: true },
    'two images': { x: [2, 6, 8, 8], w },
    padded: { x: image, w, attributes: { pads: [1, 1, 1, 1] } },
    'padded as SAME_UPPER': { x: image, w, attributes: { auto_pad: 'SAME_UPPER' } },
    'with strides': { x: image, w, attributes: { strides: [2, 2] } },
    'with dilations': { x: image, w, attributes: { dilations: [2, 2] } },
    'a point with strides': { x: image, w: [8, 6, 1, 1], attributes: { strides: [2, 2] } },
    'a point, padded at the begin': { x: image, w: [8, 6, 1, 1], attributes: { pads: [1, 1, 0, 0] } },
    'a padded image of the size of the window': { x: [1, 6, 3, 3], w, attributes: { auto_pad: 'SAME_UPPER' } },
    '1-D': { x: [1, 6, 20], w: [8, 6, 3] },
  },
  right: {
    '3 channels': { x: [1, 3, 8, 8], w: [8, 3, 3, 3] },
    '5 channels': { x: [1, 5, 8, 8], w: [8, 5, 3, 3] },
    '12 channels': { x: [1, 12, 8, 8], w: [8, 12, 3, 3] },
    '6 channels out': { x: image, w: [6, 6, 3, 3] },
    'two groups of 6 channels': { x: [1, 12, 8, 8], w, attributes: { group: 2 } },
    'a point': { x: image, w: [8, 6, 1, 1] },
    'an image of the size of the window': { x: [1, 6, 3, 3], w },
    '1-D, a point': { x: [1, 6, 20], w: [8, 6, 1] },
    '3-D': { x: [1, 6, 5, 5, 5], w: [8, 6, 3, 3, 3] },
  },
}

function modelOf({ x, w, attributes = {}, open = false }: Convolution): Uint8Array {
  const builder = new Builder({ name: 'conv', description: '' }, 1)
  const inputs = [builder.input('x', 'float32', x), open ? builder.input('w', 'float32', w) : builder.weight('w', w, 9)]
  builder.node('Conv', inputs, attributes, { outputs: ['y'] })
  builder.output('y', 'float32')
  return builder.encode()
}

/** What is found about the only node, on the target all the same. */
async function findings(model: Uint8Array, target: string): Promise<readonly string[]> {
  const [result] = checkAsIs(await readModel(model), [target])
  const [node] = result?.nodes ?? []
  expect(node?.placement).toBe('target')
  return node?.findings ?? []
}

const isWrong = ['webgpu/Conv/channels-by-three']

describe('what is said of it', () => {
  test.each(Object.entries(cases.wrong))('wrong: %s', async (_, convolution) => {
    expect(await findings(modelOf(convolution), 'webgpu')).toEqual(isWrong)
  })

  test.each(Object.entries(cases.right))('right: %s', async (_, convolution) => {
    expect(await findings(modelOf(convolution), 'webgpu')).toEqual([])
  })

  test('a size that the file leaves open hides nothing', async () => {
    const builder = new Builder({ name: 'conv', description: '' }, 1)
    builder.node(
      'Conv',
      [builder.input('x', 'float32', ['N', 6, 'H', 'W']), builder.weight('w', w, 9)],
      {},
      { outputs: ['y'] },
    )
    builder.output('y', 'float32')
    expect(await findings(builder.encode(), 'webgpu')).toEqual(isWrong)
  })

  test('JSEP computes it rightly', async () => {
    const convolution = { x: image, w, attributes: { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1] } }
    expect(await findings(modelOf(convolution), 'webgpu@impl=jsep')).toEqual([])
  })
})

describe.skipIf(!everything)('what the provider makes of it', () => {
  ownTemporaryFolder()
  describeChromium('on SwiftShader', () => {
    test('exactly these are wrong', { timeout: 600_000 }, async () => {
      const runtimes = [createRuntime('cpu'), createRuntime('webgpu')]
      try {
        for (const [expected, convolutions] of Object.entries(cases))
          for (const [name, convolution] of Object.entries(convolutions)) {
            const [reference, found] = await Promise.all(
              runtimes.map(async (runtime) => {
                const session = await runtime.open({ bytes: modelOf(convolution) })
                const { x, w } = convolution
                const { outputs } = await session.run({ x: ramp(x), ...(convolution.open ? { w: ramp(w) } : {}) })
                await session.close()
                return outputs.y?.data as Float32Array
              }),
            )
            const off = reference?.map((value, i) => Math.abs(value - (found?.[i] ?? Number.NaN))) ?? []
            expect(Math.max(...off) < 1e-3 ? 'right' : 'wrong', name).toBe(expected)
          }
      } finally {
        for (const runtime of runtimes) await runtime.close()
      }
    })
  })
})

/** Numbers between -1 and 1 that repeat with no channel. */
const ramp = (dims: readonly number[]): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1)
  return { dtype: 'float32', dims: [...dims], data: Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7)) }
}
