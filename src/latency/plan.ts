/** How much is measured: presets, warm-up, and the size of blocks. Times are milliseconds. */

/** Measuring ends with whichever is reached first. */
export interface Preset {
  readonly runs: number
  readonly time: number
}

export const presets = {
  rapid: { runs: 64, time: 6_000 },
  quick: { runs: 128, time: 10_000 },
  normal: { runs: 1024, time: 60_000 },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

/** However slow a model is, that many runs are measured. */
export const fewestRuns = 3

/** Blocks that a series is cut into: as many chances for the runtimes to meet the same moods of the machine. */
const blocks = 8

/** Runs per block of a subject whose run takes `each`. */
export const blockSize = ({ runs, time }: Preset, each: number): number =>
  Math.max(1, Math.min(Math.ceil(runs / blocks), Math.floor(time / blocks / Math.max(each, 1e-3))))

/** Warm-up has had enough when two windows of runs that follow each other agree, but not before this. */
const warmUp = { runs: 10, time: 3_000, agreement: 0.05, window: 5 }

/** Runs per window: so many that both fit into the least time of the warm-up. */
export const windowSize = (first: number): number =>
  Math.max(1, Math.min(warmUp.window, Math.floor(warmUp.time / 2 / Math.max(first, 1e-3))))

export type WarmUpState = 'go-on' | 'settled' | 'given-up'

/** @param windows medians of the windows so far */
export function warmUpState(
  windows: readonly number[],
  { runs, time }: { runs: number; time: number },
  preset: Preset,
): WarmUpState {
  const [last, before] = [windows.at(-1), windows.at(-2)]
  const agree = last !== undefined && before !== undefined && Math.abs(last - before) <= warmUp.agreement * before
  const enough = runs >= warmUp.runs || time >= warmUp.time
  if (agree && enough) return 'settled'
  return windows.length >= 2 && time >= Math.max(warmUp.time, preset.time / 2) ? 'given-up' : 'go-on'
}
