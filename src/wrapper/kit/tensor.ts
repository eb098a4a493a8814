/** Tensors from what a wrapper has at hand: numbers, nested arrays, typed arrays. */
import type { DType } from '../../graph/dtype.ts'
import { Problem } from '../../result/problem.ts'
import { arrayFor, countOf, encodeElement } from '../../tensors/arrays.ts'
import type { Tensor, TensorData } from '../../tensors/tensor.ts'

type Element = number | bigint | boolean | string
export type Nested = Element | readonly Nested[]

/**
 * A tensor of this type and these dimensions. The numbers are converted to the type: `float16` takes 0.5, not its
 * bits. A typed array that already is what the type is kept in is taken as it is, without a copy.
 */
export function tensor(dtype: DType, dims: readonly number[], data: ArrayLike<Element>): Tensor {
  const count = countOf(dims)
  if (data.length !== count)
    throw new Problem('bad-tensor', `${data.length} elements for the shape [${dims.join(', ')}]`, {
      expected: `${count} elements`,
    })
  return { dtype, dims: [...dims], data: converted(dtype, data) }
}

/** A tensor from nested arrays, whose depth gives its dimensions; a plain number gives a scalar. */
export function fromNested(dtype: DType, values: Nested): Tensor {
  const dims: number[] = []
  for (let inner: Nested | undefined = values; Array.isArray(inner); inner = inner[0]) dims.push(inner.length)
  const flat: Element[] = []
  const walk = (value: Nested, depth: number): void => {
    const isList = Array.isArray(value)
    if (isList !== depth < dims.length || (isList && value.length !== dims[depth]))
      throw new Problem('bad-tensor', 'the nested arrays are not all of one length and depth', {
        expected: `the shape [${dims.join(', ')}], which the first of each has`,
      })
    if (isList) for (const one of value as readonly Nested[]) walk(one, depth + 1)
    else flat.push(value as Element)
  }
  walk(values, 0)
  return tensor(dtype, dims, flat)
}

/** A tensor that holds one value everywhere. */
export function full(dtype: DType, dims: readonly number[], value: Element): Tensor {
  return tensor(
    dtype,
    dims,
    Array.from({ length: countOf(dims) }, () => value),
  )
}

function converted(dtype: DType, data: ArrayLike<Element>): TensorData {
  if (dtype === 'string') return Array.from(data, String)
  const make = arrayFor(dtype)
  if (!make) throw new Problem('bad-tensor', `there are no tensors of type ${dtype} here`)
  // Floats are encoded in integers: an integer array is taken for bits only where the type is one of integers.
  const bits = dtype === 'float16' || dtype === 'bfloat16'
  if (!bits && data instanceof (make as never as new () => TensorData)) return data as TensorData
  const array = new make(data.length) as { [index: number]: number | bigint }
  for (let i = 0; i < data.length; i++) array[i] = encode(dtype, data[i] as Element)
  return array as TensorData
}

function encode(dtype: DType, value: Element): number | bigint {
  if (typeof value !== 'string' && !dtype.startsWith('float8'))
    try {
      return encodeElement(dtype, value)
    } catch {
      // BigInt refuses what is not whole.
    }
  throw new Problem('bad-tensor', `${JSON.stringify(String(value))} cannot be an element of type ${dtype}`)
}
