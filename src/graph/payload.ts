/** The payloads of dense tensors: nothing of them is decoded before somebody asks. */
import { fromRaw, fromTyped, rawData, typedField } from '../onnx/elements.ts'
import { type ExternalEntry, type ExternalFile, readExternal } from '../onnx/external.ts'
import type { ByteSource } from '../onnx/source.ts'
import { contents, contentsNow, type DataPart } from '../onnx/tensor-data.ts'
import { bytesToText } from '../onnx/text.ts'
import { Problem } from '../result/problem.ts'
import { byteSize, type DType } from './dtype.ts'
import type { Element, Payload } from './tensor.ts'

/** What a payload must know of its tensor. */
export interface About {
  readonly what: string
  readonly name: string
  readonly dtype: DType | null
  readonly dims: readonly number[]
  readonly count: number
}
const within = (count: number, limit: number): boolean => count >= 0 && count <= limit
export class EmptyPayload implements Payload {
  readonly where = 'none'
  readonly location = null
  readonly bytes = 0
  constructor(private readonly of: About) {}
  elements(): readonly Element[] | null {
    return this.of.count === 0 ? [] : null
  }
  async read(): Promise<Uint8Array> {
    return new Uint8Array(0)
  }
}

export class FilePayload implements Payload {
  readonly where = 'file'
  readonly location = null
  readonly bytes: number

  constructor(
    private readonly source: ByteSource,
    private readonly parts: readonly DataPart[],
    private readonly of: About,
  ) {
    this.bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  }

  get raw(): boolean {
    return this.rawPart !== undefined
  }

  /** The last raw_data counts, as protobuf has it; typed fields only where there is none. */
  private get rawPart(): DataPart | undefined {
    return this.parts.findLast((part) => part.field === rawData)
  }

  elements(limit: number): readonly Element[] | null {
    const { of, rawPart } = this
    const { dtype, count } = of
    if (dtype === null || !within(count, limit)) return null
    if (rawPart && dtype !== 'string') {
      const bytes = contentsNow(rawPart, this.source)?.at(-1)
      return bytes ? fromRaw(dtype, bytes, count) : null
    }
    const field = typedField(dtype, count)?.field
    const parts = this.parts.filter((part) => part.field === field)
    const pieces: Uint8Array[] = []
    for (const part of parts) {
      const now = contentsNow(part, this.source)
      if (!now) return null
      pieces.push(...now)
    }
    if (dtype === 'string')
      return pieces.length === count ? pieces.map((bytes) => bytesToText(bytes, 0, bytes.length)) : null
    const [first] = parts
    return first ? fromTyped(dtype, first.kind, pieces, count) : null
  }

  async read(): Promise<Uint8Array> {
    const pieces = await Promise.all(
      (this.rawPart ? [this.rawPart] : this.parts).map((part) => contents(part, this.source)),
    )
    return Buffer.concat(this.rawPart ? pieces.flat().slice(-1) : pieces.flat())
  }
}

export class ExternalPayload implements Payload {
  readonly where = 'external'
  readonly location: string

  constructor(
    private readonly entry: ExternalEntry,
    private readonly file: ExternalFile,
    readonly bytes: number,
    private readonly of: About,
  ) {
    this.location = entry.location
  }

  elements(limit: number): readonly Element[] | null {
    const { of, file, entry } = this
    if (file.state !== 'found' || of.dtype === null || !within(of.count, limit)) return null
    const bytes = byteSize(of.dtype, of.count)
    if (bytes === null || (entry.length !== null && entry.length < bytes) || entry.offset + bytes > file.size)
      return null
    return fromRaw(of.dtype, readExternal(file.path, entry.offset, bytes), of.count)
  }

  async read(): Promise<Uint8Array> {
    const { file, entry, of } = this
    if (file.state !== 'found')
      throw new Problem('external-not-read', `the data of ${of.what} cannot be read: ${file.why}`, {
        path: entry.location,
      })
    return readExternal(file.path, entry.offset, this.bytes)
  }
}
