/** Finds the data of a tensor: which fields hold it, where, and how much, without reading what was left out. */
import type { TensorProto } from './read.ts'
import type { Skeleton } from './skeleton.ts'
import type { ByteSource } from './source.ts'
import { tensorDataFields } from './wire-table.generated.ts'

/** One data field, or several in a row with the same tag. */
export interface DataPart {
  /** Field number in TensorProto. */
  readonly field: number
  /** `float_data` */
  readonly name: string
  readonly kind: 'varint' | 'fixed32' | 'fixed64' | 'bytes'
  /** Written with a length: raw bytes, packed elements, or strings. */
  readonly delimited: boolean
  /** How many fields. */
  readonly count: number
  /** Bytes of payload; for several fields, tags included. */
  readonly bytes: number
  /** The fields as they are encoded, tags included; null where they were left in the file. */
  readonly inline: Uint8Array | null
  /** In the file, where `inline` is null: all fields, and the content of the first. */
  readonly start: number
  readonly body: number
  readonly end: number
}

/** The data fields of a tensor, in file order. */
export function dataParts(tensor: TensorProto, skeleton: Skeleton): DataPart[] {
  const parts: DataPart[] = []
  for (const view of tensor.$unknowns ?? []) {
    const stub = skeleton.stubOf(view)
    const tag = stub ? stub.tag : tagOf(view)
    const fact = tensorDataFields.get(tag >>> 3)
    const delimited = (tag & 7) === 2
    if (!fact || (!delimited && wireOf[fact.kind] !== (tag & 7))) continue
    parts.push({
      field: tag >>> 3,
      name: fact.name,
      kind: fact.kind,
      delimited,
      count: stub ? stub.count : 1,
      bytes: stub ? stub.end - (stub.count === 1 ? stub.body : stub.start) : view.length - headerLength(view),
      inline: stub ? null : view,
      start: stub ? stub.start : 0,
      body: stub ? stub.body : 0,
      end: stub ? stub.end : 0,
    })
  }
  return parts
}

const wireOf = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 }

/** The varint at `at`. */
function varintAt(bytes: Uint8Array, at: number): number {
  let value = 0
  let scale = 1
  for (let i = at; i < bytes.length; i++, scale *= 128) {
    const byte = bytes[i] as number
    value += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  return value
}

/** Where the varint at `at` ends. */
function varintEnd(bytes: Uint8Array, at: number): number {
  let end = at
  while (end < bytes.length && (bytes[end++] as number) >= 0x80);
  return end
}

const tagOf = (field: Uint8Array): number => varintAt(field, 0)

/** Bytes before the content of an encoded field: its tag and, where it has one, its length. */
function headerLength(field: Uint8Array): number {
  const end = varintEnd(field, 0)
  return (tagOf(field) & 7) === 2 ? varintEnd(field, end) : end
}

/** The contents of each field of a part: what is behind tag and length. Null where the bytes are not at hand. */
export function contentsNow(part: DataPart, source: ByteSource): Uint8Array[] | null {
  if (part.inline) return split(part.inline)
  if (part.delimited && part.count === 1) {
    const bytes = readNow(source, part.body, part.end)
    return bytes && [bytes]
  }
  const bytes = readNow(source, part.start, part.end)
  return bytes && split(bytes)
}

/** The same, read where they are not at hand. */
export async function contents(part: DataPart, source: ByteSource): Promise<Uint8Array[]> {
  if (part.inline) return split(part.inline)
  const whole = part.delimited && part.count === 1
  const from = whole ? part.body : part.start
  const bytes = await source.read(from, part.end - from)
  source.close()
  return whole ? [bytes] : split(bytes)
}

function readNow(source: ByteSource, from: number, to: number): Uint8Array | null {
  const bytes = source.readNow(from, to - from)
  source.close()
  return bytes && bytes.length === to - from ? bytes : null
}

/** Cuts encoded fields of one tag, which the scanner has checked, into their contents. */
function split(fields: Uint8Array): Uint8Array[] {
  const contents: Uint8Array[] = []
  for (let at = 0; at < fields.length; ) {
    const wire = varintAt(fields, at) & 7
    let from = varintEnd(fields, at)
    let end = from + (wire === 1 ? 8 : 4)
    if (wire === 0) end = varintEnd(fields, from)
    if (wire === 2) {
      const length = varintAt(fields, from)
      from = varintEnd(fields, from)
      end = from + length
    }
    contents.push(fields.subarray(from, end))
    at = end
  }
  return contents
}
