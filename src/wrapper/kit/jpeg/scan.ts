/** Entropy-coded data of a JPEG: Huffman codes into coefficients, sequential (baseline) and progressive. */

export interface Component {
  readonly id: number
  /** Sampling factors. */
  readonly across: number
  readonly down: number
  readonly quantization: number
  /** Blocks that hold samples, and all that are coded. */
  readonly blocksWide: number
  readonly blocksHigh: number
  readonly stride: number
  /** 64 coefficients a block, in natural order. */
  readonly coefficients: Int16Array
  dcTable: HuffmanTable | undefined
  acTable: HuffmanTable | undefined
  /** The last DC value: coded are differences. */
  predicted: number
}

/** For the next 16 bits: length of the code in the upper half, symbol in the lower. */
export type HuffmanTable = Uint16Array

/** @param counts of codes with 1 to 16 bits */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(1 << 16)
  let code = 0
  let next = 0
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < (counts[length - 1] as number); i++, code++) {
      const first = code << (16 - length)
      table.fill((length << 8) | (symbols[next++] ?? 0), first, first + (1 << (16 - length)))
    }
    code <<= 1
  }
  return table
}

// biome-ignore format: eight by eight
/** Zigzag order → natural order. */
export const naturalOrder = Uint8Array.of(
   0,  1,  8, 16,  9,  2,  3, 10,
  17, 24, 32, 25, 18, 11,  4,  5,
  12, 19, 26, 33, 40, 48, 41, 34,
  27, 20, 13,  6,  7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36,
  29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
)

/** What a scan carries: a band of coefficients, from one bit to another. */
export interface ScanPart {
  readonly first: number
  readonly last: number
  /** Bit positions; `high` is zero in the first scan of a band. */
  readonly high: number
  readonly low: number
}

export interface Scan extends ScanPart {
  readonly components: readonly Component[]
  readonly progressive: boolean
  /** Units between restart markers; 0: none. */
  readonly restart: number
  /** Of the frame, in units of all components together. */
  readonly unitsWide: number
  readonly unitsHigh: number
}

/** Bits from the highest of each byte down; behind the end or a marker come zeros, as in libjpeg. */
class BitReader {
  private word = 0
  private count = 0
  ended = false

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  private fill(): void {
    while (this.count <= 16) {
      let byte = 0
      if (!this.ended) {
        byte = this.bytes[this.at] ?? 0xff
        const next = this.bytes[this.at + 1]
        if (byte === 0xff && next !== 0) {
          this.ended = true
          byte = 0
        } else this.at += byte === 0xff ? 2 : 1
      }
      this.word = (this.word << 8) | byte
      this.count += 8
    }
  }

  symbol(table: HuffmanTable): number {
    this.fill()
    const entry = table[(this.word >>> (this.count - 16)) & 0xffff] as number
    if (entry === 0) throw new Error('a code that its table does not have')
    this.count -= entry >> 8
    return entry & 0xff
  }

  bits(length: number): number {
    if (length === 0) return 0
    this.fill()
    this.count -= length
    return (this.word >>> this.count) & ((1 << length) - 1)
  }

  /** A number of this many bits, as JPEG writes negative ones. */
  signed(length: number): number {
    const bits = this.bits(length)
    return length > 0 && bits < 1 << (length - 1) ? bits - (1 << length) + 1 : bits
  }

  /** Skips to behind the next restart marker; false where there is none. */
  restart(): boolean {
    this.word = 0
    this.count = 0
    this.ended = false
    let at = this.at
    while (this.bytes[at] === 0xff && this.bytes[at + 1] === 0xff) at++
    const marker = this.bytes[at + 1] ?? 0
    if (this.bytes[at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false
    this.at = at + 2
    return true
  }
}

/** Decodes one scan into the coefficients of its components; gives the place behind it. */
export function decodeScan(bytes: Uint8Array, start: number, scan: Scan): number {
  const reader = new BitReader(bytes, start)
  const decodeBlock = blockDecoder(reader, scan)
  const [only] = scan.components
  const single = scan.components.length === 1 && only !== undefined
  // A component alone is coded block by block, without those that only fill up the last units.
  const [wide, high] = single ? [only.blocksWide, only.blocksHigh] : [scan.unitsWide, scan.unitsHigh]
  for (let unit = 0; unit < wide * high; unit++) {
    if (scan.restart > 0 && unit > 0 && unit % scan.restart === 0) {
      if (!reader.restart()) break
      for (const component of scan.components) component.predicted = 0
      decodeBlock.restart()
    }
    const [row, column] = [Math.floor(unit / wide), unit % wide]
    if (single) decodeBlock.at(only, (row * only.stride + column) * 64)
    else
      for (const one of scan.components)
        for (let y = 0; y < one.down; y++)
          for (let x = 0; x < one.across; x++)
            decodeBlock.at(one, ((row * one.down + y) * one.stride + column * one.across + x) * 64)
  }
  return reader.at
}

interface BlockDecoder {
  at(component: Component, block: number): void
  restart(): void
}

function blockDecoder(reader: BitReader, scan: Scan): BlockDecoder {
  const { first, last, high, low } = scan
  /** Blocks that are still to come without a code of their own. */
  let endRun = 0

  const need = (table: HuffmanTable | undefined): HuffmanTable => {
    if (!table) throw new Error('a scan without its Huffman table')
    return table
  }

  function dc(component: Component, block: number): void {
    component.predicted += reader.signed(reader.symbol(need(component.dcTable)))
    component.coefficients[block] = component.predicted << low
  }

  function sequential(component: Component, block: number): void {
    dc(component, block)
    const table = need(component.acTable)
    for (let k = 1; k < 64; k++) {
      const symbol = reader.symbol(table)
      const size = symbol & 15
      if (size === 0 && symbol !== 0xf0) break
      k += symbol >> 4
      if (size > 0 && k < 64) component.coefficients[block + (naturalOrder[k] as number)] = reader.signed(size)
    }
  }

  function acFirst({ acTable, coefficients }: Component, block: number): void {
    if (endRun > 0) {
      endRun--
      return
    }
    const table = need(acTable)
    for (let k = first; k <= last; k++) {
      const symbol = reader.symbol(table)
      const [run, size] = [symbol >> 4, symbol & 15]
      if (size === 0 && run < 15) {
        endRun = (1 << run) - 1 + reader.bits(run)
        return
      }
      k += run
      if (size > 0 && k < 64) coefficients[block + (naturalOrder[k] as number)] = reader.signed(size) * (1 << low)
    }
  }

  /** One bit more for those that are not zero, and new ones of size one between them. */
  function acRefine({ acTable, coefficients }: Component, block: number): void {
    const bit = 1 << low
    const correct = (at: number, value: number) => {
      if (reader.bits(1) === 1 && (value & bit) === 0) coefficients[at] = value + (value > 0 ? bit : -bit)
    }
    let k = first
    if (endRun === 0) {
      const table = need(acTable)
      for (; k <= last; k++) {
        const symbol = reader.symbol(table)
        let zeros = symbol >> 4
        let fresh = 0
        if ((symbol & 15) > 0) fresh = reader.bits(1) === 1 ? bit : -bit
        else if (zeros < 15) {
          endRun = (1 << zeros) + reader.bits(zeros)
          break
        }
        for (; k <= last; k++) {
          const at = block + (naturalOrder[k] as number)
          const value = coefficients[at] as number
          if (value !== 0) correct(at, value)
          else if (zeros-- === 0) {
            coefficients[at] = fresh
            break
          }
        }
      }
    }
    if (endRun === 0) return
    for (; k <= last; k++) {
      const at = block + (naturalOrder[k] as number)
      const value = coefficients[at] as number
      if (value !== 0) correct(at, value)
    }
    endRun--
  }

  function dcRefine({ coefficients }: Component, block: number): void {
    if (reader.bits(1) === 1) coefficients[block] = (coefficients[block] as number) | (1 << low)
  }

  const progressive = first === 0 ? (high === 0 ? dc : dcRefine) : high === 0 ? acFirst : acRefine
  return {
    at: scan.progressive ? progressive : sequential,
    restart() {
      endRun = 0
    },
  }
}
