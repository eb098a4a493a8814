import { describe, expect, test } from 'vitest'
import { schemaVocabulary } from '../../src/check/vocabulary.ts'
import { Float32, type Value } from '../../src/profiles/condition/value.ts'
import { Judge } from '../../src/profiles/judge.ts'
import { lintProfile } from '../../src/profiles/lint.ts'
import { parameterValues } from '../../src/profiles/parameters.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import { coreml, dpu, examples, nnapi, webgpu, xnnpack } from './examples.ts'
import { dims, type LiteralNode, node, tensor } from './literal-facts.ts'

const vocabulary = schemaVocabulary()
test.each(examples)('$id: a reviewer finds no error in it', (profile) => {
  expect(lintProfile(profile, vocabulary).filter(({ severity }) => severity === 'error')).toEqual([])
})

const why = (profile: Profile, literal: LiteralNode, given: Record<string, string> = {}) => {
  const { outcome, reason } = new Judge(profile, parameterValues(profile, given)).node(node(literal))
  return reason ? `${outcome}: ${reason.explain().text}` : outcome
}
const floats = (...values: readonly number[]) =>
  tensor('constant', { shape: [values.length], value: values.map((v) => new Float32(Math.fround(v))) })

describe('Core ML Resize', () => {
  const resize = (scales: Value, attributes: Record<string, Value> = {}, shape = dims('N', 3, 8, 8)): LiteralNode => ({
    op: 'Resize',
    since: 13,
    inputs: { X: tensor('x', { shape }), scales },
    outputs: { Y: tensor('y', { shape: dims('N', 3, 16, 16) }) },
    attributes,
    defaults: {
      mode: 'nearest',
      nearest_mode: 'round_prefer_floor',
      coordinate_transformation_mode: 'half_pixel',
      exclude_outside: 0,
    },
  })
  const nearest = { nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' }
  test.each([
    ['doubled', resize(floats(1, 1, 2, 2), nearest), 'accepted'],
    ['halved', resize(floats(1, 1, 0.5, 0.5), nearest), 'accepted'],
    ['linear', resize(floats(1, 1, 2, 2), { mode: 'linear' }), 'accepted'],
    [
      'another rounding',
      resize(floats(1, 1, 2, 2)),
      "refused: since mode == 'nearest': nearest_mode == 'floor': nearest_mode is 'round_prefer_floor'",
    ],
    ['cubic', resize(floats(1, 1, 2, 2), { mode: 'cubic' }), "refused: mode in ['nearest', 'linear']: mode is 'cubic'"],
    [
      'computed scales',
      resize(tensor('s', { shape: [4], origin: 'made by node "concat_1" (Concat)' }), nearest),
      'refused: const(sizes): sizes is not given; const(scales): scales is made by node "concat_1" (Concat)',
    ],
    [
      'other axes',
      resize(floats(1, 2, 2, 2), nearest),
      'refused: given(sizes): sizes is not given; 1 >= rank(X) - 2: rank(X) is 4; value(scales)[1] == 1: value(scales)[1] is 2',
    ],
    [
      'a symbolic height',
      resize(floats(1, 1, 2, 2), nearest, dims('N', 3, 'H', 8)),
      'refused: given(sizes): sizes is not given; known(shape(X)[-2]): shape(X)[-2] is H, which has no number (--dim H=1)',
    ],
    [
      'an empty batch',
      resize(floats(1, 1, 2, 2), nearest, [0, 3, 8, 8]),
      'refused: known(shape(X)[0]): shape(X)[0] is 0; shape(X)[0] == 0: shape(X)[0] is 0',
    ],
  ])('%s', (_, literal, expected) => {
    expect(why(coreml, literal)).toBe(expected)
  })
})

describe('NNAPI Conv', () => {
  const u8 = (name: string, shape: readonly number[], more: Record<string, Value> = {}) =>
    tensor(name, {
      shape,
      dtype: 'uint8',
      scale: floats(0.5),
      zeroPoint: tensor('z', { shape: [], value: [0] }),
      ...more,
    })
  const conv = (W: Value, more: LiteralNode = {}): LiteralNode => ({
    op: 'Conv',
    since: 11,
    inputs: { X: tensor('x', { shape: [1, 3, 8, 8] }), W },
    outputs: { Y: tensor('y', { shape: [1, 8, 6, 6] }) },
    defaults: { group: 1 },
    ...more,
  })
  const W = tensor('w', { shape: [8, 3, 3, 3], constant: true })
  test('float', () => {
    expect(why(nnapi, conv(W))).toBe('accepted')
    expect(why(nnapi, conv(W), { level: '27' })).toBe('refused: level >= 28: level is 27')
    expect(why(nnapi, conv(W), { level: '28', nchw: 'true' })).toBe('refused: level >= 29: level is 28; nchw is true')
  })
  test('dilations ask for a level', () => {
    const dilated = conv(W, { attributes: { dilations: [2, 2] } })
    expect(why(nnapi, dilated)).toBe('accepted')
    expect(why(nnapi, dilated, { level: '28' })).toContain('dilations[0] == 1: dilations[0] is 2')
  })
  test('a QDQ unit', () => {
    const quantized = (weights: Value): LiteralNode => ({
      ...conv(weights),
      qdq: true,
      inputs: { X: u8('x', [1, 3, 8, 8]), W: weights },
      outputs: { Y: u8('y', [1, 8, 6, 6]) },
    })
    const perChannel = tensor('w', {
      shape: [8, 3, 3, 3],
      dtype: 'int8',
      constant: true,
      scale: floats(1, 2, 3, 4, 5, 6, 7, 8),
      zeroPoint: tensor('z', { shape: [1], value: [0] }),
    })
    expect(why(nnapi, quantized(u8('w', [8, 3, 3, 3], { constant: true })))).toBe('accepted')
    expect(why(nnapi, quantized(perChannel))).toBe('accepted')
    expect(why(nnapi, quantized(perChannel), { level: '28' })).toContain('level >= 29: level is 28')
  })
})

test('WebGPU MaxPool: claimed, and then it throws', () => {
  const pool = (more: LiteralNode = {}): LiteralNode => ({
    op: 'MaxPool',
    since: 12,
    types: { T: ['float32'], I: ['int64'] },
    defaults: { storage_order: 0 },
    ...more,
  })
  expect(why(webgpu, pool())).toBe('accepted')
  expect(why(webgpu, pool({ outputs: { Y: tensor('y'), Indices: tensor('i') } }))).toBe(
    'fails: given(Indices): Indices is given',
  )
  expect(why(webgpu, pool({ since: 22 }))).toBe('refused: no kernel for MaxPool 22 (there are kernels for version 12)')
})

test('DPU Conv: the weight bank', () => {
  const conv = (channels: number, kernel: number): LiteralNode => ({
    op: 'Conv',
    since: 11,
    inputs: {
      X: tensor('x', { shape: [1, channels, 64, 64] }),
      W: tensor('w', { shape: [8, channels, kernel, kernel], constant: true }),
    },
    attributes: { group: 1 },
    window: { kernel: [kernel, kernel], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
  })
  expect(why(dpu, conv(64, 3))).toBe('accepted')
  expect(why(dpu, conv(512, 11))).toContain('<= arch.depth')
  expect(why(dpu, conv(64, 17))).toContain(
    'window.kernel[0] in 1..arch.kernel: window.kernel[0] is 17, arch.kernel is 16',
  )
})

test('XNNPACK MaxPool: the batch may be symbolic, the rest not', () => {
  const pool = (shape: Value, more: LiteralNode = {}): LiteralNode => ({
    op: 'MaxPool',
    since: 12,
    inputs: { X: tensor('x', { shape }) },
    outputs: { Y: tensor('y', { shape }) },
    attributes: { kernel_shape: [2, 2] },
    defaults: { ceil_mode: 0, auto_pad: 'NOTSET' },
    ...more,
  })
  expect(why(xnnpack, pool(dims('N', 3, 8, 8)))).toBe('accepted')
  expect(why(xnnpack, pool(dims('N', 3, 'H', 8)))).toContain('--dim H=1')
  expect(why(xnnpack, pool(dims(1, 3, 8, 8), { attributes: { kernel_shape: [1, 1] } }))).toBe(
    'refused: kernel_shape != [1, 1]: kernel_shape is [1, 1]',
  )
})
