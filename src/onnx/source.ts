/** Where bytes come from: a file, memory, standard input, a URL. Offsets are plain numbers, exact up to 2^53. */

export interface ByteSource {
  /** As the user gave it, for messages. */
  readonly name: string
  /** Null until the end was seen (standard input). */
  readonly size: number | null
  /** A read of at least this many bytes costs little more than a shorter one. */
  readonly stride: number
  /** Bytes from `offset` on; fewer than `length` only at the end. Throws a Problem where they cannot be had. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same at once; null where the bytes are not at hand (a URL, input that has passed). */
  readNow(offset: number, length: number): Uint8Array | null
  /** Gives back what is held open. A later read opens it again where that is possible. */
  close(): void
}

/** Bytes in memory. */
export class MemorySource implements ByteSource {
  readonly size: number
  readonly stride: number
  constructor(
    readonly name: string,
    private readonly bytes: Uint8Array,
  ) {
    this.size = bytes.length
    this.stride = bytes.length
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.readNow(offset, length)
  }
  readNow(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length)
  }
  close(): void {}
}
