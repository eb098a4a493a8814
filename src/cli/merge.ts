/** `deploycheck merge`: the results of jobs that shared the models, as one. */
import { Command } from 'commander'
import { withReportFlags } from './flags.ts'
import type { OutputFlags, Session } from './session.ts'

export function mergeCommand(session: Session): Command {
  const command = new Command('merge')
    .description('joins the blobs of jobs that shared the models of deploycheck ci, run or compare')
    .argument('<blob...>', 'what --format blob=FILE wrote: files, folders, globs')
  return withReportFlags(command).action((blobs: string[], flags: OutputFlags) =>
    session.run(flags, async () => {
      const { mergeBlobs } = await import('../ci/merge.ts')
      const { contractReport } = await import('../report/contract.ts')
      const data = mergeBlobs(blobs)
      return { data, result: data, pretty: (options) => contractReport(data, options) }
    }),
  )
}
