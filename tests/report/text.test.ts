import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columns, name, safe, shorten, wrap } from '../../src/report/text.ts'

describe('strings from a model', () => {
  test.each([
    ['a terminal escape', '\u001b[2J\u001b]0;owned\u0007x', '\\x1b[2J\\x1b]0;owned\\x07x'],
    ['an eight-bit escape', '\u009b31mred', '\\x9b31mred'],
    ['a line end', 'a\nb\r\nc\u2028d', 'a\\nb\\r\\nc\\u2028d'],
    ['a change of direction', 'safe\u202eexe.onnx', 'safe\\u202eexe.onnx'],
    ['isolates and marks', '\u2066a\u2069\u200f', '\\u2066a\\u2069\\u200f'],
    ['what takes no space', 'a\u200bb\ufeff\u00ad', 'a\\u200bb\\ufeff\\xad'],
    ['hidden tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
    ['letters of any script', 'Größe 名前 модель', 'Größe 名前 модель'],
    ['markup, which a terminal does not read', '<b onclick=x>', '<b onclick=x>'],
  ])('%s is shown and does nothing', (_, text, shown) => {
    expect(safe(text)).toBe(shown)
  })

  test('a name of a megabyte is cut, at both ends of which something is left', () => {
    const shown = name(`/first/${'x'.repeat(1e6)}/last`, 40)
    expect(shown).toMatch(/^\/first\/x+…x+\/last$/)
    expect(columns(shown)).toBe(40)
  })

  test('a sentence is cut at its end', () => {
    expect(safe('y'.repeat(1e6), 10)).toBe('yyyyyyyyy…')
    expect(safe(`${'y'.repeat(8)}😀😀`, 10)).toBe(`${'y'.repeat(8)}…`)
  })

  test('nothing that a terminal obeys comes through, in at most the columns asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.integer({ min: 1, max: 60 }), (text, width) => {
        const shown = name(text, width)
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(columns(shown)).toBeLessThanOrEqual(width)
        for (const line of wrap(safe(text), Math.max(width, 2)))
          expect(columns(line)).toBeLessThanOrEqual(Math.max(width, 2))
      }),
    )
  })
})

describe('columns', () => {
  test.each([
    ['abc', 3],
    ['名前', 4],
    ['e\u0301', 1],
    ['😀', 2],
    ['', 0],
  ])('%s takes %i', (text, width) => {
    expect(columns(text)).toBe(width)
  })

  test('shortening never splits a wide character', () => {
    expect(shorten('名前名前名前', 7)).toBe('名前…前')
    expect(columns(shorten('名前名前名前', 7))).toBeLessThanOrEqual(7)
    expect(shorten('abcdef', 1)).toBe('…')
  })

  test('wrapping keeps every word', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k'])
    expect(wrap('', 10)).toEqual([''])
  })
})
