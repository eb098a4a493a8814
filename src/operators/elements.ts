/** Small known values position by position: strides, broadcasting, gathering, and inputs that are known in part. */
import { Unknown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import type { Context } from './operator.ts'
import { count, type KnownValue, type Scalar, smallDims, valueLimit } from './value.ts'

const outside = new Unknown('the position is outside of the tensor')

/** The element at a flat position. */
export const at = (value: KnownValue, position: number): Scalar => value.elements[position] ?? outside

/** Row-major strides. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1)
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1)
  return strides
}

/** A value of these dims, made position by position; null where it would be too large to compute. */
export function build(
  dtype: DType,
  dims: readonly number[],
  element: (position: readonly number[]) => Scalar,
): KnownValue | null {
  const total = count(dims)
  if (!(total <= valueLimit)) return null
  const position = dims.map(() => 0)
  const elements: Scalar[] = []
  for (let i = 0; i < total; i++) {
    elements.push(element(position))
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1
      position[axis] = next === dims[axis] ? 0 : next
      if (next !== dims[axis]) break
    }
  }
  return { dtype, dims, elements }
}

/** Flat position of `position` in a tensor of these dims. */
export function flat(dims: readonly number[], position: readonly number[]): number {
  let result = 0
  for (let axis = 0; axis < dims.length; axis++) result = result * (dims[axis] ?? 1) + (position[axis] ?? 0)
  return result
}

/** Flat position in a tensor that is broadcast to the rank of `position`: aligned at the end, dims of 1 repeated. */
export function broadcastFlat(dims: readonly number[], position: readonly number[]): number {
  const skip = position.length - dims.length
  let result = 0
  for (let axis = 0; axis < dims.length; axis++) {
    const dim = dims[axis] ?? 1
    result = result * dim + (dim === 1 ? 0 : (position[skip + axis] ?? 0))
  }
  return result
}

/** Combines values element by element under broadcasting; null where they do not broadcast or are too large. */
export function combine(
  dtype: DType,
  values: readonly KnownValue[],
  f: (elements: readonly Scalar[]) => Scalar,
): KnownValue | null {
  const [first] = values
  if (!first) return null
  if (values.every((value) => sameDims(value.dims, first.dims)))
    return { dtype, dims: first.dims, elements: first.elements.map((_, i) => f(values.map((value) => at(value, i)))) }
  const rank = Math.max(...values.map((value) => value.dims.length))
  const dims: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const sizes = values.map((value) => value.dims[value.dims.length - rank + axis] ?? 1).filter((size) => size !== 1)
    const size = sizes[0] ?? 1
    if (sizes.some((other) => other !== size)) return null
    dims.push(size)
  }
  return build(dtype, dims, (position) => f(values.map((value) => at(value, broadcastFlat(value.dims, position)))))
}

const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i])

/** Sets the value of output 0, if there is one. */
export function give(c: Context, value: KnownValue | null): void {
  if (value) c.outputValue(0, value)
}

/** A tensor this small may be part of shape arithmetic, even if nothing of it is known yet. */
const shapeLike = 64

/** The value of an input; where nothing is known of a short vector, each of its elements is unknown. */
export function partial(c: Context, input: number): KnownValue | null {
  const known = c.value(input)
  if (known) return known
  const dims = smallDims(c.shape(input))
  const dtype = c.dtype(input)
  if (!dims || !dtype || dims.length > 1 || count(dims) > shapeLike) return null
  const unknown = new Unknown(c.why(input))
  return { dtype, dims, elements: Array.from({ length: count(dims) }, () => unknown) }
}

/** The same elements in another shape. */
export const reshaped = (value: KnownValue, dims: readonly number[]): KnownValue => ({ ...value, dims })
