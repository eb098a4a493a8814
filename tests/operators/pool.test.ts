/** Sizes of pooling, above all where rounding up meets padding. */
import { describe, expect, it } from 'vitest'
import { infer, int, ints, list, node, problemsOf, type Step, tensor, text } from './one-node.ts'

const pool = (size: number | string, kernel: number, attributes: Step['attributes'] = {}) =>
  node(22, 'MaxPool', [tensor([1, 1, size])], { kernel_shape: list(kernel), ...attributes }).shape?.[2]

describe('MaxPool', () => {
  it.each([
    ['rounds down', 32, 3, { strides: list(2) }, 15],
    ['rounds up', 32, 3, { strides: list(2), ceil_mode: int(1) }, 16],
    ['rounds up, and nothing is left over', 33, 3, { strides: list(2), ceil_mode: int(1) }, 16],
    // Windows start at 0, 2 and 4; a fourth one at 6 would start in the padding.
    ['drops a window that starts in the padding', 4, 1, { strides: list(2), pads: list(0, 1), ceil_mode: int(1) }, 2],
    ['drops it with padding in front, too', 2, 1, { strides: list(2), pads: list(1, 1), ceil_mode: int(1) }, 2],
    ['dilates', 10, 3, { dilations: list(2) }, 6],
    ['SAME', 10, 3, { strides: list(3), auto_pad: text('SAME_UPPER') }, 4],
    ['VALID', 10, 3, { strides: list(3), auto_pad: text('VALID') }, 3],
  ])('%s', (_, size, kernel, attributes, result) => {
    expect(pool(size, kernel, attributes)).toBe(result)
  })

  it.each([
    ['down', { pads: list(1, 1) }, 'floor((L + 1)/2)'],
    // The kernel spans as much as padding and stride: no window starts in the padding.
    ['up', { pads: list(1, 1), ceil_mode: int(1) }, 'floor(L/2) + 1'],
    ['to the same size', { auto_pad: text('SAME_UPPER') }, 'floor((L + 1)/2)'],
  ])('rounds a symbolic size %s', (_, attributes, result) => {
    expect(pool('L', 3, { strides: list(2), ...attributes })).toBe(result)
  })

  it('never starts a symbolic window in the padding', () => {
    expect(pool('L', 1, { strides: list(2), pads: list(0, 1), ceil_mode: int(1) })).toBe('floor((L + 1)/2)')
  })

  it('gives indices as int64', () => {
    const step = { op: 'MaxPool', inputs: [tensor([1, 1, 8])], attributes: { kernel_shape: list(2) }, outputs: 2 }
    expect(infer(22, [step]).outputs[1]).toMatchObject({ dtype: 'int64', shape: [1, 1, 7] })
  })

  it('finds a kernel of another rank', () => {
    const problems = problemsOf(22, 'MaxPool', [tensor([1, 1, 8, 8])], { kernel_shape: list(2) })
    expect(problems.join()).toContain('kernel_shape has 1 elements, and there are 2 spatial axes')
  })

  it('costs nothing', () => {
    const step = { op: 'MaxPool', inputs: [tensor([1, 1, 8])], attributes: { kernel_shape: list(2) } }
    expect(infer(22, [step]).macs).toBe(0)
  })
})

describe('other pooling', () => {
  it('is global over all spatial axes', () => {
    expect(node(17, 'GlobalAveragePool', [tensor(['N', 8, 'H', 'W'])]).shape).toEqual(['N', 8, 1, 1])
  })

  it('is undone by sizes, or to the shape that is given', () => {
    const attributes = { kernel_shape: list(2, 2), strides: list(2, 2) }
    const x = tensor([1, 1, 2, 2])
    const indices = tensor([1, 1, 2, 2], 'int64')
    expect(node(11, 'MaxUnpool', [x, indices], attributes).shape).toEqual([1, 1, 4, 4])
    expect(node(11, 'MaxUnpool', [x, indices, ints(1, 1, 5, 5)], attributes).shape).toEqual([1, 1, 5, 5])
  })

  it('takes regions', () => {
    const attributes = { output_height: int(7), output_width: int(7) }
    const inputs = [tensor([1, 64, 50, 50]), tensor(['R', 4]), tensor(['R'], 'int64')]
    expect(node(16, 'RoiAlign', inputs, attributes).shape).toEqual(['R', 64, 7, 7])
    const wrong = [tensor([1, 64, 50, 50]), tensor([9, 5]), tensor([9], 'int64')]
    expect(problemsOf(16, 'RoiAlign', wrong, attributes).join()).toContain('it takes [count, 4]')
  })

  it('reads NHWC', () => {
    const step = {
      op: 'NhwcMaxPool',
      inputs: [tensor([1, 8, 8, 3], 'uint8')],
      attributes: { kernel_shape: list(2, 2) },
    }
    expect(infer(17, [step], 'com.microsoft').outputs[0]?.shape).toEqual([1, 7, 7, 3])
  })
})
