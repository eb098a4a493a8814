/** Reads a model: a file, standard input (`-`), a URL or bytes. The weights stay where they are. */
import { fstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileHash, newHash, skeletonDigest } from '../onnx/digest.ts'
import { ExternalFiles } from '../onnx/external.ts'
import { FileSource } from '../onnx/file-source.ts'
import { readOnnx } from '../onnx/read.ts'
import { type ByteSource, MemorySource } from '../onnx/source.ts'
import { StreamSource } from '../onnx/stream-source.ts'
import { Problem } from '../result/problem.ts'
import { buildModel } from './build.ts'
import type { Model } from './model.ts'

export interface ReadOptions {
  /** A missing external-data file is a note, not an error. */
  readonly withoutWeights?: boolean
  /** Also compute the SHA-256 of the whole file, which reads every byte. */
  readonly hash?: boolean
}

/**
 * The model behind `input`: a path, `-` for standard input, an http(s) or file URL, or the bytes themselves.
 *
 * What is wrong with a readable model is in `findings`. Throws a Problem, with path and offset, where the bytes
 * cannot be had or are no model.
 */
export async function readModel(input: string | Uint8Array | URL, options: ReadOptions = {}): Promise<Model> {
  const path = typeof input === 'string' ? input : input instanceof URL ? input.href : '<bytes>'
  try {
    const { source, folder, hash } = await open(input, path, options.hash ?? false)
    try {
      const file = await readOnnx(source)
      const sha256 = hash ? await hash() : null
      const digest = skeletonDigest(file)
      const { withoutWeights = false } = options
      const external = new ExternalFiles(folder)
      const model = buildModel(file, external, { path, digest, withoutWeights })
      return { ...model, bytes: source.size ?? file.size, sha256, externalFiles: external.locations() }
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof Problem && error.details.path === undefined)
      throw new Problem(error.code, error.message, { ...error.details, path })
    throw error
  }
}

interface Opened {
  readonly source: ByteSource
  /** Where external data may lie; null where there is no folder. */
  readonly folder: string | null
  readonly hash: (() => Promise<string>) | null
}

async function open(input: string | Uint8Array | URL, path: string, wantsHash: boolean): Promise<Opened> {
  const opened = (source: ByteSource, folder: string | null): Opened => ({
    source,
    folder,
    hash: wantsHash ? () => fileHash(source) : null,
  })
  if (input instanceof Uint8Array) return opened(new MemorySource(path, input), null)
  if (path === '-') return standardInput(wantsHash)
  if (/^https?:\/\//i.test(path)) {
    const { UrlSource } = await import('../onnx/url-source.ts')
    return opened(new UrlSource(path), null)
  }
  const file = /^file:\/\//i.test(path) ? fileURLToPath(path) : path
  return opened(new FileSource(path, file), dirname(file))
}

/** A pipe passes once, so its hash is taken while it does. */
function standardInput(wantsHash: boolean): Opened {
  if (fstatSync(0).isFile()) {
    const source = new FileSource('-', 0)
    return { source, folder: null, hash: wantsHash ? () => fileHash(source) : null }
  }
  const hash = wantsHash ? newHash() : null
  const source = new StreamSource('-', process.stdin, hash)
  const finish = async () => {
    await source.drain()
    return hash?.digest('hex') ?? ''
  }
  return { source, folder: null, hash: hash && finish }
}
