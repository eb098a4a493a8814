/** A model behind http(s), read with range requests: only the bytes that are needed travel. */
import { Problem } from '../result/problem.ts'
import type { ByteSource } from './source.ts'

const patience = 30_000

export class UrlSource implements ByteSource {
  size: number | null = null
  readonly stride = 1 << 18
  private version: string | null = null

  constructor(readonly name: string) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    const last = this.size === null ? offset + length : Math.min(offset + length, this.size)
    if (last <= offset) return new Uint8Array(0)
    const response = await this.request(offset, last - 1)
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '')
    if (response.status === 416 && offset === 0) {
      await response.body?.cancel()
      this.size = 0
      return new Uint8Array(0)
    }
    if (response.status !== 206 || !range || Number(range[1]) !== offset) {
      await response.body?.cancel()
      throw this.refusal(response.status)
    }
    const version = `${range[3]} ${response.headers.get('etag') ?? response.headers.get('last-modified') ?? ''}`
    if (this.version !== null && this.version !== version) {
      await response.body?.cancel()
      throw new Problem('changed-while-reading', `${this.name} changed while it was read`, { fix: 'try again' })
    }
    this.version = version
    this.size = Number(range[3])
    return this.body(response, Math.min(last, this.size) - offset)
  }

  private async request(first: number, last: number): Promise<Response> {
    try {
      const headers = { range: `bytes=${first}-${last}`, 'accept-encoding': 'identity' }
      return await fetch(this.name, { headers, signal: AbortSignal.timeout(patience) })
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new Problem('unreachable', `${this.name} cannot be fetched: ${cause}`, {
        path: this.name,
        fix: 'check the address and the network',
        cause: error,
      })
    }
  }

  /** Never more than what was asked, whatever the server sends. */
  private async body(response: Response, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let count = 0
    try {
      for await (const part of response.body ?? []) {
        parts.push(part)
        count += part.length
        if (count >= length) break
      }
    } catch (error) {
      throw new Problem('unreachable', `${this.name} broke off after ${count} bytes of a range`, { cause: error })
    }
    if (count < length) throw new Problem('unreachable', `${this.name} sent ${count} bytes of ${length} asked for`)
    return Buffer.concat(parts).subarray(0, length)
  }

  private refusal(status: number): Problem {
    const details = { path: this.name }
    if (status === 404 || status === 410)
      return new Problem('missing-file', `${this.name} does not exist (HTTP ${status})`, {
        ...details,
        fix: 'check the address',
      })
    if (status === 200 || status === 206 || status === 416)
      return new Problem('no-ranges', `the server of ${this.name} does not answer range requests`, {
        ...details,
        expected: 'HTTP 206 with the bytes asked for',
        fix: 'download the file and check it locally',
      })
    return new Problem('unreachable', `${this.name} answered with HTTP ${status}`, {
      ...details,
      fix: 'check the address and whether it needs a login',
    })
  }

  readNow(): null {
    return null
  }

  close(): void {}
}
