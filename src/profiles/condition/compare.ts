/** Equality, order and membership in three values. */
import type { Comparison } from './ast.ts'
import {
  absent,
  asList,
  asNumber,
  compareVersions,
  Float32,
  isUnknown,
  Literal,
  Symbolic,
  type Truth,
  unknown,
  type Value,
  Version,
} from './value.ts'

export const not = (truth: Truth): Truth => (typeof truth === 'boolean' ? !truth : truth)

export const both = (a: Truth, b: Truth): Truth => {
  if (a === false || b === false) return false
  return a === true ? b : a
}

/** A value where a truth is wanted: what was left out does not hold, anything else that is no truth is unknown. */
export const truthOf = (value: Value): Truth => {
  if (typeof value === 'boolean') return value
  return value === absent ? false : unknown
}

export function compare(op: Comparison, a: Value, b: Value): Truth {
  if (op === '==') return equal(a, b)
  if (op === '!=') return not(equal(a, b))
  return ordered(op, a, b)
}

/** Two values are equal: absent equals only absent, lists by element, the same symbol equals itself. */
function equal(a: Value, b: Value): Truth {
  if (a === b) return typeof a !== 'object' || !isUnknown(a) || (a instanceof Symbolic && a.text !== null) || unknown
  if (a === absent || b === absent) return false
  if (isUnknown(a) || isUnknown(b)) return sameSymbol(a, b) || unknown
  const listA = asList(a)
  const listB = asList(b)
  if (listA || listB) return listA !== null && listB !== null && equalLists(listA, listB)
  const order = orderOf(a, b)
  return order === 0
}

function equalLists(a: readonly Value[], b: readonly Value[]): Truth {
  if (a.length !== b.length) return false
  let result: Truth = true
  for (const [i, item] of a.entries()) {
    const same = equal(item, b[i] ?? absent)
    if (same === false) return false
    if (same !== true) result = same
  }
  return result
}

const sameSymbol = (a: Value, b: Value): boolean =>
  a instanceof Symbolic && b instanceof Symbolic && a.text !== null && a.text === b.text

function ordered(op: '<' | '<=' | '>' | '>=', a: Value, b: Value): Truth {
  if (a === absent || b === absent) return false
  if (isUnknown(a) || isUnknown(b)) return sameSymbol(a, b) ? op === '<=' || op === '>=' : unknown
  // Lists have no order; the lint says so.
  if (asList(a) || asList(b)) return unknown
  const order = orderOf(a, b)
  if (order === null) return false
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** Negative, 0 or positive; null for values that have no order between them (other types, NaN). */
function orderOf(a: Value, b: Value): number | null {
  if (a instanceof Version || b instanceof Version) {
    const x = versionOf(a)
    const y = versionOf(b)
    return x && y && compareVersions(x, y)
  }
  const x = asNumber(a)
  const y = asNumber(b)
  if (x !== null && y !== null) return orderOfNumbers(beside(x, a, b), beside(y, b, a))
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return a === b ? 0 : null
}

const orderOfNumbers = (x: number | bigint, y: number | bigint): number | null => {
  if (x < y) return -1
  if (x > y) return 1
  return Number.isNaN(x) || Number.isNaN(y) ? null : 0
}

/** A literal beside a float32 is rounded to float32, as the runtime's own constants are. */
const beside = (number: number | bigint, own: Value, other: Value): number | bigint =>
  own instanceof Literal && other instanceof Float32 ? Math.fround(Number(number)) : number

const versionOf = (value: Value): Version | null => {
  if (value instanceof Version) return value
  if (value instanceof Literal) return value.text === null ? null : Version.from(value.text)
  return typeof value === 'string' ? Version.from(value) : null
}

/** True if one matches, else unknown if one is. What is absent is in no list. */
export function isIn(value: Value, list: Value): Truth {
  if (value === absent || list === absent) return false
  const items = asList(list)
  if (!items) return unknown
  let result: Truth = false
  for (const item of items) {
    const same = equal(value, item)
    if (same === true) return true
    if (same !== false) result = same
  }
  return result
}

/** From `from` to `to`, both included. */
export const isBetween = (value: Value, from: Value, to: Value): Truth =>
  both(ordered('>=', value, from), ordered('<=', value, to))
