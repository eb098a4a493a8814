/** `deploycheck run <model> [wrapper]`: a model on several runtimes, and where they part. */
import { Command } from 'commander'
import { wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import { type RunFlags, runOptions, withRunFlags } from './run-flags.ts'
import type { Session } from './session.ts'

export function runCommand(session: Session): Command {
  const command = new Command('run')
    .description('runs a model, with your pre- and postprocessing, on several runtimes: do the results match?')
    .argument('<model>', 'a file')
    .argument('[wrapper]', 'your module with defineWrapper, JavaScript or TypeScript')
  return withRunFlags(command).action((model: string, wrapper: string | undefined, flags: RunFlags) =>
    session.run(flags, async () => {
      const { runModel, runReport } = await import('./on-demand/run.ts')
      const progress = progressOf(session.terminal, flags)
      const { signal } = session
      const data = await runModel(model, wrapper ?? null, {
        ...runOptions(flags),
        graphs: wantsGraphs(flags),
        signal,
        onStep: progress.step,
      }).finally(progress.done)
      return { data, result: data, pretty: (options) => runReport(data, options) }
    }),
  )
}
