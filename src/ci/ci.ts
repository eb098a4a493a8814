/** All that a config asks for, model by model, with answers kept from the last run: what `ci`, `run` and `compare` are. */
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Acceptance, entryFindings, joinedProblems, problemsOf, problemsOfRun } from '../assess/acceptance.ts'
import { describeModel } from '../assess/describe.ts'
import { type Asked, askOne } from '../assess/every-model.ts'
import { exitCodeOf, exitCodes } from '../assess/exit-code.ts'
import type { ModelNames } from '../assess/given-names.ts'
import type { AssessOptions } from '../assess/options.ts'
import { withReleases } from '../assess/other-releases.ts'
import { runGates } from '../assess/run-gates.ts'
import { saveBaseline } from '../assess/run-latency.ts'
import { targetsOfModel } from '../assess/target-answers.ts'
import type { Config } from '../config/config.ts'
import { readKnown } from '../config/known.ts'
import type { Shard } from '../report/blob.ts'
import type { KnownProblem } from '../result/acceptance.ts'
import { errorInfo } from '../result/error-info.ts'
import { isProblem, Problem } from '../result/problem.ts'
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
import { type Asks, asksOfCi } from './asks.ts'
import { effective } from './layers.ts'
import { type Packed, pack, unpack } from './packed.ts'
import { type Plan, type PlannedModel, planOf, type Settings } from './plan.ts'
import { ownFiles, type RunFiles } from './run-files.ts'
import { type Part, shareOf } from './shard.ts'
import { openComparison, sideBySide } from './side-by-side.ts'
import { Store, stampOf, textHash } from './store.ts'

export interface CiOptions {
  /** Which part of the config is asked; by default all, as `ci` does. */
  readonly asks?: Asks
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
  /** Asks real providers, where the config says `prove`; that of this package, likewise. */
  readonly prove?: NonNullable<AssessOptions['prove']>
  /** What runs read and write. */
  readonly files?: RunFiles
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
 * All models of a config: checked against their targets, and run where that is asked. Paths of the config are taken from
 * the working directory. Never throws for what one of several models has wrong.
 * @throws Problem for what cannot be asked: targets, profiles, a known-problems file
 */
export async function ci(config: Config, options: CiOptions = {}): Promise<CiAnswer> {
  const { asks = asksOfCi, overrides = {}, part, today = new Date().toISOString().slice(0, 10), updateKnown } = options
  const whole = effective(config, overrides)
  const plan = planOf(whole, asks, overrides.models !== undefined)
  refuseWithoutRuns(plan, overrides, options.files ?? {})
  const isPart = (part?.total ?? 1) > 1
  if (updateKnown && isPart)
    throw new Problem('bad-flag', '--update-known writes what all models have, and this is a part of them', {
      fix: 'write the file in one job: --shard 1/1',
    })
  const known = whole.known === undefined ? [] : readKnown(whole.known, updateKnown !== undefined)
  const acceptance = new Acceptance({
    today,
    ignored: { file: options.file ?? 'ignore', entries: whole.ignore ?? [] },
    ...(whole.known !== undefined && !updateKnown && { known: { file: whole.known, problems: known } }),
  })
  const share = part ? shareOf(plan.models, part) : plan.models
  const asked = await new Round(plan, whole, acceptance, asks, options).ask(share)
  // Entries for models and targets that were not asked this time may be needed.
  const all = asks.command === 'ci' && overrides.models === undefined && overrides.targets === undefined
  if (!asked.partial && updateKnown) {
    const others = all ? [] : known.filter((problem) => !acceptance.asksAbout(problem))
    updateKnown(joinedProblems([...asked.problems, ...others], known))
  }

  const accepted = acceptance.used(all)
  const findings = entryFindings(accepted, today, !asked.partial && !isPart)
  const { columns } = asks.comparison ?? {}
  const compared = asks.comparison && !isPart ? sideBySide(asked, columns) : null
  const error = asked.error ?? compared?.error ?? null
  const result = {
    models: asked.models,
    ...(asked.runs.length > 0 && { runs: asked.runs }),
    ...(asks.comparison && { comparison: compared?.comparison ?? openComparison(columns) }),
    gates: updateKnown ? [] : asked.gates,
    ...(findings.length > 0 && { findings }),
    ...(accepted.length > 0 && { accepted }),
    ...(asked.partial && { partial: true as const }),
    ...(error && { error }),
  }
  // More jobs than models: one that has nothing to do is content.
  const idle = part !== undefined && share.length === 0
  return {
    result: { schemaVersion, tool, exitCode: idle ? exitCodes.ok : exitCodeOf(result), ...result },
    shard: part ? { index: part.index, total: part.total, run: runOf(plan, whole, asks, options.runId) } : null,
  }
}

/** Flags that would do nothing in silence, as no model is run. */
function refuseWithoutRuns({ models }: Plan, { latency, maxDrop }: Config, files: RunFiles): void {
  if (models.some(({ settings }) => settings.run)) return
  const { baseline, budgets = {} } = latency || {}
  const [first] = [
    ...Object.keys(files),
    ...(baseline === undefined ? [] : ['baseline']),
    ...Object.keys(budgets).map((kind) => `max-${kind}`),
    ...(maxDrop ? ['maxDrop'] : []),
  ]
  if (first === undefined) return
  const flag = first.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new Problem('bad-flag', `--${flag} is about runs, and no model is run`, {
    fix: 'say where: --runtime cpu, or a wrapper; or "runtimes" in the config',
  })
}

/** One after the other: all models of a share, each checked and run as its settings say. */
class Round {
  private readonly asker: Asker
  private readonly filesOf: ReturnType<typeof ownFiles>
  private readonly models: Result['models'] = []
  private readonly runs: RunResult[] = []
  private readonly gates: GateFailure[] = []
  private readonly problems: KnownProblem[] = []
  private partial = false
  /** What could not be asked: a run that did not come about, a name that no model has. */
  private error: ErrorInfo | null = null

  constructor(
    private readonly plan: Plan,
    private readonly config: Config,
    private readonly acceptance: Acceptance,
    private readonly asks: Asks,
    private readonly options: CiOptions,
  ) {
    // Shards draw what the whole would: the number of all models counts.
    const graphs = options.graphs === true && plan.models.length <= mostDrawn
    this.asker = new Asker({ ...options, graphs })
    const run = plan.models.filter(({ settings, problem }) => settings.run && !problem).map(({ path }) => path)
    this.filesOf = ownFiles(options.files ?? {}, run)
  }

  async ask(share: readonly PlannedModel[]) {
    try {
      for (const [position, planned] of share.entries()) {
        if (this.options.signal?.aborted) break
        this.options.onModel?.(planned.path, position, share.length)
        await this.one(planned)
        // Lets an interruption in between two models.
        await new Promise(setImmediate)
      }
    } finally {
      this.asker.close()
    }
    this.partial ||= this.models.length < share.length
    // A name that no model of this part has may be that of another part's.
    const complete = !this.partial && share.length === this.plan.models.length
    if (complete) this.error ??= unknownName(this.plan)
    this.saveBaseline()
    const { models, runs, gates, problems, partial, error } = this
    return { models, runs, gates, problems, partial, error }
  }

  private async one(planned: PlannedModel): Promise<void> {
    const { acceptance, options, config, problems } = this
    const answer = await this.asker.ask(planned)
    if ('error' in answer) {
      this.models.push(answer)
      return
    }
    const { prove } = options
    const full = unpack(answer)
    // Whether a provider can be asked hangs on the machine, and is asked anew each time.
    const proved = config.prove && prove && full.targets ? { targets: await prove(planned.path, full.targets) } : null
    const marked = proved
      ? acceptance.mark({ ...full, ...proved })
      : unpack({ ...answer, model: acceptance.mark(answer.model, full) })
    const { gates: limits } = planned.settings
    this.gates.push(...acceptance.gates([marked], limits))
    if (options.updateKnown) problems.push(...problemsOf(marked, limits))
    this.models.push(marked)
    const ran = await this.run(planned, marked.targets ?? [])
    this.runs.push(...(ran.runs ?? []))
    this.gates.push(...ran.gates)
    if (options.updateKnown) for (const one of ran.runs ?? []) problems.push(...problemsOfRun(one))
    this.partial ||= ran.partial === true
    this.error ??= ran.error ?? null
  }

  /** A run that does not come about, as with a wrapper that cannot be loaded, keeps no other model from being asked. */
  private async run(
    { path, settings }: PlannedModel,
    targets: readonly TargetResult[],
  ): Promise<Pick<Result, 'runs' | 'gates' | 'partial' | 'error'>> {
    const { acceptance } = this
    const { runModel, signal, onStep } = this.options
    const { run } = settings
    if (!run || !runModel || this.partial) return { gates: [] }
    let result: Result
    try {
      result = await runModel(path, run.wrapper, {
        ...run.options,
        ...this.filesOf(path),
        ...(signal && { signal }),
        ...(onStep && { onStep: (text) => onStep(this.plan.models.length > 1 ? `${path}: ${text}` : text) }),
      })
    } catch (error) {
      if (!isProblem(error) || (this.plan.models.length === 1 && !this.asks.targets)) throw error
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

  /** One file for all: with a run that is missing it would take the place of one that has it. */
  private saveBaseline(): void {
    const file = this.options.files?.saveBaseline
    if (file === undefined || this.partial || this.error || this.runs.length === 0) return
    try {
      saveBaseline(file, this.runs)
    } catch (error) {
      if (!isProblem(error)) throw error
      this.error = errorInfo(error)
    }
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
        const described = describeModel(model, inference, { graphs })
        return targets === null
          ? described
          : { ...described, targets: targetsOfModel(model, inference, described, targets, options) }
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
  const rules = targets?.map(({ id, group, decides, parameters, profile }) => [
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

/** Shards with the same tool, question, config and models are of one run, as far as this can be told. */
function runOf({ models }: Plan, config: Config, asks: Asks, runId = ''): string {
  const sizes = models.map(({ path }) => [path, stampOf(path)?.split(' ')[0] ?? null])
  return textHash(JSON.stringify([tool, asks, config, sizes, runId])).slice(0, 16)
}
