import { describe, expect, test } from 'vitest'
import { Scope } from '../../src/profiles/condition/compile.ts'
import { Lets } from '../../src/profiles/condition/expand.ts'
import { absent, Float32, Undetermined, type Value } from '../../src/profiles/condition/value.ts'
import { einsumFormOf } from '../../src/profiles/predicates.ts'
import { dims, type LiteralNode, node, tensor } from './literal-facts.ts'

const scope = new Scope(new Map(), new Lets({}))
const ask = (text: string, literal: LiteralNode) => {
  const result = scope.compile(text).test(node(literal))
  return typeof result === 'boolean' ? result : null
}
const integers = (...value: readonly Value[]) => tensor('constant', { shape: [value.length], dtype: 'int64', value })
const floats = (...value: readonly number[]) =>
  tensor('constant', { shape: [value.length], value: value.map((v) => new Float32(Math.fround(v))) })

describe('shrinksExactly: the inverse of the scale is a whole number that divides the dimension', () => {
  test.each([
    [0.5, 8, true],
    [0.5, 7, false],
    [0.25, 8, true],
    [1, 8, false],
    [2, 8, false],
    [0, 8, false],
    [-0.5, 8, false],
    [0.3, 10, false],
    // 1/3 is not exact; the providers round an inverse that is within 0.0001 of a whole number.
    [1 / 3, 9, true],
    [1 / 3, 8, false],
    [0.33334, 9, true],
    [0.3334, 9, false],
    [0.5, 'N', null],
    [2, 'N', false],
  ])('%d of %s: %s', (scale, dim, expected) => {
    const inputs = { X: tensor('x', { shape: dims(dim) }), scales: floats(scale) }
    expect(ask('shrinksExactly(value(scales)[0], shape(X)[0])', { inputs })).toBe(expected)
  })
})

describe('sliceNotEmpty', () => {
  const slice = (
    shape: readonly (number | string)[],
    starts: Value[],
    ends: Value[],
    axes?: Value[],
    steps?: Value[],
  ) =>
    ask('sliceNotEmpty()', {
      inputs: {
        data: tensor('d', { shape: dims(...shape) }),
        starts: integers(...starts),
        ends: integers(...ends),
        axes: axes ? integers(...axes) : absent,
        steps: steps ? integers(...steps) : absent,
      },
    })
  test.each([
    ['a plain range', slice([4], [1], [3]), true],
    ['an empty range', slice([4], [3], [3]), false],
    ['the end before the start', slice([4], [3], [1]), false],
    ['from the end', slice([4], [-2], [9223372036854775807n]), true],
    ['a start behind the end of the axis', slice([4], [4], [9]), false],
    ['backwards', slice([4], [-1], [-9223372036854775807n], undefined, [-1]), true],
    ['backwards over nothing', slice([4], [0], [3], undefined, [-1]), false],
    ['another axis', slice([4, 1], [1], [2], [-1]), false],
    ['a symbolic axis', slice(['N'], [1], [2]), null],
    ['a symbolic axis beside an empty range', slice(['N', 4], [0, 4], [1, 4]), false],
    ['a step of 0', slice([4], [0], [2], undefined, [0]), false],
    ['an axis that is not there', slice([4], [0], [2], [7]), false],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected)
  })
  test('unread bounds are unknown', () => {
    const inputs = { data: tensor('d', { shape: [4] }), starts: tensor('s'), ends: integers(2) }
    expect(ask('sliceNotEmpty()', { inputs })).toBe(null)
  })
})

describe('sizesByPosition: sizes keep every axis but the last two', () => {
  const sizes = (shape: readonly (number | string)[], value: readonly Value[], axes?: readonly Value[]) =>
    ask('sizesByPosition()', {
      inputs: { X: tensor('x', { shape: dims(...shape) }), sizes: integers(...value) },
      attributes: axes ? { axes } : {},
    })
  test.each([
    ['kept', sizes([1, 3, 8, 8], [1, 3, 16, 16]), true],
    ['channels changed', sizes([1, 3, 8, 8], [1, 4, 16, 16]), false],
    ['a symbolic batch', sizes(['N', 3, 8, 8], [1, 3, 16, 16]), null],
    ['the last two axes', sizes([1, 3, 8, 8], [16, 16], [2, 3]), true],
    ['the last two axes from the end', sizes([1, 3, 8, 8], [16, 16], [-1, -2]), true],
    // Axis 1 is the first of the list: compared with dimension 0, as the provider does.
    ['by position, not by axis', sizes([1, 3, 8, 8], [3, 16], [1, 3]), false],
    ['by position, by luck', sizes([3, 9, 8, 8], [3, 16], [1, 3]), true],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected)
  })
})

test('madeBySupported: of that type, and taken by the target', () => {
  const made = (op: string, supported: boolean | Undetermined) =>
    ask("madeBySupported(X, 'ArgMax')", { inputs: { X: tensor('x', { maker: { op, supported: () => supported } }) } })
  expect(made('ArgMax', true)).toBe(true)
  expect(made('ArgMax', false)).toBe(false)
  expect(made('ArgMax', new Undetermined('a shape'))).toBe(null)
  expect(made('ArgMin', true)).toBe(false)
  expect(ask("madeBySupported(X, 'ArgMax')", { inputs: { X: tensor('x') } })).toBe(false)
})

test('usedByCast: a Cast to that type reads it', () => {
  const users = [
    { op: 'Relu', castsTo: null },
    { op: 'Cast', castsTo: 'int32' },
  ]
  expect(ask("usedByCast(Y, 'int32')", { outputs: { Y: tensor('y', { users }) } })).toBe(true)
  expect(ask("usedByCast(Y, 'int64')", { outputs: { Y: tensor('y', { users }) } })).toBe(false)
})

test('rawEmpty: stored raw, or really empty', () => {
  const axes = (storedRaw: boolean, value: readonly Value[]) =>
    ask('rawEmpty(axes)', { inputs: { axes: tensor('axes', { storedRaw, value }) } })
  expect(axes(true, [1])).toBe(true)
  expect(axes(false, [1])).toBe(false)
  expect(axes(false, [])).toBe(true)
  expect(ask('rawEmpty(axes)', {})).toBe(false)
})

test('fusible: what a taken node on channels last makes for nobody else', () => {
  const maker = { op: 'Conv', channelsLast: true, supported: () => true }
  const users = [{ op: 'Relu', castsTo: null }]
  const fusible = (more: Parameters<typeof tensor>[1]) =>
    ask('fusible(X)', { inputs: { X: tensor('x', { maker, users, ...more }) } })
  expect(fusible({})).toBe(true)
  expect(fusible({ isOutput: true })).toBe(false)
  expect(fusible({ users: [...users, ...users] })).toBe(false)
  expect(fusible({ maker: { ...maker, channelsLast: false } })).toBe(false)
  expect(fusible({ maker: { ...maker, supported: () => false } })).toBe(false)
  expect(ask('fusible(X)', { inputs: { X: tensor('x') } })).toBe(false)
})

test('optional: what may hold nothing', () => {
  expect(ask('optional(X)', { inputs: { X: tensor('x', { isOptional: true }) } })).toBe(true)
  expect(ask('optional(X)', { inputs: { X: tensor('x') } })).toBe(false)
})

test('inCurrentGroup asks the grouping', () => {
  const maker = { inCurrentGroup: () => true }
  expect(ask('inCurrentGroup(X)', { inputs: { X: tensor('x', { maker }) } })).toBe(true)
  expect(ask('inCurrentGroup(X)', { inputs: { X: tensor('x') } })).toBe(false)
})

test('exactEightBit and powerOfTwo', () => {
  const of = (predicate: string, ...values: readonly number[]) =>
    ask(`${predicate}(W)`, { inputs: { W: floats(...values) } })
  expect(of('exactEightBit', 0.25, 0.75, -1)).toBe(true)
  expect(of('exactEightBit', 1, 127)).toBe(true)
  expect(of('exactEightBit', 1, 256)).toBe(false)
  expect(of('exactEightBit', 256, 512)).toBe(true)
  expect(of('exactEightBit', 0.1)).toBe(false)
  expect(of('exactEightBit', 0)).toBe(true)
  expect(of('exactEightBit', Number.NaN)).toBe(false)
  expect(of('powerOfTwo', 0.25, 4)).toBe(true)
  expect(of('powerOfTwo', 0.3)).toBe(false)
  expect(of('powerOfTwo', 0)).toBe(false)
  expect(ask('powerOfTwo(W)', { inputs: { W: tensor('w') } })).toBe(null)
})

describe('fixedPoint: int8 with one scale that is a power of two', () => {
  const scalar = (value: Value) => tensor('s', { shape: [], value: [value] })
  const of = (parts: Parameters<typeof tensor>[1]) =>
    ask('fixedPoint(X)', { inputs: { X: tensor('x', { dtype: 'int8', ...parts }) } })
  test.each([
    ['not quantised', { dtype: 'float32' }, true],
    ['a power of two', { scale: scalar(new Float32(0.25)) }, true],
    ['the smallest', { scale: scalar(new Float32(2 ** -127)) }, true],
    ['below it', { scale: scalar(new Float32(2 ** -128)) }, false],
    ['three quarters', { scale: scalar(new Float32(0.75)) }, false],
    ['nothing', { scale: scalar(new Float32(0)) }, false],
    ['a bias', { dtype: 'int32', scale: scalar(new Float32(0.5)) }, true],
    ['another width', { dtype: 'int16', scale: scalar(new Float32(0.5)) }, false],
    ['by its annotation', { dtype: 'float32', annotation: 'UINT8', scale: scalar(new Float32(0.5)) }, false],
    ['per channel', { scale: floats(1, 1) }, false],
    ['a zero point', { scale: scalar(new Float32(0.5)), zeroPoint: scalar(1) }, false],
    ['the zero point 0', { scale: scalar(new Float32(0.5)), zeroPoint: scalar(0) }, true],
    ['a computed scale', { scale: tensor('s', { shape: [] }) }, false],
    ['a scale that was not read', { scale: tensor('s', { constant: true, shape: [] }) }, null],
  ] as const)('%s', (_, parts, expected) => {
    expect(of(parts)).toBe(expected)
  })
})

test('onTarget: what the target has answered about the node that makes it', () => {
  const made = (onTarget: boolean) => ({
    inputs: { X: tensor('x', { maker: { op: 'Relu', onTarget: () => onTarget } }) },
  })
  expect(ask('onTarget(X)', made(true))).toBe(true)
  expect(ask('onTarget(X)', made(false))).toBe(false)
  expect(ask('onTarget(X)', { inputs: { X: tensor('x') } })).toBe(false)
})

test('blankInput: an empty name among the inputs', () => {
  expect(ask('blankInput()', { inputs: { X: tensor('x'), roi: absent, scales: floats(1) } })).toBe(true)
  expect(ask('blankInput()', { inputs: { X: tensor('x') } })).toBe(false)
})

test('integerType: by quantization annotation', () => {
  const of = (annotation: Value) => ask('integerType(X)', { inputs: { X: tensor('x', { annotation }) } })
  for (const type of ['INT4', 'UINT8', 'BIPOLAR', 'BINARY']) expect(of(type)).toBe(true)
  for (const type of ['FLOAT32', 'FIXED<8,4>']) expect(of(type)).toBe(false)
  expect(of(absent)).toBe(false)
})

test.each([
  ['ij,jk->ik', 'matmul'],
  ['bij , bjk -> bik', 'matmul'],
  ['ij,jk', 'matmul'],
  ['i,i->i', 'multiply'],
  ['i,j->ij', 'multiply'],
  ['ij->ji', 'transpose'],
  ['ij->ij', 'identity'],
  ['ij->i', 'reduce'],
  ['ii->i', 'diagonal'],
  ['ii', 'other'],
  ['...i,ij->...j', 'other'],
  ['ij,jk,kl->il', 'other'],
  ['ij,ij->', 'other'],
])('einsumForm of %s is %s', (equation, form) => {
  expect(einsumFormOf(equation)).toBe(form)
  expect(ask(`einsumForm() == '${form}'`, { attributes: { equation } })).toBe(true)
})
