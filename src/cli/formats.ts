/** `--format name[=file]`: which answers go where. A file appears whole or not at all. */
import { appendFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'

/** What a report on models can be written as, with the ending that such a file has. */
const endings = {
  pretty: 'txt',
  json: 'json',
  markdown: 'md',
  html: 'html',
  sarif: 'sarif',
  junit: 'xml',
  github: 'txt',
  gitlab: 'json',
  blob: 'blob.json',
} as const

export type FormatName = keyof typeof endings
export const reportFormats = Object.keys(endings) as FormatName[]
/** What every other answer can be written as. */
export const answerFormats: readonly FormatName[] = ['pretty', 'json']

export interface Format {
  readonly name: FormatName
  /** Null: standard output. */
  readonly file: string | null
}

/** The parser of `--format` for a command that has these: adds one. */
export const formatOf =
  (names: readonly FormatName[]) =>
  (text: string, before: readonly Format[] = []): readonly Format[] => {
    const formats = [...before, one(text, names)]
    refuseTwice(formats)
    return formats
  }

function one(text: string, names: readonly FormatName[]): Format {
  const at = text.indexOf('=')
  const word = at < 0 ? text : text.slice(0, at)
  const file = at < 0 ? null : text.slice(at + 1)
  const name = names.find((known) => known === word)
  if (!name) {
    const near = nearest(word, names)
    const elsewhere = Object.hasOwn(endings, word) ? ' here' : ''
    throw new Problem('unknown-format', `--format ${text}: there is no format '${word}'${elsewhere}`, {
      expected: `one of ${names.join(', ')}`,
      fix: near ? `did you mean --format ${near}?` : 'deploycheck --help lists the formats',
    })
  }
  if (file === '') {
    const fix = `--format ${name}=result.${endings[name]}, or --format ${name} for standard output`
    throw new Problem('bad-flag', `--format ${text}: a file name is expected after =`, { fix })
  }
  return { name, file }
}

function refuseTwice(formats: readonly Format[]): void {
  const last = formats.at(-1)
  const twin = formats.slice(0, -1).find((one) => one.file === last?.file)
  if (!last || !twin) return
  const where = last.file === null ? 'standard output' : last.file
  const message = `--format ${twin.name} and --format ${last.name} both go to ${where}`
  const what = last.file === null ? 'give one of them a file' : 'give them different files'
  throw new Problem('bad-flag', message, { fix: `${what}: --format ${last.name}=FILE` })
}

/** A picture of the graph is drawn in these only, and takes room in the result. */
export const wantsGraphs = ({ format = [] }: { readonly format?: readonly Format[] }): boolean =>
  format.some(({ name }) => name === 'html' || name === 'blob')

/** Says before the work begins that a file cannot be written after it. */
export function refuseUnwritable(formats: readonly Pick<Format, 'file'>[]): void {
  for (const { file } of formats) {
    if (file === null) continue
    const folder = dirname(file)
    const found = statSync(folder, { throwIfNoEntry: false })
    if (!found) throw notWritten(file, `there is no folder ${folder}`)
    if (!found.isDirectory()) throw notWritten(file, `${folder} is not a folder`)
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw notWritten(file, 'it is a folder')
  }
}

const notWritten = (file: string, reason: string, cause?: unknown): Problem =>
  new Problem('not-written', `the result could not be written to ${file}: ${reason}`, {
    path: file,
    fix: 'check that the folder exists and may be written to',
    ...(cause === undefined ? {} : { cause }),
  })

/** Writes beside the file and renames: a reader never sees half of it, and an old one stays when writing fails. */
export function writeWhole(file: string, text: string): void {
  try {
    // A pipe or a device takes what is written; it must not be replaced by a file.
    const isOther = statSync(file, { throwIfNoEntry: false })?.isFile() === false
    if (isOther) writeFileSync(file, text)
    else replace(file, text)
  } catch (cause) {
    throw notWritten(file, cause instanceof Error ? cause.message : String(cause), cause)
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

/** Adds to a file that others write to as well, such as the summary of a step. */
export function append(file: string, text: string): void {
  try {
    appendFileSync(file, text)
  } catch (cause) {
    throw notWritten(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
