/** Values of small tensors: exact by element type, symbolic where a size is not a number. */
import { describe, expect, it } from 'vitest'
import type { DType } from '../../src/graph/dtype.ts'
import { floats, type Input, infer, int, ints, node, one, tensor } from './one-node.ts'

const value = (op: string, dtype: DType, a: number | bigint, b: number | bigint, attributes = {}) =>
  node(13, op, [one(a, dtype), one(b, dtype)], attributes).value?.[0]

describe('integers', () => {
  it.each([
    ['Div', 'int64', -7, 2, '-3'],
    ['Div', 'int64', 7, -2, '-3'],
    ['Mod', 'int64', -7, 3, '2'],
    ['Mod', 'int64', 7, -3, '-2'],
    ['Add', 'int64', 9007199254740991, 1, '9007199254740992'],
    ['Add', 'int64', 9223372036854775807n, 1, '-9223372036854775808'],
    ['Mul', 'int64', 3037000500, 3037000500, '-9223372036709301616'],
    ['Add', 'int32', 2147483647, 1, '-2147483648'],
    ['Sub', 'uint32', 0, 1, '4294967295'],
    ['Mul', 'int64', -3, 0, '0'],
  ] as const)('%s of %s: %s and %s', (op, dtype, a, b, result) => {
    expect(value(op, dtype, a, b)).toBe(result)
  })

  it('keeps the sign of the dividend with fmod', () => {
    expect(value('Mod', 'int64', -7, 3, { fmod: int(1) })).toBe('-1')
  })
  it('does not know what a division by zero gives', () => {
    for (const op of ['Div', 'Mod']) {
      const { outputs, problems } = infer(13, [{ op, inputs: [one(1), one(0)] }])
      expect(outputs[0]?.value).toEqual([null])
      expect(problems).toEqual([expect.stringMatching(/^model\/division-by-zero: .* divides by 0/)])
    }
  })
})

describe('floats', () => {
  it('are rounded to their width', () => {
    expect(node(13, 'Mul', [floats(224), floats(Math.fround(0.1))]).value).toEqual([
      String(Math.fround(224 * Math.fround(0.1))),
    ])
    expect(node(13, 'Add', [one(2048, 'float16'), one(1, 'float16')]).value).toEqual(['2048'])
  })

  it('scale a size as old exporters do', () => {
    const scaled = (size: number) =>
      infer(13, [
        { op: 'Cast', inputs: [one(size)], attributes: { to: int(1) }, name: 'float' },
        { op: 'Mul', inputs: ['float', one(1.5, 'float32')], name: 'scaled' },
        { op: 'Floor', inputs: ['scaled'], name: 'floor' },
        { op: 'Cast', inputs: ['floor'], attributes: { to: int(7) } },
      ]).outputs[0]?.value
    expect(scaled(7)).toEqual(['10'])
  })

  it('scale a symbolic size by whole numbers only', () => {
    const scaled = (by: number) =>
      infer(13, [
        { op: 'Shape', inputs: [tensor(['H'])], name: 'shape' },
        { op: 'Cast', inputs: ['shape'], attributes: { to: int(1) }, name: 'float' },
        { op: 'Mul', inputs: ['float', floats(by)], name: 'scaled' },
        { op: 'Floor', inputs: ['scaled'], name: 'floor' },
        { op: 'Cast', inputs: ['floor'], attributes: { to: int(7) } },
      ]).outputs[0]?.value
    expect(scaled(2)).toEqual(['2*H'])
    expect(scaled(1.5)).toEqual([null])
  })

  it('round half to even', () => {
    expect(node(13, 'Round', [floats(0.5, 1.5, -2.5, 2.4)]).value).toEqual(['0', '2', '-2', '2'])
  })
  it('are powers where these are exact', () => {
    const power = (a: number, b: number) => node(13, 'Pow', [floats(a), floats(b)]).value
    expect([power(16, 0.5), power(2, 10), power(15, 0.5), power(2, -1)]).toEqual([['4'], ['1024'], [null], [null]])
  })
  it('are cast towards zero, and not out of range', () => {
    const cast = (element: number) => node(13, 'Cast', [one(element, 'float32')], { to: int(6) }).value
    expect([cast(2.9), cast(-2.9), cast(3e9)]).toEqual([['2'], ['-2'], [null]])
  })
  it('are not summed where the order of summation decides', () => {
    const sum = (...elements: number[]) => node(13, 'ReduceSum', [floats(...elements), ints(0)]).value
    expect(sum(1, 2, 3)).toEqual(['6'])
    expect(sum(0.1, 0.2, 0.3)).toEqual([null])
  })
})

describe('sizes', () => {
  const of = (op: string, other: Parameters<typeof node>[2][number], attributes = {}) =>
    infer(13, [
      { op: 'Shape', inputs: [tensor(['H'])], name: 'shape' },
      { op, inputs: ['shape', other], attributes },
    ]).outputs[0]?.value

  it.each([
    ['Add', 1, 'H + 1'],
    ['Mul', 2, '2*H'],
    ['Mul', 0, '0'],
    ['Div', 2, 'floor(H/2)'],
    ['Mod', 8, 'mod(H, 8)'],
    ['Max', 0, 'H'],
    ['Equal', -1, '0'],
    ['Greater', -1, '1'],
    ['GreaterOrEqual', 0, '1'],
    ['Less', 0, '0'],
    ['Equal', 0, null],
    ['Greater', 0, null],
  ] as const)('%s with %s', (op, other, result) => {
    expect(of(op, ints(other))).toEqual([result])
  })

  it('choose where a size is compared with -1', () => {
    const { outputs } = infer(13, [
      { op: 'Shape', inputs: [tensor(['N', 3])], name: 'shape' },
      { op: 'Equal', inputs: ['shape', ints(-1)], name: 'open' },
      { op: 'Where', inputs: ['open', ints(1, 1), 'shape'] },
    ])
    expect(outputs[0]?.value).toEqual(['N', '3'])
  })

  it('make ranges', () => {
    expect(node(11, 'Range', [one(0), one(10), one(3)]).value).toEqual(['0', '3', '6', '9'])
    expect(node(11, 'Range', [one(5), one(0), one(-2)]).shape).toEqual([3])
    expect(node(11, 'Range', [one(0, 'float32'), one(1, 'float32'), one(Math.fround(0.1), 'float32')]).shape).toEqual([
      10,
    ])
    const { outputs } = infer(11, [
      { op: 'Size', inputs: [tensor(['N', 2])], name: 'size' },
      { op: 'Range', inputs: [one(0), 'size', one(1)] },
    ])
    expect(outputs[0]?.shape).toEqual(['2*N'])
  })

  it('add up and multiply', () => {
    const { outputs } = infer(13, [
      { op: 'Shape', inputs: [tensor(['N', 3, 'H'])], name: 'shape' },
      { op: 'ReduceProd', inputs: ['shape'], attributes: { keepdims: int(0) } },
    ])
    expect(outputs[0]?.value).toEqual(['3*H*N'])
  })
})

describe('expressions that would grow with every step', () => {
  const chain = (length: number, step: (before: string, at: number) => { op: string; inputs: (string | Input)[] }) => {
    const steps = Array.from({ length }, (_, at) => ({ ...step(`step${at - 1}`, at), name: `step${at}` }))
    return infer(13, [{ op: 'Shape', inputs: [tensor(['a'])], name: 'step-1' }, ...steps]).outputs[0]?.value
  }

  it('become unknown', () => {
    expect(chain(200, (before) => ({ op: 'Mul', inputs: [before, before] }))).toEqual([null])
    const grown = chain(200, (before, at) =>
      at % 2 === 0 ? { op: 'Div', inputs: [before, ints(3)] } : { op: 'Mul', inputs: [before, `step${at - 2}`] },
    )
    expect(grown).toEqual([null])
    expect(chain(200, (before, at) => ({ op: 'Add', inputs: [before, ints(at)] }))).toEqual(['a + 19900'])
  })
})
