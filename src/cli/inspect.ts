/** `deploycheck inspect <model>`: what a model is, before any target is asked. */
import { Command } from 'commander'
import { assessOptions, type ModelFlags, withModelFlags, withReportFlags } from './flags.ts'
import { wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import type { OutputFlags, Session } from './session.ts'

export function inspectCommand(session: Session): Command {
  const command = new Command('inspect')
    .description('shows inputs, outputs, types, shapes, constants, MACs, parameters, memory, and what is odd')
    .argument('<model...>', 'files, folders, globs, - for standard input, http(s):// addresses')
  withReportFlags(withModelFlags(command))
  return command.action((models: string[], flags: ModelFlags & OutputFlags) =>
    session.run(flags, async () => {
      const { inspect } = await import('../assess/inspect.ts')
      const { inspectReport } = await import('../report/inspect.ts')
      const progress = progressOf(session.terminal, flags)
      const data = await inspect(models, {
        ...assessOptions(flags),
        graphs: wantsGraphs(flags),
        signal: session.signal,
        onModel: progress.model,
      }).finally(progress.done)
      return { data, result: data, pretty: (options) => inspectReport(data, options) }
    }),
  )
}
