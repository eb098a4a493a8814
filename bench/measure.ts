/**
 * Wall time of whole processes, compared in one run: the commands take turns, so that a slow minute of the machine
 * hits all of them, and what is reported are medians and the median of the ratios within each round.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

export interface Command {
  readonly title: string
  readonly program: string
  readonly args: readonly string[]
}

export interface Timing {
  readonly title: string
  /** Milliseconds, one per round. */
  readonly times: readonly number[]
  /** The largest resident memory of any round in MB; null where it was not asked for. */
  readonly peakMegabytes: number | null
}

const cli = resolve(import.meta.dirname, '../dist/cli.cjs')
const peakProbe = resolve(import.meta.dirname, 'peak.mjs')

/** `node -e 0`: what no Node program can beat. */
export const bareNode: Command = { title: 'node -e 0', program: process.execPath, args: ['-e', '0'] }

/** The built command with these arguments. With `peak` it reports its largest memory, too. */
export const deploycheck = (title: string, args: readonly string[], { peak = false } = {}): Command => ({
  title,
  program: process.execPath,
  args: [...(peak ? ['--import', `file://${peakProbe}`] : []), cli, ...args],
})

/** Runs every command once per round, after one round to warm the disk cache. */
export function interleave(commands: readonly Command[], rounds: number): Timing[] {
  for (const command of commands) once(command)
  const runs = commands.map((): { time: number; peak: number | null }[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, command] of commands.entries()) runs[i]?.push(once(command))
  return commands.map(({ title }, i) => {
    const peaks = (runs[i] ?? []).map((run) => run.peak).filter((peak) => peak !== null)
    return {
      title,
      times: (runs[i] ?? []).map((run) => run.time),
      peakMegabytes: peaks.length > 0 ? Math.max(...peaks) : null,
    }
  })
}

function once({ title, program, args }: Command): { time: number; peak: number | null } {
  const start = performance.now()
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30 })
  const time = performance.now() - start
  // 0 and 1 are both answers; anything else measured something that did not work
  if (error || status === null || status > 1) throw new Error(`${title}: ${error ?? `exit code ${status}\n${stderr}`}`)
  const peak = /peak-megabytes (\d+)/.exec(stderr)?.[1]
  return { time, peak: peak === undefined ? null : Number(peak) }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The median over the rounds of `a` by `b` in the same round. */
export const ratio = (a: Timing | undefined, b: Timing | undefined): number =>
  median((a?.times ?? []).map((time, round) => time / (b?.times[round] ?? Number.NaN)))

/** Prints the timings as a Markdown table, each against the first. */
export function printTable(heading: string, timings: readonly Timing[]): void {
  const base = timings[0]
  console.log(`\n### ${heading}\n`)
  console.log(`| ${timings[0]?.times.length} rounds | median | × first | peak memory |`)
  console.log('|---|---|---|---|')
  for (const timing of timings) {
    const peak = timing.peakMegabytes === null ? '' : `${timing.peakMegabytes} MB`
    console.log(
      `| ${timing.title} | ${median(timing.times).toFixed(0)} ms | ${ratio(timing, base).toFixed(2)} | ${peak} |`,
    )
  }
}

/** Says whether a ratio (or another figure) holds what is claimed. */
export function verdict(claim: string, value: number, limit: number): void {
  console.log(`${value <= limit ? 'holds' : 'MISSED'}: ${claim}: ${value.toFixed(2)}, at most ${limit}`)
}
