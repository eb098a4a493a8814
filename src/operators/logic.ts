/** Comparisons, logic and selection by a condition. Sizes that are not numbers compare where their bounds decide. */
import { equal, isUnknown, lowerBound, same, sub, Unknown } from '../graph/dim.ts'
import { isOpen } from './arithmetic.ts'
import { combine, give, partial } from './elements.ts'
import { inferBinary, sameShape } from './elementwise.ts'
import { family, type Operator } from './operator.ts'
import { broadcast } from './shapes.ts'
import { type Scalar, toDim } from './value.ts'

type Comparison = (a: Scalar, b: Scalar) => Scalar

/** 1, 0 or unknown for two elements. */
const isEqual: Comparison = (a, b) => {
  if (a instanceof Unknown) return a
  if (b instanceof Unknown) return b
  // Loose, so that a number equals the bigint of the same value.
  // biome-ignore lint/suspicious/noDoubleEquals: number and bigint compare by value only so
  if (!isOpen(a) && !isOpen(b)) return typeof a === typeof b ? bit(a === b) : bit(a == b)
  if (typeof a === 'string' || typeof b === 'string') return 0
  const [left, right] = [toDim(a), toDim(b)]
  if (equal(left, right)) return 1
  return same(left, right) === false ? 0 : undecided(a, b)
}

const bit = (holds: boolean): 0 | 1 => (holds ? 1 : 0)
const undecided = (a: Scalar, b: Scalar): Unknown => new Unknown(`how ${a} compares to ${b} is not known`)

/** `a > b`, or `a >= b`. */
const isAbove =
  (orEqual: boolean): Comparison =>
  (a, b) => {
    if (a instanceof Unknown) return a
    if (b instanceof Unknown) return b
    if (!isOpen(a) && !isOpen(b)) return bit(orEqual ? a >= b : a > b)
    const difference = sub(toDim(a), toDim(b))
    if (isUnknown(difference)) return difference
    const [least, most] = [lowerBound(difference), -lowerBound(sub(toDim(b), toDim(a)))]
    if (orEqual ? least >= 0 : least > 0) return 1
    return (orEqual ? most < 0 : most <= 0) ? 0 : undecided(a, b)
  }

const swapped =
  (f: Comparison): Comparison =>
  (a, b) =>
    f(b, a)

const comparison = (f: Comparison): Operator => ({
  infer: inferBinary,
  value(c) {
    const [a, b] = [c.value(0), c.value(1)]
    // The alignment of old versions is left out: nothing that shapes hang on uses it.
    if (!a || !b || c.schema?.attributes.has('broadcast')) return
    give(
      c,
      combine('bool', [a, b], ([x = 0, y = 0]) => f(x, y)),
    )
  },
})

/** One operand that decides alone (false for And, true for Or) wins over an unknown one. */
const deciding =
  (decides: 0 | 1): Comparison =>
  (a, b) => {
    if (a === decides || b === decides) return decides
    return a instanceof Unknown ? a : b
  }
const isDifferent: Comparison = (a, b) => not(isEqual(a, b))
const not = (a: Scalar): Scalar => (isOpen(a) ? a : bit(a === 0))

/** The output has the type of the chosen values. */
const where: Operator = {
  infer: (c) => c.output(0, broadcast(c, [0, 1, 2])),
  value(c) {
    const condition = c.value(0)
    const [x, y] = [partial(c, 1), partial(c, 2)]
    if (!condition || !x || !y) return
    give(
      c,
      combine(x.dtype, [condition, x, y], ([chooses = 0, a = 0, b = 0]) => {
        if (!isOpen(chooses)) return chooses === 0 ? b : a
        return isEqual(a, b) === 1 ? a : chooses
      }),
    )
  },
}

export const logic = family({
  Equal: comparison(isEqual),
  Greater: comparison(isAbove(false)),
  GreaterOrEqual: comparison(isAbove(true)),
  Less: comparison(swapped(isAbove(false))),
  LessOrEqual: comparison(swapped(isAbove(true))),
  And: comparison(deciding(0)),
  Or: comparison(deciding(1)),
  Xor: comparison(isDifferent),
  Not: {
    infer: sameShape,
    value(c) {
      const value = c.value(0)
      if (value) give(c, { ...value, elements: value.elements.map(not) })
    },
  },
  Where: where,
})
