/** Tensors of ONNX test data (`input_0.pb`), which are TensorProto messages: reading them with their values, and writing. */
import protobuf from 'protobufjs/minimal.js'
import { type DType, dtypeFromNumber, dtypeInfo } from '../../graph/dtype.ts'
import { Problem } from '../../result/problem.ts'
import { arrayFor, countOf } from '../../tensors/arrays.ts'
import type { Tensor, TensorData } from '../../tensors/tensor.ts'

export interface NamedTensor {
  /** Often empty. */
  readonly name: string
  readonly tensor: Tensor
}

/** Field numbers of TensorProto. */
const fields = { dims: 1, type: 2, string: 6, name: 8, raw: 9 }

/** Fields with numbers, packed or one by one. */
const numbers: Readonly<Record<number, (reader: protobuf.Reader) => number | bigint>> = {
  [fields.dims]: (reader) => big(reader.int64()),
  4: (reader) => reader.float(),
  5: (reader) => reader.int32(),
  7: (reader) => big(reader.int64()),
  10: (reader) => reader.double(),
  11: (reader) => big(reader.uint64()),
}

interface Message {
  name: string
  type: number
  readonly dims: (number | bigint)[]
  readonly values: (number | bigint)[]
  readonly texts: string[]
  raw: Uint8Array | null
}

/** @param path for messages @throws Problem `bad-test-data` */
export function decodeTensor(bytes: Uint8Array, path: string): NamedTensor {
  const wrong = (what: string) =>
    new Problem('bad-test-data', `${path} is no tensor: ${what}`, { path, expected: 'a TensorProto message' })
  const message = decodeMessage(bytes, wrong)
  const { name, texts } = message
  const dims = message.dims.map(Number)
  const dtype = dtypeFromNumber(message.type)
  if (dtype === null) throw wrong(`it has the type number ${message.type}`)
  const count = countOf(dims)
  const data = dtype === 'string' ? texts : dataOf(dtype, message, count)
  if (data === null) throw wrong(`no tensor here has the type ${dtype}`)
  if (data.length !== count) throw wrong(`it has ${data.length} elements for the shape [${dims.join(', ')}]`)
  return { name, tensor: { dtype, dims, data } }
}

function decodeMessage(bytes: Uint8Array, wrong: (what: string) => Problem): Message {
  const message: Message = { name: '', type: 0, dims: [], values: [], texts: [], raw: null }
  const reader = protobuf.Reader.create(bytes)
  try {
    while (reader.pos < reader.len) decodeField(reader, message)
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
  return message
}

function decodeField(reader: protobuf.Reader, message: Message): void {
  const tag = reader.uint32()
  const field = tag >>> 3
  const isPacked = (tag & 7) === 2
  const read = numbers[field]
  if (read) {
    const into = field === fields.dims ? message.dims : message.values
    const end = isPacked ? reader.uint32() + reader.pos : reader.pos + 1
    if (end > reader.len) throw new Error('it is cut short')
    while (reader.pos < end) into.push(read(reader))
  } else if (field === fields.type) message.type = reader.int32()
  else if (field === fields.name) message.name = reader.string()
  else if (field === fields.string) message.texts.push(reader.string())
  else if (field === fields.raw) message.raw = reader.bytes()
  else reader.skipType(tag & 7)
}

/** protobufjs gives a Long where the package is there, else a number. */
function big(value: number | { readonly low: number; readonly high: number; readonly unsigned: boolean }): bigint {
  if (typeof value === 'number') return BigInt(value)
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0)
  return value.unsigned ? bits : BigInt.asIntN(64, bits)
}

function dataOf(dtype: DType, { raw, values }: Message, count: number): TensorData | null {
  const make = arrayFor(dtype) as unknown as { new (from: ArrayBufferLike | number): TensorData } | null
  if (!make) return null
  const halves = dtype === 'int4' || dtype === 'uint4'
  if (raw && !halves) {
    const width = (dtypeInfo(dtype).bits ?? 8) / 8
    // A copy, at a multiple of its width: slice of Node's Buffer is none.
    return new make(new Uint8Array(raw.subarray(0, Math.floor(raw.length / width) * width)).buffer)
  }
  if (halves) return unpacked(dtype, raw ?? Uint8Array.from(values, Number), count)
  const data = new make(values.length) as unknown as { [index: number]: number | bigint }
  const whole = dtype === 'int64' || dtype === 'uint64'
  values.forEach((value, i) => {
    data[i] = whole ? BigInt(value) : Number(value)
  })
  return data as unknown as TensorData
}

/** Two elements a byte, the first in the lower half. */
function unpacked(dtype: 'int4' | 'uint4', bytes: Uint8Array, count: number): TensorData {
  const data = dtype === 'int4' ? new Int8Array(count) : new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const bits = ((bytes[i >> 1] ?? 0) >> (i & 1 ? 4 : 0)) & 15
    data[i] = dtype === 'int4' && bits > 7 ? bits - 16 : bits
  }
  return data
}

/** The message, as `input_0.pb` holds it. */
export function encodeTensor({ name, tensor }: NamedTensor): Uint8Array {
  const { dtype, dims, data } = tensor
  const writer = protobuf.Writer.create()
  for (const dim of dims) writer.uint32(fields.dims << 3).int64(dim)
  writer.uint32(fields.type << 3).int32(dtypeInfo(dtype).number)
  if (dtype === 'string')
    for (const text of data as readonly string[]) writer.uint32((fields.string << 3) | 2).string(text)
  else writer.uint32((fields.raw << 3) | 2).bytes(rawOf(dtype, data as Uint8Array))
  writer.uint32((fields.name << 3) | 2).string(name)
  return writer.finish()
}

function rawOf(dtype: DType, data: Uint8Array): Uint8Array {
  if (dtype !== 'int4' && dtype !== 'uint4') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const bytes = new Uint8Array(Math.ceil(data.length / 2))
  data.forEach((element, i) => {
    bytes[i >> 1] = (bytes[i >> 1] ?? 0) | ((element & 15) << (i & 1 ? 4 : 0))
  })
  return bytes
}
