/** TensorProto → Tensor, and the checks of a tensor that need no decoding. */
import { fromTyped, rawData, stringData, typedField } from '../onnx/elements.ts'
import { type ExternalFile, type ExternalFiles, parseEntries } from '../onnx/external.ts'
import type { OnnxFile, SparseTensorProto, TensorProto } from '../onnx/read.ts'
import { contentsNow, type DataPart, dataParts } from '../onnx/tensor-data.ts'
import { externals } from '../result/catalogue/externals.ts'
import { reading } from '../result/catalogue/reading.ts'
import { report } from '../result/finding.ts'
import { byteSize, type DType, dtypeFromNumber } from './dtype.ts'
import type { Findings } from './findings.ts'
import { type About, EmptyPayload, ExternalPayload, FilePayload } from './payload.ts'
import { SparsePayload, sparseFault } from './sparse.ts'
import type { Payload, Tensor } from './tensor.ts'

const manyDims = 64
/** Stored small integers are looked at up to this many. */
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
