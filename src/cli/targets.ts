/** `deploycheck targets`: what can be asked, with rules and sources; what changes; checks for targets of one's own. */
import { Command } from 'commander'
import { each } from './flag-values.ts'
import { assessOptions, type ModelFlags, withModelFlags, withOutputFlags } from './flags.ts'
import type { OutputFlags, Session } from './session.ts'

type Flags = OutputFlags & { readonly profile?: readonly string[] }

export function targetsCommand(session: Session): Command {
  const command = new Command('targets')
    .description('lists all targets, or shows one as a table of operators, conditions and sources')
    .argument('[id]', 'a target, a group, or a target with parameters: nnapi@api=29')
  withOutputFlags(withProfiles(command)).action((id: string | undefined, flags: Flags) =>
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
  return command.addCommand(diff(session)).addCommand(lint(session)).addCommand(test(session))
}

const withProfiles = (command: Command): Command =>
  command.option('--profile <file>', 'a target of your own (repeats)', each)

function diff(session: Session): Command {
  const command = new Command('diff')
    .description('what changes between two targets or two versions of one, overall or for a model')
    .argument('<a>', 'a target: coreml-mlprogram@ort=1.23')
    .argument('<b>', 'another: coreml-mlprogram@ort=1.30')
    .argument('[model]', 'a model to which the change is applied')
  withOutputFlags(withModelFlags(withProfiles(command)))
  // The parent command has flags of the same names and reads them first.
  return command.action((a: string, b: string, model: string | undefined, _own: unknown, self: Command) => {
    const flags = self.optsWithGlobals<Flags & ModelFlags>()
    return session.run(flags, async () => {
      const { diffTargets } = await import('../assess/target-diff.ts')
      const { targetDiffReport } = await import('../report/target-diff.ts')
      const data = await diffTargets(a, b, model, assessOptions(flags))
      return { data, pretty: (options) => targetDiffReport(data, options) }
    })
  })
}

function lint(session: Session): Command {
  const command = new Command('lint')
    .description('checks the file of a target: schema, conditions, meaning')
    .argument('<file>', 'a profile as JSON')
  return withOutputFlags(command).action((file: string, _own: unknown, self: Command) => {
    const flags = self.optsWithGlobals<OutputFlags>()
    return session.run(flags, async () => {
      const { lintTarget } = await import('../assess/target-review.ts')
      const { targetLintReport } = await import('../report/target-review.ts')
      const data = lintTarget(file)
      return { data, pretty: (options) => targetLintReport(data, options) }
    })
  })
}

function test(session: Session): Command {
  const command = new Command('test')
    .description('holds the answers of a target against cases: model, node, expected placement')
    .argument('<file>', 'a profile as JSON')
    .argument('<cases>', 'JSON: [{ "model", "node", "expected" }]')
  return withOutputFlags(command).action((file: string, cases: string, _own: unknown, self: Command) => {
    const flags = self.optsWithGlobals<OutputFlags>()
    return session.run(flags, async () => {
      const { testTarget } = await import('../assess/target-review.ts')
      const { targetTestReport } = await import('../report/target-review.ts')
      const data = await testTarget(file, cases)
      return { data, pretty: (options) => targetTestReport(data, options) }
    })
  })
}
