/** `deploycheck run <model...> [wrapper]`: models on several runtimes, and where they part. */
import { Command } from 'commander'
import { askContract, type ContractFlags, withContractFlags, withoutWrapper } from './contract.ts'
import { targetFlagsIn } from './flags.ts'
import type { Session } from './session.ts'

export function runCommand(session: Session): Command {
  const command = new Command('run')
    .description('runs a model, with your pre- and postprocessing, on several runtimes: do the results match?')
    .usage('<model...> [wrapper] [options]')
    .argument(
      '[model...]',
      'files, folders, globs; then your module with defineWrapper, JavaScript or TypeScript; default: those of the config',
    )
  return withContractFlags(command).action((args: string[], flags: ContractFlags) =>
    session.run(flags, async () => {
      const { asksOfRun } = await import('../ci/asks.ts')
      // A run is about runtimes; who names a target, or a gate of targets, wants both.
      const asks = asksOfRun(targetFlagsIn(flags).length > 0)
      return askContract(session, { asks, ...withoutWrapper(args), flags, cache: null })
    }),
  )
}
