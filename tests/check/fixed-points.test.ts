/** Quantisation as a property of tensors: what the preparation for Vitis AI makes of QDQ pairs. */
import { describe, expect, test } from 'vitest'
import { checkDpu } from '../profiles/dpu.ts'
import { type Builder, builder, floatScalar } from './tiny.ts'

interface Form {
  readonly scale?: number
  readonly weightScales?: readonly number[]
  readonly zeroPoint?: number
  readonly unsigned?: boolean
  /** The last pair is left out. */
  readonly open?: boolean
}

/** x → Q → DQ → Conv (weights behind a DQ) → Relu → Q → DQ → y, as static quantisers write it. */
function quantised({ scale = 0.125, weightScales = [0.25], zeroPoint = 0, unsigned = false, open = false }: Form = {}) {
  const model = builder()
  const bytes = (value: number) => (unsigned ? Uint8Array.of(value) : Int8Array.of(value))
  const zero = model.initializer('zero', { dims: [], data: bytes(zeroPoint) })
  const pair = (name: string, at: string, factor: number, output = `${name}_dq`) => {
    const factors = model.initializer(`${name}_scale`, floatScalar(factor))
    const stored = model.node('QuantizeLinear', [at, factors, zero], {}, { name: `${name}/Q`, outputs: [`${name}_q`] })
    return model.node('DequantizeLinear', [stored, factors, zero], {}, { name: `${name}/DQ`, outputs: [output] })
  }
  const x = pair('x', model.input('x', 'float32', [1, 4, 8, 8]), 0.5)
  const perTensor = weightScales.length === 1
  const w = model.node(
    'DequantizeLinear',
    [
      model.initializer('w', { dims: [4, 4, 1, 1], data: new Int8Array(16) }),
      model.initializer('w_scale', {
        dims: perTensor ? [] : [weightScales.length],
        data: Float32Array.from(weightScales),
      }),
      model.initializer('w_zero', {
        dims: perTensor ? [] : [weightScales.length],
        data: new Int8Array(weightScales.length),
      }),
    ],
    perTensor ? {} : { axis: 0 },
    { name: 'w/DQ', outputs: ['w_dq'] },
  )
  const made = model.node('Conv', [x, w], {}, { name: 'conv', outputs: ['c'] })
  const relu = model.node('Relu', [made], {}, { name: 'relu', outputs: [open ? 'y' : 'r'] })
  if (!open) pair('r', relu, scale, 'y')
  model.output('y', 'float32', [1, 4, 8, 8])
  return model
}

const placements = async (model: Builder) =>
  (await checkDpu(model)).nodes.map(({ name, placement }) => `${name} ${placement}`)

describe('pairs in fixed point', () => {
  test('are no work of their own: one subgraph of what is computed', async () => {
    const { verdict, partitions, nodes } = await checkDpu(quantised())
    expect(verdict).toBe('ready')
    expect(partitions.map((partition) => partition.nodes)).toEqual([[3, 4]])
    expect(nodes[0]).toMatchObject({ placement: 'folded', why: expect.stringContaining('binary point') })
  })
  test('of int32 biases stay, too', async () => {
    const model = builder()
    const zero = model.initializer('zero', { dims: [], data: Int8Array.of(0) })
    const one = model.initializer('one', floatScalar(1))
    const x = model.node('DequantizeLinear', [model.input('x', 'int8', [1, 4]), one, zero])
    const dequantised = (name: string, dims: number[], data: Int8Array | Int32Array) =>
      model.node('DequantizeLinear', [model.initializer(name, { dims, data }), one])
    const w = dequantised('w', [4, 4], new Int8Array(16))
    const b = dequantised('b', [4], new Int32Array(4))
    model.node('QuantizeLinear', [model.node('Gemm', [x, w, b]), one, zero], {}, { outputs: ['y'] })
    model.output('y', 'int8', [1, 4])
    const { verdict, findings } = await checkDpu(model)
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([])
    expect(verdict).toBe('ready')
  })
})

describe('a pair that is not in fixed point keeps what hangs on it off the target', () => {
  test('the scale: tensor, value and allowed form in one finding', async () => {
    const model = quantised({ scale: 0.1 })
    const { findings } = await checkDpu(model)
    const [finding, ...others] = findings.filter(({ severity }) => severity !== 'note')
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      id: 'vitis-ai-dpu/quantisation/fixed-point',
      message: expect.stringContaining('"r" has the scale 0.1, not 2^-n with a whole n from -128 to 127'),
      values: expect.arrayContaining(['r', 'r_q']),
      fix: expect.stringContaining('PowerOfTwoMethod'),
    })
    expect(await placements(model)).toEqual([
      'x/Q folded',
      'x/DQ folded',
      'w/DQ folded',
      'conv target',
      'relu host',
      'r/Q host',
      'r/DQ host',
    ])
  })
  test.each([
    [
      'a scale per channel',
      { weightScales: [1, 2, 4, 8] },
      '"w" has 4 scales, one per channel, not one for the tensor',
    ],
    ['a zero point', { zeroPoint: 3 }, '"x_q" has the zero point 3, not 0'],
    ['unsigned activations', { unsigned: true }, 'is quantised to uint8, not int8'],
    ['a negative scale', { scale: -0.5 }, '"r_q" has the scale -0.5, not 2^-n'],
  ])('%s', async (_, form, message) => {
    const { findings } = await checkDpu(quantised(form))
    const messages = findings.filter(({ id }) => id.endsWith('/fixed-point')).map((finding) => finding.message)
    expect(messages).toHaveLength(1)
    const { nodes } = await checkDpu(quantised(form))
    expect(nodes.flatMap(({ why }) => why ?? []).join('\n')).toContain(message)
  })
})

test('what lies outside of the quantised part runs on the host', async () => {
  const model = builder()
  const zero = model.initializer('zero', { dims: [], data: Int8Array.of(0) })
  const one = model.initializer('one', floatScalar(1))
  const first = model.node('Relu', [model.input('x', 'float32', [1, 4])], {}, { name: 'outside' })
  const stored = model.node('QuantizeLinear', [model.node('Sigmoid', [first]), one, zero])
  const inside = model.node('Relu', [model.node('DequantizeLinear', [stored, one, zero])], {}, { name: 'inside' })
  model.node('QuantizeLinear', [inside, one, zero], {}, { outputs: ['y'] })
  model.output('y', 'int8', [1, 4])
  const { nodes, findings } = await checkDpu(model)
  expect(nodes.filter(({ op }) => op === 'Relu').map(({ name, placement }) => [name, placement])).toEqual([
    ['outside', 'host'],
    ['inside', 'target'],
  ])
  expect(findings.map(({ id }) => id)).toContain('vitis-ai-dpu/types/outside-quantised-part')
})

test('as it is: the pairs of the file are read in the same way, and nothing else is changed', async () => {
  const result = await checkDpu(quantised(), 'B4096', { asIs: true })
  expect(result.nodes.map(({ placement }) => placement)).toEqual([
    'folded',
    'folded',
    'folded',
    'target',
    'target',
    'folded',
    'folded',
  ])
})
