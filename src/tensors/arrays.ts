/** The array that holds the elements of each type, and elements as plain numbers. */
import type { DType } from '../graph/dtype.ts'
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './float16.ts'
import type { Tensor, TensorData } from './tensor.ts'

type TypedData = Exclude<TensorData, readonly string[]>
export type ArrayConstructor = { new (length: number): TypedData; readonly name: string }

/** Types that no tensor of ours holds are missing. */
const constructors: Partial<Record<DType, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float8e4m3fn: Uint8Array,
  float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array,
  float8e5m2fnuz: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  int4: Int8Array,
  uint4: Uint8Array,
}

/** Null for strings, which lie in a plain array, and for types that no tensor of ours holds. */
export const arrayFor = (dtype: DType): ArrayConstructor | null => constructors[dtype] ?? null

export const countOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** A number as an element of this type is kept: rounded as the type rounds. */
export function encodeElement(dtype: DType, value: number | bigint | boolean): number | bigint {
  switch (dtype) {
    case 'int64':
    case 'uint64':
      return typeof value === 'bigint' ? value : BigInt(value)
    case 'float16':
      return toFloat16(Number(value))
    case 'bfloat16':
      return toBfloat16(Number(value))
    case 'bool':
      return value ? 1 : 0
    default:
      return Number(value)
  }
}

/** Elements as numbers: float16 decoded, int64 to the nearest double. Null for strings and float8. */
export function numbersOf({ dtype, data }: Tensor): ArrayLike<number> | null {
  if (dtype === 'float16') return Float64Array.from(data as Uint16Array, fromFloat16)
  if (dtype === 'bfloat16') return Float64Array.from(data as Uint16Array, fromBfloat16)
  if (dtype === 'int64' || dtype === 'uint64') return Float64Array.from(data as ArrayLike<bigint>, Number)
  if (dtype === 'string' || dtype.startsWith('float8')) return null
  return data as ArrayLike<number>
}
