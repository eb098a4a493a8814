/** Reductions over axes, and the positions of extremes. Axes are an attribute in old versions and an input in new ones. */
import { type Dim, floorDiv, lowerBound, Unknown } from '../graph/dim.ts'
import { type DType, isInteger } from '../graph/dtype.ts'
import { compute, isOpen, type Rule, roundFloat } from './arithmetic.ts'
import { axesOf, distinctAxes, inputLength } from './axes.ts'
import { at, build, flat, give } from './elements.ts'
import { addRule, maxRule, minRule, mulRule } from './elementwise.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, gives, shapeOf, unknownDims } from './shapes.ts'
import type { KnownValue, Scalar } from './value.ts'

/** Without axes everything is reduced, or nothing where `noop_with_empty_axes` says so. */
function reducedAxes(c: Context, rank: number): readonly number[] | Unknown {
  const axes = axesOf(c, 1)
  if (axes instanceof Unknown) return axes
  if (axes && axes.length > 0) return distinctAxes(c, axes, rank)
  return c.int('noop_with_empty_axes', 0) !== 0 ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

const without = (shape: readonly Dim[], axes: readonly number[], keep: boolean): readonly Dim[] =>
  shape.flatMap((dim, axis) => (!axes.includes(axis) ? [dim] : keep ? [1] : []))

const inferReduce = gives((c) => {
  const shape = shapeOf(c)
  if (shape instanceof Unknown) return shape
  const keep = c.int('keepdims', 1) !== 0
  const axes = reducedAxes(c, shape.length)
  if (!(axes instanceof Unknown)) return without(shape, axes, keep)
  if (keep) return unknownDims(shape.length, axes.why)
  const length = inputLength(c, 1)
  return length === null || length === 0 ? axes : unknownDims(Math.max(0, shape.length - length), axes.why)
})

/** Groups the elements by the position that they are reduced to. */
function groups(c: Context, value: KnownValue): { dims: readonly number[]; elements: Scalar[][] } | null {
  const axes = reducedAxes(c, value.dims.length)
  if (axes instanceof Unknown) return null
  const kept = value.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
  const total = kept.reduce((product, dim) => product * dim, 1)
  const elements: Scalar[][] = Array.from({ length: total }, () => [])
  build(value.dtype, value.dims, (position) => {
    const target = position.map((p, axis) => (axes.includes(axis) ? 0 : p))
    elements[flat(kept, target)]?.push(at(value, flat(value.dims, position)))
    return 0
  })
  return { dims: without(kept, axes, c.int('keepdims', 1) !== 0) as readonly number[], elements }
}

const reduce = (f: (elements: readonly Scalar[], dtype: DType) => Scalar): Operator => ({
  infer: inferReduce,
  value(c) {
    const value = c.value(0)
    const grouped = value && groups(c, value)
    if (!value || !grouped) return
    // An empty list has a neutral element that hangs on the type; no shape is made of it.
    if (grouped.elements.some((elements) => elements.length === 0)) return
    give(c, { dtype: value.dtype, dims: grouped.dims, elements: grouped.elements.map((e) => f(e, value.dtype)) })
  },
})

const fold =
  (rule: Rule) =>
  (elements: readonly Scalar[], dtype: DType): Scalar =>
    elements.slice(1).reduce((a, b) => compute(rule, dtype, a, b), elements[0] ?? 0)

/** Floats whose sum (product) is exact in whatever order: whole numbers that stay small. Others hang on the order. */
const exact =
  (rule: Rule, bound: (magnitudes: number, next: number) => number) =>
  (elements: readonly Scalar[], dtype: DType): Scalar => {
    if (!isInteger(dtype) && elements.length > 2) {
      let magnitude = Math.abs(Number(isOpen(elements[0] ?? 0) ? 0 : elements[0]))
      for (const element of elements) {
        if (isOpen(element)) continue
        if (!Number.isInteger(element)) return new Unknown('the exact result hangs on the order of summation')
      }
      for (const element of elements.slice(1))
        magnitude = bound(magnitude, Math.abs(Number(isOpen(element) ? 0 : element)))
      if (magnitude > (dtype === 'float64' ? 2 ** 53 : dtype === 'float32' ? 2 ** 24 : 2 ** 7))
        return new Unknown('the exact result hangs on the order of summation')
    }
    return fold(rule)(elements, dtype)
  }

const total = exact(addRule, (a, b) => a + b)
const factor = exact(mulRule, (a, b) => a * Math.max(1, b))

const mean = (elements: readonly Scalar[], dtype: DType): Scalar => {
  const all = total(elements, dtype)
  if (typeof all === 'string' || all instanceof Unknown) return all
  if (isOpen(all))
    return lowerBound(all) < 0 ? new Unknown(`the sign of ${all.text} is not known`) : divided(all, elements)
  if (!isInteger(dtype)) return roundFloat(dtype, Number(all) / elements.length)
  return Number.isSafeInteger(Number(all))
    ? Math.trunc(Number(all) / elements.length) + 0
    : new Unknown('it is too large')
}
const divided = (all: Dim, elements: readonly Scalar[]): Scalar => floorDiv(all, elements.length)

const magnitude = (element: Scalar, dtype: DType): Scalar =>
  compute({ float: Math.abs, small: Math.abs, integer: (a) => (a < 0n ? -a : a) }, dtype, element)

/** The axis is counted; without `keepdims` it goes away. */
const arg = (wins: (candidate: number, best: number) => boolean): Operator => ({
  infer: gives((c) => {
    const shape = shapeOf(c)
    return shape instanceof Unknown
      ? shape
      : without(shape, [axisOf(c, c.int('axis', 0), shape.length)], c.int('keepdims', 1) !== 0)
  }),
  value(c) {
    const value = c.value(0)
    if (!value || value.dims.length === 0 || value.elements.some((e) => isOpen(e) || typeof e === 'string')) return
    const axis = axisOf(c, c.int('axis', 0), value.dims.length)
    const length = value.dims[axis] ?? 0
    if (length === 0) return
    const last = c.int('select_last_index', 0) !== 0
    const kept = value.dims.map((dim, i) => (i === axis ? 1 : dim))
    const result = build('int64', kept, (position) => {
      let best = 0
      const element = (i: number) =>
        Number(
          at(
            value,
            flat(
              value.dims,
              position.map((p, a) => (a === axis ? i : p)),
            ),
          ),
        )
      for (let i = 1; i < length; i++)
        if (wins(element(i), element(best)) || (last && element(i) === element(best))) best = i
      return best
    })
    if (result) give(c, { ...result, dims: without(kept, [axis], c.int('keepdims', 1) !== 0) as readonly number[] })
  },
})

const shapeOnly: Operator = { infer: inferReduce }

export const reduction = family({
  ReduceSum: reduce(total),
  ReduceProd: reduce(factor),
  ReduceMax: reduce(fold(maxRule)),
  ReduceMin: reduce(fold(minRule)),
  ReduceMean: reduce(mean),
  ReduceL1: reduce((elements, dtype) =>
    total(
      elements.map((e) => magnitude(e, dtype)),
      dtype,
    ),
  ),
  ReduceSumSquare: reduce((elements, dtype) =>
    total(
      elements.map((e) => compute(mulRule, dtype, e, e)),
      dtype,
    ),
  ),
  ReduceL2: shapeOnly,
  ReduceLogSum: shapeOnly,
  ReduceLogSumExp: shapeOnly,
  ArgMax: arg((candidate, best) => candidate > best),
  ArgMin: arg((candidate, best) => candidate < best),
})
