/**
 * Bytes → elements, for every element type: the raw form (little-endian, sub-byte elements from the least significant
 * bit up) and the typed fields of TensorProto.
 */

type Numeric = number | bigint

/** How one element type is read. */
interface Coding {
  /** Bits of an element in `raw_data`. */
  readonly bits: number
  /** Numbers per element (complex: two). */
  readonly parts?: number
  /** Reads a whole-byte number of `raw_data`. */
  readonly raw?: (view: DataView, at: number) => Numeric
  /** Makes the value from the bits of a small element, or of an entry of `int32_data`. */
  readonly fromBits?: (bits: number) => Numeric
  /** The typed field. */
  readonly field: number
  /** Elements in one entry of the typed field, where more than one. */
  readonly perEntry?: number
}

const floatData = 4
const int32Data = 5
export const stringData = 6
const int64Data = 7
export const rawData = 9
const doubleData = 10
const uint64Data = 11

const signed = (width: number) => (bits: number) => {
  const low = bits & (2 ** width - 1)
  return low >= 2 ** (width - 1) ? low - 2 ** width : low
}
const unsigned = (width: number) => (bits: number) => bits & (2 ** width - 1)

/** What the all-ones exponent means: infinity and NaN as in IEEE, only NaN (all bits set), or nothing special. */
type Special = 'ieee' | 'fn' | 'none' | 'negativeZeroIsNaN'

/** A binary float of few bits: sign, exponent, fraction. */
const small = (exponentBits: number, fractionBits: number, bias: number, special: Special) => (bits: number) => {
  const width = 1 + exponentBits + fractionBits
  const low = bits & (2 ** width - 1)
  const negative = low >= 2 ** (width - 1)
  if (special === 'negativeZeroIsNaN' && low === 2 ** (width - 1)) return Number.NaN
  const exponent = Math.floor(low / 2 ** fractionBits) & (2 ** exponentBits - 1)
  const fraction = low & (2 ** fractionBits - 1)
  const top = 2 ** exponentBits - 1
  if (special === 'ieee' && exponent === top) {
    if (fraction !== 0) return Number.NaN
    return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  if (special === 'fn' && exponent === top && fraction === 2 ** fractionBits - 1) return Number.NaN
  const scale = 2 ** fractionBits
  const value = exponent === 0 ? (fraction / scale) * 2 ** (1 - bias) : (1 + fraction / scale) * 2 ** (exponent - bias)
  return negative ? -value : value
}

const word = new DataView(new ArrayBuffer(4))
const bfloat16 = (bits: number): number => {
  word.setUint32(0, (bits << 16) >>> 0)
  return word.getFloat32(0)
}
const e8m0 = (bits: number): number => ((bits & 0xff) === 0xff ? Number.NaN : 2 ** ((bits & 0xff) - 127))
const byte = (view: DataView, at: number): number => view.getUint8(at)
const half = small(5, 10, 15, 'ieee')

const codings: Readonly<Record<string, Coding>> = {
  float32: { bits: 32, raw: (view, at) => view.getFloat32(at, true), field: floatData },
  float64: { bits: 64, raw: (view, at) => view.getFloat64(at, true), field: doubleData },
  complex64: { bits: 64, parts: 2, raw: (view, at) => view.getFloat32(at, true), field: floatData },
  complex128: { bits: 128, parts: 2, raw: (view, at) => view.getFloat64(at, true), field: doubleData },
  int64: { bits: 64, raw: (view, at) => shortest(view.getBigInt64(at, true)), field: int64Data },
  uint64: { bits: 64, raw: (view, at) => shortest(view.getBigUint64(at, true)), field: uint64Data },
  uint32: { bits: 32, raw: (view, at) => view.getUint32(at, true), field: uint64Data },
  int32: { bits: 32, raw: (view, at) => view.getInt32(at, true), fromBits: (bits) => bits, field: int32Data },
  int16: { bits: 16, raw: (view, at) => view.getInt16(at, true), fromBits: signed(16), field: int32Data },
  uint16: { bits: 16, raw: (view, at) => view.getUint16(at, true), fromBits: unsigned(16), field: int32Data },
  int8: { bits: 8, raw: (view, at) => view.getInt8(at), fromBits: signed(8), field: int32Data },
  uint8: { bits: 8, raw: byte, fromBits: unsigned(8), field: int32Data },
  bool: {
    bits: 8,
    raw: (view, at) => Number(view.getUint8(at) !== 0),
    fromBits: (bits) => Number(bits !== 0),
    field: int32Data,
  },
  float16: { bits: 16, raw: (view, at) => half(view.getUint16(at, true)), fromBits: half, field: int32Data },
  bfloat16: { bits: 16, raw: (view, at) => bfloat16(view.getUint16(at, true)), fromBits: bfloat16, field: int32Data },
  float8e4m3fn: { bits: 8, fromBits: small(4, 3, 7, 'fn'), field: int32Data },
  float8e4m3fnuz: { bits: 8, fromBits: small(4, 3, 8, 'negativeZeroIsNaN'), field: int32Data },
  float8e5m2: { bits: 8, fromBits: small(5, 2, 15, 'ieee'), field: int32Data },
  float8e5m2fnuz: { bits: 8, fromBits: small(5, 2, 16, 'negativeZeroIsNaN'), field: int32Data },
  float8e8m0: { bits: 8, fromBits: e8m0, field: int32Data },
  float6e2m3: { bits: 6, fromBits: small(2, 3, 1, 'none'), field: int32Data },
  float6e3m2: { bits: 6, fromBits: small(3, 2, 3, 'none'), field: int32Data },
  float4e2m1: { bits: 4, fromBits: small(2, 1, 1, 'none'), field: int32Data, perEntry: 2 },
  int4: { bits: 4, fromBits: signed(4), field: int32Data, perEntry: 2 },
  uint4: { bits: 4, fromBits: unsigned(4), field: int32Data, perEntry: 2 },
  int2: { bits: 2, fromBits: signed(2), field: int32Data, perEntry: 4 },
  uint2: { bits: 2, fromBits: unsigned(2), field: int32Data, perEntry: 4 },
}

const shortest = (value: bigint): Numeric => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The typed field of TensorProto that holds this element type, and how many entries `count` elements take. */
export function typedField(dtype: string, count: number): { field: number; entries: number } | null {
  if (dtype === 'string') return { field: stringData, entries: count }
  const coding = codings[dtype]
  return coding
    ? { field: coding.field, entries: Math.ceil((count * (coding.parts ?? 1)) / (coding.perEntry ?? 1)) }
    : null
}

/** Elements of `raw_data`; complex elements give two numbers each. Null for a type that has no raw form. */
export function fromRaw(dtype: string, bytes: Uint8Array, count: number): Numeric[] | null {
  const coding = codings[dtype]
  if (!coding || Math.ceil((coding.bits * count) / 8) > bytes.length) return null
  const { raw, fromBits } = coding
  const values: Numeric[] = []
  if (raw) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const width = coding.bits / 8 / (coding.parts ?? 1)
    for (let i = 0; i < count * (coding.parts ?? 1); i++) values.push(raw(view, i * width))
  } else if (fromBits)
    for (let i = 0; i < count; i++) {
      const at = (i * coding.bits) >> 3
      const two = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
      values.push(fromBits((two >> ((i * coding.bits) & 7)) & (2 ** coding.bits - 1)))
    }
  return values
}

/** Entries of the typed field → elements. `contents`: what is behind tag and length of each field, in order. */
export function fromTyped(
  dtype: string,
  kind: 'varint' | 'fixed32' | 'fixed64' | 'bytes',
  contents: readonly Uint8Array[],
  count: number,
): Numeric[] | null {
  const coding = codings[dtype]
  if (!coding) return null
  const entries = contents.flatMap((content) => entriesOf(kind, content))
  const { fromBits, perEntry = 1, parts = 1 } = coding
  if (entries.length * perEntry < count * parts) return null
  if (coding.field === int32Data && fromBits) {
    if (perEntry === 1)
      return entries.slice(0, count).map((entry) => fromBits(Number(BigInt.asIntN(32, BigInt(entry)))))
    return Array.from({ length: count }, (_, i) =>
      fromBits(Number(entries[Math.floor(i / perEntry)]) >> ((i % perEntry) * coding.bits)),
    )
  }
  const fit = coding.field === uint64Data ? (entry: Numeric) => shortest(BigInt.asUintN(64, BigInt(entry))) : null
  const taken = entries.slice(0, count * parts)
  return fit ? taken.map(fit) : taken
}

/** The numbers inside one field: packed elements, or a single one. */
function entriesOf(kind: 'varint' | 'fixed32' | 'fixed64' | 'bytes', content: Uint8Array): Numeric[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const values: Numeric[] = []
  if (kind === 'fixed32') for (let at = 0; at + 4 <= content.length; at += 4) values.push(view.getFloat32(at, true))
  else if (kind === 'fixed64')
    for (let at = 0; at + 8 <= content.length; at += 8) values.push(view.getFloat64(at, true))
  else if (kind === 'varint') {
    for (let at = 0; at < content.length; ) {
      let value = 0n
      for (let shift = 0n; at < content.length; shift += 7n) {
        const next = content[at++] as number
        value |= BigInt(next & 0x7f) << shift
        if (next < 0x80 || shift > 70n) break
      }
      values.push(shortest(BigInt.asIntN(64, value)))
    }
  }
  return values
}
