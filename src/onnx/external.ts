/** External data: what a tensor says about its file, and whether that file may be read. No byte of it is read here. */
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { FileSource } from './file-source.ts'

/** `location`, `offset`, `length` as a tensor writes them. */
export interface ExternalEntry {
  readonly location: string
  readonly offset: number
  /** Null: to the end of the file. */
  readonly length: number | null
}

/** Reads the entries of a tensor; a text says what is wrong with them. */
export function parseEntries(
  entries: readonly { key?: string | null; value?: string | null }[],
): ExternalEntry | string {
  const found = new Map<string, string>()
  for (const { key, value } of entries) {
    if (found.has(key ?? '')) return `the entry ${key} is there twice`
    found.set(key ?? '', value ?? '')
  }
  const location = found.get('location')
  if (location === undefined) return 'there is no location'
  if (location === '') return 'the location is empty'
  const numbers: (number | null)[] = []
  for (const name of ['offset', 'length']) {
    const text = found.get(name)
    if (text === undefined) numbers.push(null)
    else {
      const number = Number(text)
      if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number))
        return `${name} is "${text.slice(0, 40)}", not a whole number of bytes`
      numbers.push(number)
    }
  }
  return { location, offset: numbers[0] ?? 0, length: numbers[1] ?? null }
}

/** Why a location may not be followed; null where it stays inside the model's folder, links apart. */
function refusalOf(location: string): string | null {
  if (location.includes('\0')) return 'it holds a NUL byte'
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location))
    return /^[A-Za-z]:/.test(location) ? 'it names a drive' : 'it is a URL'
  if (isAbsolute(location) || location.startsWith('/')) return 'it is an absolute path'
  if (location.includes('\\')) return 'it holds a backslash'
  if (location.split('/').includes('..')) return 'it leads out of the folder'
  return null
}

export type ExternalFile =
  | { readonly state: 'found'; readonly path: string; readonly size: number }
  | { readonly state: 'missing' | 'refused'; readonly why: string }
  /** The model has no folder (standard input, memory, a URL). */
  | { readonly state: 'unknown'; readonly why: string }

/** The files beside one model, each looked at once. */
export class ExternalFiles {
  private readonly known = new Map<string, ExternalFile>()

  /** `folder`: of the model; null where it has none. */
  constructor(private readonly folder: string | null) {}

  at(location: string): ExternalFile {
    const before = this.known.get(location)
    if (before) return before
    const file = this.look(location)
    this.known.set(location, file)
    return file
  }

  /** Every location that was asked for and may be followed, found or not: what is known of the model hangs on them. */
  locations(): string[] {
    return [...this.known].flatMap(([location, { state }]) =>
      state === 'found' || state === 'missing' ? [location] : [],
    )
  }

  private look(location: string): ExternalFile {
    const why = refusalOf(location)
    if (why) return { state: 'refused', why }
    if (this.folder === null) return { state: 'unknown', why: 'the model was not read from a folder' }
    try {
      const folder = realpathSync(this.folder)
      const path = realpathSync(join(folder, location))
      const inside = relative(folder, path)
      if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
        return inside === ''
          ? { state: 'missing', why: 'it is a folder' }
          : { state: 'refused', why: 'it is a link that leads out of the folder' }
      const stat = statSync(path)
      if (!stat.isFile())
        return { state: 'missing', why: stat.isDirectory() ? 'it is a folder' : 'it is not a regular file' }
      return { state: 'found', path, size: stat.size }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      return {
        state: 'missing',
        why: code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : `it cannot be read (${code})`,
      }
    }
  }
}

/** Bytes of an external file, now. */
export function readExternal(path: string, offset: number, length: number): Uint8Array {
  const source = new FileSource(path)
  try {
    return source.readNow(offset, length)
  } finally {
    source.close()
  }
}
