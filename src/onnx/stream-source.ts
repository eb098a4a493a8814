/**
 * Bytes that come once and in order (a pipe). Only what is asked for is kept in memory while it passes, so a large
 * model on standard input costs no more than as a file; what has passed cannot be read again.
 */
import type { Hash } from 'node:crypto'
import { Problem } from '../result/problem.ts'
import type { ByteSource } from './source.ts'

export class StreamSource implements ByteSource {
  size: number | null = null
  readonly stride = 1 << 16
  private readonly chunks: AsyncIterator<Uint8Array>
  /** Bytes that have come and may be asked for again: they start at `start`. */
  private held: Uint8Array = new Uint8Array(0)
  private start = 0

  constructor(
    readonly name: string,
    stream: AsyncIterable<Uint8Array>,
    private readonly hash: Hash | null = null,
  ) {
    this.chunks = stream[Symbol.asyncIterator]()
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.start)
      throw new Problem('input-passed', `${this.name} cannot be read a second time`, {
        path: this.name,
        offset,
        fix: 'give the model as a file',
      })
    const parts: Uint8Array[] = []
    this.forget(offset)
    if (this.start === offset) parts.push(this.held)
    let end = this.start + this.held.length
    while (end < offset + length) {
      const next = await this.chunks.next()
      if (next.done) {
        this.size = end
        break
      }
      this.hash?.update(next.value)
      const skip = Math.max(0, offset - end)
      if (skip < next.value.length) parts.push(next.value.subarray(skip))
      end += next.value.length
    }
    this.held = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    this.start = end - this.held.length
    return this.start === offset ? this.held.subarray(0, length) : new Uint8Array(0)
  }

  private forget(offset: number): void {
    const gone = Math.min(this.held.length, offset - this.start)
    this.held = this.held.subarray(gone)
    this.start += gone
  }

  readNow(): null {
    return null
  }

  /** Reads what is left, for its size and hash. */
  async drain(): Promise<void> {
    while (this.size === null) await this.read(this.start + this.held.length, 1 << 20)
  }

  close(): void {
    void this.chunks.return?.()
  }
}
