/** Identities of a model file: of its graph and layout, and of all its bytes. */
import type { Hash } from 'node:crypto'
import type { OnnxFile } from './read.ts'
import type { ByteSource } from './source.ts'

/** A SHA-256 to be fed. The module is large, and a check without hashes starts without it. */
export const newHash = (): Hash => process.getBuiltinModule('node:crypto').createHash('sha256')

/** SHA-256 over the skeleton and, for each range that was left out, its source, offset and length. */
export function skeletonDigest({ skeleton }: OnnxFile): string {
  const hash = newHash().update(skeleton.bytes)
  let ranges = ''
  for (const { start, end } of skeleton.leftOut) ranges += `\nfile ${start} ${end - start}`
  return hash.update(ranges).digest('hex')
}

const chunk = 1 << 20

/** SHA-256 of the whole file, read once from the beginning. */
export async function fileHash(source: ByteSource): Promise<string> {
  const hash = newHash()
  for (let at = 0; source.size === null || at < source.size; ) {
    const bytes = await source.read(at, chunk)
    if (bytes.length === 0) break
    hash.update(bytes)
    at += bytes.length
  }
  return hash.digest('hex')
}
