/** `deploycheck inspect <model>`: what a model is, before any target is asked. */
import { Command } from 'commander'
import {
  assessOptions,
  type CheckFlags,
  targetFlagsIn,
  withGateFlags,
  withModelFlags,
  withReportFlags,
  withTargetFlags,
} from './flags.ts'
import { wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import type { Session } from './session.ts'

export function inspectCommand(session: Session): Command {
  const command = new Command('inspect')
    .description('shows inputs, outputs, types, shapes, constants, MACs, parameters, memory, and what is odd')
    .argument('<model...>', 'files, folders, globs, - for standard input, http(s):// addresses')
  // Whoever asks check and inspect with the same flags is not refused, and hears what says nothing here.
  const shared = new Set(withModelFlags(new Command()).options.map(({ long }) => long))
  withGateFlags(withTargetFlags(withModelFlags(command)))
  for (const option of command.options) option.hideHelp(!shared.has(option.long))
  return withReportFlags(command).action((models: string[], flags: CheckFlags) =>
    session.run(flags, async () => {
      const idle = targetFlagsIn(flags)
      if (idle.length > 0 && !flags.quiet)
        session.terminal.err(`${idle.join(', ')}: about targets, which inspect does not ask; deploycheck check does
`)
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
