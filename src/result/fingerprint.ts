/**
 * What tells one problem from another across commits: no node numbers, no values found, no version. Used wherever
 * somebody else keeps a list of what is known: code scanning, code quality.
 */
import { createHash } from 'node:crypto'

/** 32 hexadecimal digits, the same for the same words in the same order. */
export const fingerprint = (...words: readonly string[]): string =>
  createHash('sha256')
    .update(words.map((word) => JSON.stringify(word)).join())
    .digest('hex')
    .slice(0, 32)

/** A path as it is on every system and from every way of writing it: `models/a.onnx`. */
export const portablePath = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '')
