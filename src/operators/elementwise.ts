/** Element by element: one input, two inputs, or any number of them under broadcasting. */
import {
  add,
  type Dim,
  divideExactly,
  floorDiv,
  isKnown,
  isUnknown,
  lowerBound,
  max,
  min,
  mod,
  mul,
  negate,
  same,
  sub,
  Unknown,
} from '../graph/dim.ts'
import { dtypeInfo } from '../graph/dtype.ts'
import { compute, isOpen, type Rule, roundHalfEven } from './arithmetic.ts'
import { combine, give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, broadcast, shapeText } from './shapes.ts'
import type { KnownValue, Scalar } from './value.ts'

/** The output has the shape of the first input. */
export const sameShape = (c: Context): void => c.output(0, c.shape(0) ?? new Unknown(c.why(0)))

const allInputs = (c: Context): number[] => Array.from({ length: c.inputCount }, (_, input) => input)

/** Before version 7 the second input is aligned at `axis` where `broadcast` is set, and is of the same shape where not. */
const hasOldBroadcast = (c: Context): boolean => c.schema?.attributes.has('broadcast') ?? false

/** Two inputs under the broadcasting that the version of the operator has. */
export function inferBinary(c: Context): void {
  c.output(0, hasOldBroadcast(c) ? oldBroadcast(c) : broadcast(c, [0, 1]))
}

function oldBroadcast(c: Context): readonly Dim[] | Unknown {
  const [a, b] = [c.shape(0), c.shape(1)]
  if (c.int('broadcast', 0) === 0) return sameShapes(c, [0, 1])
  if (!a) return new Unknown(c.why(0))
  if (!b) return a
  const start = oldAxis(c, a.length, b.length)
  b.forEach((dim, i) => {
    const other = a[start + i]
    if (dim !== 1 && (other === undefined || same(dim, other) === false))
      c.mismatch(`${shapeText(b)} is no part of ${shapeText(a)} from axis ${start} on`, [0, 1])
  })
  return a
}

const oldAxis = (c: Context, rankA: number, rankB: number): number => {
  const axis = c.int('axis')
  if (axis === undefined) return Math.max(0, rankA - rankB)
  return axis < 0 ? axis + rankA : axis
}

/** All inputs have the same shape: versions without broadcasting. */
function sameShapes(c: Context, inputs: readonly number[]): readonly Dim[] | Unknown {
  const known = inputs.flatMap((input) => {
    const shape = c.shape(input)
    return shape ? [shape] : []
  })
  const [first] = known
  if (!first) return new Unknown(c.why(inputs[0] ?? 0))
  const odd = known.find((shape) => shape.length !== first.length)
  if (odd) c.mismatch(`shapes ${shapeText(first)} and ${shapeText(odd)}; version ${c.since} takes equal shapes`, inputs)
  return first.map((_, axis) =>
    agree(
      c,
      known.map((shape) => shape[axis] ?? 1),
      `sizes of axis ${axis}`,
      inputs,
    ),
  )
}

/** The values of two inputs, the second one aligned as the version of the operator aligns it. */
function operands(c: Context): readonly [KnownValue, KnownValue] | null {
  const [a, b] = [c.value(0), c.value(1)]
  if (!a || !b) return null
  if (!hasOldBroadcast(c)) return [a, b]
  const behind = a.dims.length - oldAxis(c, a.dims.length, b.dims.length) - b.dims.length
  return [a, { ...b, dims: [...b.dims, ...Array.from({ length: Math.max(0, behind) }, () => 1)] }]
}

const binary = (rule: (c: Context) => Rule): Operator => ({
  infer: inferBinary,
  value(c) {
    const values = operands(c)
    const dtype = values?.[0].dtype
    if (!values || !dtype) return
    const chosen = rule(c)
    give(
      c,
      combine(dtype, values, ([a = 0, b = 0]) => compute(chosen, dtype, a, b)),
    )
  },
})

/** Integers have no quotient and no remainder by zero. */
function dividing(rule: (c: Context) => Rule): Operator {
  const operator = binary(rule)
  return {
    ...operator,
    value(c) {
      const zero = !isFloat(c) && c.value(1)?.elements.some((element) => element === 0)
      if (zero) c.warn('division-by-zero', 'it divides by 0, and a divisor has to be another integer')
      operator.value?.(c)
    },
  }
}

const unary = (rule: Rule): Operator => ({
  infer: sameShape,
  value(c) {
    const value = c.value(0)
    if (value) give(c, { ...value, elements: value.elements.map((element) => compute(rule, value.dtype, element)) })
  },
})

/** Any number of inputs; before version 8 without broadcasting. */
const variadic = (rule: Rule, finish?: (count: number) => Rule): Operator => ({
  infer(c) {
    const inputs = allInputs(c)
    c.output(0, c.since < 8 ? sameShapes(c, inputs) : broadcast(c, inputs))
  },
  value(c) {
    const values = allInputs(c).map((input) => c.value(input))
    const known = values.filter((value) => value !== null)
    const dtype = known[0]?.dtype
    if (!dtype || known.length < values.length) return
    const last = finish?.(known.length)
    give(
      c,
      combine(dtype, known, (elements) => {
        const result = elements.slice(1).reduce((a, b) => compute(rule, dtype, a, b), elements[0] ?? 0)
        return last ? compute(last, dtype, result) : result
      }),
    )
  },
})

/** Only the shape: values hang on the runtime's approximation, and no shape is made of them. */
const shapeOnly: Operator = { infer: sameShape }
const pairShapeOnly: Operator = { infer: inferBinary }

export const addRule: Rule = { float: (a, b) => a + b, small: (a, b) => a + b, integer: (a, b) => a + b, size: add }
const subRule: Rule = { float: (a, b) => a - b, small: (a, b) => a - b, integer: (a, b) => a - b, size: sub }
export const mulRule: Rule = { float: (a, b) => a * b, small: (a, b) => a * b, integer: (a, b) => a * b, size: mul }

/** Truncates towards zero: for sizes, which are not negative, that is the floor. */
function divideSizes(a: Dim, b: Dim): Dim {
  if (isUnknown(a)) return a
  if (isUnknown(b)) return b
  if (b === 0) return new Unknown('division by zero in shape arithmetic')
  const exact = divideExactly(a, b)
  if (exact !== null) return exact
  if (!isKnown(b) || b > 0) {
    if (lowerBound(a) > Number.NEGATIVE_INFINITY) return floorDiv(a, b)
    if (lowerBound(negate(a)) > Number.NEGATIVE_INFINITY) return negate(floorDiv(negate(a), b))
  }
  return new Unknown(`whether ${String(a)} / ${String(b)} is negative is not known`)
}

const divRule: Rule = {
  float: (a, b) => a / b,
  integer: (a, b) => (b === 0n ? null : a / b),
  size: divideSizes,
}
/** A float quotient of sizes is a size only where it comes out even. */
const floatDivRule: Rule = {
  float: (a, b) => a / b,
  size: (a, b) => divideExactly(a, b) ?? new Unknown(`${String(a)} / ${String(b)} may be a fraction`),
}

// Math.min does not take bigint.
function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}
const greater = (a: bigint, b: bigint): bigint => (lesser(a, b) === a ? b : a)

export const minRule: Rule = {
  float: (a, b) => Math.min(a, b),
  small: Math.min,
  integer: lesser,
  size: min,
}
export const maxRule: Rule = {
  float: (a, b) => Math.max(a, b),
  small: Math.max,
  integer: greater,
  size: max,
}

const positive = (a: Dim, b: Dim): boolean => lowerBound(a) >= 0 && lowerBound(b) >= 0

const modRule: Rule = {
  // The remainder has the sign of the divisor, a zero too.
  float(a, b) {
    const rest = a % b
    if (rest === 0) return b < 0 ? -0 : 0
    return rest < 0 !== b < 0 ? rest + b : rest
  },
  integer: (a, b) => (b === 0n ? null : ((a % b) + b) % b),
  size: mod,
}
const fmodRule: Rule = {
  float: (a, b) => a % b,
  integer: (a, b) => (b === 0n ? null : a % b),
  size: (a, b) => (positive(a, b) ? mod(a, b) : new Unknown('the sign of a remainder is not known')),
}

const powRule: Rule = {
  // Powers and square roots that are whole numbers are exact in every runtime; others hang on its approximation.
  float(a, b) {
    const result = b === 0.5 ? Math.sqrt(a) : a ** b
    if (b === 1) return a
    if (b === 0.5) return Number.isInteger(result) && result * result === a ? result : null
    return Number.isInteger(a) && Number.isInteger(b) && b >= 0 && Number.isSafeInteger(result) ? result : null
  },
  integer(a, b) {
    const result = Number(a) ** Number(b)
    return b >= 0n && Number.isSafeInteger(result) ? BigInt(result) : null
  },
  size: (a, b) => {
    if (isUnknown(a)) return a
    if (isKnown(b) && b >= 0 && b <= 4) return mul(1, ...Array.from({ length: b }, () => a))
    return new Unknown(`a power of ${String(a)} is not computed`)
  },
}

/** By its width or more, or by a negative number: version 28 says that every bit is shifted out; older ones leave it open. */
const shiftRule = (left: boolean, width: number, defined: boolean): Rule => ({
  integer(a, b) {
    if (b >= 0n && b < BigInt(width)) return left ? a << b : a >> b
    if (!defined) return null
    return left || a >= 0n ? 0n : -1n
  },
  size(a, b) {
    if (!isKnown(b) || b < 0 || b > 30) return new Unknown('a shift by a size that is not known')
    return left ? mul(a, 2 ** b) : floorDiv(a, 2 ** b)
  },
})

const bitShift = binary((c) => {
  const dtype = c.dtype(0)
  return shiftRule(c.string('direction') !== 'RIGHT', (dtype && dtypeInfo(dtype).bits) ?? 0, c.since >= 28)
})

const bits = (integer: (a: bigint, b: bigint) => bigint): Operator => binary(() => ({ integer }))
/** Whole numbers are their own floor, ceiling and rounding. */
const whole = (float: (a: number) => number): Operator => unary({ float, integer: (a) => a, size: (a) => a })

const ofSign = (positiveResult: (a: Dim) => Dim, negativeResult: (a: Dim) => Dim) => (a: Dim) => {
  if (isUnknown(a)) return a
  if (lowerBound(a) >= 0) return positiveResult(a)
  return lowerBound(negate(a)) >= 0 ? negativeResult(a) : new Unknown(`the sign of ${String(a)} is not known`)
}

/** Limits as inputs from version 11 on, as attributes before. */
const clip: Operator = {
  infer: sameShape,
  value(c) {
    const value = c.value(0)
    if (!value) return
    const limit = (name: string, input: number): Scalar | null | undefined =>
      c.since < 11 ? c.float(name) : c.given(input) ? (c.value(input)?.elements[0] ?? null) : undefined
    const [low, high] = [limit('min', 1), limit('max', 2)]
    if (low === null || high === null) return
    const { dtype } = value
    const elements = value.elements.map((element) => {
      const raised = low === undefined ? element : compute(maxRule, dtype, element, low)
      return high === undefined ? raised : compute(minRule, dtype, raised, high)
    })
    give(c, { ...value, elements })
  },
}

/** A test of floats that gives bool. */
const test = (holds: (c: Context, element: number) => boolean): Operator => ({
  infer: sameShape,
  value(c) {
    const value = c.value(0)
    if (!value) return
    const elements = value.elements.map((element) => (isOpen(element) ? element : holds(c, Number(element)) ? 1 : 0))
    // A size is finite, whatever it is.
    give(c, { ...value, dtype: 'bool', elements: elements.map((e) => (isOpen(e) && !isUnknown(e) ? 0 : e)) })
  },
})

const infinite = (c: Context, element: number): boolean =>
  (element === Number.POSITIVE_INFINITY && c.int('detect_positive', 1) !== 0) ||
  (element === Number.NEGATIVE_INFINITY && c.int('detect_negative', 1) !== 0)

const isFloat = (c: Context): boolean => /float/.test(c.dtype(0) ?? '')

const toSelf: Operator = { infer: (c) => c.output(0, broadcast(c, [0, 1]), c.dtype(0)) }

export const elementwise = family({
  Add: binary(() => addRule),
  Sub: binary(() => subRule),
  Mul: binary(() => mulRule),
  Div: dividing((c) => (isFloat(c) ? floatDivRule : divRule)),
  Mod: dividing((c) => (c.int('fmod', 0) === 0 ? modRule : fmodRule)),
  Pow: binary(() => powRule),
  BitShift: bitShift,
  BitwiseAnd: bits((a, b) => a & b),
  BitwiseOr: bits((a, b) => a | b),
  BitwiseXor: bits((a, b) => a ^ b),
  BitwiseNot: unary({ integer: (a) => ~a, size: (a) => sub(-1, a) }),

  Max: variadic(maxRule),
  Min: variadic(minRule),
  Sum: variadic(addRule),
  Mean: variadic(addRule, (inputs) => ({ float: (a) => a / inputs })),

  Neg: unary({ float: (a) => -a, small: (a) => -a, integer: (a) => -a, size: negate }),
  Abs: unary({ float: Math.abs, small: Math.abs, integer: (a) => (a < 0n ? -a : a), size: ofSign((a) => a, negate) }),
  Sign: unary({
    float: Math.sign,
    small: Math.sign,
    integer: (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n),
    size: (a) => (lowerBound(a) > 0 ? 1 : lowerBound(negate(a)) > 0 ? -1 : new Unknown('a sign is not known')),
  }),
  Floor: whole(Math.floor),
  Ceil: whole(Math.ceil),
  Round: whole(roundHalfEven),
  Sqrt: unary({ float: Math.sqrt }),
  Reciprocal: unary({ float: (a) => 1 / a }),
  Clip: clip,
  IsNaN: test((_, element) => Number.isNaN(element)),
  IsInf: test(infinite),

  Exp: shapeOnly,
  Log: shapeOnly,
  Erf: shapeOnly,
  Sin: shapeOnly,
  Cos: shapeOnly,
  Tan: shapeOnly,
  Asin: shapeOnly,
  Acos: shapeOnly,
  Atan: shapeOnly,
  Tanh: shapeOnly,
  Sinh: shapeOnly,
  Cosh: shapeOnly,
  Asinh: shapeOnly,
  Acosh: shapeOnly,
  Atanh: shapeOnly,

  'com.microsoft::BiasAdd': shapeOnly,
  'com.microsoft::GatedAdd': toSelf,
  'com.microsoft::ComplexMul': pairShapeOnly,
  'com.microsoft::ComplexMulConj': pairShapeOnly,
  'com.microsoft::MurmurHash3': shapeOnly,
  'com.microsoft::SampleOp': shapeOnly,
  'com.microsoft::NGramRepeatBlock': { infer: (c) => c.output(0, c.shape(1) ?? new Unknown(c.why(1))) },
  'com.microsoft::IsAllFinite': { infer: (c) => c.output(0, []) },
})
