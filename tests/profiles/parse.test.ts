import { describe, expect, test } from 'vitest'
import { print } from '../../src/profiles/condition/ast.ts'
import { ConditionError, parse } from '../../src/profiles/condition/parse.ts'

describe('what is written comes back in one normal form', () => {
  const forms: readonly (readonly [written: string, printed: string])[] = [
    ['a', 'a'],
    ['arch.depth  <=  4', 'arch.depth <= 4'],
    ['a and b or c implies d', 'a and b or c implies d'],
    ['(a or b) and c', '(a or b) and c'],
    ['a implies b implies c', 'a implies b implies c'],
    ['(a implies b) implies c', '(a implies b) implies c'],
    ['not (a and b)', 'not (a and b)'],
    ['not a == b', 'not a == b'],
    ['1 - (2 - 3) * -4', '1 - (2 - 3) * -4'],
    ['-(1 + 2)', '-(1 + 2)'],
    ['x in 3..5', 'x in 3..5'],
    ['x in n - 1..n + 1', 'x in n - 1..n + 1'],
    ["mode not in ['a','b c']", "mode not in ['a', 'b c']"],
    ['shape(X)[-1][0]', 'shape(X)[-1][0]'],
    ['all([-1,-2], it >= 1)', 'all([-1, -2], it >= 1)'],
    ['f()', 'f()'],
    ['[]', '[]'],
    ['true and false', 'true and false'],
    ['1.5e-3 < 9223372036854775807', '1.5e-3 < 9223372036854775807'],
  ]
  test.each(forms)('%s', (written, printed) => {
    expect(print(parse(written))).toBe(printed)
    expect(print(parse(printed))).toBe(printed)
  })
})

describe('what cannot be read says where and what was expected', () => {
  const faults: readonly (readonly [text: string, at: number, wanted: RegExp])[] = [
    ['', 0, /a value/],
    ['a <', 3, /a value/],
    ['1 < 2 < 3', 6, /do not chain/],
    ["mode = 'x'", 5, /==/],
    ['a && b', 2, /and, or, not/],
    ["'open", 0, /closing '/],
    ['mode == "x"', 8, /single quotes/],
    ['f(a', 3, /"," or "\)"/],
    ['[1, 2', 5, /"," or "\]"/],
    ['x[1', 3, /"\]"/],
    ['1..2', 1, /operator or the end/],
    ['a b', 2, /operator or the end/],
    ['a.', 1, /name, a number/],
    ['in', 0, /a value/],
    ['require("fs")', 8, /single quotes/],
    ['a; b', 1, /operator/],
    [`a ${String.fromCharCode(0)}`, 2, /name/],
  ]
  test.each(faults)('%j', (text, at, wanted) => {
    const error = failure(text)
    expect(error.at).toBe(at)
    expect(error.wanted).toMatch(wanted)
  })

  test('deep nesting is refused, not followed', () => {
    for (const deep of ['('.repeat(900), 'not '.repeat(240), `${'-'.repeat(900)}1`, '['.repeat(900), 'f('.repeat(400)])
      expect(failure(deep).wanted).toMatch(/levels of nesting/)
  })

  test('a megabyte is refused unread, with a short message', () => {
    const error = failure('x + '.repeat(250_000))
    expect(error.wanted).toMatch(/1000/)
    expect(error.message.length).toBeLessThan(500)
  })
})

function failure(text: string): ConditionError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ConditionError) return error
    throw error
  }
  throw new Error(`read without a fault: ${text}`)
}
