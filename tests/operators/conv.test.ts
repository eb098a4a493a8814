/** Shapes and costs of convolutions, worked out by hand. */
import { describe, expect, it } from 'vitest'
import { infer, int, list, node, problemsOf, type Step, tensor, text } from './one-node.ts'

const conv = (x: (number | string)[], w: (number | string)[], attributes: Step['attributes'] = {}) =>
  infer(17, [{ op: 'Conv', inputs: [tensor(x), tensor(w)], attributes }])

describe('Conv', () => {
  it.each([
    ['no padding', {}, [1, 8, 30, 30]],
    ['padding', { pads: list(1, 1, 1, 1) }, [1, 8, 32, 32]],
    ['padding on one side', { pads: list(0, 0, 1, 1), strides: list(2, 2) }, [1, 8, 16, 16]],
    ['strides', { strides: list(2, 3) }, [1, 8, 15, 10]],
    ['dilations', { dilations: list(2, 2) }, [1, 8, 28, 28]],
    ['SAME keeps the size', { auto_pad: text('SAME_UPPER') }, [1, 8, 32, 32]],
    ['SAME divides by the stride', { auto_pad: text('SAME_LOWER'), strides: list(3, 3) }, [1, 8, 11, 11]],
    ['VALID ignores padding', { auto_pad: text('VALID'), pads: list(1, 1, 1, 1) }, [1, 8, 30, 30]],
  ])('%s', (_, attributes, shape) => {
    expect(conv([1, 3, 32, 32], [8, 3, 3, 3], attributes).outputs[0]?.shape).toEqual(shape)
  })

  it('keeps symbols', () => {
    const strided = { strides: list(2, 2), pads: list(1, 1, 1, 1) }
    expect(conv(['N', 3, 'H', 'W'], [8, 3, 3, 3], strided).outputs[0]?.shape).toEqual([
      'N',
      8,
      'floor((H + 1)/2)',
      'floor((W + 1)/2)',
    ])
    const same = { strides: list(2, 2), auto_pad: text('SAME_UPPER') }
    expect(conv(['N', 3, '2*h', 32], [8, 3, 3, 3], same).outputs[0]?.shape).toEqual(['N', 8, 'h', 16])
  })

  it('knows rank and channels from the weights alone', () => {
    expect(node(17, 'Conv', [tensor(null), tensor([8, 3, 5])]).shape).toEqual([null, 8, null])
  })

  it.each([
    // 1·8·30·30 outputs, each of 3·3·3 products
    ['full', [1, 3, 32, 32], [8, 3, 3, 3], {}, 194_400],
    // 1·16·8·8 outputs, each of 1·3·3 products
    ['depthwise', [1, 16, 8, 8], [16, 1, 3, 3], { group: int(16), pads: list(1, 1, 1, 1) }, 9_216],
    ['of a symbolic batch', ['N', 3, 32, 32], [8, 3, 3, 3], {}, '194400*N'],
  ])('costs: %s', (_, x, w, attributes, macs) => {
    expect(conv(x, w, attributes).macs).toBe(macs)
  })

  it.each([
    ['channels that do not fit', [8, 4, 3, 3], {}, 'the input has 3 channels, and weights of [8, 4, 3, 3]'],
    ['groups that do not divide', [8, 1, 3, 3], { group: int(3) }, '8 output channels are not divisible by group 3'],
    [
      'a kernel larger than the input',
      [8, 3, 9, 9],
      {},
      'the kernel spans 9 on spatial axis 0, and the padded input has only 8',
    ],
    ['a dilated kernel that is too large', [8, 3, 3, 3], { dilations: list(4, 1) }, 'the kernel spans 9'],
    ['weights of another rank', [8, 3, 3], {}, 'the input has rank 4 and the weights rank 3'],
    ['too few pads', [8, 3, 3, 3], { pads: list(1, 1) }, 'pads has 2 elements, and 2 spatial axes take 4'],
    ['a negative pad', [8, 3, 3, 3], { pads: list(0, 0, -1, 0) }, 'pads has -1'],
    ['a stride of 0', [8, 3, 3, 3], { strides: list(0, 1) }, 'strides has 0'],
    [
      'a kernel_shape that is not that of the weights',
      [8, 3, 3, 3],
      { kernel_shape: list(5, 5) },
      'kernel_shape is [5, 5]',
    ],
  ])('finds %s', (_, w, attributes, message) => {
    expect(problemsOf(17, 'Conv', [tensor([1, 3, 8, 8]), tensor(w)], attributes).join()).toContain(message)
  })

  it('finds a bias of another length', () => {
    const inputs = [tensor([1, 3, 8, 8]), tensor([8, 3, 3, 3]), tensor([4])]
    expect(problemsOf(17, 'Conv', inputs).join()).toContain('output channels of weights and bias differ: 8 against 4')
  })
})

describe('ConvTranspose', () => {
  const inputs = [tensor([1, 16, 10, 10]), tensor([16, 4, 3, 3])]
  it.each([
    ['plain', {}, [1, 4, 12, 12]],
    ['groups multiply the channels', { group: int(2) }, [1, 8, 12, 12]],
    ['strides and padding', { strides: list(2, 2), pads: list(1, 1, 1, 1) }, [1, 4, 19, 19]],
    ['output_padding', { strides: list(2, 2), pads: list(1, 1, 1, 1), output_padding: list(1, 1) }, [1, 4, 20, 20]],
    ['output_shape', { strides: list(2, 2), output_shape: list(21, 22) }, [1, 4, 21, 22]],
    ['output_shape with batch and channels', { output_shape: list(1, 4, 12, 12) }, [1, 4, 12, 12]],
    ['SAME gives size × stride', { strides: list(2, 2), auto_pad: text('SAME_UPPER') }, [1, 4, 20, 20]],
    ['SAME cannot pad below the kernel', { strides: list(4, 4), auto_pad: text('SAME_UPPER') }, [1, 4, 39, 39]],
  ])('%s', (_, attributes, shape) => {
    expect(node(11, 'ConvTranspose', inputs, attributes).shape).toEqual(shape)
  })

  it('costs one product per input element, output channel and kernel element', () => {
    // 16·10·10 inputs, each meets 4·3·3 weights
    expect(infer(11, [{ op: 'ConvTranspose', inputs }]).macs).toBe(57_600)
  })

  it('finds padding that leaves nothing', () => {
    const attributes = { pads: list(6, 6, 6, 6) }
    expect(problemsOf(11, 'ConvTranspose', inputs, attributes).join()).toContain(
      'the padding leaves 0 of spatial axis 0',
    )
  })
})

describe('quantized and channels-last convolutions', () => {
  const byte = (shape: number[]) => tensor(shape, 'uint8')
  it('ConvInteger gives int32', () => {
    expect(node(10, 'ConvInteger', [byte([1, 1, 5, 5]), byte([2, 1, 3, 3])])).toMatchObject({
      dtype: 'int32',
      shape: [1, 2, 3, 3],
    })
  })

  it('QLinearConv of com.microsoft reads NHWC where it says so', () => {
    const scalar = tensor([])
    const zero = tensor([], 'uint8')
    const inputs = [byte([1, 8, 8, 3]), scalar, zero, byte([4, 3, 3, 3]), scalar, zero, scalar, zero]
    const attributes = { channels_last: int(1), kernel_shape: list(3, 3) }
    const { outputs, macs, problems } = infer(1, [{ op: 'QLinearConv', inputs, attributes }], 'com.microsoft')
    expect(problems).toEqual([])
    expect(outputs[0]).toMatchObject({ dtype: 'uint8', shape: [1, 6, 6, 4] })
    expect(macs).toBe(6 * 6 * 4 * 27)
  })

  it('DeformConv wants two offsets per kernel element and output position', () => {
    const x = tensor([1, 3, 8, 8])
    const w = tensor([4, 3, 3, 3])
    expect(node(19, 'DeformConv', [x, w, tensor([1, 18, 6, 6])]).shape).toEqual([1, 4, 6, 6])
    expect(problemsOf(19, 'DeformConv', [x, w, tensor([1, 9, 6, 6])]).join()).toContain('it has to be [1, 18, 6, 6]')
  })
})

describe("layouts of a runtime's own", () => {
  it('does not guess blocks of channels, and knows them again behind', () => {
    const own = 'com.microsoft.nchwc'
    const steps: Step[] = [
      { op: 'ReorderInput', inputs: [tensor([1, 30, 8, 8])], name: 'blocked' },
      { op: 'Conv', inputs: ['blocked', tensor([64, 32, 3, 3])], name: 'conv' },
    ]
    expect(infer(17, steps.slice(0, 1), own).outputs[0]?.shape).toEqual([1, null, 8, 8])
    expect(infer(17, steps, own).outputs[0]?.shape).toEqual([1, 64, 6, 6])
    const back = { op: 'ReorderOutput', inputs: ['conv'], attributes: { channels: int(60) } }
    expect(infer(17, [...steps, back], own).outputs[0]?.shape).toEqual([1, 60, 6, 6])
  })

  it('reads images with the channels last', () => {
    const step = { op: 'ConvTranspose', inputs: [tensor([1, 10, 10, 16]), tensor([16, 4, 3, 3])] }
    expect(infer(11, [step], 'com.ms.internal.nhwc').outputs[0]?.shape).toEqual([1, 12, 12, 4])
  })
})
