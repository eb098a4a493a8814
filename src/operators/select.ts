/** What is chosen by the values: TopK, NonZero, Unique, Compress, NonMaxSuppression. Mostly sizes nobody knows before. */
import { type Dim, isKnown, lowerBound, negate, product, same, Unknown } from '../graph/dim.ts'
import { isOpen } from './arithmetic.ts'
import { inputDims } from './axes.ts'
import { at, stridesOf } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, gives, shapeOf, shapeText } from './shapes.ts'
import type { KnownValue, Scalar } from './value.ts'

const counted = (what: string): Unknown => new Unknown(`the number of ${what} is known only when it runs`)

/** `k` is an attribute in version 1 and an input later. */
const topK: Operator = {
  infer(c) {
    const shape = shapeOf(c)
    const result = shape instanceof Unknown ? shape : chosen(c, shape)
    c.output(0, result)
    c.output(1, result, 'int64')
  },
}

function chosen(c: Context, shape: readonly Dim[]): readonly Dim[] {
  const axis = axisOf(c, c.int('axis', -1), shape.length)
  const asked = c.schema?.attributes.has('k') ? [c.int('k', 0)] : inputDims(c, 1)
  const k = asked instanceof Unknown ? asked : (asked[0] ?? new Unknown(c.why(1)))
  const size = shape[axis] ?? 1
  if (isKnown(k) && k < 0) c.mismatch(`K is ${k}, and it has to be at least 0`, [1])
  if (isKnown(k) && isKnown(size) && k > size)
    c.mismatch(`K is ${k}, and axis ${axis} has only ${size} elements`, [0, 1])
  return shape.map((dim, i) => (i === axis ? k : dim))
}

/** Whether an element is not zero: null where that is not known. */
function nonZeroness(element: Scalar): boolean | null {
  if (!isOpen(element)) return typeof element === 'string' ? element !== '' : Number(element) !== 0
  if (element instanceof Unknown) return null
  return lowerBound(element) > 0 || lowerBound(negate(element)) > 0 ? true : null
}

/** Flat positions of all elements that are not zero; null where one of them is not known. */
function nonZeroPositions(value: KnownValue | null): readonly number[] | null {
  const found: number[] = []
  if (!value) return null
  for (const [position, element] of value.elements.entries()) {
    const holds = nonZeroness(element)
    if (holds === null) return null
    if (holds) found.push(position)
  }
  return found
}

/** Coordinates of the elements that are not zero: one row per axis. */
const nonZero: Operator = {
  infer(c) {
    const rank = c.rank(0)
    const found = nonZeroPositions(c.value(0))
    // Runtimes differ in whether a scalar has one coordinate or none.
    const rows = rank === null || rank === 0 ? new Unknown(rank === 0 ? 'a scalar has no axes' : c.why(0)) : rank
    c.output(0, [rows, found ? found.length : counted('elements that are not 0')])
  },
  value(c) {
    const value = c.value(0)
    const found = nonZeroPositions(value)
    if (!value || !found || value.dims.length === 0) return
    const strides = stridesOf(value.dims)
    const elements = value.dims.flatMap((dim, axis) =>
      found.map((position) => Math.floor(position / (strides[axis] ?? 1)) % dim),
    )
    c.outputValue(0, { dtype: 'int64', dims: [value.dims.length, found.length], elements })
  },
}

const unique: Operator = {
  infer(c) {
    const shape = shapeOf(c)
    const axis = c.int('axis')
    const many = counted('distinct values')
    if (shape instanceof Unknown) c.output(0, axis === undefined ? [many] : shape)
    else if (axis === undefined) c.output(0, [many])
    else {
      const at = axisOf(c, axis, shape.length)
      c.output(
        0,
        shape.map((dim, i) => (i === at ? many : dim)),
      )
    }
    const total =
      shape instanceof Unknown
        ? shape
        : axis === undefined
          ? product(shape)
          : (shape[axisOf(c, axis, shape.length)] ?? 1)
    c.output(1, [many], 'int64')
    c.output(2, [total], 'int64')
    c.output(3, [many], 'int64')
  },
}

/** In ONNX Runtime's own form the positions come second. */
const contribUnique: Operator = {
  infer(c) {
    const many = counted('distinct values')
    c.output(0, [many])
    c.output(1, shapeOf(c), 'int64')
    c.output(2, [many], 'int64')
  },
}

/** Without an axis the input is flattened. */
const compress: Operator = {
  infer: gives((c) => {
    const condition = c.shape(1)
    if (condition && condition.length !== 1)
      c.mismatch(`the condition has the shape ${shapeText(condition)}, not one axis`, [1])
    const found = nonZeroPositions(c.value(1))
    const kept = found ? found.length : counted('elements that are kept')
    const axis = c.int('axis')
    if (axis === undefined) return [kept]
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const chosen = axisOf(c, axis, shape.length)
    const [size, length] = [shape[chosen] ?? 1, condition?.[0]]
    if (isKnown(size) && length !== undefined && isKnown(length) && length > size)
      c.mismatch(`a condition of ${length} for an axis of ${size}`, [0, 1])
    return shape.map((dim, i) => (i === chosen ? kept : dim))
  }),
  value(c) {
    const [value, found] = [c.value(0), nonZeroPositions(c.value(1))]
    if (!value || !found || (c.written('axis') && value.dims.length !== 1)) return
    c.outputValue(0, { dtype: value.dtype, dims: [found.length], elements: found.map((i) => at(value, i)) })
  },
}

const nonMaxSuppression: Operator = {
  infer(c) {
    const [boxes, scores] = [c.shape(0), c.shape(1)]
    for (const [shape, input, name] of [[boxes, 0, 'boxes'] as const, [scores, 1, 'scores'] as const])
      if (shape && shape.length !== 3)
        c.mismatch(`${name} have the shape ${shapeText(shape)}, and they have 3 axes`, [input])
    const four = boxes?.[2]
    if (four !== undefined && same(four, 4) === false)
      c.mismatch(`a box has ${String(four)} numbers, and it has 4`, [0])
    // Without a limit, or with a limit of 0, nothing is chosen.
    const limit = c.given(2) ? c.value(2)?.elements[0] : 0
    c.output(0, [limit === 0 ? 0 : counted('boxes that are kept'), 3], 'int64')
  },
}

export const selection = family({
  TopK: topK,
  NonZero: nonZero,
  Unique: unique,
  Compress: compress,
  NonMaxSuppression: nonMaxSuppression,
  'com.microsoft::Unique': contribUnique,
  'com.microsoft::DynamicTimeWarping': {
    infer: gives(() => [2, counted('steps of the path')]),
  },
})
