import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack, unpack } from '../../src/runtimes/browser/packet.ts'

const there = (value: unknown): unknown => unpack(pack(value))

const arrays = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int8Array(),
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
)

test('what structured clone can carry comes out as it went in', () => {
  const leaves = fc.oneof(
    arrays,
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(undefined, null, -0),
    fc.date({ noInvalidDate: true }),
  )
  const values = fc.anything({ values: [leaves], withMap: true, withSet: true, maxDepth: 4 })
  fc.assert(
    fc.property(values, (value) => {
      expect(there(value)).toEqual(value)
    }),
  )
})

test('views keep what they show, not the buffer behind; bytes of Node arrive as bytes', () => {
  const buffer = Float32Array.of(1, 2, 3, 4).buffer
  const inner = there({ view: new Float32Array(buffer, 4, 2), buffer })
  expect(inner).toEqual({ view: Float32Array.of(2, 3), buffer: Float32Array.of(1, 2, 3, 4).buffer })
  expect(there(Buffer.from('abc'))).toEqual(Uint8Array.of(97, 98, 99))
})

test('objects of a class arrive as what they hold, errors as errors', () => {
  class Box {
    constructor(readonly width: number) {}
    get area() {
      return this.width ** 2
    }
  }
  expect(there({ box: new Box(2) })).toEqual({ box: { width: 2 } })
  expect(there(new RangeError('too far'))).toMatchObject({ name: 'RangeError', message: 'too far' })
})

test('cycles and shared values stay what they are', () => {
  const shared = { x: Float32Array.of(1) }
  const value: Record<string, unknown> = { first: shared, second: shared }
  value.self = value
  const copy = there(value) as typeof value
  expect(copy.self).toBe(copy)
  expect(copy.first).toBe(copy.second)
})

test('what cannot be carried is named by its place', () => {
  for (const [value, message] of [
    [{ boxes: [{ score: () => 1 }] }, /function \(.*boxes\[0\]\.score\)/],
    [Symbol('s'), /Symbol primitive \(the value itself\)/],
    [{ later: Promise.resolve(1) }, /Promise.*later/],
  ] as const)
    expect(() => pack(value)).toThrow(message)
})
