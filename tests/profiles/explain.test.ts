import { describe, expect, test } from 'vitest'
import { Scope } from '../../src/profiles/condition/compile.ts'
import { Lets } from '../../src/profiles/condition/expand.ts'
import { explain } from '../../src/profiles/condition/explain.ts'
import { Float32, Symbolic, Undetermined, type Value, Version } from '../../src/profiles/condition/value.ts'
import { dims, node, tensor } from './literal-facts.ts'

const facts = node({
  inputs: {
    X: tensor('x', { shape: dims('N', 3, 'H', 0) }),
    W: tensor('w', { shape: [8, 3, 20, 30], origin: 'made by node "transpose_3" (Transpose)' }),
    sizes: tensor('sizes', {
      value: new Undetermined('the weights file is missing', '--without-weights'),
      constant: true,
    }),
    Lost: tensor('lost', { shape: new Symbolic(null, 'the runtime cannot infer Range', '--input-shape') }),
  },
  attributes: {
    mode: 'cubic',
    alpha: new Float32(Math.fround(0.1)),
    kernel: [1, 20, 30, 40, 50],
    name: 'x'.repeat(500),
  },
  defaults: { group: 2 },
})
const scope = new Scope(
  new Map<string, Value>([
    ['api', 27],
    ['ort', new Version('1.23')],
  ]),
  new Lets({ 'oneOf(t)': 'const(t) and rank(t) == 1', big: 'api >= 29' }),
)
const why = (text: string, wanted = true) => explain(scope.compile(text), facts, wanted)

describe('the terms that decide, with the values found', () => {
  const rows: readonly (readonly [condition: string, text: string])[] = [
    ["mode in ['linear', 'nearest']", "mode in ['linear', 'nearest']: mode is 'cubic'"],
    ['rank(X) == 5', 'rank(X) == 5: rank(X) is 4'],
    ['const(W)', 'const(W): W is made by node "transpose_3" (Transpose)'],
    ['const(bias)', 'const(bias): bias is not given'],
    ['static(X)', 'static(X): shape(X) is [N, 3, H, 0]'],
    ['given(roi)', 'given(roi): roi is not given'],
    ['not given(mode)', 'given(mode): mode is given'],
    ['known(shape(X)[0])', 'known(shape(X)[0]): shape(X)[0] is N, which has no number (--dim N=1)'],
    ['shape(X)[0] == 4', 'shape(X)[0] == 4: shape(X)[0] is N, which has no number (--dim N=1)'],
    [
      'value(sizes)[0] == 4',
      'value(sizes)[0] == 4: value(sizes)[0] is not known: the weights file is missing (--without-weights)',
    ],
    ['rank(Lost) == 4', 'rank(Lost) == 4: rank(Lost) has no number: the runtime cannot infer Range (--input-shape)'],
    ['shape(X)[1] % group == 0', 'shape(X)[1] % group == 0: shape(X)[1] is 3, group is 2'],
    ['alpha == 1', 'alpha == 1: alpha is 0.1'],
    ['api >= 29', 'api >= 29: api is 27'],
    ['ort >= 1.24', 'ort >= 1.24: ort is 1.23'],
    ['qdq', 'qdq is false'],
    // Of `and` the first false part, else the unknown ones.
    ['rank(X) == 4 and group == 1 and rank(W) == 1', 'group == 1: group is 2'],
    ['shape(X)[0] == 4 and group == 1', 'group == 1: group is 2'],
    [
      'shape(X)[0] == 4 and group == 2 and shape(X)[2] == 4',
      'shape(X)[0] == 4: shape(X)[0] is N, which has no number (--dim N=1); shape(X)[2] == 4: shape(X)[2] is H, which has no number (--dim H=1)',
    ],
    // Of `or` all.
    ["group == 1 or mode == 'linear'", "group == 1: group is 2; mode == 'linear': mode is 'cubic'"],
    // `not` turns the question round.
    ['not (group == 2 and rank(X) == 4)', 'group == 2: group is 2; rank(X) == 4: rank(X) is 4'],
    ['not (group == 1 or rank(X) == 4)', 'rank(X) == 4: rank(X) is 4'],
    ['group == 2 implies rank(X) == 3', 'since group == 2: rank(X) == 3: rank(X) is 4'],
    // Three failing elements.
    ['all(shape(W), it < 10)', 'shape(W)[2] < 10: shape(W)[2] is 20; shape(W)[3] < 10: shape(W)[3] is 30'],
    [
      'all(kernel, it in 1..11)',
      'kernel[1] in 1..11: kernel[1] is 20; kernel[2] in 1..11: kernel[2] is 30; kernel[3] in 1..11: kernel[3] is 40; and 1 more',
    ],
    ['all([-1, -2], shape(W)[it] == 20)', 'shape(W)[-1] == 20: shape(W)[-1] is 30'],
    ['all(kernel, index == 0 or it == kernel[index - 1])', 'since'],
    [
      'not any(shape(X), known(it) and it == 0)',
      'known(shape(X)[3]): shape(X)[3] is 0; shape(X)[3] == 0: shape(X)[3] is 0',
    ],
    [
      'any(shape(W), it == 4)',
      'shape(W)[0] == 4: shape(W)[0] is 8; shape(W)[1] == 4: shape(W)[1] is 3; shape(W)[2] == 4: shape(W)[2] is 20; and 1 more',
    ],
    // Of a shared condition its body.
    ['oneOf(W)', 'const(W): W is made by node "transpose_3" (Transpose)'],
    ['big', 'api >= 29: api is 27'],
  ]
  test.each(rows.filter(([, text]) => text !== 'since'))('%s', (condition, text) => {
    expect(why(condition).text).toBe(text)
  })

  test('the same question gives the same words', () => {
    for (const [condition] of rows) expect(why(condition)).toEqual(why(condition))
  })
})

test('an element of an inner list is named by its own list', () => {
  expect(why('all(shape(W), any(kernel, it == 1 and index == 1))').text).toContain('kernel[1] == 1: kernel[1] is 20')
})

test('index is a number in the text', () => {
  expect(why('all(shape(W), index < 3)').text).toBe('3 < 3 is false')
})

test('why a condition holds, for fails and wrong', () => {
  expect(why("mode == 'cubic' or group == 1", false).text).toBe("mode == 'cubic': mode is 'cubic'")
  expect(why('any(kernel, it > 45)', false).text).toBe('kernel[4] > 45: kernel[4] is 50')
})

test('what was found is plain data', () => {
  expect(why("mode in ['a'] or alpha == 1 or shape(X)[0] == 1 or rank(X) == 1 or ort > 2").found).toEqual({
    mode: 'cubic',
    alpha: 0.1,
    'shape(X)[0]': 'N',
    'rank(X)': 4,
    ort: '1.23',
  })
})

test('a dimension without a number is told apart, with all flags that help', () => {
  expect(why('static(X)')).toMatchObject({ dynamic: true, flags: ['--dim N=1', '--dim H=1'] })
  expect(why('known(shape(X)[0])').dynamic).toBe(true)
  expect(why('static(Lost)').dynamic).toBe(true)
  expect(why('rank(X) == 5 and static(X)').dynamic).toBe(false)
  expect(why('known(shape(X)[3]) and shape(X)[3] > 0').dynamic).toBe(false)
})

test('predicates say what they ask and what they read', () => {
  const slice = node({
    inputs: {
      data: tensor('d', { shape: [4] }),
      starts: tensor('s', { value: [3] }),
      ends: tensor('e', { value: [1] }),
    },
  })
  expect(explain(scope.compile('sliceNotEmpty()'), slice, true).text).toBe(
    'sliceNotEmpty(): asks whether the slice keeps at least one element of every axis; shape(data) is [4]; value(starts) is [3]; value(ends) is [1]',
  )
})

test('long texts of a model are cut', () => {
  expect(why("name == 'a'").text.length).toBeLessThan(200)
})
