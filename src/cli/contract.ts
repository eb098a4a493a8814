/** What `ci`, `run` and `compare` share: a config, flags that go before it, shares of the models, known problems. */
import type { Command } from 'commander'
import type { Asks } from '../ci/asks.ts'
import type { CiOptions } from '../ci/ci.ts'
import type { Config } from '../config/config.ts'
import type { ReportOptions } from '../report/options.ts'
import { Problem } from '../result/problem.ts'
import type { TargetResult } from '../result/result.ts'
import { type CheckFlags, withGateFlags, withModelFlags, withReportFlags, withTargetFlags } from './flags.ts'
import { type Format, formatOf, refuseUnwritable, reportFormats, wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import { type RunFlags, runConfig, runFiles, withRuntimeFlags } from './run-flags.ts'
import type { Answer, Session } from './session.ts'
import type { Terminal } from './terminal.ts'

export interface ContractFlags extends CheckFlags, RunFlags {
  /** False with `--no-config`. */
  readonly config?: string | false
  readonly printConfig?: boolean
  readonly known?: string
  readonly updateKnown?: boolean
  readonly shard?: string
}

export const withContractFlags = (command: Command): Command => {
  command
    .option('--config <file>', 'default: deploycheck.config.ts, .mts, .js, .mjs or .json in this folder')
    .option('--no-config', 'flags and defaults alone')
    .option('--print-config', 'show what would be asked, with flags and defaults, and end')
    .option('--known <file>', 'a known-problems file: only what is not in it fails')
    .option('--update-known', 'write the known-problems file from the problems of today')
    .option('--shard <i/n>', 'a share of the models; also read from variables of Kubernetes, GitLab, GitHub')
  return withReportFlags(withRuntimeFlags(withGateFlags(withModelFlags(withTargetFlags(command)))))
}

/** Models and the wrapper that may stand after them. */
export function withoutWrapper(args: readonly string[]): { models: readonly string[]; wrapper?: string } {
  const last = args.at(-1)
  return last !== undefined && /\.[cm]?[jt]sx?$/.test(last)
    ? { models: args.slice(0, -1), wrapper: last }
    : { models: args }
}

export interface Question {
  readonly asks: Asks
  readonly models: readonly string[]
  readonly wrapper?: string
  readonly flags: ContractFlags
  /** Folder of kept answers; null: nothing is kept. */
  readonly cache: string | null
}

/** The answer to all that the config asks, flags before it. */
export async function askContract(session: Session, question: Question): Promise<Answer> {
  const { asks, models, wrapper, flags } = question
  const { terminal } = session
  const { loadConfig } = await import('./on-demand/config.ts')
  const { effective, rebased } = await import('../ci/layers.ts')
  const loaded = flags.config === false ? null : await loadConfig(flags.config)
  const config = loaded ? rebased(loaded.config, loaded.folder) : {}
  const overrides = overridesOf(models, wrapper, flags)
  const whole = effective(config, overrides)
  if (flags.printConfig) {
    const { withDefaults } = await import('../ci/defaults.ts')
    const printed = withDefaults(whole, asks)
    return { data: { exitCode: 0, ...printed }, pretty: () => `${JSON.stringify(printed, null, 2)}\n` }
  }
  if (asks.command !== 'ci') {
    if (whole.models === undefined) throw noModel(asks)
    if (loaded && flags.config === undefined && !flags.quiet)
      terminal.err(`${loaded.file} holds here, too; --no-config leaves it out\n`)
  }
  // Reports that a config asks for are those of ci: what is tried out beside it does not take their place.
  const formats = flags.format ?? (asks.command === 'ci' ? formatsOf(whole) : undefined)
  const files = runFiles(flags)
  refuseUnwritable([files.record, files.saveBaseline].flatMap((file) => (file === undefined ? [] : [{ file }])))
  const { ci } = await import('../ci/ci.ts')
  const part = await partOf(terminal, flags)
  const progress = progressOf(terminal, flags)
  const { result, shard } = await ci(config, {
    asks,
    overrides,
    files,
    signal: session.signal,
    onModel: progress.model,
    onStep: progress.step,
    graphs: wantsGraphs({ format: formats ?? [] }),
    cache: question.cache,
    ...(loaded && { file: loaded.file }),
    ...(part && { part }),
    ...(flags.updateKnown && { updateKnown: await knownWriter(terminal, whole.known) }),
    ...(mayRun(asks, whole) && { runModel: (await import('./on-demand/run.ts')).runModel }),
    ...(whole.prove && { prove: await prover(session, whole, progress.step) }),
    runId: runIdOf(terminal.env),
  }).finally(progress.done)
  if (part && result.models.length === 0 && !flags.quiet)
    terminal.err(`part ${part.index} of ${part.total} has no model\n`)
  const { contractReport } = await import('../report/contract.ts')
  const answer = { data: result, result, pretty: (options: ReportOptions) => contractReport(result, options) }
  return { ...answer, ...(shard && { shard }), ...(formats && { formats }) }
}

const noModel = ({ command }: Asks): Problem =>
  new Problem('missing-argument', 'no model was named', {
    fix: `deploycheck ${command} model.onnx, or name them in a config; deploycheck ${command} --help shows what can be asked`,
  })

/** What runs models is large: it is loaded where some may be run. */
const mayRun = ({ everyRun }: Asks, config: Config): boolean =>
  everyRun ||
  [config, ...[config.models ?? []].flat()].some(
    (one) =>
      typeof one !== 'string' &&
      [one.wrapper, one.runtimes, 'require' in one ? one.require : undefined].some((asked) => asked !== undefined),
  )

async function prover({ signal }: Session, { asIs }: Config, onStep: (text: string) => void) {
  const { prove } = await import('./on-demand/prove.ts')
  const onAsk = (target: string, runtime: string) => onStep(`${target}: asking ${runtime} …`)
  return (path: string, answers: readonly TargetResult[]) =>
    prove(path, answers, { asIs: asIs === true, signal, onAsk })
}

/** Flags as a config that goes before the one of the project. */
function overridesOf(models: readonly string[], wrapper: string | undefined, flags: ContractFlags): Config {
  const { dim, inputShape, inputValue, target, profile, customOp, known, verdict, prove } = flags
  const { asIs, inlineWeights, withoutWeights, hash, failOn, minCoverage, maxPartitions } = flags
  const gates = {
    ...(failOn && { failOn }),
    ...(minCoverage !== undefined && { minCoverage }),
    ...(maxPartitions !== undefined && { maxPartitions }),
  }
  return {
    ...(models.length > 0 && { models: [...models] }),
    ...(target && { targets: [...target] }),
    ...(profile && { profiles: [...profile] }),
    ...(dim && { dims: Object.fromEntries(dim) }),
    ...(inputShape && { inputShapes: Object.fromEntries([...inputShape].map(([name, dims]) => [name, [...dims]])) }),
    ...(inputValue && {
      inputValues: Object.fromEntries([...inputValue].map(([name, values]) => [name, values.map(plainNumber)])),
    }),
    ...(customOp && { customOps: [...customOp] }),
    ...(asIs && { asIs }),
    ...(inlineWeights && { inlineWeights }),
    ...(withoutWeights && { withoutWeights }),
    ...(hash && { hash }),
    ...(verdict && { verdict }),
    ...(prove && { prove }),
    ...(known !== undefined && { known }),
    ...(wrapper !== undefined && { wrapper }),
    ...runConfig(flags),
    ...(Object.keys(gates).length > 0 && { gates }),
  }
}

const plainNumber = (value: number | bigint): number | string => (typeof value === 'bigint' ? String(value) : value)

function formatsOf({ formats }: Config): readonly Format[] | undefined {
  const found = formats?.reduce<readonly Format[]>((before, text) => formatOf(reportFormats)(text, before), [])
  refuseUnwritable(found ?? [])
  return found
}

/** The share that a flag or the CI system asks for; the latter is said, for other models are left out. */
async function partOf({ env, err }: Terminal, { shard, quiet }: ContractFlags): Promise<CiOptions['part'] | null> {
  const { parseShard, shardOfEnvironment } = await import('../ci/shard.ts')
  if (shard !== undefined) return parseShard(shard)
  const part = shardOfEnvironment(env)
  if (part && !quiet) err(`part ${part.index} of ${part.total}, as ${part.from} says; --shard 1/1 takes all models\n`)
  return part
}

async function knownWriter({ err }: Terminal, file: string | undefined): Promise<CiOptions['updateKnown'] & object> {
  if (file === undefined)
    throw new Problem('bad-flag', '--update-known: no known-problems file is named', {
      fix: 'name one: --known known-problems.json, or "known" in the config',
    })
  const { knownText } = await import('../config/known.ts')
  const { writeWhole } = await import('./formats.ts')
  return (problems) => {
    writeWhole(file, knownText(problems))
    err(`${problems.length} known problem${problems.length === 1 ? '' : 's'} in ${file}\n`)
  }
}

/** What CI systems call the whole of the jobs that belong together. */
const runIdOf = (env: Terminal['env']): string => env.GITHUB_RUN_ID ?? env.CI_PIPELINE_ID ?? env.BUILD_TAG ?? ''
