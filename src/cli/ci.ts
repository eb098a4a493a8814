/** `deploycheck ci`: everything that the config asks for. */
import { Command } from 'commander'
import { askContract, type ContractFlags, withContractFlags } from './contract.ts'
import type { Session } from './session.ts'

interface Flags extends ContractFlags {
  readonly wrapper?: string
  /** False with `--no-cache`. */
  readonly cache: boolean
  readonly cacheDir?: string
}

export function ciCommand(session: Session): Command {
  const command = new Command('ci')
    .description('checks all that the config of the project asks for: models, targets, gates, reports')
    .argument('[model...]', 'instead of the models of the config')
    .option('--wrapper <file>', 'your pre- and postprocessing: the models are run with it')
    .option('--no-cache', 'work everything out anew')
    .option('--cache-dir <folder>', 'where answers are kept (default: node_modules/.cache/deploycheck)')
  return withContractFlags(command).action((models: string[], flags: Flags) =>
    session.run(flags, async () => {
      const { asksOfCi } = await import('../ci/asks.ts')
      const { cacheFolder } = await import('../ci/cache-folder.ts')
      const { wrapper } = flags
      const cache = flags.cache ? (flags.cacheDir ?? cacheFolder(session.terminal.env)) : null
      return askContract(session, { asks: asksOfCi, models, ...(wrapper !== undefined && { wrapper }), flags, cache })
    }),
  )
}
