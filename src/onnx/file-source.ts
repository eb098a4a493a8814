/** A file, read by position: nothing but the asked ranges is touched. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Problem } from '../result/problem.ts'
import type { ByteSource } from './source.ts'

export class FileSource implements ByteSource {
  readonly size: number
  readonly stride = 1 << 14
  private descriptor: number | null = null
  /** Whether the model is read: what is asked for later opens the file for that moment. */
  private closed = false

  /** `path`: or a descriptor that is open already and stays so. Throws a Problem where there is no readable file. */
  constructor(
    readonly name: string,
    private readonly path: string | number = name,
  ) {
    const stat = fstatSync(this.open())
    if (!stat.isFile()) {
      this.close()
      throw new Problem('not-a-file', `${name} is ${stat.isDirectory() ? 'a folder' : 'not a regular file'}`, {
        path: name,
        expected: 'a model file',
        fix: stat.isDirectory() ? 'name the model file inside it' : 'copy it into a file first',
      })
    }
    this.size = stat.size
  }

  private open(): number {
    if (typeof this.path === 'number') return this.path
    if (this.descriptor !== null) return this.descriptor
    try {
      this.descriptor = openSync(this.path, 'r')
    } catch (error) {
      throw openProblem(this.name, error)
    }
    return this.descriptor
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.readNow(offset, length)
  }

  readNow(offset: number, length: number): Uint8Array {
    const open = this.open()
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - offset)))
    let filled = 0
    while (filled < bytes.length) {
      const count = readSync(open, bytes, filled, bytes.length - filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    if (this.closed) this.close()
    return bytes.subarray(0, filled)
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor)
    this.descriptor = null
    this.closed = true
  }
}

const reasons: Record<string, [code: string, text: string, fix: string]> = {
  ENOENT: ['missing-file', 'does not exist', 'check the path'],
  ENOTDIR: ['missing-file', 'does not exist', 'check the path'],
  EISDIR: ['not-a-file', 'is a folder', 'name the model file inside it'],
  EACCES: ['not-readable', 'may not be read', 'check its permissions'],
  EPERM: ['not-readable', 'may not be read', 'check its permissions'],
  ENAMETOOLONG: ['missing-file', 'is too long for a path', 'check the path'],
  ERR_INVALID_ARG_VALUE: ['missing-file', 'is no path', 'check the path'],
}

function openProblem(name: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const [id, text, fix] = reasons[code] ?? [
    'not-readable',
    `cannot be opened (${code || String(error)})`,
    'check the file',
  ]
  return new Problem(id, `${name} ${text}`, { path: name, expected: 'a model file', fix, cause: error })
}
