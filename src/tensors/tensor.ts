/**
 * A tensor with its values: what flows between a wrapper, runtimes and the comparison, in Node and in a browser.
 * Row-major. Types without an array of their own are kept in the bits that runtimes exchange: float16 and bfloat16 as
 * Uint16Array, the float8 types as Uint8Array, bool as Uint8Array of 0 and 1, int4 and uint4 one element per byte.
 */
import type { DType } from '../graph/dtype.ts'

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[]

export interface Tensor {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly data: TensorData
}

/** Tensors by name: the inputs of a model, or its outputs. */
export type Tensors = Readonly<Record<string, Tensor>>
