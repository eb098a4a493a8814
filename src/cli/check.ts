/** `deploycheck check <model...>`: a verdict per model and target. */
import { Command } from 'commander'
import {
  assessOptions,
  type CheckFlags,
  withGateFlags,
  withModelFlags,
  withOutputFlags,
  withTargetFlags,
} from './flags.ts'
import { progressOf } from './progress.ts'
import type { Session } from './session.ts'

export function checkCommand(session: Session): Command {
  const command = new Command('check')
    .description('says for each model and target: will it really run there, and if not, why and what to do (default)')
    .argument('<model...>', 'files, folders, globs, - for standard input, http(s):// addresses')
  withOutputFlags(withGateFlags(withModelFlags(withTargetFlags(command))))
  return command.action((models: string[], flags: CheckFlags) =>
    session.run(flags, async () => {
      const { assess } = await import('../assess/assess.ts')
      const { checkReport } = await import('../report/check.ts')
      const progress = progressOf(session.terminal, flags)
      const data = await assess(models, {
        ...assessOptions(flags),
        signal: session.signal,
        onModel: progress.model,
      }).finally(progress.done)
      return { data, pretty: (options) => checkReport(data, options) }
    }),
  )
}
