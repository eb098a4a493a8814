/**
 * Element types of tensors, by the names that deploycheck prints: `float32` and `float64`, otherwise the ONNX
 * enumeration name in lower case. Numbers, widths and type strings are those of TensorProto.DataType (onnx 1.23).
 */

/** `[name, TensorProto.DataType, bits per element (null: variable), word inside ONNX's tensor(...) strings]` */
const table = [
  ['float32', 1, 32, 'float'],
  ['uint8', 2, 8, 'uint8'],
  ['int8', 3, 8, 'int8'],
  ['uint16', 4, 16, 'uint16'],
  ['int16', 5, 16, 'int16'],
  ['int32', 6, 32, 'int32'],
  ['int64', 7, 64, 'int64'],
  ['string', 8, null, 'string'],
  ['bool', 9, 8, 'bool'],
  ['float16', 10, 16, 'float16'],
  ['float64', 11, 64, 'double'],
  ['uint32', 12, 32, 'uint32'],
  ['uint64', 13, 64, 'uint64'],
  ['complex64', 14, 64, 'complex64'],
  ['complex128', 15, 128, 'complex128'],
  ['bfloat16', 16, 16, 'bfloat16'],
  ['float8e4m3fn', 17, 8, 'float8e4m3fn'],
  ['float8e4m3fnuz', 18, 8, 'float8e4m3fnuz'],
  ['float8e5m2', 19, 8, 'float8e5m2'],
  ['float8e5m2fnuz', 20, 8, 'float8e5m2fnuz'],
  ['uint4', 21, 4, 'uint4'],
  ['int4', 22, 4, 'int4'],
  ['float4e2m1', 23, 4, 'float4e2m1'],
  ['float8e8m0', 24, 8, 'float8e8m0'],
  ['uint2', 25, 2, 'uint2'],
  ['int2', 26, 2, 'int2'],
  ['float6e2m3', 27, 6, 'float6e2m3'],
  ['float6e3m2', 28, 6, 'float6e3m2'],
] as const

type Row = (typeof table)[number]
/** Name of an element type as deploycheck writes it. */
export type DType = Row[0]

export interface DTypeInfo {
  readonly name: DType
  /** TensorProto.DataType */
  readonly number: number
  /** Bits of one element in `raw_data`; null for strings. */
  readonly bits: number | null
  /** `tensor(float)`: how operator schemas write it. */
  readonly typeString: string
}

const rows: readonly DTypeInfo[] = table.map(([name, number, bits, word]) => ({
  name,
  number,
  bits,
  typeString: `tensor(${word})`,
}))

const byNumber = new Map(rows.map((row) => [row.number, row]))
const byName = new Map<string, DTypeInfo>(rows.map((row) => [row.name, row]))
const byTypeString = new Map(rows.map((row) => [row.typeString, row]))

/** The element type with this TensorProto number, or null where the number is not known (yet). */
export const dtypeFromNumber = (number: number): DType | null => byNumber.get(number)?.name ?? null

/** `tensor(float)` → `float32`; null for anything that is not a dense tensor. */
export const dtypeFromTypeString = (text: string): DType | null => byTypeString.get(text)?.name ?? null

export const dtypeInfo = (name: DType): DTypeInfo => {
  const info = byName.get(name)
  if (!info) throw new Error(`no such element type: ${name}`)
  return info
}

/** `ceil(bits × count / 8)`; null for strings, whose size is not a function of their count. */
export const byteSize = (name: DType, count: number): number | null => {
  const { bits } = dtypeInfo(name)
  return bits === null ? null : Math.ceil((bits * count) / 8)
}

const integers = new Set<DType>([
  'int2',
  'uint2',
  'int4',
  'uint4',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
])
export const isInteger = (name: DType): boolean => integers.has(name)

/** Smallest and largest value of an integer type, as bigint. */
export const integerRange = (name: DType): readonly [bigint, bigint] => {
  const bits = BigInt(dtypeInfo(name).bits ?? 0)
  return name.startsWith('u') ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
}
