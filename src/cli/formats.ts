/** `--format name[=file]`: which answers go where. A file appears whole or not at all. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'

export const formatNames = ['pretty', 'json'] as const
export type FormatName = (typeof formatNames)[number]

export interface Format {
  readonly name: FormatName
  /** Null: standard output. */
  readonly file: string | null
}

/** Adds one `--format`. */
export function format(text: string, before: readonly Format[] = []): readonly Format[] {
  const at = text.indexOf('=')
  const word = at < 0 ? text : text.slice(0, at)
  const file = at < 0 ? null : text.slice(at + 1)
  const name = formatNames.find((known) => known === word)
  if (!name) {
    const near = nearest(word, formatNames)
    throw new Problem('unknown-format', `--format ${text}: there is no format '${word}'`, {
      expected: `one of ${formatNames.join(', ')}`,
      fix: near ? `did you mean --format ${near}?` : 'deploycheck --help lists the formats',
    })
  }
  if (file === '') {
    const fix = `--format ${name}=result.${name === 'json' ? 'json' : 'txt'}, or --format ${name} for standard output`
    throw new Problem('bad-flag', `--format ${text}: a file name is expected after =`, { fix })
  }
  const formats = [...before, { name, file }]
  const [first, second] = formats.filter((one) => one.file === null)
  if (first && second) {
    const message = `--format ${first.name} and --format ${second.name} both go to standard output`
    throw new Problem('bad-flag', message, { fix: `give one of them a file: --format ${second.name}=FILE` })
  }
  return formats
}

/** Writes beside the file and renames: a reader never sees half of it, and an old one stays when writing fails. */
export function writeWhole(file: string, text: string): void {
  try {
    // A pipe or a device takes what is written; it must not be replaced by a file.
    const isOther = statSync(file, { throwIfNoEntry: false })?.isFile() === false
    if (isOther) writeFileSync(file, text)
    else replace(file, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Problem('not-written', `the result could not be written to ${file}: ${reason}`, {
      path: file,
      fix: 'check that the folder exists and may be written to',
      cause,
    })
  }
}

function replace(file: string, text: string): void {
  const temporary = join(dirname(file), `.deploycheck-${process.pid}-${process.hrtime.bigint()}.tmp`)
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw cause
  }
}
