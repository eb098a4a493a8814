import { describe, expect, test } from 'vitest'
import { bytes, count, percent, plural, quantity } from '../../src/report/numbers.ts'

describe('numbers as people read them', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1234, '1,234'],
    [1234567, '1,234,567'],
    [null, '?'],
  ])('count %s', (value, text) => expect(count(value)).toBe(text))

  test.each([
    [0, '0'],
    [999, '999'],
    [300774272, '301 M'],
    [3504872, '3.50 M'],
    [999999, '1.00 M'],
    [null, '?'],
  ])('quantity %s', (value, text) => expect(quantity(value)).toBe(text))

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [13964571, '14.0 MB'],
    [5e9, '5.00 GB'],
    [null, '?'],
  ])('bytes %s', (value, text) => expect(bytes(value)).toBe(text))

  test.each([
    [1, '100%'],
    [0.99999, '>99.9%'],
    [0.998, '99.8%'],
    [0.93, '93%'],
    [0.0004, '<0.1%'],
    [0, '0%'],
    [null, '?'],
  ])('a share of %s is never rounded to all or nothing', (value, text) => expect(percent(value)).toBe(text))

  test('one and many', () => {
    expect([0, 1, 1200].map((n) => plural(n, 'node'))).toEqual(['0 nodes', '1 node', '1,200 nodes'])
  })
})
