/** What the DPU takes of an operator beside its size: an accepting and a refusing case for each rule. */
import { describe, expect, test } from 'vitest'
import { builder, floatScalar, int64 } from '../check/tiny.ts'
import { answer, checkDpu, type OneNode, placed } from './dpu.ts'

const image = [1, 4, 8, 8]
const float = (value: number) => Float32Array.of(value)

type Row = readonly [what: string, taken: OneNode, refused: OneNode, finding: string]

const resize = (attributes: object, ...scales: number[]): OneNode => ({
  op: 'Resize',
  opset: 18,
  inputs: [image],
  values: [new Float32Array(0), Float32Array.from(scales)],
  attributes: { nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric', ...attributes },
})
const linear = (ctm: string, factor: number) =>
  resize({ mode: 'linear', coordinate_transformation_mode: ctm }, 1, 1, factor, factor)
const conv = (attributes: object, weights: number[], inputs = [image]): OneNode => ({
  op: 'Conv',
  inputs,
  weights: [weights],
  attributes: attributes as OneNode['attributes'],
})
const clip = (low: number, high: number): OneNode => ({
  op: 'Clip',
  inputs: [image],
  values: [Float32Array.of(low), Float32Array.of(high)],
})

const rows: readonly Row[] = [
  ['Conv in groups', conv({ group: 4 }, [4, 1, 3, 3]), conv({ group: 2 }, [4, 2, 3, 3]), 'group'],
  ['Conv of a signal', conv({}, [4, 4, 3, 3]), conv({}, [4, 4, 3], [[1, 4, 8]]), 'two-dimensional'],
  ['Conv with computed weights', conv({}, [4, 4, 3, 3]), { op: 'Conv', inputs: [image, [4, 4, 3, 3]] }, 'const-w'],
  [
    'ConvTranspose with output_shape',
    { op: 'ConvTranspose', inputs: [image], weights: [[4, 4, 2, 2]] },
    { op: 'ConvTranspose', inputs: [image], weights: [[4, 4, 2, 2]], attributes: { output_shape: [9, 9] } },
    'output-shape',
  ],
  [
    'Gemm with computed weights',
    { op: 'Gemm', inputs: [[1, 8]], weights: [[8, 4], [4]] },
    {
      op: 'Gemm',
      inputs: [
        [1, 8],
        [8, 4],
      ],
    },
    'weights',
  ],
  [
    'Gemm with alpha',
    { op: 'Gemm', inputs: [[1, 8]], weights: [[8, 4]] },
    { op: 'Gemm', inputs: [[1, 8]], weights: [[8, 4]], attributes: { alpha: float(0.5) } },
    'form',
  ],
  [
    'MatMul of two activations',
    { op: 'MatMul', inputs: [[1, 8, 16]], weights: [[16, 4]] },
    {
      op: 'MatMul',
      inputs: [
        [1, 8, 16],
        [1, 16, 8],
      ],
    },
    'weights',
  ],
  [
    'MaxPool with a dilation',
    { op: 'MaxPool', inputs: [image], attributes: { kernel_shape: [2, 2] } },
    { op: 'MaxPool', inputs: [image], attributes: { kernel_shape: [2, 2], dilations: [2, 2] } },
    'dilation',
  ],
  [
    'ReduceMean over other axes',
    { op: 'ReduceMean', inputs: [image], attributes: { axes: [2, 3] } },
    { op: 'ReduceMean', inputs: [image], attributes: { axes: [1] } },
    'axes',
  ],
  [
    'ReduceMean with axes as an input',
    { op: 'ReduceMean', inputs: [image], values: [[-1, -2]], opset: 18 },
    { op: 'ReduceMean', inputs: [image], values: [[1, 2]], opset: 18 },
    'axes',
  ],
  [
    'ReduceMax over other axes',
    { op: 'ReduceMax', inputs: [image], attributes: { axes: [1] } },
    { op: 'ReduceMax', inputs: [image], attributes: { axes: [2, 3] } },
    'axes',
  ],
  [
    'ArgMax of many classes',
    { op: 'ArgMax', inputs: [[1, 128, 8, 8]], attributes: { axis: 1 }, output: 'int64' },
    { op: 'ArgMax', inputs: [[1, 129, 8, 8]], attributes: { axis: 1 }, output: 'int64' },
    'channels',
  ],
  [
    'ArgMax over another axis',
    { op: 'ArgMax', inputs: [image], attributes: { axis: 1 }, output: 'int64' },
    { op: 'ArgMax', inputs: [image], attributes: { axis: 3 }, output: 'int64' },
    'axis',
  ],
  [
    'Add with broadcasting',
    { op: 'Add', inputs: [image, image] },
    { op: 'Add', inputs: [image, [1, 4, 1, 1]] },
    'same-shape',
  ],
  ['Mul of a gate', { op: 'Mul', inputs: [image, image] }, { op: 'Mul', inputs: [image, [1, 4, 1, 1]] }, 'operands'],
  [
    'Mul by a constant',
    { op: 'Mul', inputs: [image], weights: [[1, 4, 1, 1]] },
    { op: 'Mul', inputs: [image], weights: [[1, 1, 8, 8]] },
    'operands',
  ],
  ['Clip', clip(0, 6), clip(0, 5), 'relu6'],
  [
    'LeakyRelu',
    { op: 'LeakyRelu', inputs: [image], attributes: { alpha: float(0.1015625) } },
    { op: 'LeakyRelu', inputs: [image], attributes: { alpha: float(0.1) } },
    'alpha',
  ],
  [
    'HardSigmoid',
    { op: 'HardSigmoid', inputs: [image], attributes: { alpha: float(1 / 6) } },
    { op: 'HardSigmoid', inputs: [image] },
    'form',
  ],
  [
    'Concat of model inputs',
    { op: 'Concat', inputs: [image, image], attributes: { axis: 1 } },
    { op: 'Concat', inputs: [image, image], attributes: { axis: 2 } },
    'from-host',
  ],
  ['Resize by cubic curves', resize({ mode: 'nearest' }, 1, 1, 2, 2), resize({ mode: 'cubic' }, 1, 1, 2, 2), 'mode'],
  ['Resize with aligned corners', linear('half_pixel', 2), linear('align_corners', 2), 'align-corners'],
  [
    'Resize to a fraction',
    resize({ mode: 'nearest' }, 1, 1, 3, 2),
    resize({ mode: 'nearest' }, 1, 1, 1.5, 1.5),
    'whole-scale',
  ],
  ['Resize of channels', resize({ mode: 'nearest' }, 1, 1, 2, 2), resize({ mode: 'nearest' }, 1, 2, 2, 2), 'image'],
  ['Resize linear by 4 and 8', linear('half_pixel', 4), linear('half_pixel', 8), 'linear-scale'],
  ['Resize linear by 8, asymmetric', linear('asymmetric', 8), linear('asymmetric', 3), 'linear-scale'],
  ['Resize with another rounding', resize({}, 1, 1, 2, 2), resize({ nearest_mode: 'ceil' }, 1, 1, 2, 2), 'rounding'],
  [
    'Pad by reflection',
    { op: 'Pad', inputs: [image], values: [[0, 0, 1, 1, 0, 0, 1, 1]] },
    { op: 'Pad', inputs: [image], values: [[0, 0, 1, 1, 0, 0, 1, 1]], attributes: { mode: 'reflect' } },
    'mode',
  ],
  [
    'Pad below nothing',
    { op: 'Pad', inputs: [image], values: [[0, 0, 1, 1, 0, 0, 1, 1]] },
    { op: 'Pad', inputs: [image], values: [[0, 0, -1, 0, 0, 0, 0, 0]] },
    'image',
  ],
  [
    'BatchNormalization alone',
    { op: 'BatchNormalization', inputs: [image], weights: [[4], [4], [4], [4]] },
    { op: 'BatchNormalization', inputs: [[1, 4]], weights: [[4], [4], [4], [4]] },
    'depthwise',
  ],
]

test.each(rows)('%s', async (_, taken, refused, finding) => {
  expect(await placed(taken)).toBe('target')
  expect(await placed(refused)).toBe(finding)
})

describe('what hangs on the family', () => {
  const prelu: OneNode = { op: 'PRelu', inputs: [image], weights: [[4, 1, 1]] }
  const hardSwish: OneNode = { op: 'HardSwish', inputs: [image] }
  const product: OneNode = { op: 'Mul', inputs: [image, image] }
  const perChannel: OneNode = { op: 'Mul', inputs: [image], weights: [[4, 1, 1]] }
  test.each([
    ['PReLU', prelu, { DPUCVDX8G: 'target', B4096: 'engine', DPUCAHX8H: 'engine' }],
    ['HardSwish', hardSwish, { DPUCVDX8G: 'target', B512: 'target', DPUCAHX8H: 'engine' }],
    ['a product of tensors', product, { DPUCVDX8G: 'target', B512: 'target', 'DPUCAHX8H-DWC': 'operands' }],
    ['a factor per channel', perChannel, { B512: 'target', 'DPUCAHX8H-DWC': 'target', DPUCAHX8H: 'operands' }],
    ['bilinear', linear('half_pixel', 2), { B512: 'target', 'DPUCAHX8H-DWC': 'target', DPUCAHX8H: 'depthwise-engine' }],
  ])('%s', async (_, node, expected) => {
    const found = await Promise.all(Object.keys(expected).map(async (arch) => [arch, await placed(node, arch)]))
    expect(Object.fromEntries(found)).toEqual(expected)
  })
})

describe('reshaping', () => {
  /** x [1, 4, 8, 8] → `first` → Reshape → … → y */
  async function behind(first: string, shape: number[], last: (b: ReturnType<typeof builder>, at: string) => void) {
    const model = builder()
    const x = model.input('x', 'float32', image)
    const made = model.node(first, [x])
    const reshaped = model.node('Reshape', [made, model.initializer('shape', int64(...shape))], {}, { outputs: ['y'] })
    last(model, reshaped)
    const result = await checkDpu(model)
    return answer({ ...result, nodes: result.nodes.slice(0, 2) })
  }
  const givenOut = (b: ReturnType<typeof builder>, at: string) => b.output(at, 'float32', [])
  const dense = (b: ReturnType<typeof builder>, at: string) => {
    b.node('Gemm', [at, b.weight('w', [256, 2], 256)], {}, { outputs: ['z'] })
    b.output('z', 'float32', [1, 2])
  }

  test('an image before a dense layer stays; the permute of channels is part of it', async () => {
    expect(await behind('Relu', [1, 256], dense)).toBe('target')
  })
  test('an image that is given out needs a permute', async () => {
    expect(await behind('Relu', [1, 256], givenOut)).toBe('layout')
  })
  test('one pixel per channel needs none', async () => {
    expect(await behind('GlobalAveragePool', [1, 4], givenOut)).toBe('target')
  })
  test('the batch stays', async () => {
    expect(await behind('GlobalAveragePool', [4, 1], givenOut)).toBe('batch')
  })
  test('what the host has made is reshaped there', async () => {
    expect(await behind('Sigmoid', [1, 256], dense)).toBe('from-host')
  })
})

test('an operator without any rule says what to use in its place', async () => {
  const model = builder()
  model.node('Sigmoid', [model.input('x', 'float32', image)], {}, { outputs: ['y'] })
  model.output('y', 'float32', image)
  const { findings, verdict } = await checkDpu(model)
  expect(verdict).toBe('partial')
  expect(findings[0]).toMatchObject({
    id: 'vitis-ai-dpu/Sigmoid/unsupported',
    fix: expect.stringContaining('HardSigmoid'),
  })
})

describe('bad input gets one finding with the way forward', () => {
  const chain = (dims: (number | string)[]) => {
    const model = builder()
    let at = model.input('x', 'float32', dims)
    for (const i of [1, 2, 3]) at = model.node('Relu', [at], {}, { outputs: [i === 3 ? 'y' : `r${i}`] })
    model.output('y', 'float32', dims)
    return model
  }
  test('symbolic sizes', async () => {
    const { findings } = await checkDpu(chain(['N', 4, 8, 8]))
    expect(findings).toMatchObject([
      {
        id: 'vitis-ai-dpu/dynamic-shape',
        severity: 'warning',
        nodes: [0, 1, 2],
        fix: expect.stringContaining('--dim N=1'),
      },
      { id: 'vitis-ai-dpu/not-quantised' },
    ])
  })
  test('a model that is not quantised is judged as the quantiser takes it, with a note', async () => {
    const { findings, verdict } = await checkDpu(chain([1, 4, 8, 8]))
    expect(verdict).toBe('ready')
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['vitis-ai-dpu/not-quantised', 'note'],
      ['vitis-ai-dpu/not-covered', 'note'],
    ])
    expect(findings[0]?.fix).toContain('PowerOfTwoMethod')
  })
  test('operators that compute with integers', async () => {
    const model = builder()
    const zero = model.initializer('zero', { dims: [], data: Uint8Array.of(0) })
    const scale = model.initializer('scale', floatScalar(1))
    const x = model.input('x', 'uint8', [2, 2])
    const w = model.initializer('w', { dims: [2, 2], data: Uint8Array.of(1, 2, 3, 4) })
    model.node('QLinearMatMul', [x, scale, zero, w, scale, zero, scale, zero], {}, { outputs: ['y'] })
    model.output('y', 'uint8', [2, 2])
    const { findings, verdict } = await checkDpu(model)
    expect(verdict).toBe('partial')
    expect(findings).toMatchObject([
      { id: 'vitis-ai-dpu/model/quantisation-form', fix: expect.stringContaining('vai_q_onnx') },
    ])
  })
})
