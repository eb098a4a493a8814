/**
 * One array in NumPy's file format (NEP 1, versions 1 to 3): reading what numpy writes, and writing what numpy reads
 * without pickle. NumPy has no bfloat16: arrays of ml_dtypes arrive as two bytes without meaning, `|V2`.
 */
import type { DType } from '../graph/dtype.ts'
import { Problem } from '../result/problem.ts'
import { arrayFor, countOf } from './arrays.ts'
import type { Tensor, TensorData } from './tensor.ts'

const magic = '\x93NUMPY'

/** NumPy's kind and width → our type. */
const dtypes: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
  V2: 'bfloat16',
}

/** @param name for messages @throws Problem `bad-npy` for what is none, is cut short, or holds other things than numbers and texts */
export function readNpy(bytes: Uint8Array, name = 'the array'): Tensor {
  const { descr, fortran, dims, start } = headerOf(bytes, name)
  const [, order = '', kind = '', digits = ''] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? []
  const count = countOf(dims)
  const texts = kind === 'U' || kind === 'S'
  const dtype = texts ? 'string' : dtypes[kind + digits]
  if (!dtype || digits === '0') throw notCarried(descr, kind, name)
  const width = Number(digits) * (kind === 'U' ? 4 : 1)
  const end = start + count * width
  if (bytes.length < end)
    throw new Problem('bad-npy', `${name} ends after ${bytes.length} bytes`, {
      expected: `${end} bytes for ${descr} [${dims.join(', ')}]`,
      fix: 'write it again: the file was cut short',
    })
  // A copy, so that the array starts at a multiple of its width and does not keep the file alive. (slice of Node's
  // Buffer is none.)
  const body = new Uint8Array(bytes.subarray(start, end))
  if (order === '>') swap(body, kind === 'U' ? 4 : width)
  const data = texts ? textsOf(body, kind, width, count) : typed(dtype, body)
  return { dtype, dims, data: fortran && dims.length > 1 ? rowMajor(data, dims) : data }
}

interface Header {
  readonly descr: string
  readonly fortran: boolean
  readonly dims: number[]
  /** Of the elements. */
  readonly start: number
}

function headerOf(bytes: Uint8Array, name: string): Header {
  const wrong = (what: string) =>
    new Problem('bad-npy', `${name} is no .npy array: ${what}`, {
      expected: 'what numpy.save writes',
      fix: 'write it with numpy.save or numpy.savez, without allow_pickle',
    })
  if (latin1(bytes.subarray(0, 6)) !== magic || bytes.length < 12) throw wrong('it does not begin as one')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)]
  if (version < 1 || version > 3) throw wrong(`it has version ${version}`)
  const start = from + length
  const text = latin1(bytes.subarray(from, start))
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(text)?.[1]
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1]
  const shape = /['"]shape['"]\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1]
  if (/['"]descr['"]\s*:\s*\[/.test(text)) throw wrong('it holds records with fields')
  if (descr === undefined || order === undefined || shape === undefined) throw wrong('its header is damaged')
  const dims = shape.split(',').map((dim) => dim.trim())
  return { descr, fortran: order === 'True', dims: dims.filter((dim) => dim !== '').map(Number.parseFloat), start }
}

const notCarried = (descr: string, kind: string, name: string): Problem =>
  new Problem('bad-npy', `${name} has the type ${JSON.stringify(descr)}, which no tensor here has`, {
    expected: 'numbers, bool or texts',
    fix:
      kind === 'O'
        ? 'it holds Python objects, which only Python can read: convert it with astype before saving'
        : 'convert it with astype before saving',
  })

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse()
}

function typed(dtype: DType, bytes: Uint8Array): TensorData {
  const make = arrayFor(dtype) as unknown as { new (buffer: ArrayBufferLike): TensorData }
  return new make(bytes.buffer)
}

function textsOf(bytes: Uint8Array, kind: string, width: number, count: number): string[] {
  const view = new DataView(bytes.buffer)
  return Array.from({ length: count }, (_, i) => {
    let text = ''
    if (kind === 'U')
      for (let at = i * width; at < (i + 1) * width; at += 4) text += codePoint(view.getUint32(at, true))
    else text = new TextDecoder().decode(bytes.subarray(i * width, (i + 1) * width))
    // NumPy fills up with zeros and takes them away again.
    return text.replace(/\0+$/, '')
  })
}

const codePoint = (code: number): string => (code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code))

/** From the first axis running fastest to the last. */
function rowMajor(data: TensorData, dims: readonly number[]): TensorData {
  const out = data.slice() as (string | number)[]
  const strides = dims.map((_, axis) => countOf(dims.slice(0, axis)))
  const index = dims.map(() => 0)
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from] as number
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number
      from += stride
      if (++(index[axis] as number) < (dims[axis] as number)) break
      from -= stride * (dims[axis] as number)
      index[axis] = 0
    }
  }
  return out as unknown as TensorData
}

const descrs: Partial<Record<DType, string>> = {
  ...Object.fromEntries(
    Object.entries(dtypes).map(([descr, dtype]) => [dtype, `${/1$/.test(descr) ? '|' : '<'}${descr}`]),
  ),
  bfloat16: '|V2',
  int4: '|i1',
  uint4: '|u1',
}

/** As numpy.save writes it. float8 has no type there: its bits are written as uint8. */
export function writeNpy({ dtype, dims, data }: Tensor): Uint8Array<ArrayBuffer> {
  const texts = dtype === 'string' ? unicode(data as readonly string[]) : null
  const { buffer, byteOffset, byteLength } = texts ? texts.cells : (data as Uint8Array)
  const descr = texts ? `<U${texts.length}` : (descrs[dtype] ?? '|u1')
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ')
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`
  const large = header.length > 60_000
  const before = large ? 12 : 10
  const start = Math.ceil((before + header.length + 1) / 64) * 64
  const bytes = new Uint8Array(start + byteLength)
  const text = `${magic}${large ? '\x02' : '\x01'}\0`
  for (let i = 0; i < 8; i++) bytes[i] = text.charCodeAt(i)
  const view = new DataView(bytes.buffer)
  if (large) view.setUint32(8, start - before, true)
  else view.setUint16(8, start - before, true)
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - before - 1)}\n`), before)
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), start)
  return bytes
}

/** Texts as cells of equal length, four bytes a character. */
function unicode(texts: readonly string[]): { readonly cells: Uint32Array; readonly length: number } {
  const characters = texts.map((text) => Array.from(text, (char) => char.codePointAt(0) ?? 0))
  const length = Math.max(1, ...characters.map((one) => one.length))
  const cells = new Uint32Array(texts.length * length)
  characters.forEach((one, i) => {
    cells.set(one, i * length)
  })
  return { cells, length }
}
