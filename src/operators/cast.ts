/** Conversions of the element type. */
import { lowerBound, Unknown } from '../graph/dim.ts'
import { type DType, dtypeFromNumber, dtypeInfo, isInteger } from '../graph/dtype.ts'
import { isOpen, roundFloat, sizeAs, wrap } from './arithmetic.ts'
import { give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import type { Scalar } from './value.ts'

/** Version 1 names the type, later ones number it. */
function target(c: Context): DType | null {
  if (c.since >= 6) return dtypeOf(c, 'to')
  const name = (c.string('to') ?? '').toLowerCase()
  if (name === 'float') return 'float32'
  if (name === 'double') return 'float64'
  return dtypeByName.get(name) ?? null
}

const dtypeByName = new Map<string, DType>(
  Array.from({ length: 40 }, (_, number) => dtypeFromNumber(number)).flatMap((name) => (name ? [[name, name]] : [])),
)

/** The element type that an attribute numbers; null where it is not given or the number is not known. */
export function dtypeOf(c: Context, attribute: string): DType | null {
  const number = c.int(attribute)
  return number === undefined ? null : dtypeFromNumber(number)
}

/** One element in another type, as runtimes convert: towards zero, wrapping around; unknown where they differ. */
function convert(element: Scalar, from: DType, to: DType): Scalar {
  if (element instanceof Unknown || from === to) return element
  if (typeof element === 'string' || to === 'string') return new Unknown('text is not converted')
  if (isOpen(element)) {
    if (to !== 'bool') return sizeAs(to, element)
    return lowerBound(element) > 0 ? 1 : new Unknown(`whether ${element.text} is 0 is not known`)
  }
  if (to === 'bool') return element === 0 || element === 0n ? 0 : 1
  if (!isInteger(to)) return typeof element === 'bigint' ? bigToFloat(element, to) : roundFloat(to, element)
  if (typeof element === 'bigint') return wrap(to, element)
  if (isInteger(from) || from === 'bool') return wrap(to, element)
  const whole = Math.trunc(element)
  const bits = dtypeInfo(to).bits ?? 0
  const [low, high] = to.startsWith('u') ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)]
  // Outside of the range the result hangs on the machine; below eight bits versions differ in rounding.
  if (!(whole >= low && whole < high) || (bits < 8 && whole !== element))
    return new Unknown(`what ${element} becomes as ${to} hangs on the runtime`)
  return Number.isSafeInteger(whole) ? whole + 0 : wrap(to, BigInt(whole))
}

const bigToFloat = (element: bigint, to: DType): Scalar =>
  to === 'float64' || BigInt(Number(element)) === element
    ? roundFloat(to, Number(element))
    : new Unknown(`${element} is not exact as ${to}`)

const cast = (to: (c: Context) => DType | null): Operator => ({
  infer(c) {
    const dtype = to(c)
    const allowed = c.schema?.types.get('T2')
    if (dtype && allowed && !allowed.has(dtypeInfo(dtype).typeString))
      c.mismatch(`version ${c.since} does not convert to ${dtype}`, [], 'type-mismatch')
    if (!dtype && c.written('to')) {
      const asked = c.int('to') ?? JSON.stringify(c.string('to') ?? '')
      c.mismatch(`to is ${asked}, which is no element type that is known`, [], 'type-mismatch')
    }
    c.output(0, c.shape(0) ?? new Unknown(c.why(0)), dtype)
  },
  value(c) {
    const value = c.value(0)
    const dtype = to(c)
    if (value && dtype)
      give(c, { ...value, dtype, elements: value.elements.map((e) => convert(e, value.dtype, dtype)) })
  },
})

/** The bits stay, the type changes; the widths have to be the same. */
const bitCast: Operator = {
  infer(c) {
    const [from, to] = [c.dtype(0), dtypeOf(c, 'to')]
    if (from && to && dtypeInfo(from).bits !== dtypeInfo(to).bits)
      c.mismatch(`${from} and ${to} are not of the same width`, [0])
    c.output(0, c.shape(0) ?? new Unknown(c.why(0)), to)
  },
  value(c) {
    const value = c.value(0)
    const dtype = dtypeOf(c, 'to')
    if (!value || !dtype || !isInteger(dtype) || !isInteger(value.dtype)) return
    const elements = value.elements.map((element) => convert(element, value.dtype, dtype))
    give(c, { ...value, dtype, elements })
  },
}

export const casts = family({
  Cast: cast(target),
  CastLike: cast((c) => c.dtype(1)),
  BitCast: bitCast,
})
