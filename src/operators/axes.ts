/** Lists of axes and other small integer inputs that an operator takes as attribute or as input, by its version. */
import { type Dim, isUnknown, Unknown } from '../graph/dim.ts'
import type { Context } from './operator.ts'
import { axisOf } from './shapes.ts'
import { count, numbers, smallDims, toDims } from './value.ts'

/** The numbers of an integer input; Unknown where one of them is no number before it runs. */
export function inputNumbers(c: Context, input: number): readonly number[] | Unknown {
  const value = c.value(input)
  const list = numbers(value)
  if (list) return list
  const open = value && toDims(value).find((dim) => typeof dim !== 'number')
  if (open === null || open === undefined) return new Unknown(c.why(input))
  return isUnknown(open) ? open : new Unknown(`${c.node.inputNames[input]} hangs on ${String(open)}`)
}

/** The elements of an integer input as sizes; Unknown where not even their number is known. */
export function inputDims(c: Context, input: number): readonly Dim[] | Unknown {
  const value = c.value(input)
  if (value) return toDims(value)
  const length = inputLength(c, input)
  if (length === null) return new Unknown(c.why(input))
  return Array.from({ length }, () => new Unknown(c.why(input)))
}

/** How many elements a small input has; null where not known. */
export function inputLength(c: Context, input: number): number | null {
  const dims = smallDims(c.shape(input))
  return dims && count(dims)
}

/** `axes`, as attribute or as an input; undefined: left out. */
export function axesOf(c: Context, input: number, attribute = 'axes'): readonly number[] | Unknown | undefined {
  if (c.schema?.attributes.has(attribute)) return c.ints(attribute)
  return c.given(input) ? inputNumbers(c, input) : undefined
}

/** Axes counted from the front; a finding where one is out of range or comes twice. */
export function distinctAxes(c: Context, axes: readonly number[], rank: number): readonly number[] {
  const result = axes.map((axis) => axisOf(c, axis, rank))
  if (new Set(result).size < result.length) c.mismatch(`axes [${axes.join(', ')}] name an axis twice`)
  return result
}
