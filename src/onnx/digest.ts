/** Identities of a model file: of its graph and layout, and of all its bytes. */
import { createHash } from 'node:crypto'
import type { OnnxFile } from './read.ts'
import type { ByteSource } from './source.ts'

/** SHA-256 over the skeleton and, for each range that was left out, its source, offset and length. */
export function skeletonDigest({ skeleton }: OnnxFile): string {
  const hash = createHash('sha256').update(skeleton.bytes)
  let ranges = ''
  for (const { start, end } of skeleton.leftOut) ranges += `\nfile ${start} ${end - start}`
  return hash.update(ranges).digest('hex')
}

const chunk = 1 << 20

/** SHA-256 of the whole file, read once from the beginning. */
export async function fileHash(source: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; source.size === null || at < source.size; ) {
    const bytes = await source.read(at, chunk)
    if (bytes.length === 0) break
    hash.update(bytes)
    at += bytes.length
  }
  return hash.digest('hex')
}
