/** `deploycheck ci`: everything that the config asks for. */
import { Command } from 'commander'
import type { CiOptions } from '../ci/ci.ts'
import type { Config } from '../config/config.ts'
import { Problem } from '../result/problem.ts'
import { type CheckFlags, withGateFlags, withModelFlags, withReportFlags, withTargetFlags } from './flags.ts'
import { type Format, formatOf, refuseUnwritable, reportFormats, wantsGraphs } from './formats.ts'
import { progressOf } from './progress.ts'
import { type RunFlags, runOptions, withRuntimeFlags } from './run-flags.ts'
import type { Answer, Session } from './session.ts'
import type { Terminal } from './terminal.ts'

interface Flags extends CheckFlags, Omit<RunFlags, keyof CheckFlags> {
  readonly wrapper?: string
  readonly config?: string
  readonly printConfig?: boolean
  readonly known?: string
  readonly updateKnown?: boolean
  readonly shard?: string
  /** False with `--no-cache`. */
  readonly cache: boolean
  readonly cacheDir?: string
}

export function ciCommand(session: Session): Command {
  const command = new Command('ci')
    .description('checks all that the config of the project asks for: models, targets, gates, reports')
    .argument('[model...]', 'instead of the models of the config')
    .option('--config <file>', 'default: deploycheck.config.ts, .mts, .js, .mjs or .json in this folder')
    .option('--print-config', 'show what would be asked, with flags and defaults, and end')
    .option('--known <file>', 'a known-problems file: only what is not in it fails')
    .option('--update-known', 'write the known-problems file from the problems of today')
    .option('--shard <i/n>', 'a share of the models; also read from variables of Kubernetes, GitLab, GitHub')
    .option('--wrapper <file>', 'your pre- and postprocessing: the models are run with it')
    .option('--no-cache', 'work everything out anew')
    .option('--cache-dir <folder>', 'where answers are kept (default: node_modules/.cache/deploycheck)')
  withReportFlags(withRuntimeFlags(withGateFlags(withModelFlags(withTargetFlags(command)))))
  return command.action((models: string[], flags: Flags) => session.run(flags, () => ask(session, models, flags)))
}

async function ask(session: Session, models: readonly string[], flags: Flags): Promise<Answer> {
  const { loadConfig } = await import('./on-demand/config.ts')
  const { overlaid, rebased } = await import('../ci/plan.ts')
  const loaded = await loadConfig(flags.config)
  const config = loaded ? rebased(loaded.config, loaded.folder) : {}
  const overrides = configOf(models, flags)
  const whole = overlaid(config, overrides)
  if (flags.printConfig) {
    const { withDefaults } = await import('../config/defaults.ts')
    const printed = withDefaults(whole)
    return { data: { exitCode: 0, ...printed }, pretty: () => `${JSON.stringify(printed, null, 2)}\n` }
  }
  const formats = flags.format ?? formatsOf(whole)
  const graphs = wantsGraphs({ format: formats ?? [] })
  const answer = await run(session, config, overrides, whole.known, flags, graphs, loaded?.file)
  return { ...answer, ...(formats && { formats }) }
}

async function run(
  session: Session,
  config: Config,
  overrides: Config,
  known: string | undefined,
  flags: Flags,
  graphs: boolean,
  file: string | undefined,
): Promise<Answer> {
  const { terminal, signal } = session
  const { cacheFolder } = await import('../ci/cache-folder.ts')
  const { ci } = await import('../ci/ci.ts')
  const part = await partOf(terminal, flags)
  const progress = progressOf(terminal, flags)
  const { result, shard } = await ci(config, {
    overrides,
    signal,
    onModel: progress.model,
    graphs,
    cache: flags.cache ? (flags.cacheDir ?? cacheFolder(terminal.env)) : null,
    ...(file !== undefined && { file }),
    ...(part && { part }),
    ...(flags.updateKnown && { updateKnown: await knownWriter(terminal, known) }),
    ...(await runsOf(config, overrides, flags)),
    onStep: progress.step,
    runId: runIdOf(terminal.env),
  }).finally(progress.done)
  const { ciReport } = await import('../report/ci.ts')
  return { data: result, result, pretty: (options) => ciReport(result, options), ...(shard && { shard }) }
}

/** What runs models, loaded only where some are run. */
async function runsOf(
  config: Config,
  overrides: Config,
  flags: Flags,
): Promise<Pick<CiOptions, 'runModel' | 'runOverrides'>> {
  const entries = [config, overrides, ...[config.models ?? []].flat()]
  const some = entries.some(
    (one) => typeof one !== 'string' && (one.wrapper !== undefined || one.runtimes !== undefined),
  )
  if (!some) return {}
  const { runModel } = await import('./on-demand/run.ts')
  const { bisect, dims: _, latency, ...others } = runOptions(flags)
  const { budgets = [], ...how } = latency ?? {}
  const measured = { ...how, ...(budgets.length > 0 && { budgets }) }
  const runOverrides = {
    ...others,
    ...(bisect && { bisect }),
    ...(Object.keys(measured).length > 0 && { latency: measured }),
  }
  return { runModel, runOverrides }
}

/** Flags as a config that goes before the one of the project. */
function configOf(models: readonly string[], flags: Flags): Config {
  const { dim, inputShape, inputValue, target, profile, customOp, known } = flags
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
      inputValues: Object.fromEntries([...inputValue].map(([name, values]) => [name, values.map(Number)])),
    }),
    ...(customOp && { customOps: [...customOp] }),
    ...(asIs && { asIs }),
    ...(inlineWeights && { inlineWeights }),
    ...(withoutWeights && { withoutWeights }),
    ...(hash && { hash }),
    ...(known !== undefined && { known }),
    ...(flags.wrapper !== undefined && { wrapper: flags.wrapper }),
    ...(flags.latency ? {} : { latency: false }),
    ...(flags.runtime && { runtimes: [...flags.runtime] }),
    ...(Object.keys(gates).length > 0 && { gates }),
  }
}

function formatsOf({ formats }: Config): readonly Format[] | undefined {
  const found = formats?.reduce<readonly Format[]>((before, text) => formatOf(reportFormats)(text, before), [])
  refuseUnwritable(found ?? [])
  return found
}

/** The share that a flag or the CI system asks for; the latter is said, for other models are left out. */
async function partOf({ env, err }: Terminal, { shard, quiet }: Flags): Promise<CiOptions['part'] | null> {
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
