/** `deploycheck compare <model...> [wrapper]`: several candidates side by side, and which of them nobody beats. */
import { Command } from 'commander'
import { askContract, type ContractFlags, withContractFlags, withoutWrapper } from './contract.ts'
import type { Session } from './session.ts'

type CompareFlags = ContractFlags & { readonly columns?: readonly string[] }

export function compareCommand(session: Session): Command {
  const command = new Command('compare')
    .description('several models side by side: targets, size, work, latency, your metrics, and the Pareto front')
    .usage('<model...> [wrapper] [options]')
    .argument(
      '[model...]',
      'files, folders, globs; a wrapper (a .js or .ts file) may stand last; default: the config’s',
    )
    .option('--columns <ids>', 'figures that count, with commas: macs,p50:cpu,metric:top1; default: all', (text) =>
      text.split(','),
    )
  return withContractFlags(command).action((args: string[], flags: CompareFlags) =>
    session.run(flags, async () => {
      const { asksOfCompare } = await import('../ci/asks.ts')
      const { columns } = flags
      return askContract(session, { asks: asksOfCompare(columns), ...withoutWrapper(args), flags, cache: null })
    }),
  )
}
