/** TensorProto → Tensor: lazy payloads, and the checks of a tensor that need no decoding. */
import { fromRaw, fromTyped, rawData, stringData, typedField } from '../onnx/elements.ts'
import {
  type ExternalEntry,
  type ExternalFile,
  type ExternalFiles,
  parseEntries,
  readExternal,
} from '../onnx/external.ts'
import type { OnnxFile, SparseTensorProto, TensorProto } from '../onnx/read.ts'
import type { ByteSource } from '../onnx/source.ts'
import { contents, contentsNow, type DataPart, dataParts } from '../onnx/tensor-data.ts'
import { bytesToText } from '../onnx/text.ts'
import { externals } from '../result/catalogue/externals.ts'
import { reading } from '../result/catalogue/reading.ts'
import { report } from '../result/finding.ts'
import { Problem } from '../result/problem.ts'
import { byteSize, type DType, dtypeFromNumber } from './dtype.ts'
import type { Findings } from './findings.ts'
import type { Element, Payload, Tensor } from './tensor.ts'

const manyDims = 64
/** Sparse indices and stored small integers are looked at up to this many. */
const checkedElements = 4096

/** Makes the tensors of one model, and remembers what concerns all of them. */
export class Tensors {
  weightBytes = 0
  /** Files that are not there, with the number of tensors in them. */
  private readonly missing = new Map<
    string,
    { file: Exclude<ExternalFile, { state: 'found' }>; tensors: number; values: string[] }
  >()

  constructor(
    private readonly file: OnnxFile,
    private readonly files: ExternalFiles,
    private readonly findings: Findings,
    private readonly withoutWeights: boolean,
  ) {}

  /** `what`: how a message names it. */
  tensor(proto: TensorProto, what: string): Tensor {
    const name = proto.name ?? ''
    const dtypeNumber = proto.data_type ?? 0
    const dtype = dtypeFromNumber(dtypeNumber)
    const dims = proto.dims.map(Number)
    const where = { values: name ? [name] : [] }
    if (dtype === null) this.findings.add(report(reading, 'model/bad-dtype', { what, number: dtypeNumber }, where))
    const negative = dims.find((dim) => dim < 0)
    if (negative !== undefined)
      this.findings.add(report(reading, 'model/tensor-dim', { tensor: what, dim: String(negative) }, where))
    if (dims.length > manyDims)
      this.findings.add(report(reading, 'model/huge-rank', { tensor: what, rank: dims.length }, where))
    const of: About = { what, name, dtype, dims, count: dims.reduce((count, dim) => count * dim, 1) }
    const payload = this.payload(proto, of)
    this.weightBytes += payload.bytes
    return { name, dtype, dtypeNumber, dims, sparse: false, payload }
  }

  /** A sparse tensor is known by its values; indices are checked and then left. */
  sparse(proto: SparseTensorProto, what: string): Tensor {
    const dims = proto.dims.map(Number)
    const empty: TensorProto = { dims: [], external_data: [] }
    const values = this.tensor(proto.values ?? empty, what)
    const indices = this.tensor(proto.indices ?? empty, `the indices of ${what}`)
    const why = sparseFault(dims, values, indices)
    const where = { values: values.name ? [values.name] : [] }
    if (why) this.findings.add(report(reading, 'model/sparse-indices', { tensor: what, why }, where))
    return { ...values, dims, sparse: true, payload: new SparsePayload(dims, values, indices) }
  }

  private payload(proto: TensorProto, of: About): Payload {
    if (proto.data_location === 1) return this.external(proto, of)
    const parts = dataParts(proto, this.file.skeleton).filter((part) => part.bytes > 0 || part.field === stringData)
    this.checkParts(parts, of)
    return parts.length === 0 ? new EmptyPayload(of) : new FilePayload(this.file.source, parts, of)
  }

  private external(proto: TensorProto, of: About): Payload {
    const { findings } = this
    const where = { values: of.name ? [of.name] : [] }
    const entry = parseEntries(proto.external_data)
    if (typeof entry === 'string') {
      findings.add(report(externals, 'model/external-entry', { tensor: of.what, why: entry }, where))
      return new ExternalPayload({ location: '', offset: 0, length: null }, { state: 'missing', why: entry }, 0, of)
    }
    const file = this.files.at(entry.location)
    const expected = of.dtype === null ? null : byteSize(of.dtype, of.count)
    const found = file.state === 'found' ? Math.max(0, file.size - entry.offset) : (expected ?? 0)
    const bytes = entry.length ?? found
    if (expected !== null && (entry.length !== null || file.state === 'found') && bytes !== expected) {
      const end = entry.offset + expected
      // Without a length the rest of the file counts, which may hold more than this tensor.
      if (entry.length !== null) this.wrongSize(of, `${expected} bytes`, `${bytes} bytes in ${entry.location}`)
      else if (file.state === 'found' && file.size < end)
        findings.add(
          report(
            externals,
            'model/external-range',
            { location: entry.location, tensor: of.what, end, size: file.size },
            where,
          ),
        )
    }
    const { location } = entry
    if (file.state === 'refused')
      findings.add(report(externals, 'model/external-escape', { location, why: file.why }, where))
    else if (file.state === 'found') {
      const end = entry.offset + (entry.length ?? 0)
      if (end > file.size)
        findings.add(
          report(externals, 'model/external-range', { location, tensor: of.what, end, size: file.size }, where),
        )
    } else {
      const known = this.missing.get(location) ?? { file, tensors: 0, values: [] }
      known.tensors++
      if (known.values.length < 20 && of.name) known.values.push(of.name)
      this.missing.set(location, known)
    }
    return new ExternalPayload(entry, file, Math.min(bytes, expected ?? bytes), of)
  }

  /** One finding per file that is not there. */
  reportMissing(): void {
    for (const [location, { file, tensors, values }] of this.missing) {
      if (file.state === 'unknown') {
        this.findings.add(report(externals, 'model/external-unchecked', { location, why: file.why }, { values }))
        continue
      }
      const severity = this.withoutWeights ? { severity: 'note' as const } : {}
      this.findings.add(
        report(externals, 'model/external-missing', { location, why: file.why, tensors }, { values, ...severity }),
      )
    }
  }

  private wrongSize(of: About, expected: string, found: string): void {
    const shape = `${of.dtype ?? '?'} [${of.dims.slice(0, 12).join(', ')}${of.dims.length > 12 ? ', …' : ''}]`
    const where = { values: of.name ? [of.name] : [] }
    this.findings.add(report(reading, 'model/tensor-size', { tensor: of.what, shape, expected, found }, where))
  }

  private checkParts(parts: readonly DataPart[], of: About): void {
    const { dtype, count, name } = of
    const typed = dtype && typedField(dtype, count)
    if (!dtype || !typed || !(count >= 0)) return
    const names = [...new Set(parts.map((part) => part.name))]
    const wrong = parts.filter((part) => part.field !== typed.field && (part.field !== rawData || dtype === 'string'))
    if (wrong.length > 0 || names.length > 1) {
      const args = { tensor: of.what, dtype, found: names.join(' and '), expected: expectedField(dtype, typed.field) }
      this.findings.add(report(reading, 'model/tensor-field', args, { values: name ? [name] : [] }))
      return
    }
    if (parts[0]?.field === rawData) {
      const needed = byteSize(dtype, count)
      const { bytes = 0 } = parts.at(-1) ?? {}
      if (needed !== null && bytes !== needed) this.wrongSize(of, bytesText(needed), bytesText(bytes))
      return
    }
    const entries = parts.length === 0 ? 0 : entryCount(parts)
    if (entries !== null && entries !== typed.entries)
      this.wrongSize(of, `${countText(typed.entries)} entries`, entries === 0 ? 'no data' : `${entries} entries`)
    else this.checkRange(parts, of)
  }

  /** Small integers in int32_data: do they fit their type. */
  private checkRange(parts: readonly DataPart[], of: About): void {
    const range = of.dtype ? smallRanges.get(of.dtype) : undefined
    if (!range || of.count > checkedElements || parts.some((part) => part.inline === null)) return
    const stored = fromTyped(
      'int32',
      'varint',
      parts.flatMap((part) => contentsNow(part, this.file.source) ?? []),
      of.count,
    )
    const value = stored?.find((entry) => entry < range[0] || entry > range[1])
    if (value === undefined || !of.dtype) return
    const args = { tensor: of.what, dtype: of.dtype, value: String(value) }
    this.findings.add(report(reading, 'model/tensor-value-range', args, { values: of.name ? [of.name] : [] }))
  }
}

const smallRanges = new Map<DType, readonly [number, number]>([
  ['int8', [-128, 127]],
  ['uint8', [0, 255]],
  ['int16', [-32768, 32767]],
  ['uint16', [0, 65535]],
  ['bool', [0, 1]],
])

const fieldNames = [
  '',
  '',
  '',
  '',
  'float_data',
  'int32_data',
  'string_data',
  'int64_data',
  '',
  'raw_data',
  'double_data',
  'uint64_data',
]
const expectedField = (dtype: DType, field: number): string =>
  dtype === 'string' ? 'string_data' : `raw_data or ${fieldNames[field]}`
const countText = (count: number): string => (count < 1e15 ? String(count) : count.toExponential(1))
const bytesText = (bytes: number): string => (bytes === 0 ? 'no data' : `${countText(bytes)} bytes`)

/** How many entries typed fields hold; null where only reading would tell. */
function entryCount(parts: readonly DataPart[]): number | null {
  let sum = 0
  for (const part of parts) {
    if (part.kind === 'bytes' || !part.delimited) sum += part.count
    else if (part.count > 1) return null
    else if (part.kind === 'fixed32') sum += part.bytes / 4
    else if (part.kind === 'fixed64') sum += part.bytes / 8
    else if (part.inline === null) return null
    else for (const byte of part.inline.subarray(part.inline.length - part.bytes)) if (byte < 0x80) sum++
  }
  return sum
}

/** What a payload must know of its tensor. */
interface About {
  readonly what: string
  readonly name: string
  readonly dtype: DType | null
  readonly dims: readonly number[]
  readonly count: number
}

const within = (count: number, limit: number): boolean => count >= 0 && count <= limit

class EmptyPayload implements Payload {
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

class FilePayload implements Payload {
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

class ExternalPayload implements Payload {
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

/** Sparse elements are given dense, where they are few enough. */
class SparsePayload implements Payload {
  readonly where: Payload['where']
  readonly location: string | null
  readonly bytes: number

  constructor(
    private readonly dims: readonly number[],
    private readonly values: Tensor,
    private readonly indices: Tensor,
  ) {
    this.where = values.payload.where
    this.location = values.payload.location
    this.bytes = values.payload.bytes + indices.payload.bytes
  }

  elements(limit: number): readonly Element[] | null {
    const count = this.dims.reduce((product, dim) => product * dim, 1)
    if (!(count >= 0 && count <= limit) || this.values.dtype?.startsWith('complex')) return null
    const values = this.values.payload.elements(limit)
    const indices = this.indices.payload.elements(limit * Math.max(1, this.dims.length))
    if (!values || !indices || sparseFault(this.dims, this.values, this.indices)) return null
    const dense: Element[] = new Array(count).fill(this.values.dtype === 'string' ? '' : 0)
    for (const [i, at] of linear(this.dims, this.indices.dims, indices).entries()) dense[at] = values[i] ?? 0
    return dense
  }

  read(): Promise<Uint8Array> {
    return this.values.payload.read()
  }
}

/** Positions in the flat tensor: indices are given so, or as a row of coordinates per value. */
function linear(dims: readonly number[], shape: readonly number[], indices: readonly Element[]): number[] {
  if (shape.length < 2) return indices.map(Number)
  const rank = dims.length
  return Array.from({ length: shape[0] ?? 0 }, (_, row) =>
    dims.reduce((at, dim, axis) => at * dim + Number(indices[row * rank + axis]), 0),
  )
}

function sparseFault(dims: readonly number[], values: Tensor, indices: Tensor): string | null {
  const count = values.dims.reduce((product, dim) => product * dim, 1)
  if (dims.some((dim) => dim < 0)) return 'a dimension is negative'
  if (values.dims.length !== 1) return `its values have ${values.dims.length} dimensions, not one`
  if (indices.dtype !== 'int64')
    return `its indices are ${indices.dtype ?? `of type ${indices.dtypeNumber}`}, not int64`
  const [rows = 1, width] = indices.dims
  if (indices.dims.length > 2 || (width !== undefined && width !== dims.length))
    return `its indices have the shape [${indices.dims.slice(0, 8).join(', ')}]`
  if (rows !== count) return `it has ${rows} indices for ${count} values`
  const all = indices.payload.elements(checkedElements)
  if (!all) return null
  if (width !== undefined)
    for (const [i, index] of all.entries()) {
      const dim = dims[i % width] ?? 0
      if (Number(index) < 0 || Number(index) >= dim) return `the index ${index} lies outside of a dimension of ${dim}`
    }
  const size = dims.reduce((product, dim) => product * dim, 1)
  let before = -1
  for (const at of linear(dims, indices.dims, all)) {
    if (at < 0 || at >= size) return `the index ${at} lies outside of ${size} elements`
    if (at <= before) return `the index ${at} does not come after ${before}`
    before = at
  }
  return null
}
