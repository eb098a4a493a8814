/** Tensors of a wrapper against the inputs of a model: the slips that people make, and what they are told. */
import { expect, test } from 'vitest'
import { full, tensor } from '../../src/wrapper/kit/tensor.ts'
import { checkFeeds, type InputSpec } from '../../src/wrapper/outputs.ts'

const image: InputSpec = { name: 'image', dtype: 'float32', shape: ['N', 3, 4, 5] }
const told = (feeds: Parameters<typeof checkFeeds>[0], inputs = [image]) =>
  checkFeeds(feeds, inputs).map(({ message, details }) => [message, details.expected, details.fix])

const wanted = 'float32 [N, 3, 4, 5]'

test('what fits is not spoken of', () => {
  expect(told({ image: full('float32', [2, 3, 4, 5], 0.5) })).toEqual([])
})

test('another name, and the input that is therefore missing', () => {
  expect(told({ images: full('float32', [1, 3, 4, 5], 0) })).toEqual([
    ['the model has no input "images"', 'one of "image"', 'did you mean "image"?'],
    ['there is no tensor for the input "image"', 'all of "image"', undefined],
  ])
})

test.each([
  ['uint8', [1, 3, 4, 5], undefined],
  ['float32', [1, 4, 5, 3], "it looks like NHWC where the model takes NCHW: layout: 'NCHW'"],
  ['float32', [3, 4, 5], 'put a batch dimension of 1 in front'],
  ['float32', [1, 3, 5, 4], undefined],
] as const)('%s %j', (dtype, dims, fix) => {
  expect(told({ image: full(dtype, dims, 0) })).toEqual([
    [`input "image": found ${dtype} [${dims.join(', ')}]`, wanted, fix],
  ])
})

test('what is not finite, in every type of float', () => {
  for (const dtype of ['float16', 'float32', 'float64'] as const) {
    const x = tensor(dtype, [4], [0, Number.NaN, Number.POSITIVE_INFINITY, 65504])
    expect(told({ x }, [{ name: 'x', dtype, shape: [4] }])[0]?.[0]).toBe('input "x" holds NaN at element 1, and 1 more')
  }
})
