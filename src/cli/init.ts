/** `deploycheck init`: a first config. */
import { Command } from 'commander'
import { withOutputFlags } from './flags.ts'
import type { OutputFlags, Session } from './session.ts'

export function initCommand(session: Session): Command {
  const command = new Command('init').description(
    'writes a first config by looking at this folder: models, what the app is built for, wrappers',
  )
  return withOutputFlags(command).action((flags: OutputFlags) =>
    session.run(flags, async () => {
      const { firstConfig } = await import('./on-demand/config.ts')
      const { writeWhole } = await import('./formats.ts')
      const { safe } = await import('../report/text.ts')
      const { file, text, found } = firstConfig(process.cwd())
      writeWhole(file, text)
      const lines = [`wrote ${file}`, ...found.map((line) => `  ${safe(line)}`), 'next: npx deploycheck ci']
      return { data: { exitCode: 0, file, found }, pretty: () => `${lines.join('\n')}\n` }
    }),
  )
}
