/** JPEG files → pixels: baseline, extended with eight bits, and progressive; grey, RGB and the usual YCbCr. */
import { Problem } from '../../../result/problem.ts'
import { type Component, decodeScan, type HuffmanTable, huffmanTable, naturalOrder, type Scan } from './scan.ts'
import { interleave, inverseTransform, type Plane, toRgb, upsample } from './transform.ts'

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Interleaved, row by row. */
  readonly data: Uint8Array
}

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8

interface Frame {
  readonly width: number
  readonly height: number
  readonly progressive: boolean
  readonly components: Component[]
  readonly unitsWide: number
  readonly unitsHigh: number
}

interface State {
  frame: Frame | null
  readonly quantization: (Uint16Array | undefined)[]
  readonly dcTables: (HuffmanTable | undefined)[]
  readonly acTables: (HuffmanTable | undefined)[]
  restart: number
  jfif: boolean
  /** Transform of the Adobe marker; null without one. */
  adobe: number | null
  scans: number
}

const damaged = (what: string, cause?: unknown): Problem =>
  new Problem('bad-image', `the JPEG is damaged: ${what}`, {
    fix: 'open and save it again with a program that reads it',
    ...(cause === undefined ? {} : { cause }),
  })

const notRead = (what: string, fix = 'save it as a usual JPEG'): Problem =>
  new Problem('bad-image', `the JPEG is ${what}, which is not read here`, { fix })

/** @throws Problem `bad-image` */
export function decodeJpeg(bytes: Uint8Array): Pixels {
  const state: State = {
    frame: null,
    quantization: [],
    dcTables: [],
    acTables: [],
    restart: 0,
    jfif: false,
    adobe: null,
    scans: 0,
  }
  try {
    readSegments(bytes, state)
  } catch (error) {
    if (error instanceof Problem) throw error
    // What was decoded so far is what other decoders show, too; without anything there is no image.
    throw damaged(error instanceof Error ? error.message : String(error), error)
  }
  const { frame } = state
  if (!frame || state.scans === 0) throw damaged('it has no image')
  return pixelsOf(frame, state)
}

function readSegments(bytes: Uint8Array, state: State): void {
  let at = 2
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++
      continue
    }
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) return
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2
      continue
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) throw damaged('it ends within a header')
    const segment = bytes.subarray(at + 4, end)
    at = marker === 0xda ? readScan(bytes, segment, end, state) : end
    if (marker !== 0xda) readHeader(marker, segment, state)
  }
}

function readHeader(marker: number, segment: Uint8Array, state: State): void {
  if (marker === 0xdb) readQuantization(segment, state)
  else if (marker === 0xc4) readHuffman(segment, state)
  else if (marker === 0xdd) state.restart = word(segment, 0)
  else if (marker === 0xe0 && text(segment, 4) === 'JFIF') state.jfif = true
  else if (marker === 0xee && text(segment, 5) === 'Adobe') state.adobe = segment[11] ?? 0
  else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) readFrame(segment, marker === 0xc2, state)
  else if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
    throw notRead(marker >= 0xc9 ? 'coded arithmetically' : 'lossless or hierarchical')
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const text = (bytes: Uint8Array, length: number): string => String.fromCharCode(...bytes.subarray(0, length))

function readQuantization(segment: Uint8Array, { quantization }: State): void {
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at++] as number
    const wide = kind >> 4 > 0
    const table = new Uint16Array(64)
    for (let i = 0; i < 64; i++, at += wide ? 2 : 1)
      table[naturalOrder[i] as number] = wide ? word(segment, at) : (segment[at] ?? 0)
    quantization[kind & 15] = table
  }
}

function readHuffman(segment: Uint8Array, { dcTables, acTables }: State): void {
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at] as number
    const counts = segment.subarray(at + 1, at + 17)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const tables = kind >> 4 > 0 ? acTables : dcTables
    tables[kind & 15] = huffmanTable(counts, segment.subarray(at + 17, at + 17 + total))
    at += 17 + total
  }
}

/** Beyond this the file says more than it can hold. */
const mostPixels = 1 << 28

function readFrame(segment: Uint8Array, progressive: boolean, state: State): void {
  if (state.frame) throw damaged('it has two frames')
  if (segment[0] !== 8) throw notRead(`of ${segment[0]} bits a sample`)
  const [height, width, count] = [word(segment, 1), word(segment, 3), segment[5] ?? 0]
  if (width === 0 || height === 0 || width * height > mostPixels) throw damaged(`its size is ${width} × ${height}`)
  if (count === 4) throw notRead('in CMYK, made for printing', 'save it as RGB')
  if (count !== 1 && count !== 3) throw damaged(`it has ${count} components`)
  const factors = Array.from({ length: count }, (_, i) => {
    const [id = 0, sampling = 0, quantization = 0] = segment.subarray(6 + i * 3, 9 + i * 3)
    return { id, across: sampling >> 4, down: sampling & 15, quantization }
  })
  for (const { across, down } of factors)
    if (across < 1 || across > 4 || down < 1 || down > 4) throw damaged('its sampling factors are impossible')
  const mostAcross = Math.max(...factors.map(({ across }) => across))
  const mostDown = Math.max(...factors.map(({ down }) => down))
  const unitsWide = Math.ceil(width / (8 * mostAcross))
  const unitsHigh = Math.ceil(height / (8 * mostDown))
  const components = factors.map((one): Component => {
    const stride = unitsWide * one.across
    return {
      ...one,
      blocksWide: Math.ceil(Math.ceil((width * one.across) / mostAcross) / 8),
      blocksHigh: Math.ceil(Math.ceil((height * one.down) / mostDown) / 8),
      stride,
      coefficients: new Int16Array(stride * unitsHigh * one.down * 64),
      dcTable: undefined,
      acTable: undefined,
      predicted: 0,
    }
  })
  state.frame = { width, height, progressive, components, unitsWide, unitsHigh }
}

function readScan(bytes: Uint8Array, header: Uint8Array, start: number, state: State): number {
  const { frame, restart } = state
  if (!frame) throw damaged('a scan comes before the frame')
  const count = header[0] ?? 0
  const components = Array.from({ length: count }, (_, i) => {
    const [id, tables = 0] = header.subarray(1 + i * 2, 3 + i * 2)
    const component = frame.components.find((one) => one.id === id)
    if (!component) throw damaged('a scan has a component that the frame has not')
    component.dcTable = state.dcTables[tables >> 4]
    component.acTable = state.acTables[tables & 15]
    component.predicted = 0
    return component
  })
  const [first = 0, last = 0, bits = 0] = header.subarray(1 + count * 2)
  if (first > last || last > 63) throw damaged('a scan has an impossible band')
  const part = { first, last, high: bits >> 4, low: bits & 15 }
  const { progressive, unitsWide, unitsHigh } = frame
  const scan: Scan = { components, progressive, restart, unitsWide, unitsHigh, ...part }
  state.scans++
  return decodeScan(bytes, start, progressive ? scan : { ...scan, low: 0 })
}

function pixelsOf(frame: Frame, { quantization, jfif, adobe }: State): Pixels {
  const { width, height, components } = frame
  const mostAcross = Math.max(...components.map(({ across }) => across))
  const mostDown = Math.max(...components.map(({ down }) => down))
  const planes = components.map((component) => {
    const table = quantization[component.quantization]
    if (!table) throw damaged('a quantisation table is missing')
    const [across, down] = [mostAcross / component.across, mostDown / component.down]
    if (!Number.isInteger(across) || !Number.isInteger(down)) throw notRead('sampled at uneven steps')
    const plane = planeOf(component, table, Math.ceil(width / across), Math.ceil(height / down))
    return upsample(plane, across, down, width, height)
  })
  const [first, second, third] = planes
  if (!first) throw damaged('it has no components')
  if (!second || !third) return { width, height, channels: 1, data: interleave([first], width, height) }
  const ids = components.map(({ id }) => id).join()
  const isRgb = !jfif && (adobe === null ? ids === '82,71,66' : adobe === 0)
  const data = isRgb ? interleave(planes, width, height) : toRgb(first, second, third, width, height)
  return { width, height, channels: 3, data }
}

function planeOf(component: Component, table: Uint16Array, width: number, height: number): Plane {
  const { blocksWide, blocksHigh, stride: blockStride, coefficients } = component
  const stride = blocksWide * 8
  const data = new Uint8Array(stride * blocksHigh * 8)
  const block = new Int32Array(64)
  for (let row = 0; row < blocksHigh; row++)
    for (let column = 0; column < blocksWide; column++) {
      const from = (row * blockStride + column) * 64
      for (let i = 0; i < 64; i++) block[i] = (coefficients[from + i] as number) * (table[i] as number)
      inverseTransform(block, data, row * 8 * stride + column * 8, stride)
    }
  return { width, height, stride, data }
}
