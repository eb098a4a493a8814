/**
 * protobufjs' reader with three habits of ours: strings keep invalid UTF-8 (see text.ts), 64-bit integers are
 * numbers where exact and bigint elsewhere, and fields that the schema does not declare are kept in `$unknowns`.
 */
import protobuf from 'protobufjs/minimal.js'
import { bytesToText } from './text.ts'

const internLimit = 256

/** Node's Buffer has faster slices to text than its types say. */
type BufferWithSlices = Buffer & { latin1Slice(start: number, end: number): string }

export const messageReader = (bytes: Buffer): MessageReader => new MessageReader(bytes as BufferWithSlices)

export class MessageReader extends protobuf.Reader {
  /** Texts that were not UTF-8, as `\xNN` writes them, in file order. */
  readonly invalidTexts: string[] = []

  private readonly interned = new Map<string, Buffer>()

  constructor(private readonly data: BufferWithSlices) {
    super(data)
    this.discardUnknown = false
  }

  /** Equal bytes are one object, so that what is made of them can be kept by it; empty ones may be stubs. */
  override bytes(): Buffer {
    const length = this.size()
    const start = this.pos
    const end = start + length
    if (end > this.len) throw new RangeError('bytes end beyond their message')
    this.pos = end
    if (length === 0 || length > internLimit) return this.data.subarray(start, end)
    const key = this.data.latin1Slice(start, end)
    const known = this.interned.get(key)
    if (known) return known
    const bytes = this.data.subarray(start, end)
    this.interned.set(key, bytes)
    return bytes
  }

  override string(): string {
    const length = this.size()
    const start = this.pos
    const end = start + length
    if (end > this.len) throw new RangeError('text ends beyond its message')
    this.pos = end
    const { data } = this
    for (let at = start; at < end; at++) {
      const byte = data[at] as number
      if (byte >= 0x80 || byte === 0x5c) return this.anyText(start, end)
    }
    return data.latin1Slice(start, end)
  }

  private anyText(start: number, end: number): string {
    let invalid = false
    const text = bytesToText(this.data, start, end, () => {
      invalid = true
    })
    if (invalid) this.invalidTexts.push(text)
    return text
  }

  // The base class promises Long objects; every caller of this class goes through schema.d.ts, which says number|bigint.
  override int64(): never {
    return this.integer() as never
  }

  private integer(): number | bigint {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= this.len) throw new RangeError('the message ends inside a varint')
      const byte = this.data[this.pos++] as number
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >> 4
      } else if (shift < 64) high |= bits << (shift - 32)
      if (byte < 0x80) return exact(low, high)
    }
    throw new RangeError('a varint of more than ten bytes')
  }
}

/** Two 32-bit words as a signed 64-bit integer. */
function exact(low: number, high: number): number | bigint {
  if (high === 0) return low >>> 0
  if (high >= -0x200000 && high < 0x200000) {
    const value = high * 0x1_0000_0000 + (low >>> 0)
    if (Number.isSafeInteger(value)) return value
  }
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}
