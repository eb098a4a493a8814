/**
 * The bytes of a model without its large payloads, as the scanner copies them, and the stubs: empty fields that stand
 * for what was left in the file. A stub is found again by the place of its end in the skeleton, which every view into
 * the skeleton knows (`byteOffset`): nothing in a file can pretend to be one.
 */
import { Problem } from '../result/problem.ts'

/** One or more fields in a row, of one tag, that were left in the file. */
export interface Stub {
  /** Field number and wire type, as protobuf packs them. */
  readonly tag: number
  /** Offset of the first tag in the file. */
  readonly start: number
  /** Offset of the first field's content: the payload, if there is one field and it has a length. */
  readonly body: number
  readonly end: number
  /** How many fields. */
  readonly count: number
}

type Field = Omit<Stub, 'count'>

const maxLength = 512 * 1024 * 1024
/** Memory that is not written to costs nothing. */
const firstLength = 32 * 1024 * 1024

export class Skeleton {
  length = 0
  private buffer: Buffer
  private readonly stubs = new Map<number, Stub>()

  private window: Uint8Array
  private base = 0
  /** Offset in the file up to which everything is copied or left out. */
  private copied = 0

  /** `size`: of the file, for a start; Infinity where it is not known. */
  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(Math.min(size + 16, firstLength))
    this.window = this.buffer
  }

  /** Fields in a row that the schema does not declare: left out as soon as they are too many bytes. */
  private pending: Stub | null = null
  private leavesOut = false

  /** The finished bytes. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  /** All stubs, in file order. */
  get leftOut(): Iterable<Stub> {
    return this.stubs.values()
  }

  /** The stub that a view into the skeleton stands for, if it does. */
  stubOf(view: Uint8Array): Stub | undefined {
    return view.buffer === this.buffer.buffer ? this.stubs.get(view.byteOffset + view.byteLength) : undefined
  }

  open(window: Uint8Array, base: number): void {
    this.window = window
    this.base = base
  }

  /** Where the byte at this offset of the file stands, or will stand. */
  positionOf(offset: number): number {
    return this.length + offset - this.copied
  }

  /** What to read next when the walk has come to `offset`. */
  resumeAt(offset: number): number {
    return this.leavesOut ? offset : Math.min(offset, this.copied)
  }

  copyTo(offset: number): void {
    if (this.leavesOut || offset <= this.copied) return
    const count = offset - this.copied
    this.grow(count)
    this.buffer.set(this.window.subarray(this.copied - this.base, offset - this.base), this.length)
    this.length += count
    this.copied = offset
  }

  /** Puts `width` bytes for a length in the place of the bytes from `from` to `to`. */
  reserve(from: number, to: number, width: number): void {
    this.copyTo(from)
    this.grow(width)
    this.length += width
    this.copied = to
  }

  /** Adds an undeclared field to the run, and leaves the run out when it exceeds its limit. */
  run(field: Field, limitOfOne: number, limitOfMany: number): void {
    const open = this.pending
    const goesOn = open !== null && open.tag === field.tag && open.end === field.start
    if (!goesOn) this.closeRun()
    const run = goesOn ? { ...open, end: field.end, count: open.count + 1 } : { ...field, count: 1 }
    this.pending = run
    if (this.leavesOut || run.end - run.start <= (run.count === 1 ? limitOfOne : limitOfMany)) return
    this.copyTo(run.start)
    this.length = this.positionOf(run.start)
    this.leavesOut = true
  }

  closeRun(): void {
    const run = this.pending
    this.pending = null
    if (!this.leavesOut || !run) return
    this.leavesOut = false
    let tag = ((run.tag & ~7) | 2) >>> 0
    this.grow(8)
    for (; tag >= 0x80; tag >>>= 7) this.buffer[this.length++] = (tag & 0x7f) | 0x80
    this.buffer[this.length++] = tag
    this.buffer[this.length++] = 0
    this.stubs.set(this.buffer.byteOffset + this.length, run)
    this.copied = run.end
  }

  /** Writes a corrected length in as many bytes as it had: a varint may have idle bytes. */
  patchLength(at: number, width: number, length: number): void {
    let rest = length
    for (let i = 0; i < width; i++) {
      this.buffer[at + i] = (rest & 0x7f) | (i < width - 1 ? 0x80 : 0)
      rest >>>= 7
    }
  }

  private grow(count: number): void {
    const needed = this.length + count
    if (needed > maxLength)
      throw new Problem('too-large', `more than ${maxLength >> 20} MiB of graph, without the weights`, {
        offset: this.copied,
        expected: 'a model graph',
        fix: 'if this is a real model, report it',
      })
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
