import { describe, expect, test } from 'vitest'
import { compareTensors, oddity } from '../../src/compare/tensors.ts'
import { defaultTolerance, givenTolerance, toleranceText } from '../../src/compare/tolerance.ts'
import type { DType } from '../../src/graph/dtype.ts'
import type { Tensor, TensorData } from '../../src/tensors/tensor.ts'

const tensor = (dtype: DType, data: TensorData, dims: readonly number[] = [data.length]): Tensor => ({
  dtype,
  dims,
  data,
})
const floats = (...values: number[]): Tensor => tensor('float32', Float32Array.from(values))

const nature = { dtype: 'float32', half: false, quantised: null } as const
const cpu = defaultTolerance(nature, 'cpu', 'cpu – wasm')
const gpu = defaultTolerance(nature, 'accelerated', 'cpu – webgpu')
const exact = defaultTolerance({ ...nature, dtype: 'int64' }, 'cpu', 'cpu – wasm')

describe('floats', () => {
  test('equal tensors match, with nothing to show', () => {
    const { verdict, maxAbs, cosine, maxUlp, at } = compareTensors(floats(1, -2, 3), floats(1, -2, 3), cpu)
    expect({ verdict, maxAbs, maxUlp, at }).toEqual({ verdict: 'match', maxAbs: 0, maxUlp: 0, at: null })
    expect(cosine).toBeCloseTo(1, 12)
  })

  test('the limits scale with the largest value: an error beside zero is no alarm', () => {
    expect(compareTensors(floats(100, 0), floats(100, 5e-4), cpu).verdict).toBe('match')
    expect(compareTensors(floats(100, 0), floats(100, 5e-3), cpu).verdict).toBe('drift')
    expect(compareTensors(floats(100, 0), floats(100, 0.2), cpu).verdict).toBe('mismatch')
  })

  test('a GPU may be further away than another CPU', () => {
    const [a, b] = [floats(1, 2), floats(1, 2.0002)]
    expect([compareTensors(a, b, cpu).verdict, compareTensors(a, b, gpu).verdict]).toEqual(['drift', 'match'])
  })

  test('the figures are those of their definitions', () => {
    const figures = compareTensors(floats(1, 2, 4, 0), floats(1.5, 2, 3, 0.25), givenTolerance({ atol: 0.3 }))
    expect(figures).toMatchObject({
      verdict: 'mismatch',
      count: 4,
      mismatched: 2,
      maxAbs: 1,
      maxRel: 0.5,
      mean: 0.4375,
      p99: 1,
      at: { index: [0], expected: 1, actual: 1.5 },
    })
    // 10·log10(4² / ((0.25 + 1 + 0.0625) / 4))
    expect(figures.psnr).toBeCloseTo(16.88, 2)
    expect(figures.cosine).toBeCloseTo(17.5 / (Math.sqrt(21) * Math.sqrt(15.3125)), 6)
  })

  test('units in the last place: neighbours are one apart, also across zero', () => {
    const up = new Float32Array(new Uint32Array([0x3f800001]).buffer)[0] as number
    expect(compareTensors(floats(1), floats(up), cpu).maxUlp).toBe(1)
    expect(compareTensors(floats(1e-45), floats(-1e-45), cpu).maxUlp).toBe(2)
    const half = (bits: number) => tensor('float16', Uint16Array.of(bits))
    expect(compareTensors(half(0x3c00), half(0x3c03), cpu)).toMatchObject({ maxUlp: 3, maxAbs: 3 / 1024 })
  })

  test('float16 and bfloat16 are compared as what their bits mean', () => {
    const half = tensor('float16', Uint16Array.of(0x3c00, 0xc000, 0x7c00, 1))
    const other = tensor('float16', Uint16Array.of(0x3c00, 0xc400, 0x7c00, 1))
    expect(compareTensors(half, other, cpu)).toMatchObject({ maxAbs: 2, mismatched: 1, at: { index: [1], actual: -4 } })
    const brain = tensor('bfloat16', Uint16Array.of(0x3f80))
    expect(compareTensors(brain, tensor('bfloat16', Uint16Array.of(0x4000)), cpu).maxAbs).toBe(1)
  })

  test('a place is one index per axis', () => {
    const [a, b] = [new Float32Array(24).fill(1), new Float32Array(24).fill(1)]
    b[17] = 9
    const dims = [2, 3, 4]
    expect(compareTensors(tensor('float32', a, dims), tensor('float32', b, dims), cpu).at?.index).toEqual([1, 1, 1])
  })

  test('an output of zeros is compared with the absolute tolerance of the ONNX tests', () => {
    expect(compareTensors(floats(0, 0), floats(0, 1e-8), cpu).verdict).toBe('match')
    expect(compareTensors(floats(0, 0), floats(0, 1e-6), cpu).verdict).toBe('mismatch')
  })
})

describe('not finite', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

  test('the same values at the same places match', () => {
    const found = compareTensors(floats(nan, 1, infinity), floats(nan, 1, infinity), cpu)
    expect(found).toMatchObject({ verdict: 'match', why: '2 not finite on both sides' })
  })

  test.each([
    ['NaN only here', floats(1, 2), floats(1, nan), 'NaN only here (1 element)'],
    ['NaN only in the reference', floats(nan, nan), floats(1, 2), 'NaN only in the reference (2 elements)'],
    ['an overflow', floats(70000), floats(infinity), 'Infinity only here (1 element)'],
    ['the other infinity', floats(infinity), floats(-infinity), '-Infinity in place of Infinity (1 element)'],
  ])('%s is a mismatch, said in words', (_, a, b, why) => {
    expect(compareTensors(a, b, gpu)).toMatchObject({ verdict: 'mismatch', why })
  })
})

describe('what is equal or not', () => {
  test('64-bit integers, beyond what a number holds', () => {
    const long = (...values: bigint[]) => tensor('int64', BigInt64Array.from(values))
    const found = compareTensors(long(2n ** 60n, 3n), long(2n ** 60n + 1n, 3n), exact)
    expect(found).toMatchObject({ verdict: 'mismatch', mismatched: 1, maxAbs: 1, at: { expected: String(2n ** 60n) } })
  })

  test('texts and truth values', () => {
    expect(compareTensors(tensor('string', ['a', 'b']), tensor('string', ['a', 'c']), exact)).toMatchObject({
      verdict: 'mismatch',
      mismatched: 1,
      at: { index: [1], expected: 'b', actual: 'c' },
    })
    const bools = (...values: number[]) => tensor('bool', Uint8Array.from(values))
    expect(compareTensors(bools(1, 0), bools(1, 1), exact)).toMatchObject({ verdict: 'mismatch', mismatched: 1 })
  })

  test.each([
    ['another type', tensor('float64', Float64Array.of(1)), 'the type is float64, not float32'],
    ['another shape', tensor('float32', Float32Array.of(1), [1, 1]), 'the shape is [1, 1], not [1]'],
    ['nothing', undefined, 'missing'],
  ])('%s is said', (_, other, why) => {
    expect(compareTensors(floats(1), other, cpu)).toMatchObject({ verdict: 'mismatch', why })
  })
})

describe('quantised outputs', () => {
  const steps = defaultTolerance({ dtype: 'uint8', half: false, quantised: { step: null } }, 'cpu', 'cpu – wasm')
  const bytes = (change: (i: number) => number) =>
    tensor(
      'uint8',
      Uint8Array.from({ length: 1000 }, (_, i) => 100 + change(i)),
    )
  const base = bytes(() => 0)

  test('a step in a few elements matches, in many it is a drift, further away a mismatch', () => {
    expect(
      compareTensors(
        base,
        bytes((i) => Number(i % 200 === 0)),
        steps,
      ).verdict,
    ).toBe('match')
    expect(
      compareTensors(
        base,
        bytes((i) => Number(i % 20 === 0)),
        steps,
      ).verdict,
    ).toBe('drift')
    expect(
      compareTensors(
        base,
        bytes((i) => (i === 7 ? 2 : 0)),
        steps,
      ).verdict,
    ).toBe('drift')
    expect(
      compareTensors(
        base,
        bytes((i) => (i === 7 ? 3 : 0)),
        steps,
      ),
    ).toMatchObject({ verdict: 'mismatch', mismatched: 1 })
  })

  test('floats behind a quantisation count in its steps', () => {
    const step = 0.05
    const tolerance = defaultTolerance({ ...nature, quantised: { step } }, 'accelerated', 'cpu – webgpu')
    expect(compareTensors(floats(1, 2, 3), floats(1, 2.05, 3), tolerance).verdict).toBe('match')
    expect(compareTensors(floats(1, 2, 3), floats(1.05, 2.05, 3), tolerance).verdict).toBe('drift')
    expect(compareTensors(floats(1, 2, 3), floats(1.2, 2, 3), tolerance).verdict).toBe('mismatch')
  })
})

test('tolerances are said in words', () => {
  expect(toleranceText(gpu)).toBe(
    'drift beyond 1e-4·s + 1e-4·|x|, mismatch beyond 5e-3·s + 5e-3·|x| (float32, cpu – webgpu)',
  )
  expect(toleranceText(exact)).toBe('equal (int64, cpu – wasm)')
  expect(toleranceText(givenTolerance({ atol: 0.5 }))).toBe('mismatch beyond 0.5 (given)')
})

test('an output that says nothing is odd', () => {
  expect([floats(0, 0), floats(2, 2), floats(1, Number.NaN), floats(1, 2), floats(3)].map(oddity)).toEqual([
    'zero',
    'constant',
    'not-finite',
    null,
    null,
  ])
})
