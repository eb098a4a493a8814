/** `deploycheck compare <model...> [wrapper]`: several candidates side by side, and which of them nobody beats. */
import { Command } from 'commander'
import { assessOptions, type TargetFlags, withTargetFlags } from './flags.ts'
import { wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import { type RunFlags, runOptions, withRunFlags } from './run-flags.ts'
import type { Session } from './session.ts'

type CompareFlags = RunFlags & TargetFlags & { readonly columns?: readonly string[] }

export function compareCommand(session: Session): Command {
  const command = new Command('compare')
    .description('several models side by side: targets, size, work, latency, your metrics, and the Pareto front')
    .argument('<model...>', 'files, folders, globs; a wrapper (a .js or .ts file) may stand last')
    .option('--columns <ids>', 'figures that count, with commas: macs,p50:cpu,metric:top1; default: all', (text) =>
      text.split(','),
    )
  return withTargetFlags(withRunFlags(command)).action((args: string[], flags: CompareFlags) =>
    session.run(flags, async () => {
      const { compareModels, comparisonReport } = await import('./on-demand/compare.ts')
      const progress = progressOf(session.terminal, flags)
      const { signal } = session
      const last = args.at(-1) ?? ''
      const wrapper = args.length > 1 && /\.[cm]?[jt]s$/.test(last) ? last : null
      const models = wrapper === null ? args : args.slice(0, -1)
      // A run takes minutes: it is done where a runtime or a wrapper says that it is wanted.
      const isRun = wrapper !== null || flags.runtime !== undefined || flags.require !== undefined
      const run = { ...runOptions(flags), runtimes: flags.runtime ?? ['cpu'], signal, onStep: progress.step }
      const data = await compareModels(models, wrapper, {
        assess: { ...assessOptions(flags), graphs: wantsGraphs(flags), signal, onModel: progress.model },
        run: isRun ? run : null,
        ...(flags.columns && { columns: flags.columns }),
      }).finally(progress.done)
      return { data, result: data, pretty: (options) => comparisonReport(data, options) }
    }),
  )
}
