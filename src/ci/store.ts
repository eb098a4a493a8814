/**
 * Answers kept from one run to the next. An answer belongs to the content of a model and to what was asked of it. The
 * content is known by the hash of the whole file, or, without reading it, by path, size and times. Several processes
 * may share the folder: files are written beside and renamed, and what cannot be read counts as not there.
 */
import { createHash, type Hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { ModelNames } from '../assess/given-names.ts'
import type { ModelResult } from '../result/result.ts'
import type { Packed } from './packed.ts'

/** Rises when the form of the files changes. */
const form = 1

/** Files up to this size are hashed when their times have changed; checking a larger one is faster than reading it. */
const largestHashed = 32 << 20

/** Answers that nobody asked for in this time are deleted. */
const keptDays = 30

export interface KeptAnswer extends Packed {
  readonly names: ModelNames
}

/** What is known of a file at a path. */
interface Place {
  readonly stamp: string
  /** Of the files with external data, by location. */
  readonly external: Readonly<Record<string, string>>
  /** Key of the content. */
  readonly content: string
}

export class Store {
  private written = false

  constructor(private readonly folder: string) {}

  /** The answer to `question` about the model at `path`; null where it has to be worked out. */
  get(path: string, question: string): KeptAnswer | null {
    const stamp = stampOf(path)
    if (stamp === null) return null
    const place = this.readPlace(path)
    if (place?.stamp === stamp && sameFiles(path, place.external))
      return this.read(this.answerFile(place.content, question))
    // Weights in other files are not in the hash of this one.
    if (place && Object.keys(place.external).length > 0) return null
    const content = hashOf(path)
    const answer = content === null ? null : this.read(this.answerFile(content, question))
    if (content !== null && answer) this.keepPlace(path, { stamp, external: {}, content })
    return answer
  }

  /** @param stamp of the file from before it was read, so that a change meanwhile is noticed */
  set(path: string, stamp: string, externalFiles: readonly string[], question: string, answer: KeptAnswer): void {
    const place = placeOf(path, stamp, externalFiles)
    if (!place) return
    this.keepPlace(path, place)
    const head = gzipSync(JSON.stringify({ model: answer.model, names: answer.names }), { level: 1 })
    const length = Buffer.alloc(4)
    length.writeUInt32LE(head.length)
    const body = Buffer.concat([length, head, answer.nodes])
    this.write(this.answerFile(place.content, question), Buffer.concat([digest(body), body]))
  }

  /** Deletes what was not used for long, where something was added. */
  close(): void {
    if (!this.written) return
    const before = Date.now() - keptDays * 86_400_000
    for (const name of readdirSync(this.folder))
      quietly(() => {
        const file = join(this.folder, name)
        if (statSync(file).mtimeMs < before) rmSync(file)
      })
  }

  private keepPlace(path: string, place: Place): void {
    this.write(this.placeFile(path), Buffer.from(JSON.stringify(place)))
  }

  private readPlace(path: string): Place | null {
    return quietly(() => JSON.parse(readFileSync(this.placeFile(path), 'utf8')) as Place)
  }

  private placeFile(path: string): string {
    return join(this.folder, `place-${textHash(resolve(path))}.json`)
  }

  private answerFile(content: string, question: string): string {
    return join(this.folder, `answer-${textHash(`${form}\n${content}\n${question}`)}`)
  }

  private read(file: string): KeptAnswer | null {
    return quietly(() => {
      const bytes = readFileSync(file)
      const body = bytes.subarray(32)
      if (!digest(body).equals(bytes.subarray(0, 32))) return null
      const end = 4 + body.readUInt32LE()
      const head = JSON.parse(gunzipSync(body.subarray(4, end)).toString('utf8')) as {
        model: ModelResult
        names: ModelNames
      }
      const now = new Date()
      quietly(() => utimesSync(file, now, now))
      return { ...head, nodes: body.subarray(end) }
    })
  }

  private write(file: string, bytes: Buffer): void {
    quietly(() => {
      mkdirSync(dirname(file), { recursive: true })
      const temporary = `${file}.${process.pid}.tmp`
      writeFileSync(temporary, bytes)
      renameSync(temporary, file)
      this.written = true
    })
  }
}

/** A cache that cannot be used costs time, and nothing else. */
function quietly<Value>(act: () => Value): Value | null {
  try {
    return act()
  } catch {
    return null
  }
}

/** Size and times of a file; null where there is none. */
export const stampOf = (path: string): string | null =>
  quietly(() => {
    const { size, mtimeMs, ctimeMs } = statSync(path)
    return `${size} ${mtimeMs} ${ctimeMs}`
  })

function placeOf(path: string, stamp: string, externalFiles: readonly string[]): Place | null {
  const external = Object.fromEntries(externalFiles.map((location) => [location, externalStamp(path, location)]))
  const content = externalFiles.length > 0 ? null : hashOf(path)
  if (stampOf(path) !== stamp) return null
  const stamps = JSON.stringify([resolve(path), stamp, external])
  return { stamp, external, content: content ?? textHash(stamps) }
}

const externalStamp = (path: string, location: string): string => stampOf(join(dirname(path), location)) ?? 'missing'

const sameFiles = (path: string, external: Place['external']): boolean =>
  Object.entries(external).every(([location, stamp]) => externalStamp(path, location) === stamp)

const sha256 = (): Hash => createHash('sha256')
const digest = (bytes: Buffer): Buffer => sha256().update(bytes).digest()

export const textHash = (text: string): string => sha256().update(text).digest('hex')

/** Of the whole file; null where reading it would take longer than checking it. */
const hashOf = (path: string): string | null =>
  quietly(() => (statSync(path).size > largestHashed ? null : digest(readFileSync(path)).toString('hex')))
