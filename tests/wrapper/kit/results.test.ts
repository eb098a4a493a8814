/** Tensors made and read, and decisions from scores and boxes. */
import { describe, expect, test } from 'vitest'
import { kit } from '../../../src/wrapper/kit/kit.ts'

describe('tensors', () => {
  test('from nested arrays, with the dimensions that these have', () => {
    expect(
      kit.fromNested('int64', [
        [1, 2],
        [3, 4],
        [5, 6n],
      ]),
    ).toEqual({
      dtype: 'int64',
      dims: [3, 2],
      data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n),
    })
    expect(kit.fromNested('bool', true)).toEqual({ dtype: 'bool', dims: [], data: Uint8Array.of(1) })
    expect(kit.fromNested('string', [['a']])).toEqual({ dtype: 'string', dims: [1, 1], data: ['a'] })
    for (const ragged of [
      [[1, 2], [3]],
      [[1], 2],
      [1, [2]],
    ])
      expect(() => kit.fromNested('float32', ragged)).toThrow('not all of one length')
  })

  test('convert numbers, and take what already fits as it is', () => {
    const data = Float32Array.of(1, 2)
    expect(kit.tensor('float32', [2], data).data).toBe(data)
    expect(kit.tensor('float16', [2], Float32Array.of(1, 0.5)).data).toEqual(Uint16Array.of(0x3c00, 0x3800))
    expect(kit.tensor('uint8', [2], [1, 255]).data).toEqual(Uint8Array.of(1, 255))
    expect(kit.full('float32', [2, 1], 3).data).toEqual(Float32Array.of(3, 3))
    expect(() => kit.tensor('int64', [1], [1.5])).toThrow('"1.5" cannot be an element of type int64')
    expect(() => kit.tensor('float32', [3], [1, 2])).toThrow('2 elements for the shape [3]')
  })
})

describe('scores', () => {
  const logits = kit.tensor('float32', [2, 2], [1, 3, 1000, 1000])

  test('softmax along each axis, also of large numbers', () => {
    const rows = kit.softmax(logits, -1).data as Float32Array
    expect(rows[1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6)
    expect([rows[2], rows[3]]).toEqual([0.5, 0.5])
    expect([...(kit.softmax(logits, 0).data as Float32Array)]).toEqual([0, 0, 1, 1])
    expect(() => kit.softmax(logits, 2)).toThrow('axis 2 of a tensor with the shape [2, 2]')
  })

  test('the largest, of equal ones the first, NaN last', () => {
    const scores = kit.tensor('float16', [5], [0.5, Number.NaN, 2, 2, -1])
    expect(kit.argmax(scores)).toBe(2)
    expect(kit.topK(scores, 3)).toEqual([
      { index: 2, score: 2 },
      { index: 3, score: 2 },
      { index: 0, score: 0.5 },
    ])
    expect(kit.topK(scores, 9)).toHaveLength(5)
  })
})

describe('boxes', () => {
  test('overlap', () => {
    expect(kit.iou([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3)
    expect(kit.iou([0, 0, 1, 1], [2, 2, 3, 3])).toBe(0)
    expect(kit.iou([0, 0, 0, 0], [0, 0, 0, 0])).toBe(0)
    expect(kit.cornersOf([5, 5, 4, 2])).toEqual([3, 4, 7, 6])
  })

  test('of which the best stand', () => {
    const boxes = [
      [0, 0, 10, 10],
      [0, 0, 10, 9],
      [20, 20, 30, 30],
      [0, 0, 10, 10],
    ] as const
    const scores = [0.8, 0.9, 0.3, 0.1]
    expect(kit.nms(boxes, scores, { iou: 0.5, score: 0.2 })).toEqual([1, 2])
    expect(kit.nms(boxes, scores, { iou: 0.95, score: 0.2 })).toEqual([1, 0, 2])
    expect(kit.nms(boxes, scores, { iou: 0.5, score: 0, classes: [0, 1, 0, 0] })).toEqual([1, 0, 2])
    expect(kit.nms(boxes, scores, { iou: 0.5, score: 0, limit: 1 })).toEqual([1])
  })
})
