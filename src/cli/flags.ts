/** Flags that several commands share. */
import { type Command, Option } from 'commander'
import { defaultGates, type Gates } from '../assess/gates.ts'
import type { AssessOptions } from '../assess/options.ts'
import { customOp, dim, each, inputShape, inputValue, oneOf, partitionCount, percentage } from './flag-values.ts'
import { answerFormats, type FormatName, formatOf, reportFormats } from './formats.ts'
import type { OutputFlags } from './session.ts'

/** What the model is taken to be. */
export interface ModelFlags {
  readonly dim?: ReadonlyMap<string, number>
  readonly inputShape?: ReadonlyMap<string, readonly (number | string)[]>
  readonly inputValue?: ReadonlyMap<string, readonly (number | bigint)[]>
  readonly asIs?: boolean
  readonly inlineWeights?: boolean
  readonly withoutWeights?: boolean
  readonly hash?: boolean
  readonly customOp?: readonly string[]
}

export interface TargetFlags {
  readonly target?: readonly string[]
  readonly profile?: readonly string[]
}

export interface GateFlags {
  readonly failOn?: Gates['failOn']
  readonly minCoverage?: number
  readonly maxPartitions?: number
  readonly verdict?: 'ort'
  readonly prove?: boolean
}

export const withModelFlags = (command: Command): Command =>
  command
    .option('--dim <name=size>', 'size of a symbolic dimension (repeats)', dim)
    .option('--input-shape <name=shape>', 'shape of an input: x=1,3,224,224 (repeats)', inputShape)
    .option('--input-value <name=[values]>', 'value of a small integer input: shape=[1,3] (repeats)', inputValue)
    .option('--as-is', 'judge the nodes as they stand: nothing is folded, eliminated or fused before placement')
    .option('--inline-weights', 'judge as if external data lay inside the file')
    .option('--without-weights', 'a missing external-data file is a note, not an error')
    .option('--hash', 'also compute the SHA-256 of the whole file (reads every byte)')
    .option('--custom-op <domain::Op>', 'an operator that you register with the runtime (repeats)', customOp)

export const withTargetFlags = (command: Command): Command =>
  command
    .option('--target <id[@param=value]>', 'where it should run (repeats); default: ios, android, web', each)
    .option('--profile <file>', 'a target of your own (repeats)', each)

export const withGateFlags = (command: Command): Command =>
  command
    .option(
      '--fail-on <verdict>',
      'exit with 1 from this verdict on: partial, unknown or blocked (default: blocked)',
      oneOf('fail-on', ['blocked', 'partial', 'unknown'] as const),
    )
    .option('--min-coverage <percent>', 'exit with 1 when fewer MACs run on a target', percentage)
    .option('--max-partitions <n>', 'exit with 1 when a target gets more partitions', partitionCount)
    .option(
      '--verdict <rule>',
      "ort: also show what ONNX Runtime's usability checker would say",
      oneOf('verdict', ['ort']),
    )
    .option('--prove', 'ask the real provider, too, where this machine can: webgpu, wasm, cpu')

/** Flags of a command that reports on models: its result has every format. */
export const withReportFlags = (command: Command): Command => withOutputFlags(command, reportFormats)

export const withOutputFlags = (command: Command, formats: readonly FormatName[] = answerFormats): Command =>
  command
    .option(
      '--format <name[=file]>',
      `${formats.join(', ')}; with a file the result goes there (repeats)`,
      formatOf(formats),
    )
    .option('--quiet', 'only what failed')
    .option('--no-color', 'no colours (also: NO_COLOR, FORCE_COLOR)')
    .option('--no-progress', 'no progress on standard error')
    .addOption(new Option('--debug', 'the stack of errors'))

export type CheckFlags = ModelFlags & TargetFlags & GateFlags & OutputFlags

/** Flags of which a question without targets has no use. */
const aboutTargets = {
  target: '--target',
  profile: '--profile',
  customOp: '--custom-op',
  asIs: '--as-is',
  inlineWeights: '--inline-weights',
  failOn: '--fail-on',
  minCoverage: '--min-coverage',
  maxPartitions: '--max-partitions',
  verdict: '--verdict',
  prove: '--prove',
} satisfies Partial<Record<keyof CheckFlags, string>>

/** Those flags that ask about targets, as they were written. */
export const targetFlagsIn = (flags: CheckFlags): string[] =>
  Object.entries(aboutTargets).flatMap(([key, flag]) => (flags[key as keyof CheckFlags] === undefined ? [] : [flag]))

/** What the library is asked for, from flags. */
export const assessOptions = (flags: ModelFlags & TargetFlags & GateFlags): AssessOptions => ({
  ...(flags.dim && { dims: flags.dim }),
  ...(flags.inputShape && { inputShapes: flags.inputShape }),
  ...(flags.inputValue && { inputValues: flags.inputValue }),
  ...(flags.target && { targets: flags.target }),
  ...(flags.profile && { profiles: flags.profile }),
  ...(flags.customOp && { customOps: flags.customOp }),
  asIs: flags.asIs === true,
  inlineWeights: flags.inlineWeights === true,
  withoutWeights: flags.withoutWeights === true,
  hash: flags.hash === true,
  ortVerdict: flags.verdict === 'ort',
  gates: {
    failOn: flags.failOn ?? defaultGates.failOn,
    minCoverage: flags.minCoverage ?? null,
    maxPartitions: flags.maxPartitions ?? null,
  },
})
