/** Says what bytes are that were refused as a model, or that read as a model without a graph. */
import { Problem } from '../result/problem.ts'
import { type Format, formatOf } from './formats.ts'

/** What the scanner had understood when it stopped. */
interface Progress {
  readonly rootFields: ReadonlySet<number>
  readonly rootFieldEnd: number
}

const again = 'transfer it again as binary'

/** The problem to show for a scan that failed with `problem`. `head`: the beginning of the file. */
export function diagnose(problem: Problem, head: Uint8Array, size: number | null, scan: Progress): Problem {
  const latin1 = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  const { offset = 0 } = problem.details
  const named = formatOf(head, size) ?? messageOf(head)
  if (named) return otherFormat(named)
  if (head.every((byte) => byte === 0)) return notOnnx('holds only zero bytes', 0)
  const damaged = (text: string, expected: string, fix: string) =>
    new Problem('damaged', text, { offset, expected, fix })
  const modelSeen = scan.rootFields.has(7) && scan.rootFields.has(8)
  if (modelSeen && scan.rootFieldEnd < head.length && isPadding(head.subarray(scan.rootFieldEnd)))
    return new Problem('damaged', `bytes were added after the end of the model, at ${scan.rootFieldEnd}`, {
      offset: scan.rootFieldEnd,
      expected: 'the end of the file',
      fix: `cut the file at ${scan.rootFieldEnd} bytes, or ${again}`,
    })
  const lineFeeds = latin1.split('\n').length - 1
  if (lineFeeds >= 3 && latin1.split('\r\n').length - 1 === lineFeeds)
    return damaged('a transfer as text turned every byte 0A into 0D 0A', 'the bytes as they were', again)
  if (latin1.includes('\xef\xbf\xbd') && isUtf8(head))
    return damaged('the model was read as UTF-8 text and written back', 'the bytes as they were', again)
  return looksLikeModel(scan, offset) ? problem : notOnnx(`is not protobuf (${problem.message})`, offset)
}

export const otherFormat = (format: Format): Problem =>
  new Problem('other-format', `this is ${format.name}, not an ONNX model (${format.id})`, {
    offset: 0,
    expected: 'an ONNX model (protobuf, binary)',
    fix: format.fix,
  })

export const notOnnx = (text: string, offset: number): Problem =>
  new Problem('not-onnx', `the file ${text}`, {
    offset,
    expected: 'an ONNX model (protobuf, binary)',
    fix: 'check that this is the right file and that it was transferred as binary',
  })

const modelFields = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]

/** Whether the bytes up to the fault were those of a model: then the fault is what matters. */
const looksLikeModel = (scan: Progress, offset: number): boolean =>
  offset < 2 ||
  (modelFields.some((number) => scan.rootFields.has(number)) && ![...scan.rootFields].some((n) => n > 1000))

const isPadding = (bytes: Uint8Array): boolean => {
  const first = bytes[0]
  return (
    first !== undefined &&
    [0, 0x0a, 0x0d, 0x20, 0x1a, 0xff].includes(first) &&
    bytes.every((byte) => [0, 0x0a, 0x0d, 0x20, 0x1a, 0xff].includes(byte))
  )
}

function isUtf8(head: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/** A top-level field: `[number, wire type, body or value]`. */
type Field = readonly [number: number, wire: number, body: Uint8Array, value: number]

/** The first fields of a message, as far as they can be read. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  while (at < bytes.length && fields.length < 64) {
    const tag = varint()
    const wire = tag & 7
    const number = Math.floor(tag / 8)
    if (!(number > 0) || (wire !== 0 && wire !== 1 && wire !== 2 && wire !== 5)) break
    const value = wire === 0 || wire === 2 ? varint() : 0
    const length = wire === 2 ? value : wire === 1 ? 8 : wire === 5 ? 4 : 0
    if (Number.isNaN(value)) break
    fields.push([number, wire, bytes.subarray(at, at + length), value])
    at += length
  }
  return fields
}

const printable = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f)

/** Names a message of another schema that starts a file; null for a model or for what nobody knows. */
export function messageOf(head: Uint8Array): Format | null {
  const fields = fieldsOf(head)
  const find = (number: number, wire: number): Field | undefined => fields.find(([n, w]) => n === number && w === wire)
  if (find(7, 2) || find(8, 2)?.[2].length === 0) if (!find(1, 2)) return null
  const nodes = fields.filter(([number, wire]) => number === 1 && wire === 2)
  if (nodes.length > 0 && nodes.every(([, , body]) => fieldsOf(body).some(([n, w]) => n === 4 && w === 2)))
    if (find(11, 2) || find(12, 2) || find(2, 2))
      return {
        id: 'format:graphproto',
        name: 'an ONNX GraphProto without the ModelProto around it',
        fix: 'save it with onnx.helper.make_model(graph)',
      }
  const [dtype] = fields.filter(([number, wire]) => number === 2 && wire === 0)
  if (dtype && dtype[3] >= 1 && dtype[3] <= 28 && [4, 5, 6, 7, 9, 10, 11].some((number) => find(number, 2)))
    return { id: 'format:tensorproto', name: 'an ONNX TensorProto (test data)', fix: 'give the model, not its data' }
  const second = find(2, 2)?.[2]
  if (find(1, 0) && second && second.length > 0 && !printable(second)) {
    if (fields.some(([number, wire]) => number >= 200 && wire === 2))
      return { id: 'format:coreml', name: 'a Core ML model', fix: 'give the ONNX model from which it was made' }
    const [meta] = fieldsOf(second)
    if (meta && (meta[0] === 1 || meta[0] === 2) && meta[1] === 2)
      return { id: 'format:tensorflow', name: 'a TensorFlow SavedModel', fix: 'convert it with tf2onnx' }
  }
  return null
}
