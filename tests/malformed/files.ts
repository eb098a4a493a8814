/** The malformed files in a folder of their own, with what they need around them. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataPath, hasData } from '../data.ts'

export interface MalformedCase {
  readonly file: string
  readonly class: 'unreadable' | 'invalid' | 'hazard' | 'odd-ok'
  readonly also?: readonly string[]
  readonly expect: string
  readonly group: string
  readonly what: string
  readonly setup?: readonly { readonly symlink: string; readonly target: string }[]
}

export const malformedCases: readonly MalformedCase[] = hasData
  ? JSON.parse(readFileSync(dataPath('malformed', 'manifest.json'), 'utf8')).cases
  : []

/** Copies the files to a scratch folder and gives it: the files lie in `files/`, beside what they must not reach. */
export function layOut(): string {
  const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-malformed-'))
  const files = join(scratch, 'files')
  mkdirSync(files)
  cpSync(dataPath('malformed'), files, { recursive: true })
  writeFileSync(join(scratch, 'outside.bin'), Buffer.alloc(24))
  for (const { setup = [] } of malformedCases)
    for (const { symlink, target } of setup) symlinkSync(target, join(files, symlink))
  return scratch
}
