/**
 * A field of a result as an array, and back. Numbers, texts, truth values and even lists of them are arrays of NumPy;
 * everything else is its JSON in one text.
 */
import { countOf } from '../tensors/arrays.ts'
import type { Tensor, TensorData } from '../tensors/tensor.ts'

export function fieldToTensor(value: unknown): Tensor {
  if (isTensor(value)) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return fromTyped(value)
  const dims = dimsOf(value)
  const flat = dims && (Array.isArray(value) ? value.flat(dims.length) : [value])
  if (flat?.every((one) => typeof one === 'number'))
    return { dtype: 'float64', dims: dims ?? [], data: Float64Array.from(flat as number[]) }
  if (flat?.every((one) => typeof one === 'boolean'))
    return { dtype: 'bool', dims: dims ?? [], data: Uint8Array.from(flat, Number) }
  if (flat?.every((one) => typeof one === 'string'))
    return { dtype: 'string', dims: dims ?? [], data: flat as string[] }
  return { dtype: 'string', dims: [], data: [json(value)] }
}

/** What a wrapper would have given. */
export function tensorToField(tensor: Tensor): unknown {
  const { dtype, dims, data } = tensor
  const plain = Array.from(data as ArrayLike<number | bigint | string>, (one) =>
    dtype === 'bool' ? one !== 0 : typeof one === 'bigint' ? Number(one) : one,
  )
  if (dims.length === 0) {
    const [only] = plain
    return typeof only === 'string' ? parsed(only) : only
  }
  return nested(plain, dims)
}

const dtypes: Readonly<Record<string, Tensor['dtype']>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
}

function fromTyped(value: ArrayBufferView): Tensor {
  const dtype = dtypes[value.constructor.name] ?? 'uint8'
  const data = (value instanceof Uint8ClampedArray ? Uint8Array.from(value) : value) as unknown as TensorData
  return { dtype, dims: [data.length], data }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'dims' in value && 'data' in value

/** The shape of a number, a text, or a list of lists of one length; null for anything else. */
function dimsOf(value: unknown): number[] | null {
  const dims: number[] = []
  let level: unknown[] = [value]
  while (level.some(Array.isArray)) {
    const lists = level.filter((one): one is unknown[] => Array.isArray(one))
    const length = lists[0]?.length ?? 0
    if (lists.length !== level.length || length === 0 || lists.some((list) => list.length !== length)) return null
    dims.push(length)
    level = lists.flat(1)
  }
  return level.every((one) => ['number', 'string', 'boolean'].includes(typeof one)) ? dims : null
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    typeof one === 'bigint'
      ? Number(one)
      : ArrayBuffer.isView(one)
        ? Array.from(one as unknown as ArrayLike<number>)
        : one,
  ) ?? 'null'

/** A text that is JSON of a list or an object is that; any other text is itself. */
function parsed(text: string): unknown {
  if (!/^[[{]|^null$/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function nested(values: readonly unknown[], dims: readonly number[]): unknown {
  let level: unknown[] = [...values]
  for (let axis = dims.length - 1; axis > 0; axis--) {
    const size = dims[axis] ?? 1
    const rows = countOf(dims.slice(0, axis))
    level = Array.from({ length: rows }, (_, i) => level.slice(i * size, (i + 1) * size))
  }
  return level
}
