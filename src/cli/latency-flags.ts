/** Flags about latency: how much is measured, and what it is held against. */
import type { Command } from 'commander'
import type { BudgetConfig, LatencyConfig } from '../config/config.ts'
import { type BudgetKind, parseBudget } from '../latency/budgets.ts'
import { type PresetName, presets } from '../latency/plan.ts'
import { Problem } from '../result/problem.ts'
import { oneOf } from './flag-values.ts'

export interface LatencyFlags {
  readonly preset?: PresetName
  readonly repeat?: number
  readonly concurrency?: number
  /** False with `--no-latency`. */
  readonly latency: boolean
  readonly maxP50?: Limits
  readonly maxLoad?: Limits
  readonly maxMemory?: Limits
  readonly maxModelBytes?: Limits
  readonly baseline?: string
  readonly saveBaseline?: string
  readonly relativeTo?: string
}

/** By runtime, `*` for all of them; as text, once it is known to be a limit. */
type Limits = Readonly<Record<string, string>>

export const withLatencyFlags = (command: Command): Command =>
  command
    .option(
      '--preset <name>',
      'how long latency is measured: rapid (64 runs or 6 s), quick (128 or 10 s, the default), normal (1024 or 60 s)',
      oneOf('preset', Object.keys(presets) as PresetName[]),
    )
    .option(
      '--repeat <n>',
      'start everything anew so often; 9 make a verdict against a baseline certain',
      atLeastOne('repeat'),
    )
    .option('--concurrency <k>', 'runs in flight at the same time, for the throughput', atLeastOne('concurrency'))
    .option('--no-latency', 'compare only')
    .option('--max-p50 <[id=]time>', 'exit with 1 when the median is above: webgpu=12ms (repeats)', budget('p50'))
    .option('--max-load <[id=]time>', 'the same for creating the session: cpu=1.5s (repeats)', budget('load'))
    .option('--max-memory <[id=]size>', 'the same for the peak of memory: cpu=500MB (repeats)', budget('memory'))
    .option('--max-model-bytes <size>', 'the same for the size of the model: 20MB', budget('model-bytes'))
    .option('--baseline <file>', 'exit with 1 when it is slower than what was saved there')
    .option('--save-baseline <file>', 'write this measurement, to compare with later')
    .option('--relative-to <id>', 'compare the ratio to this runtime, which travels between machines')

const budget =
  (kind: BudgetKind) =>
  (text: string, before: Limits = {}): Limits => {
    const { runtime } = parseBudget(kind, text)
    return { ...before, [runtime ?? '*']: text.slice(text.lastIndexOf('=') + 1).trim() }
  }

const atLeastOne =
  (flag: string) =>
  (text: string): number => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
    throw new Problem('bad-flag', `--${flag} ${text}: a whole number from 1 on is expected`, {
      expected: 'a whole number from 1 to 9999',
      fix: `for example: --${flag} 9`,
    })
  }

/**
 * Flags as a config has them; undefined where they say nothing of latency.
 * @throws Problem where a flag asks for what `--no-latency` leaves out
 */
export function latencyConfig(flags: LatencyFlags): LatencyConfig | false | undefined {
  const { preset, repeat, concurrency, baseline, saveBaseline, relativeTo } = flags
  const budgets = budgetConfig(flags)
  if (!flags.latency) {
    const asked = [
      ...Object.keys(budgets).map((kind) => `--max-${kind === 'modelBytes' ? 'model-bytes' : kind}`),
      ...(baseline === undefined ? [] : ['--baseline']),
      ...(saveBaseline === undefined ? [] : ['--save-baseline']),
    ]
    if (asked.length === 0) return false
    throw new Problem('bad-flag', `${asked[0]} needs a measurement, which --no-latency leaves out`, {
      fix: 'leave one of the two away',
    })
  }
  const latency: LatencyConfig = {
    ...(preset && { preset }),
    ...(repeat !== undefined && { repeat }),
    ...(concurrency !== undefined && { concurrency }),
    ...(Object.keys(budgets).length > 0 && { budgets }),
    ...(baseline !== undefined && { baseline }),
    ...(relativeTo !== undefined && { relativeTo }),
  }
  // To save a measurement is to measure.
  return Object.keys(latency).length > 0 || saveBaseline !== undefined ? latency : undefined
}

const budgetConfig = ({ maxP50, maxLoad, maxMemory, maxModelBytes }: LatencyFlags): BudgetConfig => ({
  ...(maxP50 && { p50: { ...maxP50 } }),
  ...(maxLoad && { load: { ...maxLoad } }),
  ...(maxMemory && { memory: { ...maxMemory } }),
  ...(maxModelBytes?.['*'] !== undefined && { modelBytes: maxModelBytes['*'] }),
})
