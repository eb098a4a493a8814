/** Where a command reads its surroundings and writes its answers; tests put their own in its place. */
import { coloured, plain, type Style, wantsColour } from '../report/style.ts'

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Results. */
  out(text: string): void
  /** Progress and diagnostics. */
  err(text: string): void
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** Width of the terminal behind `out`; undefined in a pipe. */
  readonly columns: number | undefined
}

export const processTerminal: Terminal = {
  env: process.env,
  out: (text) => {
    process.stdout.write(text)
  },
  err: (text) => {
    process.stderr.write(text)
  },
  get outIsTerminal() {
    return process.stdout.isTTY === true
  },
  get errIsTerminal() {
    return process.stderr.isTTY === true
  },
  get columns() {
    return process.stdout.columns
  },
}

/** The terminal's own width, `COLUMNS`, or 80; never so narrow that nothing fits. */
export function columnsOf({ columns, env }: Terminal): number {
  const wanted = columns || Number.parseInt(env.COLUMNS ?? '', 10) || 80
  return Math.min(Math.max(wanted, 40), 500)
}

export const styleFor = (flag: boolean, env: Terminal['env'], isTerminal: boolean): Style =>
  wantsColour(flag, env, isTerminal) ? coloured : plain
