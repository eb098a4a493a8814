/** The command line: which command is asked, and what to say when none is. */
import { Command, CommanderError } from 'commander'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { tool } from '../result/tool.ts'
import { checkCommand } from './check.ts'
import { ciCommand } from './ci.ts'
import { compareCommand } from './compare-command.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { inspectCommand } from './inspect.ts'
import { mergeCommand } from './merge.ts'
import { runCommand } from './run-command.ts'
import { runtimesCommand } from './runtimes.ts'
import { fail, openSession, type Session } from './session.ts'
import { targetsCommand } from './targets.ts'
import type { Terminal } from './terminal.ts'

const after = `
Examples:
  deploycheck model.onnx                             ios, android and web
  deploycheck model.onnx --target nnapi@api=29       one target, with a parameter
  deploycheck models --format json=result.json       a folder, for programs
  deploycheck explain model.onnx 17 --target ios     why node 17 got its verdict
  deploycheck run model.onnx wrapper.mjs             your pre- and postprocessing on every runtime

Exit codes: 0 nothing that gates was found; 1 a gate failed; 2 the question could not be asked;
3 a bug of deploycheck; 130 interrupted.`

/** Runs the command line; gives the exit code. Never throws for what a user can cause. */
export async function run(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const session = openSession(terminal, signal)
  const program = programOf(session)
  try {
    await program.parseAsync(args, { from: 'user' })
    return session.exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const flags = { color: !args.includes('--no-color'), debug: args.includes('--debug') }
    return fail(terminal, flags, error instanceof CommanderError ? usageProblem(error, program, args) : error)
  }
}

function programOf(session: Session): Command {
  const { terminal } = session
  const program = new Command(tool.name)
    .description('Tells whether an ONNX model will really run on the devices it is meant for.')
    .version(tool.version)
    .usage('<model...> [--target id]... | <command> ...')
    .addHelpText('after', after)
  program.addCommand(checkCommand(session), { isDefault: true })
  program.addCommand(inspectCommand(session))
  program.addCommand(explainCommand(session))
  program.addCommand(ciCommand(session))
  program.addCommand(mergeCommand(session))
  program.addCommand(initCommand(session))
  program.addCommand(targetsCommand(session))
  program.addCommand(runtimesCommand(session))
  program.addCommand(runCommand(session))
  program.addCommand(compareCommand(session))
  for (const command of everyCommand(program))
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: () => {}, outputError: () => {} })
  return program
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** What commander complains about, with a way forward. */
function usageProblem(error: CommanderError, program: Command, args: readonly string[]): Problem {
  const message = error.message.replace(/^error: /, '')
  const help = `${tool.name} ${commandOf(program, args)}--help shows what can be asked`
  if (error.code === 'commander.unknownOption') {
    const flag = /'(.+?)'/.exec(message)?.[1] ?? ''
    const near = nearest(flag, flagsOf(program))
    return new Problem('bad-flag', `there is no flag ${flag}`, { fix: near ? `did you mean ${near}?` : help })
  }
  if (error.code === 'commander.missingArgument' || error.code === 'commander.help')
    return new Problem('missing-argument', args.length === 0 ? 'no model was named' : message, { fix: help })
  return new Problem('bad-flag', message, { fix: help })
}

const flagsOf = (program: Command): string[] => [
  ...new Set(everyCommand(program).flatMap(({ options }) => options.flatMap(({ long }) => (long ? [long] : [])))),
]

const commandOf = (program: Command, args: readonly string[]): string => {
  const named = program.commands.find((command) => command.name() === args[0])
  return named ? `${named.name()} ` : ''
}
