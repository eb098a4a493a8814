import { describe, expect, test } from 'vitest'
import { intersectionOverUnion } from '../../src/compare/boxes.ts'
import { compareField, ownVerdict } from '../../src/compare/fields.ts'
import { plainTolerance } from '../../src/compare/tolerance.ts'

const standard = plainTolerance('cpu', '')
const compare = (expected: unknown, actual: unknown, rule = {}) => compareField(expected, actual, rule, standard)

describe('without a rule', () => {
  test('numbers by tolerance; they decide nothing', () => {
    expect(compare(0.5, 0.5 + 1e-9)).toMatchObject({ verdict: 'match', decision: null })
    expect(compare(0.5, 0.5001)).toMatchObject({ verdict: 'drift', decision: null })
    expect(compare(0.5, 0.6)).toMatchObject({ verdict: 'mismatch', decision: null, at: { expected: 0.5, actual: 0.6 } })
  })

  test('a text, a truth value, a whole number decide', () => {
    expect(compare('cat', 'dog')).toMatchObject({ decision: 'change', at: { expected: 'cat', actual: 'dog' } })
    expect(compare(true, true)).toMatchObject({ verdict: 'match', decision: 'agree' })
    expect(compare(1000000, 1000001)).toMatchObject({ verdict: 'mismatch', decision: 'change' })
    expect(compare(-2147483648, 2147483648)).toMatchObject({ verdict: 'mismatch', decision: 'change' })
  })

  test('lists, typed arrays and objects, to the place that differs', () => {
    expect(compare([0.1, 0.2], Float32Array.of(0.1, 0.2))).toMatchObject({ verdict: 'match' })
    expect(compare([0.1, 0.2], [0.1])).toMatchObject({ verdict: 'mismatch', why: '1 elements, not 2' })
    const [a, b] = [{ person: { name: 'x', at: [0.5, 1.5] } }, { person: { name: 'x', at: [0.5, 2.5] } }]
    expect(compare(a, b)).toMatchObject({ verdict: 'mismatch', at: { index: [1], expected: 1.5, actual: 2.5 } })
    expect(compare({ a: 1 }, {})).toMatchObject({ verdict: 'mismatch', why: 'at a: missing, not a number' })
  })

  test('not a number is the same only as itself', () => {
    expect(compare(Number.NaN, Number.NaN).verdict).toBe('match')
    expect(compare(1.5, Number.NaN)).toMatchObject({ verdict: 'mismatch', why: 'NaN only here (1 element)' })
  })

  test('a field that is missing', () => {
    expect(compare('cat', undefined)).toMatchObject({ verdict: 'mismatch', why: 'missing', decision: 'change' })
  })

  test('deep nesting and cycles of names do no harm', () => {
    let deep: unknown = 1
    for (let i = 0; i < 20_000; i++) deep = [[deep]]
    expect(compare(deep, deep).verdict).toBe('match')
    expect(compare(JSON.parse('{"__proto__": 1.5}'), JSON.parse('{"__proto__": 2.5}')).verdict).toBe('mismatch')
  })
})

describe('with a rule', () => {
  test('the tolerance of the wrapper is the only limit, for whole numbers, too', () => {
    expect(compare(100, 101, { atol: 1 }).verdict).toBe('match')
    expect(compare(100, 102, { atol: 1 }).verdict).toBe('mismatch')
    expect(compare(100, 100.9, { rtol: 0.01 }).verdict).toBe('match')
  })

  test('boxes by their overlap, in any order', () => {
    const boxes = [
      [0, 0, 10, 10],
      [20, 20, 40, 40],
    ]
    expect(compare(boxes, [...boxes].reverse(), { iou: 0.99 })).toMatchObject({ verdict: 'match', decision: 'agree' })
    expect(compare(boxes, boxes.slice(0, 1), { iou: 0.99 })).toMatchObject({
      decision: 'change',
      why: '1 boxes, not 2',
    })
    const moved = [boxes[0], [21, 20, 41, 40]]
    expect(compare(boxes, moved, { iou: 0.99 })).toMatchObject({
      verdict: 'mismatch',
      why: 'the worst IoU is 0.905',
      at: { index: [1], expected: '[20, 20, 40, 40]' },
    })
    expect(compare(Float32Array.of(0, 0, 10, 10), [[0, 0, 10, 10]], { iou: 0.5 }).verdict).toBe('match')
    expect(compare('no boxes', boxes, { iou: 0.5 })).toMatchObject({ verdict: 'mismatch' })
    expect(intersectionOverUnion([1, 1, 1, 1], [1, 1, 1, 1])).toBe(1)
  })

  test('a ranking by its first places', () => {
    expect(compare(['a', 'b', 'c'], ['a', 'b', 'd'], { topK: 2 })).toMatchObject({
      verdict: 'match',
      decision: 'agree',
    })
    expect(compare(['a', 'b', 'c'], ['b', 'a', 'c'], { topK: 2 })).toMatchObject({
      decision: 'change',
      why: 'rank 1 differs',
    })
    expect(compare([0.1, 0.7, 0.2], [0.1, 0.5, 0.4], { topK: 3 })).toMatchObject({ verdict: 'match' })
  })

  test('what the comparer of the wrapper says', () => {
    expect(ownVerdict(true, 1, 2)).toMatchObject({ verdict: 'match', decision: 'agree' })
    expect(ownVerdict('two words differ', 'a b', 'c d')).toMatchObject({ decision: 'change', why: 'two words differ' })
  })
})
