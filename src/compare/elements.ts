/** Elements of a tensor as numbers, whatever bits they are kept in. */
import type { Tensor, TensorData } from '../tensors/tensor.ts'

export type NumberData = Exclude<TensorData, readonly string[] | BigInt64Array | BigUint64Array>

export const isBig = (data: TensorData): data is BigInt64Array | BigUint64Array =>
  data instanceof BigInt64Array || data instanceof BigUint64Array

/** Null for strings and for 64-bit integers, which are compared as they are. */
export function numbersOf({ dtype, data }: Tensor): NumberData | null {
  if (Array.isArray(data) || isBig(data)) return null
  const bits = data as NumberData
  if (dtype === 'float16') return Float32Array.from(bits, (one) => halves()[one] ?? Number.NaN)
  if (dtype === 'bfloat16') return new Float32Array(Uint32Array.from(bits, (one) => one << 16).buffer)
  return bits
}

let table: Float32Array | null = null

/** All float16 values by their bits. */
function halves(): Float32Array {
  if (table) return table
  table = new Float32Array(1 << 16)
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    table[bits] =
      exponent === 31
        ? fraction === 0
          ? sign * Number.POSITIVE_INFINITY
          : Number.NaN
        : sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  }
  return table
}

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

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

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
