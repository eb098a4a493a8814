/** Elements of a tensor as numbers, whatever bits they are kept in. */
import { numbersOf as decoded } from '../tensors/arrays.ts'
import type { Tensor, TensorData } from '../tensors/tensor.ts'

export const isBig = (data: TensorData): data is BigInt64Array | BigUint64Array =>
  data instanceof BigInt64Array || data instanceof BigUint64Array

/** Null for what is compared bit by bit: strings, 64-bit integers, float8. */
export const numbersOf = (tensor: Tensor): ArrayLike<number> | null => (isBig(tensor.data) ? null : decoded(tensor))

/**
 * Distance in units in the last place: how many floats lie between two. Zero apart from its sign is one value.
 * Null where the type has no such units.
 */
export function ulpDistance({ dtype, data }: Tensor, other: Tensor): ((at: number) => number) | null {
  if (dtype === 'float32') return distance(wordsOf(data as Float32Array), wordsOf(other.data as Float32Array), 2 ** 31)
  if (dtype === 'float16' || dtype === 'bfloat16')
    return distance(data as Uint16Array, other.data as Uint16Array, 2 ** 15)
  return null
}

const wordsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length)

/** @param sign value of the sign bit */
function distance(a: Uint32Array | Uint16Array, b: Uint32Array | Uint16Array, sign: number): (at: number) => number {
  const ordered = (bits: number): number => (bits >= sign ? sign - bits : bits)
  return (at) => Math.abs(ordered(a[at] ?? 0) - ordered(b[at] ?? 0))
}

/** The position of an element, one index per axis. */
export function indexOf(at: number, dims: readonly number[]): number[] {
  let rest = at
  return dims
    .map((_, i) => dims[dims.length - 1 - i] ?? 1)
    .map((dim) => {
      const index = rest % dim
      rest = Math.floor(rest / dim)
      return index
    })
    .reverse()
}
