/** `deploycheck explain`: why a node got its verdict, or which rules a target has for an operator. */
import { Command } from 'commander'
import {
  assessOptions,
  type ModelFlags,
  type TargetFlags,
  withModelFlags,
  withOutputFlags,
  withTargetFlags,
} from './flags.ts'
import type { OutputFlags, Session } from './session.ts'

export function explainCommand(session: Session): Command {
  const command = new Command('explain')
    .description('shows why a node got its verdict, condition by condition; or all rules for an operator')
    .argument('<model|op>', 'a model, or an operator: Resize, com.microsoft::FusedConv')
    .argument('[node]', 'number or name of a node, or the name of a value that it makes')
  withOutputFlags(withModelFlags(withTargetFlags(command)))
  return command.action((subject: string, node: string | undefined, flags: ModelFlags & TargetFlags & OutputFlags) =>
    session.run(flags, async () => {
      if (node === undefined) {
        const { rulesForOperator } = await import('../assess/targets.ts')
        const { targetRulesReport } = await import('../report/targets.ts')
        const data = rulesForOperator(subject, flags.target, flags.profile ?? [])
        return { data, pretty: (options) => targetRulesReport(data, options) }
      }
      const { explainNode } = await import('../assess/explain.ts')
      const { explainReport } = await import('../report/explain.ts')
      const data = await explainNode(subject, node, assessOptions(flags))
      return { data, pretty: (options) => explainReport(data, options) }
    }),
  )
}
