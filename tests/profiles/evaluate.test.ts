import { describe, expect, test } from 'vitest'
import { Scope } from '../../src/profiles/condition/compile.ts'
import { Lets } from '../../src/profiles/condition/expand.ts'
import { Float32, Symbolic, Undetermined, type Value, Version } from '../../src/profiles/condition/value.ts'
import { dims, node, tensor } from './literal-facts.ts'

const float32s = (...values: readonly number[]) => values.map((value) => new Float32(Math.fround(value)))
const lost = new Symbolic(null, 'the rank was lost')
const unread = new Undetermined('the weights were not read')

const facts = node({
  op: 'Resize',
  since: 13,
  opset: 17,
  ir: 8,
  inputs: {
    X: tensor('x', {
      shape: dims('N', 3, 8, 'W'),
      maker: { op: 'Relu', supported: () => true },
      users: [{ op: 'Conv', castsTo: null }],
    }),
    scales: tensor('scales', { shape: [4], value: float32s(1, 1, 0.5, 0.1) }),
    sizes: tensor('sizes', { shape: [2], dtype: 'int64', value: unread, constant: true }),
    Lost: tensor('lost', { shape: lost }),
    Foggy: tensor('foggy', { shape: unread, dtype: unread, constant: unread }),
    big: tensor('big', { shape: [1], dtype: 'int64', value: [9223372036854775807n] }),
    none: tensor('none', { shape: [0], dtype: 'int64', value: [] }),
    scalar: tensor('scalar', { shape: [], value: float32s(0.1) }),
  },
  outputs: {
    Y: tensor('y', { shape: dims('N', 3, 'H', 'W'), dtype: 'float16', scale: tensor('s', { value: float32s(1) }) }),
  },
  attributes: { mode: 'cubic', alpha: new Float32(Math.fround(0.1)), axes: [2, 3], double: 0.1 },
  defaults: { antialias: 0, nearest_mode: 'floor' },
  window: { kernel: [3, 3] },
})

const constants = new Map<string, Value>([
  ['ort', new Version('1.24')],
  ['api', 29],
  ['nchw', false],
  ['arch', 'B4096'],
  ['arch.depth', 2048],
])
const scope = new Scope(
  constants,
  new Lets({
    'one(t)': 'const(t) and product(shape(t)) == 1',
    modern: 'api >= 29 and not nchw',
    'below(limit)': 'all(shape(X), known(it) implies it < limit)',
    'pair(a, b)': 'one(a) and one(b)',
  }),
)

const truth = (text: string) => {
  const result = scope.compile(text).test(facts)
  return typeof result === 'boolean' ? result : null
}

const cases: Readonly<Record<string, readonly (readonly [condition: string, truth: boolean | null])[]>> = {
  'known, static': [
    ['known(rank(X))', true],
    ['known(shape(X)[1])', true],
    ['known(shape(X)[0])', false],
    ['known(shape(X)[9])', false],
    ['known(rank(Lost))', false],
    ['known(shape(Lost)[0])', false],
    ['known(rank(Foggy))', null],
    ['known(value(sizes)[0])', null],
    ['known(absence)', false],
    ['static(X)', false],
    ['static(scales)', true],
    ['static(Lost)', false],
    ['static(Foggy)', null],
    ['static(absence)', false],
  ],
  'absent, symbolic, undetermined': [
    ['absence == absence', true],
    ["absence == 'x'", false],
    ["absence != 'x'", true],
    ['absence < 1', false],
    ['absence >= 1', false],
    ['absence in [1]', false],
    ['absence not in [1]', true],
    ['absence == shape(X)[0]', false],
    ['absence != value(sizes)[0]', true],
    ['absence + 1 == absence', true],
    ['absence + shape(X)[0] == absence', true],
    ['shape(X)[0] == shape(Y)[0]', true],
    ['shape(X)[0] != shape(Y)[0]', false],
    ['shape(X)[0] <= shape(Y)[0]', true],
    ['shape(X)[0] < shape(Y)[0]', false],
    ['shape(X)[0] == shape(Y)[2]', null],
    ['shape(X)[0] == 4', null],
    ['shape(X)[0] < 4', null],
    ['shape(Lost)[0] == shape(Lost)[0]', null],
    ['value(sizes) == value(sizes)', null],
    ['shape(X) == shape(Y)', null],
    ['[shape(X)[0], 8] == [4, 9]', false],
    ['shape(X) == [4, 8]', false],
    ['value(X)[0] == 1', null],
  ],
  'in, ranges': [
    ["mode in ['linear', 'cubic']", true],
    ["mode not in ['linear', 'cubic']", false],
    ['rank(X) in 3..4', true],
    ['rank(X) in 5..9', false],
    ['rank(X) not in 5..9', true],
    ['shape(X)[0] in 1..9', null],
    ['shape(X)[0] in [1, 2]', null],
    ['shape(X)[0] in [1, shape(Y)[0]]', true],
    ['shape(X)[0] in []', false],
    ['3 in shape(X)', true],
    ['8 in shape(X)', true],
    ['4 in shape(X)', null],
    ['4 in value(sizes)', null],
    ['1 in absence', false],
    ['absence in 0..1', false],
    ['[value(scales)[0], 1] in [[0, 6], [1, 1]]', true],
    ['shape(scalar) in [[], [1]]', true],
    ["dtype(X) in ['float32']", true],
  ],
  numbers: [
    ['7 % 3 == 1 and -7 % 3 == 2 and 7 % -3 == -2', true],
    ['7 / 2 == 3.5', true],
    ['1 / 0 == 1', null],
    ['1 % 0 == 1', null],
    ['2 + 3 * 4 - 1 == 13', true],
    ['-(2 + 3) == -5', true],
    ['9223372036854775807 - 1 == 9223372036854775806', true],
    ['value(big)[0] == 9223372036854775807', true],
    ['value(big)[0] - 1 == 9223372036854775806', true],
    ['value(big)[0] > 9223372036854775806', true],
    ['value(big)[0] % 10 == 7', true],
    ['value(big)[0] == 9223372036854775808', false],
    ['value(big)[0] in 0..9223372036854775807', true],
    ['4611686018427387904 * 2 - 1 == value(big)[0]', true],
    ['3037000500 * 3037000500 == 9223372037000250000', true],
    ['ceil(5 / 2) == 3 and floor(5 / 2) == 2', true],
    ['product([]) == 1 and sum([]) == 0', true],
    ['product(shape(X)) > 1', null],
    ['product(axes) == 6 and sum(axes) == 5', true],
    ['product(absence) == absence', true],
    ['mode + 1 == 2', null],
  ],
  'float32 beside literals': [
    ['alpha == 0.1', true],
    ['alpha == 1 / 10', true],
    ['alpha > 0.1', false],
    ['alpha in [0.1]', true],
    ['alpha in 0.1..0.2', true],
    ['[alpha] == [0.1]', true],
    ['value(scalar)[0] == 0.1', true],
    ['double == 0.1', true],
    ['alpha == double', false],
    ['value(scales)[3] == 0.1', true],
    ['value(scales)[2] == 0.5', true],
    ['alpha == -0.1', false],
  ],
  'versions by parts': [
    ['ort > 1.9', true],
    ['ort < 1.9', false],
    ['ort == 1.24', true],
    ["ort == '1.24.0'", true],
    ["ort < '1.24.1'", true],
    ['ort >= 1', true],
    ['ort in 1.9..1.30', true],
    ['ort in [1.23, 1.24]', true],
    ['1.9 < ort', true],
  ],
  'lists and indexes': [
    ['shape(X)[-3] == 3', true],
    ['shape(X)[-9] == absence', true],
    ['shape(X)[0.5] == absence', true],
    ['axes[0] == 2', true],
    ['[1, 2] == [1, 2]', true],
    ['[1, 2] == [1, 2, 3]', false],
    ['[1, 2] == [1, 3]', false],
    ["[1] == 'x'", false],
    ['[1] < [2]', null],
    ['count(axes) == 2', true],
    ['count(absence) == 0', true],
    ['count(inputs) == 8', true],
    ['count(value(sizes)) == 2', null],
    ['count(shape(Lost)) == 2', null],
    ['window.kernel == [3, 3]', true],
    ['window.pads == absence', true],
  ],
  'all, any': [
    ['all(axes, it >= 2)', true],
    ['all(axes, it > 2)', false],
    ['all(axes, index == it - 2)', true],
    ['any(axes, it == 3)', true],
    ['any(axes, it == 4)', false],
    ['all([], false)', true],
    ['any([], true)', false],
    ['all(absence, false)', true],
    ['any(absence, true)', false],
    ['all([absence, 1], it == 1)', true],
    ['all([1, absence, 3], index == 0 or index == 2)', true],
    ['all(shape(Lost), true)', null],
    ['any(shape(Lost), true)', null],
    ['all(shape(X), it > 0)', null],
    ['all(shape(X), it > 3)', false],
    ['any(shape(X), it == 8)', true],
    ['any(shape(X), it == 9)', null],
    ['all(shape(X), known(it))', false],
    ['not any(shape(X), known(it) and it == 0)', true],
    ['all([-1, -2], shape(X)[it] >= 8)', null],
    ['all(axes, any(axes, it == 2))', true],
    ['all(axes, any([2, 3, 4], it == 3) and it in 2..3)', true],
    ['all(inputs, rank(it) in 0..4)', null],
    ['it == 1', null],
    ['index == 0', null],
  ],
  'and, or, not, implies': [
    ['true and false', false],
    ['shape(X)[0] == 4 and false', false],
    ['false and shape(X)[0] == 4', false],
    ['shape(X)[0] == 4 and true', null],
    ['shape(X)[0] == 4 or true', true],
    ['shape(X)[0] == 4 or false', null],
    ['not shape(X)[0] == 4', null],
    ['not not true', true],
    ['false implies false', true],
    ['true implies false', false],
    ['shape(X)[0] == 4 implies true', true],
    ['shape(X)[0] == 4 implies false', null],
    ['true implies shape(X)[0] == 4', null],
    ['absence', false],
    ['not absence', true],
    ['mode', null],
    ['1 and true', null],
  ],
  facts: [
    ['given(mode)', true],
    ['given(antialias)', false],
    ['antialias == 0', true],
    ['given(X)', true],
    ['given(roi)', false],
    ['given(inputs[1])', true],
    ['given(outputs[1])', false],
    ['given(scale(Y)) and not given(zeroPoint(Y))', true],
    ['const(scales) and not const(X)', true],
    ['const(Foggy)', null],
    ['const(absence)', false],
    ['initializer(scales)', true],
    ["dtype(Y) == 'float16'", true],
    ['dtype(absence) == absence', true],
    ["madeBy(X) == 'Relu'", true],
    ['madeBy(Y) == absence', true],
    ["'Conv' in usedBy(X)", true],
    ['since == 13 and opset == 17 and ir == 8', true],
    ["domain == ''", true],
    ['qdq', false],
    ['api >= 29', true],
    ["arch == 'B4096' and arch.depth == 2048", true],
    ['rank(mode) == 1', null],
  ],
  'shared conditions': [
    ['modern', true],
    ['one(scales)', false],
    ['one(big)', true],
    ['one(scale(Y))', true],
    ['pair(big, scalar)', true],
    ['below(9)', true],
    ['below(8)', false],
    ['all([9, 10], below(it))', true],
    ['all([3, 10], below(it))', false],
    ['all([9, 10], below(it + index))', true],
  ],
}

for (const [title, rows] of Object.entries(cases))
  describe(title, () => {
    test.each(rows)('%s', (text, expected) => {
      expect(truth(text)).toBe(expected)
    })
  })

describe('shared conditions that cannot be', () => {
  const expand = (lets: Record<string, string>, text: string) => new Scope(new Map(), new Lets(lets)).compile(text)
  test('a circle', () => {
    expect(() => expand({ a: 'b', b: 'a and true' }, 'a')).toThrow(/a → b → a/)
  })
  test('a wrong number of arguments', () => {
    expect(() => expand({ 'f(x)': 'x' }, 'f(1, 2)')).toThrow(/2 arguments, its let has 1/)
  })
  test('a head that is no name', () => {
    for (const head of ['1a', 'and', 'f(', 'f()', 'f(a b)']) expect(() => expand({ [head]: 'true' }, 'true')).toThrow()
  })
  test('doubling without end is refused in time', () => {
    const lets: Record<string, string> = { a0: 'true and true' }
    for (let i = 1; i < 60; i++) lets[`a${i}`] = `a${i - 1} and a${i - 1}`
    expect(() => expand(lets, 'a59')).toThrow(/more than 5000 terms/)
  })
})

test('unknown functions and wrong counts of arguments are refused', () => {
  expect(() => scope.compile('eval(1)')).toThrow(/no function eval/)
  expect(() => scope.compile('constructor(1)')).toThrow(/no function/)
  expect(() => scope.compile('rank(X, Y)')).toThrow(/1 arguments/)
  expect(() => scope.compile('all(axes)')).toThrow()
})

test('names of objects of the runtime are only names', () => {
  for (const name of ['__proto__', 'constructor', 'process.exit', 'globalThis.process'])
    expect(truth(`${name} == absence`)).toBe(true)
})

test('a condition is compiled once', () => {
  expect(scope.compile('rank(X) == 4')).toBe(scope.compile('rank(X) == 4'))
})
