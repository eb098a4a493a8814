/** `deploycheck targets`: what can be asked, with its rules and their sources; checks for targets of one's own. */
import { Command } from 'commander'
import { each } from './flag-values.ts'
import { withOutputFlags } from './flags.ts'
import type { OutputFlags, Session } from './session.ts'

type Flags = OutputFlags & { readonly profile?: readonly string[] }

export function targetsCommand(session: Session): Command {
  const command = new Command('targets')
    .description('lists all targets, or shows one as a table of operators, conditions and sources')
    .argument('[id]', 'a target, a group, or a target with parameters: nnapi@api=29')
    .option('--profile <file>', 'a target of your own (repeats)', each)
  withOutputFlags(command).action((id: string | undefined, flags: Flags) =>
    session.run(flags, async () => {
      const { listTargets, targetRules } = await import('../assess/targets.ts')
      const { targetListReport, targetRulesReport } = await import('../report/targets.ts')
      const profiles = flags.profile ?? []
      if (id === undefined) {
        const data = listTargets(profiles)
        return { data, pretty: (options) => targetListReport(data, options) }
      }
      const data = targetRules([id], profiles)
      return { data, pretty: (options) => targetRulesReport(data, options) }
    }),
  )
  return command
}
