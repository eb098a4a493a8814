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
    const [tag, headerLength] = stub ? [stub.tag, 0] : header(view)
    const fact = tensorDataFields.get(tag >>> 3)
    if (!fact || (tag & 7) === 3) continue
    const delimited = (tag & 7) === 2
    if (!delimited && wireOf[fact.kind] !== (tag & 7)) continue
    const shared = { field: tag >>> 3, ...fact, delimited }
    if (stub) {
      const bytes = stub.end - (stub.count === 1 ? stub.body : stub.start)
      parts.push({
        ...shared,
        count: stub.count,
        bytes,
        inline: null,
        start: stub.start,
        body: stub.body,
        end: stub.end,
      })
    } else
      parts.push({ ...shared, count: 1, bytes: view.length - headerLength, inline: view, start: 0, body: 0, end: 0 })
  }
  return parts
}

const wireOf = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 }

/** The tag of an encoded field and, where it has a length, the bytes before its content. */
function header(view: Uint8Array): [tag: number, length: number] {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; at < view.length; scale *= 128) {
      const byte = view[at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    return value
  }
  const tag = varint()
  if ((tag & 7) === 2) varint()
  return [tag, at]
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
  let at = 0
  while (at < fields.length) {
    const rest = fields.subarray(at)
    const [tag, length] = header(rest)
    let end = length
    if ((tag & 7) === 2) end += delimitedLength(rest)
    else if ((tag & 7) === 0) while (end < rest.length && (rest[end++] as number) >= 0x80);
    else end += (tag & 7) === 1 ? 8 : 4
    contents.push(rest.subarray(length, end))
    at += end
  }
  return contents
}

function delimitedLength(field: Uint8Array): number {
  let at = 0
  while ((field[at++] as number) >= 0x80);
  let value = 0
  for (let scale = 1; at < field.length; scale *= 128) {
    const byte = field[at++] as number
    value += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  return value
}
