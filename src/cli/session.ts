/** One run of one command: asks, writes the answers where they belong, and turns every error into an exit code. */

import { exitCodes } from '../assess/exit-code.ts'
import type { Shard } from '../report/blob.ts'
import type { ReportOptions } from '../report/options.ts'
import { plain } from '../report/style.ts'
import { safe } from '../report/text.ts'
import { errorInfo, internalError } from '../result/error-info.ts'
import { isProblem } from '../result/problem.ts'
import { type ErrorInfo, type Result, schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { append, type Format, refuseUnwritable, sizeOf, writeWhole } from './formats.ts'
import { columnsOf, styleFor, type Terminal } from './terminal.ts'

/** Flags that every command has. */
export interface OutputFlags {
  readonly format?: readonly Format[]
  readonly quiet?: boolean
  /** False with `--no-color`. */
  readonly color: boolean
  /** False with `--no-progress`. */
  readonly progress: boolean
  readonly debug?: boolean
}

/** An answer, as data and as a report for people. */
export interface Answer {
  readonly data: { readonly exitCode: number } & object
  pretty(options: ReportOptions): string
  /** What is reported about models has every format; other answers have these two. */
  readonly result?: Result
  /** Which part of the whole it is, where the work was shared out. */
  readonly shard?: Shard
  /** Instead of those that the flags ask for. */
  readonly formats?: readonly Format[]
}

export interface Session {
  readonly terminal: Terminal
  /** Interrupted by the user. */
  readonly signal: AbortSignal
  /** Answers, or writes why there is no answer. */
  run(flags: OutputFlags, ask: () => Promise<Answer>): Promise<void>
  exitCode: number
}

export function openSession(terminal: Terminal, signal: AbortSignal): Session {
  const session: Session = {
    terminal,
    signal,
    exitCode: 0,
    async run(flags, ask) {
      try {
        session.exitCode = await answer(terminal, flags, ask)
      } catch (error) {
        session.exitCode = fail(terminal, flags, error)
      }
    },
  }
  return session
}

async function answer(terminal: Terminal, flags: OutputFlags, ask: () => Promise<Answer>): Promise<number> {
  const formats = formatsOf(flags)
  let given: Answer
  try {
    refuseUnwritable(formats)
    given = await ask()
  } catch (error) {
    const code = fail(terminal, flags, error)
    await writeError(terminal, formats, errorInfo(error), code)
    return code
  }
  // One that cannot be written keeps no other from being written.
  const failures: unknown[] = []
  for (const format of given.formats ?? formats) {
    try {
      await write(terminal, format, given, readerOf(terminal, flags, format.file))
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return given.data.exitCode
}

const formatsOf = ({ format }: OutputFlags): readonly Format[] => format ?? [{ name: 'pretty', file: null }]

/** A file is read by whatever opens it: no colours, and the width of a page. */
function readerOf(terminal: Terminal, { color, quiet }: OutputFlags, file: string | null): ReportOptions {
  const isTerminal = file === null && terminal.outIsTerminal
  return {
    columns: file === null ? columnsOf(terminal) : 100,
    style: styleFor(color && file === null, terminal.env, isTerminal),
    quiet: quiet === true,
  }
}

async function write(terminal: Terminal, { name, file }: Format, given: Answer, reader: ReportOptions): Promise<void> {
  const { data, result } = given
  if (name === 'pretty') put(terminal, file, given.pretty(reader))
  else if (name === 'json') {
    const { jsonReport, jsonText } = await import('../report/json.ts')
    put(terminal, file, result ? jsonReport(result) : jsonText(data))
  } else if (result) {
    const { render, stepSummary } = await import('./on-demand/reports.ts')
    put(terminal, file, render(name, result, given.shard))
    const summary = terminal.env.GITHUB_STEP_SUMMARY
    if (name === 'github' && summary) append(summary, stepSummary(result, sizeOf(summary)))
  } else throw new Error(`a command takes --format ${name} and gives no result for it`)
}

function put(terminal: Terminal, file: string | null, text: string): void {
  if (text === '') return
  if (file === null) terminal.out(text)
  else writeWhole(file, text)
}

/** Programs read the object, and find in it why there is no answer; people have read it on standard error. */
async function writeError(
  terminal: Terminal,
  formats: readonly Format[],
  error: ErrorInfo,
  exitCode: number,
): Promise<void> {
  const result: Result = { schemaVersion, tool, exitCode, models: [], gates: [], error }
  const given = { data: result, result, pretty: () => '' }
  const reader = { columns: 100, style: plain, quiet: true }
  for (const format of formats) {
    try {
      await write(terminal, format, given, reader)
    } catch {
      // What was wrong first has been said; that this cannot be written, too, is no news.
    }
  }
}

/** Says on standard error what went wrong; returns the exit code. */
export function fail(terminal: Terminal, flags: Pick<OutputFlags, 'color' | 'debug'>, error: unknown): number {
  const info = errorInfo(error)
  const { red, dim } = styleFor(flags.color, terminal.env, terminal.errIsTerminal)
  const where = isProblem(error) && error.details.path && !info.message.includes(error.details.path)
  const path = where ? `${error.details.path}: ` : ''
  const at = info.offset === null ? '' : ` (at byte ${info.offset})`
  terminal.err(`${red('deploycheck:')} ${safe(path + info.message)}${at}\n`)
  if (info.expected && !info.message.includes(info.expected))
    terminal.err(`  ${dim('expected:')} ${safe(info.expected)}\n`)
  if (info.fix) terminal.err(`  ${dim('what to do:')} ${safe(info.fix)}\n`)
  if (flags.debug && error instanceof Error) terminal.err(`${error.stack}\n${causeOf(error)}`)
  return info.code === internalError ? exitCodes.internal : exitCodes.notAsked
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? `caused by ${cause.stack}\n` : '')
