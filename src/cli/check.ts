/** `deploycheck check <model...>`: a verdict per model and target. */
import { Command } from 'commander'
import {
  assessOptions,
  type CheckFlags,
  withGateFlags,
  withModelFlags,
  withReportFlags,
  withTargetFlags,
} from './flags.ts'
import { wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import type { Session } from './session.ts'

export function checkCommand(session: Session): Command {
  const command = new Command('check')
    .description('says for each model and target: will it really run there, and if not, why and what to do (default)')
    .argument('<model...>', 'files, folders, globs, - for standard input, http(s):// addresses')
  withReportFlags(withGateFlags(withModelFlags(withTargetFlags(command))))
  return command.action((models: string[], flags: CheckFlags) =>
    session.run(flags, async () => {
      const { assess } = await import('../assess/assess.ts')
      const { checkReport } = await import('../report/check.ts')
      const progress = progressOf(session.terminal, flags)
      const { signal } = session
      const options = { ...assessOptions(flags), graphs: wantsGraphs(flags), signal, onModel: progress.model }
      const { prove } = flags.prove ? await import('./on-demand/prove.ts') : { prove: null }
      const data = await assess(models, {
        ...options,
        ...(prove && {
          prove: (path, answers) =>
            prove(path, answers, {
              asIs: options.asIs === true,
              signal,
              onAsk: (target, runtime) => progress.step(`${target}: asking ${runtime} …`),
            }),
        }),
      }).finally(progress.done)
      return { data, result: data, pretty: (options) => checkReport(data, options) }
    }),
  )
}
