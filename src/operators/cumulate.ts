/** Running sums and products, and triangles of matrices: the output has the shape of the input. */
import { compute, type Rule } from './arithmetic.ts'
import { at, build, flat, give } from './elements.ts'
import { addRule, mulRule, sameShape } from './elementwise.ts'
import { family, type Operator } from './operator.ts'
import { axisOf, shapeText } from './shapes.ts'
import { numbers, type Scalar } from './value.ts'

const running = (rule: Rule, neutral: number): Operator => ({
  infer(c) {
    const [rank, axis] = [c.rank(0), numbers(c.value(1))?.[0]]
    if (rank !== null && axis !== undefined) axisOf(c, axis, rank)
    sameShape(c)
  },
  value(c) {
    const value = c.value(0)
    const axis = numbers(c.value(1))?.[0]
    if (!value || axis === undefined) return
    const along = axisOf(c, axis, value.dims.length)
    const length = value.dims[along] ?? 1
    const [exclusive, reverse] = [c.int('exclusive', 0) !== 0, c.int('reverse', 0) !== 0]
    const elements: Scalar[] = [...value.elements]
    const lines = value.dims.map((dim, i) => (i === along ? 1 : dim))
    build(value.dtype, lines, (position) => {
      let total: Scalar = neutral
      for (let step = 0; step < length; step++) {
        const here = flat(
          value.dims,
          position.map((p, i) => (i === along ? (reverse ? length - 1 - step : step) : p)),
        )
        const next = compute(rule, value.dtype, total, at(value, here))
        elements[here] = exclusive ? total : next
        total = next
      }
      return 0
    })
    give(c, { ...value, elements })
  },
})

/** Above or below the diagonal that `k` shifts; the rest becomes 0. */
const trilu: Operator = {
  infer(c) {
    const shape = c.shape(0)
    if (shape && shape.length < 2) c.mismatch(`${shapeText(shape)} is no matrix: it takes at least 2 axes`, [0])
    sameShape(c)
  },
  value(c) {
    const value = c.value(0)
    const k = c.given(1) ? numbers(c.value(1))?.[0] : 0
    if (!value || k === undefined) return
    const upper = c.int('upper', 1) !== 0
    const element = (position: readonly number[]): Scalar => {
      const [row = 0, column = 0] = position.slice(-2)
      const kept = upper ? column - row >= k : column - row <= k
      return kept ? at(value, flat(value.dims, position)) : 0
    }
    give(c, build(value.dtype, value.dims, element))
  },
}

export const cumulation = family({
  CumSum: running(addRule, 0),
  CumProd: running(mulRule, 1),
  Trilu: trilu,
  'com.microsoft::Trilu': trilu,
})
