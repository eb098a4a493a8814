/**
 * Arithmetic on single elements, exact by element type: integers wrap around, floats are rounded to their width, and
 * sizes that are not numbers yet stay symbolic. What cannot be said exactly is unknown, with the reason.
 */
import { type Dim, Expr, isKnown, isSymbolic, isUnknown, lowerBound, Unknown } from '../graph/dim.ts'
import { type DType, dtypeInfo, isInteger } from '../graph/dtype.ts'
import { integer, type Scalar, toDim } from './value.ts'

/** One operation. A part that is left out is not computed for such elements. */
export interface Rule {
  readonly float?: (a: number, b: number) => number | null
  /** Null: the result is not defined (division by zero). */
  readonly integer?: (a: bigint, b: bigint) => bigint | null
  /** The same for small integers; counts where the result is a safe integer. */
  readonly small?: (a: number, b: number) => number
  /** On sizes: symbolic or unknown elements among whole numbers. */
  readonly size?: (a: Dim, b: Dim) => Dim
}

export const isOpen = (element: Scalar): element is Expr | Unknown =>
  element instanceof Expr || element instanceof Unknown

/** Result of a rule for two elements of this type. Rules with one operand ignore the second. */
export function compute(rule: Rule, dtype: DType, a: Scalar, b: Scalar = 0): Scalar {
  if (typeof a === 'string' || typeof b === 'string') return new Unknown('text is not computed')
  if (isOpen(a) || isOpen(b)) return computeSize(rule, dtype, a, b)
  if (!isInteger(dtype) && dtype !== 'bool') {
    const result = rule.float?.(Number(a), Number(b)) ?? null
    return result === null ? new Unknown('the exact result hangs on the runtime') : roundFloat(dtype, result)
  }
  if (rule.small && typeof a === 'number' && typeof b === 'number') {
    const result = rule.small(a, b)
    if (Number.isSafeInteger(result)) return wrap(dtype, result)
  }
  if (!isWhole(a) || !isWhole(b)) return new Unknown('an integer and a fraction are not computed')
  const result = rule.integer?.(BigInt(a), BigInt(b)) ?? null
  return result === null ? new Unknown('the result is not defined') : wrap(dtype, result)
}

const isWhole = (element: number | bigint): boolean => typeof element === 'bigint' || Number.isInteger(element)

function computeSize(rule: Rule, dtype: DType, a: Scalar, b: Scalar): Scalar {
  const [first, second] = [toDim(a), toDim(b)]
  if (!isInteger(dtype)) {
    // Zero times something unknown may be NaN, and a fraction of a size is no size.
    if (isUnknown(first)) return first
    if (isUnknown(second)) return second
    if ([first, second].some((dim) => isKnown(dim) && !Number.isInteger(dim)))
      return new Unknown('a size that is not known is scaled by a fraction')
  }
  if (rule.size) return sizeAs(dtype, rule.size(first, second))
  if (isUnknown(first)) return first
  return isUnknown(second) ? second : new Unknown(`it hangs on ${String(isSymbolic(first) ? first : second)}`)
}

/** Element types that hold every size as it is. */
const wide = new Set<DType>(['int32', 'int64', 'uint32', 'uint64', 'float32', 'float64'])

/** A size as an element of this type. */
export function sizeAs(dtype: DType, dim: Dim): Scalar {
  if (isUnknown(dim)) return dim
  if (isKnown(dim)) return isInteger(dtype) && Number.isSafeInteger(dim) ? wrap(dtype, dim) : dim
  if (!wide.has(dtype)) return new Unknown(`${String(dim)} may not fit into ${dtype}`)
  if (dtype.startsWith('u') && lowerBound(dim) < 0) return new Unknown(`${String(dim)} may be negative`)
  return dim
}

/** An integer brought into the range of its type, as two's complement does. */
export function wrap(dtype: DType, value: number | bigint): number | bigint {
  if (dtype === 'bool') return value === 0 || value === 0n ? 0 : 1
  const bits = dtypeInfo(dtype).bits ?? 64
  const unsigned = dtype.startsWith('u')
  const [low, high] = unsigned ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)]
  // Adding 0 turns -0, which is no integer, into 0.
  if (typeof value === 'number' && value >= low && value < high) return value + 0
  const big = BigInt(value)
  return integer(unsigned ? BigInt.asUintN(bits, big) : BigInt.asIntN(bits, big))
}

/** A float as its type can hold it: nearest, ties to even. Unknown for types whose rounding has variants. */
export function roundFloat(dtype: DType, value: number): Scalar {
  switch (dtype) {
    case 'float64':
      return value
    case 'float32':
      return Math.fround(value)
    case 'float16':
      return roundTo(value, 11, -14, 65504)
    case 'bfloat16':
      return roundTo(value, 8, -126, (2 - 2 ** -7) * 2 ** 127)
    default:
      return new Unknown(`rounding to ${dtype} is not computed`)
  }
}

/** Nearest value with `precision` significant bits, ties to even. */
function roundTo(value: number, precision: number, minExponent: number, largest: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  let exponent = Math.floor(Math.log2(Math.abs(value)))
  if (2 ** (exponent + 1) <= Math.abs(value)) exponent++
  else if (2 ** exponent > Math.abs(value)) exponent--
  const unit = 2 ** (Math.max(exponent, minExponent) - precision + 1)
  const rounded = roundHalfEven(value / unit) * unit
  return Math.abs(rounded) > largest ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded
}

export function roundHalfEven(value: number): number {
  const low = Math.floor(value)
  const rest = value - low
  if (rest !== 0.5) return Math.round(value)
  return low % 2 === 0 ? low : low + 1
}
