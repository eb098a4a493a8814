/** Arithmetic of conditions: integers exact to 64 bits, `/` real, `%` with the sign of the divisor. */
import type { Arithmetic } from './ast.ts'
import { absent, asIndex, asList, asNumber, isUnknown, Symbolic, Undetermined, type Value } from './value.ts'

type Numeric = number | bigint

const notANumber = new Undetermined('it is not a number')
const divisionByZero = new Undetermined('it divides by 0')

const isWhole = (value: Numeric): boolean => typeof value === 'bigint' || Number.isInteger(value)

/** Bigint only where a number is not exact; beyond 64 bits a float. */
function settle(value: bigint): Numeric {
  const number = Number(value)
  return Number.isSafeInteger(number) || BigInt.asIntN(65, value) !== value ? number : value
}

/** What an operand that is no number makes of the result: absent first, then unknown. */
function passedOn(...operands: readonly Value[]): Value {
  if (operands.includes(absent)) return absent
  const unknowns = operands.filter(isUnknown)
  const undetermined = unknowns.find((value) => value instanceof Undetermined)
  if (undetermined) return undetermined
  const symbolic = unknowns.find((value) => value instanceof Symbolic)
  return symbolic instanceof Symbolic ? new Symbolic(null, describe(symbolic), symbolic.flag) : notANumber
}

const describe = (value: Symbolic): string => value.why ?? `it hangs on ${value.text}`

export function calculate(op: Arithmetic, a: Value, b: Value): Value {
  const x = asNumber(a)
  const y = asNumber(b)
  if (x === null || y === null) return passedOn(a, b)
  if (op === '/') return Number(y) === 0 ? divisionByZero : Number(x) / Number(y)
  if (op === '%' && Number(y) === 0) return divisionByZero
  if (typeof x === 'number' && typeof y === 'number') {
    const result = plain(op, x, y)
    if (Number.isSafeInteger(result) || !isWhole(x) || !isWhole(y)) return result
  }
  if (!isWhole(x) || !isWhole(y)) return plain(op, Number(x), Number(y))
  return settle(whole(op, BigInt(x), BigInt(y)))
}

function plain(op: Exclude<Arithmetic, '/'>, x: number, y: number): number {
  if (op === '+') return x + y
  if (op === '-') return x - y
  if (op === '*') return x * y
  const rest = x % y
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest
}

function whole(op: Exclude<Arithmetic, '/'>, x: bigint, y: bigint): bigint {
  if (op === '+') return x + y
  if (op === '-') return x - y
  if (op === '*') return x * y
  const rest = x % y
  return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest
}

export const negate = (value: Value): Value => calculate('-', 0, value)

/** Product or sum of a list; of an empty one 1 or 0. */
export function fold(op: '*' | '+', list: Value): Value {
  const items = asList(list)
  if (!items) return passedOn(list)
  let result: Value = op === '*' ? 1 : 0
  for (const item of items) result = calculate(op, result, item)
  return result
}

export function round(value: Value, towards: 'ceil' | 'floor'): Value {
  const number = asNumber(value)
  if (number === null) return passedOn(value)
  return typeof number === 'bigint' ? number : Math[towards](number)
}

/** The element at an index, counted from the end where negative; absent outside of the list. */
export function elementAt(list: Value, index: Value): Value {
  if (list === absent || index === absent) return absent
  if (list instanceof Symbolic) return new Symbolic(null, list.why, list.flag)
  if (isUnknown(list)) return list
  if (isUnknown(index)) return passedOn(index)
  const items = asList(list)
  const at = asIndex(index)
  return items && at !== null ? (items.at(at) ?? absent) : absent
}
