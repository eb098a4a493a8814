/** Sizes of resampled images and of transformed signals. */
import { describe, expect, it } from 'vitest'
import { float, floats, int, ints, list, node, one, problemsOf, type Step, tensor, text } from './one-node.ts'

type Size = number | string

const resize = (shape: Size[], scales: number[], attributes: Step['attributes'] = {}) =>
  node(19, 'Resize', [tensor(shape), null, floats(...scales)], attributes).shape
const toSizes = (shape: Size[], sizes: number[], attributes: Step['attributes'] = {}) =>
  node(19, 'Resize', [tensor(shape), null, null, ints(...sizes)], attributes).shape

describe('Resize', () => {
  it.each([
    ['whole scales', [1, 3, 10, 10], [1, 1, 2, 3], [1, 3, 20, 30]],
    ['rounds down', [1, 3, 9, 11], [1, 1, 0.5, 1.5], [1, 3, 4, 16]],
    ['whole scales of symbols', ['N', 3, 'H', 'W'], [1, 1, 2, 2], ['N', 3, '2*H', '2*W']],
    ['binary fractions of symbols', ['N', 3, 'H', 'W'], [1, 1, 0.5, 1.5], ['N', 3, 'floor(H/2)', 'floor(3*W/2)']],
    ['no other fraction of symbols', ['N', 3, 'H', 8], [1, 1, Math.fround(0.3), 1], ['N', 3, null, 8]],
    // 10 × 0.7 in float32 is 7, exactly it is below.
    ['nothing that hangs on rounding', [10, 10], [Math.fround(0.7), 2], [null, 20]],
  ] as [string, Size[], number[], (Size | null)[]][])('%s', (_, shape, scales, result) => {
    expect(resize(shape, scales)).toEqual(result)
  })

  it('changes the axes that it names', () => {
    expect(resize([1, 10, 10, 3], [2, 3], { axes: list(1, -2) })).toEqual([1, 20, 30, 3])
    expect(toSizes([1, 'H', 'W', 3], [7, 8], { axes: list(2, 1) })).toEqual([1, 8, 7, 3])
  })

  it('keeps the aspect ratio', () => {
    const attributes = (policy: string) => ({ axes: list(2, 3), keep_aspect_ratio_policy: text(policy) })
    expect(toSizes([1, 1, 4, 8], [6, 6], attributes('not_larger'))).toEqual([1, 1, 3, 6])
    expect(toSizes([1, 1, 4, 8], [6, 6], attributes('not_smaller'))).toEqual([1, 1, 6, 12])
    expect(toSizes([1, 1, 'H', 8], [6, 6], attributes('not_larger'))).toEqual([1, 1, null, null])
  })

  it('takes empty for absent, as exporters write it', () => {
    const inputs = [tensor([1, 1, 4, 4]), floats(), floats(), ints(1, 1, 8, 8)]
    expect(node(11, 'Resize', inputs).shape).toEqual([1, 1, 8, 8])
  })

  it('keeps the rank where the scales are not known', () => {
    expect(node(13, 'Resize', [tensor([1, 3, 4, 4]), null, tensor([4])]).shape).toEqual([null, null, null, null])
  })

  it.each([
    ['neither', [tensor([4, 4])], 'neither scales nor sizes'],
    ['both', [tensor([4, 4]), null, floats(1, 2), ints(4, 8)], 'both scales and sizes'],
    ['too few', [tensor([4, 4]), null, floats(2)], 'scales has 1 elements, and it takes 2'],
    ['a scale of 0', [tensor([4, 4]), null, floats(1, 0)], 'scales has 0'],
  ])('finds %s', (_, inputs, message) => {
    expect(problemsOf(13, 'Resize', inputs).join()).toContain(message)
  })

  it('Upsample has scales as attributes first, then as an input', () => {
    const image = tensor([1, 1, 4, 6])
    expect(node(1, 'Upsample', [image], { height_scale: float(2), width_scale: float(1.5) }).shape).toEqual([
      1, 1, 8, 9,
    ])
    expect(node(7, 'Upsample', [image], { scales: { type: 'FLOATS', value: [1, 1, 2, 2] } }).shape).toEqual([
      1, 1, 8, 12,
    ])
    expect(node(9, 'Upsample', [image, floats(1, 1, 3, 3)]).shape).toEqual([1, 1, 12, 18])
  })
})

describe('grids', () => {
  it('samples at each position', () => {
    expect(node(16, 'GridSample', [tensor(['N', 3, 8, 8]), tensor(['N', 'h', 'w', 2])]).shape).toEqual([
      'N',
      3,
      'h',
      'w',
    ])
    const wrong = [tensor([1, 3, 8, 8]), tensor([1, 4, 4, 3])]
    expect(problemsOf(16, 'GridSample', wrong).join()).toContain('the grid has 3 numbers per position')
  })

  it('makes a position for each element', () => {
    expect(node(20, 'AffineGrid', [tensor(['N', 2, 3]), ints(5, 3, 8, 9)]).shape).toEqual([5, 8, 9, 2])
    expect(node(20, 'AffineGrid', [tensor(['N', 3, 4]), tensor([5], 'int64')]).shape).toEqual([
      'N',
      null,
      null,
      null,
      3,
    ])
  })
})

describe('signals', () => {
  const dft = (shape: Size[], attributes: Step['attributes'], ...rest: Step['inputs'][number][]) =>
    node(20, 'DFT', [tensor(shape), ...rest] as Parameters<typeof node>[2], attributes).shape

  it.each([
    ['real', [1, 16, 1], {}, [1, 16, 2]],
    ['one-sided', [1, 16, 1], { onesided: int(1) }, [1, 9, 2]],
    ['one-sided, odd', [1, 15, 1], { onesided: int(1) }, [1, 8, 2]],
    ['one-sided, symbolic', [1, 'L', 1], { onesided: int(1) }, [1, 'floor(L/2) + 1', 2]],
    ['back from one side', [1, 9, 2], { onesided: int(1), inverse: int(1) }, [1, 16, 1]],
  ] as [string, Size[], Step['attributes'], Size[]][])('DFT: %s', (_, shape, attributes, result) => {
    expect(dft(shape, attributes)).toEqual(result)
  })

  it('DFT pads or cuts to a length', () => {
    expect(dft([1, 16, 1], {}, one(32))).toEqual([1, 32, 2])
    expect(dft([4, 16, 1], {}, one(32), one(0))).toEqual([32, 16, 2])
    expect(dft([4, 16, 1], {}, one(32), tensor([], 'int64'))).toEqual([null, null, 2])
  })

  it('STFT is one-sided by itself', () => {
    const inputs = [tensor([1, 128, 1]), one(8), tensor([16])]
    expect(node(17, 'STFT', inputs).shape).toEqual([1, 15, 9, 2])
    expect(node(17, 'STFT', inputs, { onesided: int(0) }).shape).toEqual([1, 15, 16, 2])
    const short = [tensor([1, 12, 1]), one(8), tensor([16])]
    expect(problemsOf(17, 'STFT', short).join()).toContain('a frame has 16 samples, and the signal only 12')
  })

  it('windows have the type that they name', () => {
    expect(node(17, 'HannWindow', [one(10)], { output_datatype: int(11) })).toMatchObject({
      dtype: 'float64',
      shape: [10],
    })
    expect(node(17, 'HannWindow', [tensor([], 'int64')])).toMatchObject({ dtype: 'float32', shape: [null] })
  })
})
