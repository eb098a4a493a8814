/** `deploycheck runtimes`: what can run a model on this machine, and what is missing. */
import { Command } from 'commander'
import { each } from './flag-values.ts'
import { withOutputFlags } from './flags.ts'
import { progressOf } from './progress.ts'
import type { OutputFlags, Session } from './session.ts'

interface RuntimesFlags extends OutputFlags {
  readonly runtime?: readonly string[]
  readonly require?: readonly string[]
  readonly browser?: string
}

export function runtimesCommand(session: Session): Command {
  const command = new Command('runtimes')
    .description('says which runtimes can run a model here: versions, adapter, or why not and what to do')
    .option('--runtime <id>', 'only this one (repeats)', each)
    .option('--require <id>', 'exit with 1 when this one is not available (repeats)', each)
    .option('--browser <path|name>', 'a path, or chrome, edge, chromium (also: CHROME_PATH)')
  return withOutputFlags(command).action((flags: RuntimesFlags) =>
    session.run(flags, async () => {
      const { listRuntimes, runtimesReport } = await import('./on-demand/runtimes.ts')
      const progress = progressOf(session.terminal, flags)
      progress.step('starting every runtime once …')
      const { runtime = [], require: required = [], browser } = flags
      const settings = { signal: session.signal, ...(browser === undefined ? {} : { browser }) }
      const data = await listRuntimes(runtime, required, settings).finally(progress.done)
      return { data, pretty: (options) => runtimesReport(data, options) }
    }),
  )
}
