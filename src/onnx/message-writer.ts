/**
 * Encodes messages of our schema into pieces: bytes, and ranges of the source that are copied unread. It offers what
 * the generated encoders call; a view that stands for a range left in the file becomes that range again, and lengths
 * count what is copied.
 */
import type { Skeleton, Stub } from './skeleton.ts'
import { textToBytes } from './text.ts'

/** Bytes to write, or a range of the source file. */
export type Piece = Uint8Array | { readonly start: number; readonly end: number }

const pieceLength = (piece: Piece): number => (piece instanceof Uint8Array ? piece.length : piece.end - piece.start)

/** Small bytes are gathered here before they become a piece. */
const blockLength = 1 << 13

/** One message under construction. */
interface Level {
  readonly pieces: Piece[]
  length: number
}

export class MessageWriter {
  private readonly outer: Level[] = []
  private level: Level = { pieces: [], length: 0 }
  private block = new Uint8Array(blockLength)
  /** Bytes of the block in finished pieces, and bytes in use. */
  private taken = 0
  private used = 0

  constructor(private readonly skeleton: Skeleton) {}

  finish(): readonly Piece[] {
    this.flush()
    return this.level.pieces
  }

  uint32(value: number): this {
    return this.varint(value)
  }

  /** Negative values take ten bytes, as protobuf has it. */
  int32(value: number): this {
    return value < 0 ? this.int64(value) : this.varint(value)
  }

  int64(value: number | bigint): this {
    if (typeof value === 'number' && value >= 0) return this.varint(value)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    return this.byte(Number(rest))
  }

  float(value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.append(bytes)
  }

  string(text: string): this {
    return this.delimited(textToBytes(text))
  }

  bytes(value: Uint8Array): this {
    const stub = this.skeleton.stubOf(value)
    if (!stub) return this.delimited(value)
    this.varint(stub.end - stub.body)
    return this.range({ start: stub.body, end: stub.end })
  }

  /** An undeclared field, as it was read. */
  raw(value: Uint8Array): this {
    const stub: Stub | undefined = this.skeleton.stubOf(value)
    return stub ? this.range({ start: stub.start, end: stub.end }) : this.append(value)
  }

  fork(): this {
    this.flush()
    this.outer.push(this.level)
    this.level = { pieces: [], length: 0 }
    return this
  }

  ldelim(): this {
    this.flush()
    const { pieces, length } = this.level
    this.level = this.outer.pop() ?? { pieces: [], length: 0 }
    this.varint(length)
    this.flush()
    for (const piece of pieces) this.level.pieces.push(piece)
    this.level.length += length
    return this
  }

  private varint(value: number): this {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 0x80)
    return this.byte(rest)
  }

  private delimited(bytes: Uint8Array): this {
    return this.varint(bytes.length).append(bytes)
  }

  private byte(value: number): this {
    if (this.used === blockLength) this.newBlock()
    this.block[this.used++] = value
    return this
  }

  private append(bytes: Uint8Array): this {
    if (bytes.length > blockLength - this.used) {
      this.flush()
      if (bytes.length > blockLength / 4) return this.push(bytes)
      this.newBlock()
    }
    this.block.set(bytes, this.used)
    this.used += bytes.length
    return this
  }

  private range(range: Piece): this {
    this.flush()
    return this.push(range)
  }

  private push(piece: Piece): this {
    this.level.pieces.push(piece)
    this.level.length += pieceLength(piece)
    return this
  }

  private flush(): void {
    if (this.used > this.taken) this.push(this.block.subarray(this.taken, this.used))
    this.taken = this.used
  }

  private newBlock(): void {
    this.flush()
    this.block = new Uint8Array(blockLength)
    this.taken = 0
    this.used = 0
  }
}
