/** Half precision against what IEEE 754 says of it. */
import { expect, test } from 'vitest'
import { numbersOf } from '../../src/tensors/arrays.ts'
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../src/tensors/float16.ts'
import { tensor } from '../../src/wrapper/kit/tensor.ts'

test('every float16 is read and written as itself', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16(bits)
    expect(toFloat16(value)).toBe(Number.isNaN(value) ? 0x7e00 : bits)
  }
})

test('every bfloat16 is read and written as itself', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromBfloat16(bits)
    expect(toBfloat16(value)).toBe(Number.isNaN(value) ? 0x7fc0 : bits)
  }
})

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [2 ** -24, 1],
  [2 ** -25, 0],
  [2 ** -25 * 1.001, 1],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [2 - 2 ** -12, 0x4000],
  [2 ** -14 - 2 ** -26, 0x0400],
])('%d is rounded to the nearest float16, ties to even', (value, bits) => {
  expect(toFloat16(value)).toBe(bits)
})

test('elements as numbers, whatever they are kept in', () => {
  expect(numbersOf(tensor('float16', [2], [0.5, -3]))).toEqual(Float64Array.of(0.5, -3))
  expect(numbersOf(tensor('int64', [2], [7, -3n]))).toEqual(Float64Array.of(7, -3))
  expect(numbersOf(tensor('string', [1], ['a']))).toBe(null)
})
