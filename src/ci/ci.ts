/** `deploycheck ci`: everything that a config asks for, model by model, with answers kept from the last run. */
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Acceptance, entryFindings, joinedProblems, problemsOf, problemsOfRun } from '../assess/acceptance.ts'
import { describeModel } from '../assess/describe.ts'
import { type Asked, askOne } from '../assess/every-model.ts'
import { exitCodeOf, exitCodes } from '../assess/exit-code.ts'
import type { ModelNames } from '../assess/given-names.ts'
import { withReleases } from '../assess/other-releases.ts'
import { runGates } from '../assess/run-gates.ts'
import { checkModel } from '../check/check.ts'
import type { Config } from '../config/config.ts'
import { readKnown } from '../config/known.ts'
import type { Shard } from '../report/blob.ts'
import type { KnownProblem } from '../result/acceptance.ts'
import { errorInfo } from '../result/error-info.ts'
import { isProblem } from '../result/problem.ts'
import {
  type ErrorInfo,
  type GateFailure,
  isFailure,
  type ModelFailure,
  type Result,
  schemaVersion,
  type TargetResult,
} from '../result/result.ts'
import type { RunResult } from '../result/run.ts'
import { tool } from '../result/tool.ts'
import type { RunOptions } from '../run/options.ts'
import { type Packed, pack, unpack } from './packed.ts'
import { type Plan, type PlannedModel, planOf, type Settings } from './plan.ts'
import { type Part, shareOf } from './shard.ts'
import { Store, stampOf, textHash } from './store.ts'

export interface CiOptions {
  /** The config's name in messages about its entries. */
  readonly file?: string
  /** What goes before the config and its entries, as flags do. */
  readonly overrides?: Config
  /** Only this share of the models. */
  readonly part?: Pick<Part, 'index' | 'total'>
  /** Folder of kept answers; null: nothing is kept. */
  readonly cache?: string | null
  /** Takes all problems of today for known ones: nothing fails, and this is told what to write into the file. */
  readonly updateKnown?: (problems: readonly KnownProblem[]) => void
  /** Also the graphs as they are drawn, where the config has no more models than a page can show (`mostDrawn`). */
  readonly graphs?: boolean
  /** Runs a model on runtimes; that of this package, which is large and therefore handed in. */
  readonly runModel?: RunModel
  /** Goes before what the config says of runs. */
  readonly runOverrides?: RunOptions
  /** `2027-03-31`; entries that end before it are over. */
  readonly today?: string
  /** The same for all jobs of one run, where the CI system has such a number. */
  readonly runId?: string
  readonly signal?: AbortSignal
  /** Called with what a run does. */
  readonly onStep?: (text: string) => void
  readonly onModel?: (path: string, position: number, models: number) => void
  readonly onError?: (path: string, error: unknown) => void
}

/** Models whose graphs a report draws. */
const mostDrawn = 20

type RunModel = (path: string, wrapper: string | null, options: RunOptions) => Promise<Result>

export interface CiAnswer {
  readonly result: Result
  /** Which part of the whole it is; null where it is all. */
  readonly shard: Shard | null
}

/**
 * All models of a config against their targets. Paths of the config are taken from the working directory. Never throws
 * for what one of the models has wrong.
 * @throws Problem for what cannot be asked: targets, profiles, a known-problems file
 */
export async function ci(config: Config, options: CiOptions = {}): Promise<CiAnswer> {
  const { overrides = {}, part, today = new Date().toISOString().slice(0, 10), updateKnown } = options
  const plan = planOf(config, overrides)
  const whole = plan.config
  const known = whole.known === undefined ? [] : readKnown(whole.known, updateKnown !== undefined)
  const acceptance = new Acceptance({
    today,
    ignored: { file: options.file ?? 'ignore', entries: whole.ignore ?? [] },
    ...(whole.known !== undefined && !updateKnown && { known: { file: whole.known, problems: known } }),
  })
  const share = part ? shareOf(plan.models, part) : plan.models
  const asked = await askAll(plan, share, acceptance, options)
  if (!asked.partial) updateKnown?.(joinedProblems(asked.problems, known))

  const complete = !asked.partial && (part?.total ?? 1) === 1
  // Entries for models and targets that were not asked this time may be needed.
  const all = complete && overrides.models === undefined && overrides.targets === undefined
  const accepted = acceptance.used()
  const findings = entryFindings(accepted, today, all)
  const result = {
    models: asked.models,
    ...(asked.runs.length > 0 && { runs: asked.runs }),
    gates: updateKnown ? [] : asked.gates,
    ...(findings.length > 0 && { findings }),
    ...(accepted.length > 0 && { accepted }),
    ...(asked.partial && { partial: true as const }),
    ...(asked.error && { error: asked.error }),
  }
  // More jobs than models: one that has nothing to do is content.
  const idle = part !== undefined && share.length === 0
  return {
    result: { schemaVersion, tool, exitCode: idle ? exitCodes.ok : exitCodeOf(result), ...result },
    shard: part ? { index: part.index, total: part.total, run: runOf(plan, options.runId) } : null,
  }
}

interface Answers {
  readonly models: Result['models']
  readonly runs: RunResult[]
  readonly gates: GateFailure[]
  readonly problems: KnownProblem[]
  readonly partial: boolean
  /** What could not be asked: a run that did not come about, a name that no model has. */
  readonly error: ErrorInfo | null
}

async function askAll(
  plan: Plan,
  share: readonly PlannedModel[],
  acceptance: Acceptance,
  options: CiOptions,
): Promise<Answers> {
  // Shards draw what the whole would: the number of all models counts.
  const graphs = options.graphs === true && plan.models.length <= mostDrawn
  const asker = new Asker({ ...options, graphs })
  const models: Result['models'] = []
  const runs: RunResult[] = []
  const gates: GateFailure[] = []
  const problems: KnownProblem[] = []
  let partial = false
  let error: ErrorInfo | null = null
  for (const [position, planned] of share.entries()) {
    if (options.signal?.aborted) break
    options.onModel?.(planned.path, position, share.length)
    const answer = await asker.ask(planned)
    if ('error' in answer) models.push(answer)
    else {
      const marked = unpack({ ...answer, model: acceptance.mark(answer.model, unpack(answer)) })
      const { gates: limits } = planned.settings
      gates.push(...acceptance.gates([marked], limits))
      if (options.updateKnown) problems.push(...problemsOf(marked, limits))
      models.push(marked)
      const ran = await runOne(planned, marked.targets ?? [], acceptance, options)
      runs.push(...(ran.runs ?? []))
      gates.push(...ran.gates)
      if (options.updateKnown) for (const one of ran.runs ?? []) problems.push(...problemsOfRun(one))
      partial ||= ran.partial === true
      error ??= ran.error ?? null
    }
    // Lets an interruption in between two models.
    await new Promise(setImmediate)
  }
  asker.close()
  partial ||= models.length < share.length
  // A name that no model of this part has may be that of another part's.
  const complete = !partial && share.length === plan.models.length
  return { models, runs, gates, problems, partial, error: error ?? (complete ? unknownName(plan) : null) }
}

/** A run that does not come about, as with a wrapper that cannot be loaded, keeps no other model from being asked. */
async function runOne(
  { path, settings }: PlannedModel,
  targets: readonly TargetResult[],
  acceptance: Acceptance,
  { runModel, runOverrides, signal, onStep }: CiOptions,
): Promise<Pick<Result, 'runs' | 'gates' | 'partial' | 'error'>> {
  const { run } = settings
  if (!run || !runModel) return { gates: [] }
  let result: Result
  try {
    result = await runModel(path, run.wrapper, {
      ...run.options,
      ...runOverrides,
      ...(run.options.latency && { latency: { ...run.options.latency, ...runOverrides?.latency } }),
      ...(signal && { signal }),
      ...(onStep && { onStep: (text) => onStep(`${path}: ${text}`) }),
    })
  } catch (error) {
    if (!isProblem(error)) throw error
    const info = errorInfo(error)
    return { gates: [], error: { ...info, message: `${path} was not run: ${info.message}` } }
  }
  const runs = (result.runs ?? []).map((one) => acceptance.markRun(withReleases(one, targets)))
  // Gates of the model itself are those of its check; those of runs follow from findings that are accepted or not.
  const limits = result.gates.filter(({ gate }) => gate !== 'error' && gate !== 'run')
  return {
    runs,
    gates: [...runs.flatMap(runGates), ...limits.filter((gate) => !acceptance.acceptsLimit(gate))],
    ...(result.partial && { partial: true }),
  }
}

/** Asks about one model after the other, or finds what was answered before. */
class Asker {
  private readonly store: Store | null
  private readonly questions = new Map<Settings, string>()

  constructor(private readonly options: CiOptions) {
    const { cache = null } = options
    this.store = cache === null ? null : new Store(cache)
  }

  async ask({ path, problem, settings }: PlannedModel): Promise<Packed | ModelFailure> {
    const see = (names: ModelNames | null) => {
      for (const given of settings.given) given.see(names)
    }
    if (problem) see(null)
    if (problem) return { path, error: errorInfo(problem) }
    const question = this.questionOf(settings)
    const kept = this.store?.get(path, question)
    if (kept) {
      see(kept.names)
      return { nodes: kept.nodes, model: { ...kept.model, path } }
    }
    const stamp = stampOf(path)
    const { answer, names, externalFiles } = await this.work(path, settings)
    see(names)
    if (isFailure(answer)) return answer
    const packed = pack(answer)
    if (stamp !== null && names) this.store?.set(path, stamp, externalFiles, question, { ...packed, names })
    return packed
  }

  private async work(
    path: string,
    { options, targets }: Settings,
  ): Promise<Asked & { externalFiles: readonly string[] }> {
    let externalFiles: readonly string[] = []
    const { signal, onError, graphs = false } = this.options
    const asked = await askOne(
      path,
      { ...options, ...(signal && { signal }), ...(onError && { onError }) },
      true,
      (model, inference) => {
        externalFiles = model.externalFiles ?? []
        return {
          ...describeModel(model, inference, { graphs }),
          targets: checkModel(model, inference, targets, options),
        }
      },
    )
    return { ...asked, externalFiles }
  }

  private questionOf(settings: Settings): string {
    const before = this.questions.get(settings)
    if (before !== undefined) return before
    const question = questionText(settings, this.options.graphs === true)
    this.questions.set(settings, question)
    return question
  }

  close(): void {
    this.store?.close()
  }
}

function unknownName({ given }: Plan): ErrorInfo | null {
  for (const names of given) {
    const unknown = names.unused()
    if (unknown) return unknown
  }
  return null
}

/** All that an answer hangs on beside the model: settings, rules, and this program. */
function questionText({ options, targets }: Settings, graphs: boolean): string {
  const rules = targets.map(({ id, group, decides, parameters, profile }) => [
    id,
    group,
    decides,
    parameters,
    textHash(JSON.stringify(profile)),
  ])
  const plain = (_key: string, value: unknown) => (value instanceof Map ? [...value] : value)
  return JSON.stringify([tool.version, programSize(), options, rules, graphs], plain)
}

/** Tells builds of one version apart. */
const programSize = (): number => statSync(fileURLToPath(import.meta.url)).size

/** Shards with the same tool, config and models are of one run, as far as this can be told. */
function runOf({ models, config }: Plan, runId = ''): string {
  const sizes = models.map(({ path }) => [path, stampOf(path)?.split(' ')[0] ?? null])
  return textHash(JSON.stringify([tool, config, sizes, runId])).slice(0, 16)
}
