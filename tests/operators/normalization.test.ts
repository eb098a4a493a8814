/** Normalization, quantization, activations and losses: parameters that fit, types and shapes of further outputs. */
import { describe, expect, it } from 'vitest'
import { infer, int, node, problemsOf, type Step, tensor, text } from './one-node.ts'

const vectors = (...lengths: number[]) => lengths.map((length) => tensor([length]))
const outputsOf = (
  opset: number,
  op: string,
  inputs: Step['inputs'],
  outputs: number,
  attributes: Step['attributes'] = {},
) => infer(opset, [{ op, inputs, outputs, attributes }])

describe('BatchNormalization', () => {
  const x = tensor(['N', 8, 4, 4])
  it('has one parameter per channel', () => {
    expect(node(15, 'BatchNormalization', [x, ...vectors(8, 8, 8, 8)]).shape).toEqual(['N', 8, 4, 4])
    expect(problemsOf(15, 'BatchNormalization', [x, ...vectors(8, 8, 6, 8)]).join()).toContain(
      'the numbers of channels differ',
    )
    const matrix = [x, tensor([8, 1]), ...vectors(8, 8, 8)]
    expect(problemsOf(15, 'BatchNormalization', matrix).join()).toContain('scale has the shape [8, 1]')
  })

  it('gives running mean and variance in training only', () => {
    const inputs = [x, ...vectors(8, 8, 8, 8)]
    const training = outputsOf(15, 'BatchNormalization', inputs, 3, { training_mode: int(1) })
    expect(training.outputs.map(({ shape }) => shape)).toEqual([['N', 8, 4, 4], [8], [8]])
    expect(outputsOf(15, 'BatchNormalization', inputs, 3).problems.join()).toContain('only with training_mode 1')
  })

  it('gave up to five outputs before', () => {
    const old = outputsOf(9, 'BatchNormalization', [x, ...vectors(8, 8, 8, 8)], 5)
    expect(old.problems).toEqual([])
    expect(old.outputs.map(({ shape }) => shape)).toEqual([['N', 8, 4, 4], [8], [8], [8], [8]])
  })

  it('takes one parameter per element with spatial 0', () => {
    const parameters = Array.from({ length: 4 }, () => tensor([8, 4, 4]))
    expect(problemsOf(7, 'BatchNormalization', [x, ...parameters], { spatial: int(0) })).toEqual([])
  })
})

describe('layer and group normalization', () => {
  it('gives one mean per normalized part, as float32', () => {
    const half = (shape: (number | string)[]) => tensor(shape, 'float16')
    const { outputs } = outputsOf(17, 'LayerNormalization', [half(['N', 5, 6]), half([6]), half([6])], 3)
    expect(outputs.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['float16', ['N', 5, 6]],
      ['float32', ['N', 5, 1]],
      ['float32', ['N', 5, 1]],
    ])
  })

  it('reduces all axes from axis on', () => {
    const { outputs } = outputsOf(17, 'LayerNormalization', [tensor([2, 3, 4]), tensor([3, 4])], 2, { axis: int(1) })
    expect(outputs[1]?.shape).toEqual([2, 1, 1])
  })

  it('finds a scale that does not fit, and an axis that is not there', () => {
    const problems = problemsOf(17, 'LayerNormalization', [tensor([2, 3]), tensor([4])])
    expect(problems.join()).toContain('Scale has the shape [4], and that does not broadcast to [2, 3]')
    const far = problemsOf(17, 'LayerNormalization', [tensor([2, 3]), tensor([3])], { axis: int(2) })
    expect(far.join()).toContain('axis 2 is outside of [-2, 1]')
  })

  it('GroupNormalization has one scale per channel', () => {
    const groups = { num_groups: int(2) }
    expect(problemsOf(21, 'GroupNormalization', [tensor([1, 8, 4]), ...vectors(8, 8)], groups)).toEqual([])
    expect(problemsOf(21, 'GroupNormalization', [tensor([1, 8, 4]), ...vectors(2, 2)], groups).join()).toContain(
      'differ',
    )
    const odd = problemsOf(21, 'GroupNormalization', [tensor([1, 8, 4]), ...vectors(8, 8)], { num_groups: int(3) })
    expect(odd.join()).toContain('8 channels are not divisible by 3 groups')
  })

  it('gives mean, deviation and sum of SkipLayerNormalization', () => {
    const step = {
      op: 'SkipLayerNormalization',
      inputs: [tensor([1, 'S', 8]), tensor([1, 'S', 8]), ...vectors(8, 8)],
      outputs: 4,
    }
    const { outputs, problems } = infer(17, [step], 'com.microsoft')
    expect(problems).toEqual([])
    expect(outputs.map(({ shape }) => shape?.[2])).toEqual([8, 1, 1, 8])
  })
})

describe('QuantizeLinear and DequantizeLinear', () => {
  const x = tensor([4, 64])
  it.each([
    ['uint8 without a zero point', 13, [x, tensor([])], {}, 'uint8'],
    ['the type of the zero point', 13, [x, tensor([]), tensor([], 'int8')], {}, 'int8'],
    ['output_dtype', 21, [x, tensor([])], { output_dtype: int(22) }, 'int4'],
  ])('quantizes to %s', (_, opset, inputs, attributes, dtype) => {
    expect(node(opset, 'QuantizeLinear', inputs, attributes)).toMatchObject({ dtype, shape: [4, 64] })
  })

  it.each([
    ['float32 before 19', 13, 'float32', {}, 'float32'],
    ['the type of the scale', 21, 'float16', {}, 'float16'],
    ['output_dtype', 23, 'float16', { output_dtype: int(1) }, 'float32'],
  ] as const)('dequantizes to %s', (_, opset, scale, attributes, dtype) => {
    expect(node(opset, 'DequantizeLinear', [tensor([4], 'int8'), tensor([], scale)], attributes).dtype).toBe(dtype)
  })

  it.each([
    ['per axis', [x, tensor([64])], {}, null],
    ['per axis, another length', [x, tensor([63])], {}, 'the scale has 63 elements, and axis 1 of the input has 64'],
    ['per block', [x, tensor([4, 4])], { block_size: int(16) }, null],
    ['per block, a last one incomplete', [x, tensor([4, 3])], { block_size: int(25) }, null],
    ['per block, too few', [x, tensor([4, 2])], { block_size: int(16) }, 'take [4, 4]'],
    ['a zero point of another length', [x, tensor([64]), tensor([4], 'int8')], {}, 'the zero point has the shape [4]'],
    ['a matrix without blocks', [x, tensor([4, 64])], {}, 'it takes at most rank 1'],
  ])('scale %s', (_, inputs, attributes, message) => {
    const problems = problemsOf(21, 'QuantizeLinear', inputs, attributes).join()
    if (message === null) expect(problems).toBe('')
    else expect(problems).toContain(message)
  })

  it('finds two contradicting types', () => {
    const inputs = [x, tensor([]), tensor([], 'int8')]
    expect(problemsOf(21, 'QuantizeLinear', inputs, { output_dtype: int(2) }).join()).toContain('output_dtype is uint8')
  })

  it('joins quantized tensors along an axis', () => {
    const part = (size: number | string) => [tensor([1, size, 4], 'uint8'), tensor([]), tensor([], 'uint8')]
    const inputs = [tensor([]), tensor([], 'uint8'), ...part(3), ...part('C')]
    const { outputs } = infer(17, [{ op: 'QLinearConcat', inputs, attributes: { axis: int(1) } }], 'com.microsoft')
    expect(outputs[0]).toMatchObject({ dtype: 'uint8', shape: [1, 'C + 3', 4] })
  })

  it('unpacks rows of 4-bit weights', () => {
    const inputs = [tensor([1000, 32], 'uint8'), tensor(['N', 'S'], 'int64'), tensor([1000, 2])]
    const attributes = { bits: int(4), block_size: int(32), quantize_axis: int(1), gather_axis: int(0) }
    const { outputs, problems } = infer(17, [{ op: 'GatherBlockQuantized', inputs, attributes }], 'com.microsoft')
    expect(problems).toEqual([])
    expect(outputs[0]).toMatchObject({ dtype: 'float32', shape: ['N', 'S', 64] })
  })
})

describe('activations', () => {
  it('gives the mask of Dropout the type of its version', () => {
    const mask = (opset: number) => outputsOf(opset, 'Dropout', [tensor([2, 3])], 2).outputs[1]
    expect(mask(7)).toMatchObject({ dtype: 'float32', shape: [2, 3] })
    expect(mask(13)).toMatchObject({ dtype: 'bool', shape: [2, 3] })
  })

  it('counts an axis from -rank to rank - 1', () => {
    expect(problemsOf(13, 'Softmax', [tensor([2, 3])], { axis: int(-2) })).toEqual([])
    expect(problemsOf(13, 'Softmax', [tensor([2, 3])], { axis: int(2) }).join()).toContain(
      'axis 2 is outside of [-2, 1]',
    )
  })

  it('finds a slope that would widen the input', () => {
    expect(problemsOf(16, 'PRelu', [tensor([1, 3, 4]), tensor([3, 1])])).toEqual([])
    expect(problemsOf(16, 'PRelu', [tensor([1, 3, 4]), tensor([2, 3, 4])]).join()).toContain('does not broadcast')
  })

  it('wants equal shapes for both halves of SwiGLU', () => {
    expect(problemsOf(28, 'SwiGLU', [tensor([2, 3]), tensor([2, 1])]).join()).toContain('both have to be the same')
  })
})

describe('losses', () => {
  const inputs = [tensor(['N', 5, 7]), tensor(['N', 7], 'int64')]
  it.each(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'])('%s: one per target, or one in all', (op) => {
    expect(node(13, op, inputs, { reduction: text('none') }).shape).toEqual(['N', 7])
    expect(node(13, op, inputs).shape).toEqual([])
    expect(problemsOf(13, op, [tensor([3, 5]), tensor([4], 'int64')]).join()).toContain(
      'input and target differ in size',
    )
  })
})

it('optimizers give tensors and states back', () => {
  const inputs = [tensor([]), tensor([], 'int64'), ...[3, 4, 3, 4, 3, 4].map((size) => tensor([size]))]
  const step = { op: 'Adagrad', inputs, outputs: 4 }
  const { outputs } = infer(17, [step], 'ai.onnx.preview.training')
  expect(outputs.map(({ shape }) => shape)).toEqual([[3], [4], [3], [4]])
})
