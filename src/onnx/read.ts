/** Bytes → decoded messages: scans a source, decodes the skeleton, keeps the places of what was left out. */
import { Problem } from '../result/problem.ts'
import { diagnose, messageOf, notOnnx, otherFormat } from './diagnose.ts'
import { formatOf } from './formats.ts'
import { type MessageReader, messageReader } from './message-reader.ts'
import { Scanner } from './scanner.ts'
import { onnx } from './schema.js'
import type { Skeleton } from './skeleton.ts'
import type { ByteSource } from './source.ts'

export type ModelProto = onnx.ModelProto.$Shape
export type GraphProto = onnx.GraphProto.$Shape
export type NodeProto = onnx.NodeProto.$Shape
export type AttributeProto = onnx.AttributeProto.$Shape
export type TensorProto = onnx.TensorProto.$Shape
export type SparseTensorProto = onnx.SparseTensorProto.$Shape
export type TypeProto = onnx.TypeProto.$Shape
export type ValueInfoProto = onnx.ValueInfoProto.$Shape
export type FunctionProto = onnx.FunctionProto.$Shape

/** A model as it was decoded, with the way back to its bytes. */
export interface OnnxFile {
  readonly model: ModelProto
  readonly skeleton: Skeleton
  readonly source: ByteSource
  readonly size: number
  /** Names and other texts that are not UTF-8, as `\xNN` writes them. */
  readonly invalidTexts: readonly string[]
}

const headLength = 1 << 16
const largestWindow = 1 << 20

/** Throws a Problem, with the offset, for everything that is not a readable model. */
export async function readOnnx(source: ByteSource): Promise<OnnxFile> {
  const head = await source.read(0, source.size === null ? headLength : Math.min(headLength, source.size))
  if (head.length === 0)
    throw new Problem('empty-file', 'the file is empty', {
      offset: 0,
      expected: 'an ONNX model',
      fix: 'export or download it again',
    })
  const format = formatOf(head, source.size)
  if (format) throw otherFormat(format)
  const scanner = new Scanner(source.size ?? Number.POSITIVE_INFINITY)
  try {
    await scan(scanner, source, head)
    const reader = messageReader(scanner.skeleton.bytes)
    const model = decode(reader)
    if (!model.graph && model.ir_version == null && model.opset_import.length === 0)
      throw notOnnx('has neither a graph nor a version', 0)
    if (!model.graph || model.ir_version == null) {
      const other = messageOf(head)
      if (other) throw otherFormat(other)
    }
    const size = source.size ?? head.length
    return { model, skeleton: scanner.skeleton, source, size, invalidTexts: reader.invalidTexts }
  } catch (error) {
    if (!(error instanceof Problem) || !scanFaults.has(error.code)) throw error
    throw diagnose(error, head, source.size, scanner)
  }
}

/** Faults of the bytes, which may be those of another format or of a known kind of damage. */
const scanFaults = new Set([
  'truncated',
  'bad-wire-type',
  'bad-varint',
  'bad-field-number',
  'bad-group',
  'bad-packed',
  'not-onnx',
])

/** Small windows after a jump, larger ones while reading on: a jump over weights costs no more than a page. */
async function scan(scanner: Scanner, source: ByteSource, head: Uint8Array): Promise<void> {
  let length = source.stride
  let end = 0
  while (scanner.wanted !== null) {
    const at = scanner.wanted
    length = at <= end && at > end - 64 ? Math.min(length * 2, Math.max(largestWindow, source.stride)) : source.stride
    const asked = Math.max(length, 64)
    const window = at === 0 ? head : (source.readNow(at, asked) ?? (await source.read(at, asked)))
    end = at + window.length
    const last = source.size !== null && (end >= source.size || window.length === 0)
    scanner.feed(window, last, source.size)
  }
}

/** A type as `ValueInfoProto.type` holds it: its bytes. The scanner has checked them. */
export const decodeType = (bytes: Uint8Array): TypeProto =>
  onnx.TypeProto.decode(messageReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))

function decode(reader: MessageReader): ModelProto {
  try {
    return onnx.ModelProto.decode(reader)
  } catch (cause) {
    throw new Problem('not-onnx', 'the file cannot be decoded as an ONNX model', {
      offset: reader.pos,
      expected: 'an ONNX model',
      fix: 'export or download it again',
      cause,
    })
  }
}
