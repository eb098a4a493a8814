/**
 * FINN's data types: what a tensor holds, whatever ONNX element type carries it. Written as FINN writes them:
 * `INT4`, `UINT8`, `BIPOLAR` (-1 and 1), `BINARY` (0 and 1), `FLOAT32`. Source: core/datatype.py of qonnx.
 */
export type DataType = string

export const float32: DataType = 'FLOAT32'
export const bipolar: DataType = 'BIPOLAR'
export const binary: DataType = 'BINARY'

const integer = /^(U?)INT(\d+)$/

export const isInteger = (type: DataType): boolean => type === bipolar || type === binary || integer.test(type)

export const isSigned = (type: DataType): boolean => type !== binary && !type.startsWith('U')

export function bitsOf(type: DataType): number {
  const match = integer.exec(type)
  return match ? Number(match[2]) : isInteger(type) ? 1 : 32
}

/** The smallest and the largest value. */
export function rangeOf(type: DataType): readonly [number, number] {
  const match = integer.exec(type)
  if (!match) return type === bipolar ? [-1, 1] : type === binary ? [0, 1] : [-Infinity, Infinity]
  const bits = Number(match[2])
  return match[1] ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
}

export const integerType = (bits: number, signed: boolean): DataType =>
  bits === 1 ? (signed ? bipolar : binary) : `${signed ? '' : 'U'}INT${bits}`

/** The type with the fewest bits that holds a whole value, unsigned where that does. */
export function smallestFor(value: number): DataType {
  if (value === 0 || value === 1) return binary
  let bits = 1
  while (value > 0 ? 2 ** bits - 1 < value : -(2 ** (bits - 1)) > value) bits++
  return `${value > 0 ? 'U' : ''}INT${bits}`
}

/** Of a sum of products. Source: infer_datatypes.py, infer_mac_result_dtype. */
export function accumulated(types: readonly DataType[], negates = false): DataType {
  if (!types.every(isInteger)) return float32
  return negates || types.some(isSigned) ? 'INT32' : 'UINT32'
}
