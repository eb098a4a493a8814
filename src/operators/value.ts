/**
 * Values of small tensors that are known while a graph is only read: constants, and what shape arithmetic makes of
 * them. An element may be symbolic (a size that is not a number yet) or unknown; the tensor's own shape is numbers.
 */
import { type Dim, Expr, Unknown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import type { Shape } from '../graph/type.ts'

/**
 * Integers and bool: number, bigint where a number is not exact, a symbolic expression, or unknown.
 * Floats: number, a size that was converted (symbolic, whole), or unknown. Strings: string.
 */
export type Scalar = number | bigint | string | Expr | Unknown

export interface KnownValue {
  readonly dtype: DType
  readonly dims: readonly number[]
  /** Row-major; `product(dims)` of them. */
  readonly elements: readonly Scalar[]
}

/** Tensors with more elements are not computed: shape arithmetic is small, and a bound protects from bombs. */
export const valueLimit = 4096

export const count = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** A rank-1 int64 value, as shapes are. */
export const vector = (elements: readonly Scalar[], dtype: DType = 'int64'): KnownValue => ({
  dtype,
  dims: [elements.length],
  elements,
})

export const scalar = (element: Scalar, dtype: DType = 'int64'): KnownValue => ({
  dtype,
  dims: [],
  elements: [element],
})

/** Exact integer as number where that is possible. */
export const integer = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value

/** An integer element as a dimension. A bigint is far beyond any size: it is rounded, which keeps every comparison. */
export function toDim(element: Scalar | undefined): Dim {
  if (typeof element === 'number') return element
  if (typeof element === 'bigint') return Number(element)
  if (element instanceof Expr || element instanceof Unknown) return element
  return new Unknown('not an integer')
}

export const toDims = (value: KnownValue): Dim[] => value.elements.map(toDim)

/** All elements as plain numbers, or null when one of them is symbolic or unknown. */
export function numbers(value: KnownValue | null): number[] | null {
  if (!value) return null
  const out: number[] = []
  for (const element of value.elements) {
    if (typeof element === 'number') out.push(element)
    else if (typeof element === 'bigint') out.push(Number(element))
    else return null
  }
  return out
}

/** The shape as numbers, or null when a dimension is not a number or there are more than `valueLimit` elements. */
export function smallDims(shape: Shape | null): number[] | null {
  if (!shape) return null
  const dims: number[] = []
  let elements = 1
  for (const dim of shape) {
    if (typeof dim !== 'number' || dim < 0) return null
    elements *= dim
    dims.push(dim)
  }
  return elements <= valueLimit ? dims : null
}
