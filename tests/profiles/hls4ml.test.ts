/** Each rule of hls4ml on a net that it refuses (or that it computes wrongly), and on the nearest one that it takes. */
import { expect, test } from 'vitest'
import { Registry } from '../../src/profiles/load.ts'
import type { Check } from '../../src/profiles/profile.ts'
import { rowKeys } from '../../src/profiles/profile.ts'
import { floatScalar, floats, int64 } from '../check/tiny.ts'
import { type Attributes, ask, bipolar, made, quant, weights, x } from './hls4ml-nets.ts'

type Net = ReturnType<typeof made>
type Options = Parameters<typeof ask>[2]

interface Case {
  readonly bad: Net
  readonly good: Net
  readonly with?: Readonly<Record<string, string>>
  readonly options?: Options
  /** Where the good net differs in the question and not in its nodes. */
  readonly goodWith?: Readonly<Record<string, string>>
  readonly goodOptions?: Options
}

const image = x(1, 4, 8, 8)
const vector = x(1, 16)
const window = { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 }
const { pads: _pads, ...unpadded } = window
const { group: _group, ...ungrouped } = window
const pool = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] }
const { strides: _strides, ...unstrided } = pool
const stream = { io: 'stream' }
const streamed = { backend: 'vitis', io: 'stream' }

const conv = (attributes: Attributes = {}, w = weights(4, 4, 3, 3), of: Parameters<typeof made>[1][number] = image) =>
  made('Conv', [of, w], { ...window, ...attributes })
const depthwise = (w: Parameters<typeof made>[1][number], of: Parameters<typeof made>[1][number] = image) =>
  made('Conv', [of, w], { ...window, group: 4 })
const maxPool = (attributes: Attributes = {}, of = image) => made('MaxPool', [of], { ...pool, ...attributes })
const dense = (
  of: Parameters<typeof made>[1][number] = vector,
  w: Parameters<typeof made>[1][number] = weights(16, 5),
) => made('MatMul', [of, w])
const norm = (of: Net | ReturnType<typeof x>, channels: number, outputs = 1) =>
  made(
    'BatchNormalization',
    [of, weights(channels), weights(channels), weights(channels), weights(channels)],
    {},
    outputs,
  )
const relu = (of: Net | ReturnType<typeof x>) => made('Relu', [of])
const ones = (...values: number[]) => floats([values.length], ...values)
const perChannel = floats([1, 4, 1, 1], 0.25, 0.5, 0.25, 0.5)
const pair = (of: Parameters<typeof made>[1][number], scale: Parameters<typeof made>[1][number]) =>
  made('DequantizeLinear', [made('QuantizeLinear', [of, scale, zero]), scale, zero])
const zero = { dims: [], data: Uint8Array.of(0) }
const bytes = { dims: [16, 16], data: new Uint8Array(256) }
const resize = (...inputs: Parameters<typeof made>[1][number][]) =>
  made('Resize', [image, ...inputs], { mode: 'nearest' })
const scales = ones(1, 1, 2, 2)
const pad = (pads: readonly number[], attributes: Attributes = {}, ...more: Parameters<typeof made>[1][number][]) =>
  made('Pad', [image, int64(...pads), ...more], attributes)
const frame = [0, 0, 1, 1, 0, 0, 1, 1]

/** The rules of Quant hold for IntQuant, too. */
const quantRules = (op: 'Quant' | 'IntQuant'): Readonly<Record<string, Case>> => ({
  [`${op}/parameters`]: { bad: quant(vector, { op, scale: x(1, 1) }), good: quant(vector, { op }) },
  [`${op}/bitwidth-size`]: { bad: quant(vector, { op, bits: ones(4, 4) }), good: quant(vector, { op, bits: ones(4) }) },
  [`${op}/rounding`]: {
    bad: quant(vector, { op, attributes: { rounding_mode: 'CEIL' } }),
    good: quant(vector, { op, attributes: { rounding_mode: 'FLOOR' } }),
  },
  [`${op}/narrow`]: {
    bad: quant(vector, { op, attributes: { narrow: 1, signed: 0 } }),
    good: quant(vector, { op, attributes: { narrow: 1 } }),
  },
  [`${op}/per-channel-scale`]: { bad: quant(image, { op, scale: perChannel }), good: quant(image, { op }) },
  [`${op}/scale-rank`]: {
    bad: quant(vector, { op, scale: floats([1, 1], 0.1) }),
    good: quant(vector, { op, scale: floats([1], 0.1) }),
  },
  [`${op}/zero-point`]: {
    bad: quant(vector, { op, zeroPoint: floatScalar(3) }),
    good: quant(vector, { op, zeroPoint: floatScalar(3), scale: floatScalar(0.1) }),
  },
  [`${op}/bitwidth`]: { bad: quant(vector, { op, bits: floatScalar(4.5) }), good: quant(vector, { op }) },
  [`${op}/one-bit`]: {
    bad: quant(vector, { op, bits: floatScalar(1) }),
    good: quant(vector, { op, bits: floatScalar(1), attributes: { signed: 0 } }),
  },
})

const cases: Readonly<Record<string, Case>> = {
  'format/qdq-not-convertible': { bad: pair(vector, x(1, 1)), good: pair(vector, floatScalar(0.5)) },
  'format/qdq': { bad: pair(vector, floatScalar(0.5)), good: quant(vector) },
  'format/integer-operators': {
    bad: made('DynamicQuantizeLinear', [vector], {}, 3),
    good: quant(vector),
  },
  'inputs/blank-input': { bad: resize('', scales), good: resize(ones(), scales) },
  'dynamic-shape': { bad: relu(x(1, 4, 'H', 'W')), good: relu(x('N', 4, 8, 8)) },
  'ports/input-rank': { bad: relu(x(16)), good: relu(vector) },

  'Conv/rank': {
    bad: made('Conv', [x(1, 4, 8, 8, 8), weights(4, 4, 3, 3, 3)], { kernel_shape: [3, 3, 3] }),
    good: conv(),
  },
  'Conv/channels-last': { bad: conv(), options: { asIs: true }, good: conv() },
  'Conv/attributes': { bad: made('Conv', [image, weights(4, 4, 3, 3)], unpadded), good: conv() },
  'Conv/group-written': { bad: made('Conv', [image, weights(4, 4, 3, 3)], ungrouped), good: conv() },
  'Conv/group': { bad: conv({ group: 2 }, weights(4, 2, 3, 3)), good: depthwise(weights(4, 1, 3, 3)) },
  'Conv/dilation': { bad: conv({ dilations: [2, 2] }), good: conv({ dilations: [2, 2] }), goodWith: streamed },
  'Conv/depthwise-scale': {
    bad: depthwise(quant(weights(4, 1, 3, 3), { scale: floatScalar(0.1) })),
    good: depthwise(quant(weights(4, 1, 3, 3))),
  },
  'Conv/bias-scale': {
    bad: made('Conv', [image, weights(4, 4, 3, 3), quant(weights(4), { scale: floatScalar(0.1) })], window),
    good: made('Conv', [image, weights(4, 4, 3, 3), quant(weights(4))], window),
  },
  'Conv/dilated-size': { bad: conv({ dilations: [2, 2] }), with: stream, good: conv(), goodWith: stream },
  'Conv/depth-multiplier': { bad: depthwise(weights(8, 1, 3, 3)), good: depthwise(weights(4, 1, 3, 3)) },
  'Conv/weights': { bad: made('Conv', [image, x(4, 4, 3, 3)], window), good: conv() },

  'BatchNormalization/rank': { bad: norm(x(1, 4, 8, 8, 8), 4), good: norm(image, 4) },
  'BatchNormalization/channels-last': {
    bad: norm(image, 4),
    options: { asIs: true },
    good: norm(vector, 16),
    goodOptions: { asIs: true },
  },
  'BatchNormalization/training': {
    bad: made(
      'BatchNormalization',
      [vector, weights(16), weights(16), weights(16), weights(16)],
      { training_mode: 1 },
      3,
    ),
    options: { opset: 15 },
    good: norm(vector, 16),
  },
  'BatchNormalization/parameters': {
    bad: made('BatchNormalization', [vector, relu(x(1, 16)), weights(16), weights(16), weights(16)]),
    good: norm(vector, 16),
  },

  'MaxPool/rank': {
    bad: maxPool({ kernel_shape: [2, 2, 2], strides: [2, 2, 2], pads: [0, 0, 0, 0, 0, 0] }, x(1, 4, 8, 8, 8)),
    good: maxPool(),
  },
  'MaxPool/channels-last': { bad: maxPool(), options: { asIs: true }, good: maxPool() },
  'MaxPool/attributes': { bad: made('MaxPool', [image], unstrided), good: maxPool() },
  'MaxPool/indices': { bad: made('MaxPool', [image], pool, 2), good: maxPool() },
  'MaxPool/even-padding': { bad: maxPool({ pads: [0, 0, 1, 1] }), good: maxPool({ pads: [1, 1, 1, 1] }) },
  'MaxPool/one-dimension': {
    bad: maxPool({ kernel_shape: [2], strides: [2], pads: [0, 0] }, x(1, 4, 8)),
    good: maxPool(),
  },
  'MaxPool/ceil-mode': { bad: maxPool({ kernel_shape: [3, 3], ceil_mode: 1 }), good: maxPool({ ceil_mode: 1 }) },
  'MaxPool/dilation': { bad: maxPool({ dilations: [2, 2] }), good: maxPool({ dilations: [1, 1] }) },
  'AveragePool/channels-last': { bad: made('AveragePool', [image], pool), good: maxPool() },
  'GlobalAveragePool/rank': { bad: made('GlobalAveragePool', [x(1, 4, 8, 8, 8)]), good: maxPool() },
  'GlobalAveragePool/layout': { bad: made('GlobalAveragePool', [image]), good: maxPool() },
  'GlobalMaxPool/rank': { bad: made('GlobalMaxPool', [x(1, 4, 8, 8, 8)]), good: maxPool() },
  'GlobalMaxPool/layout': { bad: made('GlobalMaxPool', [image]), good: maxPool() },

  'Gemm/bias': {
    bad: made('Gemm', [vector, weights(16, 5)]),
    good: made('Gemm', [vector, weights(16, 5), weights(5)]),
  },
  'Gemm/beta': {
    bad: made('Gemm', [vector, weights(16, 5), weights(5)], { beta: Float32Array.of(0.5) }),
    good: made('Gemm', [vector, weights(16, 5), weights(5)], { alpha: Float32Array.of(0.5) }),
  },
  'Gemm/not-converted': {
    bad: made('Gemm', [vector, weights(16, 5), weights(5)]),
    options: { asIs: true },
    good: made('Gemm', [vector, weights(16, 5), weights(5)]),
  },
  'MatMul/constant-left': { bad: dense(weights(5, 16), x(16, 5)), good: dense() },
  'MatMul/second-input': { bad: dense(vector, x(16, 5)), good: dense() },
  'MatMul/per-channel-scale': {
    bad: dense(vector, quant(weights(16, 5), { scale: ones(0.25, 0.5, 0.25, 0.5, 1) })),
    good: dense(vector, quant(weights(16, 5), { scale: ones(0.25, 0.25, 0.25, 0.25, 0.25) })),
  },
  'MatMul/weight-zero-point': {
    bad: dense(vector, quant(weights(16, 5), { scale: floatScalar(0.1), zeroPoint: floatScalar(1) })),
    good: dense(vector, quant(weights(16, 5), { scale: floatScalar(0.1) })),
  },
  'MatMul/rank-quantised': { bad: quant(dense(x(1, 8, 16))), good: quant(dense()) },
  'MatMul/weight-rank': {
    bad: dense(x(1, 8, 16), weights(1, 16, 5)),
    with: { backend: 'quartus' },
    good: dense(x(1, 8, 16), weights(1, 16, 5)),
  },
  'MatMul/rank': { bad: dense(x(1, 8, 16)), good: dense() },
  'MatMul/two-activations': { bad: dense(x(1, 8, 16), x(1, 16, 8)), good: dense() },

  'Selu/parameters': { bad: made('Selu', [vector], { alpha: Float32Array.of(1) }), good: made('Selu', [vector]) },
  'Elu/alpha': { bad: made('Elu', [vector]), good: made('Elu', [vector], { alpha: Float32Array.of(1) }) },
  'ThresholdedRelu/alpha': {
    bad: made('ThresholdedRelu', [vector]),
    good: made('ThresholdedRelu', [vector], { alpha: Float32Array.of(1) }),
  },
  'PRelu/slope': { bad: made('PRelu', [vector, weights(16)]), good: made('LeakyRelu', [vector]) },
  'Softmax/rank': {
    bad: made('Softmax', [x(1, 8, 16)]),
    with: { backend: 'oneapi' },
    good: made('Softmax', [x(1, 8, 16)]),
  },

  'Add/behind-conv': { bad: made('Add', [conv(), floatScalar(2)]), good: made('Add', [relu(conv()), floatScalar(2)]) },
  'Add/constant-shape': { bad: made('Add', [image, weights(1, 4, 1, 1)]), good: made('Add', [vector, weights(16)]) },
  'Add/constant-scale': {
    bad: made('Add', [vector, quant(weights(16), { scale: floatScalar(0.1) })]),
    good: made('Add', [vector, quant(weights(16))]),
  },
  'Add/two-biases': {
    bad: made('Add', [made('Add', [vector, ones(2)]), made('Add', [vector, ones(3)])]),
    good: made('Add', [made('Add', [vector, ones(2)]), vector]),
  },
  'Add/broadcast': {
    bad: made('Add', [image, x(1, 4, 1, 1)]),
    with: stream,
    good: made('Add', [image, x(1, 4, 8, 8)]),
    goodWith: stream,
  },
  'Sub/behind-conv': { bad: made('Sub', [conv(), floatScalar(2)]), good: made('Sub', [relu(conv()), floatScalar(2)]) },
  'Sub/constant-shape': { bad: made('Sub', [image, weights(1, 4, 1, 1)]), good: made('Sub', [weights(16), vector]) },
  'Sub/broadcast': {
    bad: made('Sub', [image, x(1, 4, 1, 1)]),
    with: stream,
    good: made('Sub', [image, x(1, 4, 1, 1)]),
  },
  'Mul/behind-conv': { bad: made('Mul', [conv(), floatScalar(2)]), good: made('Mul', [relu(conv()), floatScalar(2)]) },
  'Mul/constant-shape': {
    bad: made('Mul', [conv(), weights(1, 4, 1, 1)]),
    good: made('Mul', [vector, floatScalar(2)]),
  },
  'Mul/broadcast': {
    bad: made('Mul', [image, x(1, 4, 1, 1)]),
    with: stream,
    good: made('Mul', [image, x(1, 4, 1, 1)]),
  },
  'Div/constant-left': { bad: made('Div', [floatScalar(2), vector]), good: made('Div', [vector, floatScalar(2)]) },
  'Div/behind-conv': { bad: made('Div', [conv(), floatScalar(2)]), good: made('Div', [relu(conv()), floatScalar(2)]) },
  'Div/constant-shape': {
    bad: made('Div', [image, weights(1, 4, 1, 1)]),
    good: made('Div', [image, weights(4, 8, 8)]),
  },
  'Div/two-activations': { bad: made('Div', [vector, x(1, 16)]), good: made('Div', [vector, floatScalar(2)]) },
  'Sum/inputs': { bad: made('Sum', [vector, x(1, 16), x(1, 16)]), good: made('Sum', [vector, x(1, 16)]) },
  'Sum/one-input': { bad: made('Sum', [vector]), good: made('Sum', [vector, x(1, 16)]) },
  'Sum/constant-shape': { bad: made('Sum', [image, weights(1, 4, 1, 1)]), good: made('Sum', [vector, weights(16)]) },
  'Max/inputs': { bad: made('Max', [vector, x(1, 16), x(1, 16)]), good: made('Max', [vector, x(1, 16)]) },
  'Max/one-input': { bad: made('Max', [vector]), good: made('Max', [vector, x(1, 16)]) },
  'Max/constant': { bad: made('Max', [vector, floatScalar(0)]), good: made('Max', [vector, x(1, 16)]) },
  'Min/inputs': { bad: made('Min', [vector, x(1, 16), x(1, 16)]), good: made('Min', [vector, x(1, 16)]) },
  'Min/one-input': { bad: made('Min', [vector]), good: made('Min', [vector, x(1, 16)]) },
  'Min/constant': { bad: made('Min', [vector, floatScalar(6)]), good: made('Min', [vector, x(1, 16)]) },

  'Concat/rank': {
    bad: made('Concat', [x(1, 2, 2, 2, 2), x(1, 2, 2, 2, 2)], { axis: 1 }),
    good: made('Concat', [image, x(1, 4, 8, 8)], { axis: 1 }),
  },
  'Concat/inputs': {
    bad: made('Concat', [vector, x(1, 16), x(1, 16)], { axis: 1 }),
    good: made('Concat', [vector, x(1, 16)], { axis: -1 }),
  },
  'Concat/one-input': {
    bad: made('Concat', [vector], { axis: 1 }),
    good: made('Concat', [vector, x(1, 16)], { axis: 1 }),
  },
  'Concat/constant': {
    bad: made('Concat', [vector, weights(1, 16)], { axis: 1 }),
    good: made('Concat', [vector, x(1, 16)], { axis: 1 }),
  },
  'Concat/batch-axis': {
    bad: made('Concat', [vector, x(1, 16)], { axis: 0 }),
    good: made('Concat', [vector, x(1, 16)], { axis: 1 }),
  },

  'Transpose/perm': { bad: made('Transpose', [image]), good: made('Transpose', [image], { perm: [0, 2, 3, 1] }) },
  'Transpose/axes': {
    bad: made('Transpose', [x(1, 2, 2, 2, 2)], { perm: [0, 2, 1, 3, 4] }),
    with: { backend: 'quartus', io: 'stream' },
    good: made('Transpose', [x(1, 2, 2, 2, 2)], { perm: [0, 2, 1, 3, 4] }),
  },
  'Transpose/batch-axis': {
    bad: made('Transpose', [image], { perm: [1, 0, 2, 3] }),
    good: made('Transpose', [image], { perm: [0, 2, 3, 1] }),
  },
  'Reshape/constant': {
    bad: relu(made('Reshape', [vector, made('Cast', [x(1, 2)], { to: 7 })])),
    good: relu(made('Reshape', [vector, int64(1, 16)])),
  },
  'Reshape/zero': {
    bad: relu(made('Reshape', [image, int64(1, 0, -1)])),
    good: relu(made('Reshape', [image, int64(0, 4, -1)])),
  },
  'Reshape/batch': {
    bad: relu(made('Reshape', [vector, int64(2, 8)])),
    good: relu(made('Reshape', [vector, int64(1, 16)])),
  },
  'Reshape/last-node': {
    bad: made('Reshape', [image, int64(1, -1)]),
    with: stream,
    good: made('Reshape', [image, int64(1, -1)]),
  },
  'Reshape/split': {
    bad: made('Reshape', [vector, int64(1, 4, 4)]),
    good: relu(made('Reshape', [vector, int64(1, 4, 4)])),
  },
  'Flatten/last-node': {
    bad: made('Flatten', [image]),
    with: stream,
    good: relu(made('Flatten', [image])),
    goodWith: stream,
  },
  'Flatten/axis': { bad: made('Flatten', [image], { axis: 2 }), good: made('Flatten', [image]) },

  'Pad/mode': { bad: pad(frame, { mode: 'reflect' }), good: pad(frame, { mode: 'constant' }) },
  'Pad/pads-input': { bad: made('Pad', [image], { pads: frame }), options: { opset: 9 }, good: pad(frame) },
  'Pad/pads': { bad: made('Pad', [image, made('Cast', [x(1, 8)], { to: 7 })]), good: pad(frame) },
  'Pad/value': { bad: pad(frame, {}, floatScalar(1)), good: pad(frame, {}, floatScalar(0)) },
  'Pad/axes': { bad: pad([1, 1, 1, 1], {}, floatScalar(0), int64(2, 3)), options: { opset: 18 }, good: pad(frame) },
  'Pad/rank': { bad: made('Pad', [vector, int64(0, 1, 0, 1)]), good: pad(frame) },
  'Pad/beside-layers': { bad: conv({}, weights(4, 4, 3, 3), pad(frame)), good: pad(frame) },
  'Pad/layout': { bad: pad(frame), with: { backend: 'quartus' }, good: pad(frame) },
  'Pad/channels': { bad: pad([0, 1, 0, 0, 0, 1, 0, 0]), good: pad(frame) },
  'Resize/sizes': { bad: resize(ones(), ones(), int64(1, 4, 16, 16)), good: maxPool() },
  'Resize/inputs': {
    bad: made('Resize', [image, scales], { mode: 'nearest' }),
    options: { opset: 10 },
    good: maxPool(),
  },
  'Resize/roi': { bad: resize(ones(), scales), good: maxPool() },
  'Dropout/ratio': { bad: made('Dropout', [vector, floatScalar(0.5)]), good: made('Dropout', [vector]) },
  'Dropout/last-node': {
    bad: made('Dropout', [vector]),
    with: { backend: 'oneapi' },
    good: relu(made('Dropout', [vector])),
    goodWith: { backend: 'oneapi' },
  },
  'Identity/last-node': {
    bad: made('Identity', [vector]),
    with: { backend: 'oneapi' },
    good: made('Identity', [vector]),
  },

  ...quantRules('Quant'),
  ...quantRules('IntQuant'),
  'BipolarQuant/parameters': { bad: bipolar(vector, x(1, 1)), good: bipolar(vector) },
  'BipolarQuant/scale-rank': { bad: bipolar(vector, floats([1, 1], 0.1)), good: bipolar(vector, floats([1], 0.1)) },
}

test.each(Object.entries(cases))('%s', async (rule, { bad, good, with: asked, options, goodWith, goodOptions }) => {
  const refused = await ask(bad, asked, options)
  const found = refused.findings.find(({ id }) => id === `t/${rule}`)
  expect(refused.findings.map(({ id }) => id)).toContain(`t/${rule}`)
  expect(found?.severity).toBe('error')
  expect(found?.fix).toBeTruthy()
  const taken = await ask(good, goodWith, goodOptions)
  expect(taken.findings.map(({ id }) => id)).not.toContain(`t/${rule}`)
})

test('a bit width that the flow cannot express is named with its tensor, its value and what is allowed', async () => {
  const { findings } = await ask(quant(vector, { bits: floatScalar(4.5) }))
  const finding = findings.find(({ id }) => id === 't/Quant/bitwidth')
  expect(finding).toMatchObject({ values: ['v4'], found: { 'value(bitwidth)[0]': 4.5 } })
  expect(finding?.fix).toContain('a whole bit width from 2 on')
})

test('one finding tells what a model without quantisers, with QDQ or with open dimensions has to change', async () => {
  const errors = async (net: Net) =>
    (await ask(net)).findings.filter(({ severity }) => severity !== 'note').map(({ id }) => id)
  const layer = (of: Parameters<typeof made>[1][number], w: Parameters<typeof made>[1][number]) =>
    relu(made('Gemm', [of, w, weights(16)], { transB: 1 }))
  const float = layer(layer(layer(vector, weights(16, 16)), weights(16, 16)), weights(16, 16))
  expect(await errors(float)).toEqual(['t/default-precision'])
  const scale = floatScalar(0.5)
  const qdq = (of: Net | ReturnType<typeof x>) => layer(pair(of, scale), made('DequantizeLinear', [bytes, scale, zero]))
  expect(await errors(qdq(qdq(qdq(vector))))).toEqual(['t/format/qdq'])
  const open = relu(conv({}, weights(4, 4, 3, 3), relu(conv({}, weights(4, 4, 3, 3), x('N', 4, 'H', 'W')))))
  expect(await errors(open)).toEqual(['t/dynamic-shape', 't/default-precision'])
})

test('what the preparation rewrites or takes out is told, node by node', async () => {
  const { nodes, findings } = await ask(made('Gemm', [made('Flatten', [relu(conv())]), weights(256, 5), weights(5)]))
  expect(nodes.map(({ op, placement }) => `${op} ${placement}`)).toEqual([
    'Conv target',
    'Relu target',
    'Flatten target',
    'Gemm target',
  ])
  const told = findings.filter(({ id }) => id === 't/prepared')
  expect(told.map(({ message, nodes: at }) => `${at}: ${message.split(': ')[1]}`)).toEqual([
    '0: moved to channels last by qonnx',
    '2: flattened in channels last by qonnx, which sorts the weights of the layer behind accordingly',
    '3: written as MatMul and Add by qonnx',
  ])
})

test('layers say what multiplies and how often it can be reused', async () => {
  const { layers } = await ask(dense(made('Flatten', [depthwise(weights(4, 1, 3, 3))]), weights(256, 3)))
  expect(layers).toMatchObject([
    { op: 'Conv', figures: { weights: 36, 'reuse factors': [1, 2, 3, 4, 6, 9, 12, 18, 36, 72, 144] } },
    { op: 'MatMul', figures: { weights: 768, multipliers: 768 } },
  ])
})

test('no rule is without its pair of nets', () => {
  const profile = new Registry().get('hls4ml')?.profile
  const idOf = (check: Check): string => (typeof check === 'string' ? '' : (check.id ?? ''))
  const rules = new Set<string>()
  for (const [phase, checks] of Object.entries(profile?.everyNode ?? {}))
    for (const check of checks) rules.add(`${phase}/${idOf(check)}`)
  for (const [op, rows] of Object.entries(profile?.operators ?? {}))
    for (const row of rows ?? [])
      for (const [phase, checks] of Object.entries(row))
        if (!rowKeys.has(phase)) for (const check of checks as readonly Check[]) rules.add(`${op}/${idOf(check)}`)
  // What an open dimension or rank refuses has the id that it has on every target.
  rules.delete('ports/static')
  rules.delete('inputs/rank')
  rules.add('dynamic-shape')
  expect([...rules].sort()).toEqual(Object.keys(cases).sort())
})
