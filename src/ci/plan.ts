/** From a config to a list: every model with the settings and targets that hold for it. */
import { resolve } from 'node:path'
import { findModels } from '../assess/find-models.ts'
import { defaultGates, type Gates } from '../assess/gates.ts'
import { GivenNames } from '../assess/given-names.ts'
import type { AssessOptions } from '../assess/options.ts'
import type { Config, LatencyConfig, ModelEntry, TargetEntry, ToleranceConfig } from '../config/config.ts'
import type { InferOptions } from '../infer/facts.ts'
import { type Budget, type BudgetKind, parseBudget } from '../latency/budgets.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import { Problem } from '../result/problem.ts'
import type { LatencyOptions, RunOptions } from '../run/options.ts'
import type { Asks } from './asks.ts'
import { overlaid } from './layers.ts'

export interface PlannedModel {
  readonly path: string
  /** Why the path leads to no model. */
  readonly problem?: Problem
  readonly settings: Settings
}

/** What is asked of a model. Models with the same settings share one object. */
export interface Settings {
  readonly options: AssessOptions
  /** Null: no target is asked. */
  readonly targets: readonly Target[] | null
  readonly gates: Gates
  /** How the model is run; null: it is not. */
  readonly run: RunRequest | null
  /** Names that the config and its entry give, each with the models that may have them. */
  readonly given: readonly GivenNames[]
}

export interface RunRequest {
  readonly wrapper: string | null
  readonly options: RunOptions
}

export interface Plan {
  readonly models: readonly PlannedModel[]
  readonly given: readonly GivenNames[]
}

/**
 * @param config that holds, see `effective`, with paths that are taken from the working directory
 * @param named whether the user named the models, and not the config
 * @throws Problem for targets and profiles that cannot be asked, and where no model is named
 */
export function planOf(config: Config, asks: Asks, named: boolean): Plan {
  const registry = new Registry(config.profiles)
  const items = [config.models ?? []].flat()
  if (items.length === 0)
    throw new Problem('no-models', 'the config names no models', {
      expected: '"models": files, folders or globs',
      fix: `deploycheck init looks for models and writes a config; or name them: deploycheck ${asks.command} model.onnx`,
    })
  const planned = new Map<string, PlannedModel>()
  const given = [new GivenNames(namesGiven(config))]
  const settle = (own: Config, names: readonly GivenNames[]): Settings => settingsOf(own, asks, named, registry, names)
  const plain = settle(config, given)
  for (const item of items) {
    const { files, ...own } = typeof item === 'string' ? { files: item } : item
    let settings = plain
    if (Object.keys(own).length > 0) {
      const names = new GivenNames(namesGiven(own))
      given.push(names)
      settings = settle(overlaid(config, own), [...given.slice(0, 1), names])
    }
    for (const found of findModels([files].flat())) {
      const key = found.path === '-' ? '-' : resolve(found.path)
      planned.set(key, { path: planned.get(key)?.path ?? found.path, ...onlyProblem(found), settings })
    }
  }
  const models = [...planned.values()]
  refuseSharedModel(models)
  return { models, given }
}

const onlyProblem = ({ problem }: { readonly problem?: Problem }) => (problem ? { problem } : {})

/** A model that is shipped in the place of another is that of one model. */
function refuseSharedModel(models: readonly PlannedModel[]): void {
  const seen = new Map<Settings, string>()
  for (const { path, settings } of models) {
    const [shipped] = Object.entries(settings.run?.options.models ?? {})
    if (!shipped) continue
    const other = seen.get(settings)
    if (other !== undefined)
      throw new Problem('bad-flag', `${shipped.join('=')} would take the place of ${other} and of ${path}`, {
        expected: 'one model for --model-for',
        fix: 'name one model, or give each its own in the config: { files, modelFor }',
      })
    seen.set(settings, path)
  }
}

const namesGiven = ({ dims, inputShapes, inputValues }: Omit<ModelEntry, 'files'>): InferOptions => ({
  ...(dims && { dims: mapOf(dims) }),
  ...(inputShapes && { inputShapes: mapOf(inputShapes) }),
  ...(inputValues && { inputValues: new Map(Object.entries(inputValues).map(wholeNumbers)) }),
})

function wholeNumbers([name, values]: [string, readonly (number | string)[]]): [string, (number | bigint)[]] {
  return [
    name,
    values.map((value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
      throw new Problem('bad-config', `inputValues: ${name} has the value ${JSON.stringify(value)}`, {
        expected: 'whole numbers, those beyond 2^53 as text',
        fix: `for example: { "${name}": [1, "9007199254740993"] }`,
      })
    }),
  ]
}

function settingsOf(
  config: Config,
  asks: Asks,
  named: boolean,
  registry: Registry,
  given: readonly GivenNames[],
): Settings {
  const { customOps, asIs, inlineWeights, withoutWeights, hash, verdict } = config
  const { failOn, minCoverage = null, maxPartitions = null } = config.gates ?? {}
  return {
    given,
    run: runOf(config, asks, named),
    options: {
      ...namesGiven(config),
      ...(customOps && { customOps }),
      asIs: asIs === true,
      inlineWeights: inlineWeights === true,
      withoutWeights: withoutWeights === true,
      hash: hash === true,
      ortVerdict: verdict === 'ort',
    },
    targets: asks.targets ? targetsOf(config.targets ?? [], registry) : null,
    gates: { failOn: failOn ?? defaultGates.failOn, minCoverage, maxPartitions },
  }
}

function runOf(config: Config, asks: Asks, named: boolean): RunRequest | null {
  const { wrapper, runtimes: listed, require, reference, samples, seed, tolerances, maxDrop, bisect } = config
  const { modelFor, wrapperFor } = config
  const isWanted = asks.everyRun || [wrapper, listed, require].some((one) => one !== undefined)
  const isRefused = listed?.length === 0
  // Who names a model to be run wants more than the config does.
  if (!isWanted || (isRefused && !(asks.everyRun && named))) return null
  const runtimes = isRefused || listed === undefined ? asks.runtimes : listed
  const latency = config.latency ?? asks.latency
  return {
    wrapper: wrapper ?? null,
    options: {
      ...namesGiven(config),
      ...(runtimes && { runtimes }),
      ...(require && { require }),
      ...(reference !== undefined && { reference }),
      ...(typeof samples === 'number' && { samples }),
      ...(typeof samples === 'string' && { inputs: samples }),
      ...(seed !== undefined && { seed }),
      ...(tolerances && { tolerances: completed(tolerances) }),
      ...(maxDrop && { maxDrop }),
      ...(modelFor && { models: modelFor }),
      ...(wrapperFor && { wrappers: wrapperFor }),
      ...(bisect && { bisect }),
      settings: runtimeSettings(config),
      ...(latency && { latency: latencyOf(latency) }),
    },
  }
}

const runtimeSettings = ({ browser, threads, timeLimit }: Config): NonNullable<RunOptions['settings']> => ({
  ...(browser !== undefined && { browser }),
  ...(threads !== undefined && { threads }),
  ...(timeLimit !== undefined && { timeLimit: timeLimit * 1000 }),
})

function latencyOf({ budgets = {}, ...latency }: LatencyConfig): LatencyOptions {
  const { p50 = {}, load = {}, memory = {}, modelBytes } = budgets
  const parsed = (kind: BudgetKind, limits: Readonly<Record<string, string>>): Budget[] =>
    Object.entries(limits).map(([id, limit]) => parseBudget(kind, id === '*' ? limit : `${id}=${limit}`))
  const size = modelBytes === undefined ? [] : [parseBudget('model-bytes', modelBytes)]
  if (latency.relativeTo !== undefined && latency.baseline === undefined)
    throw new Problem(
      'bad-flag',
      `--relative-to ${latency.relativeTo} says how to compare with a baseline, and none is named`,
      { fix: 'add --baseline FILE' },
    )
  return { ...latency, budgets: [...parsed('p50', p50), ...parsed('load', load), ...parsed('memory', memory), ...size] }
}

const completed = (tolerances: Readonly<Record<string, ToleranceConfig>>): NonNullable<RunOptions['tolerances']> =>
  Object.fromEntries(Object.entries(tolerances).map(([name, { atol = 0, rtol = 0 }]) => [name, { atol, rtol }]))

const mapOf = <Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(table))

function targetsOf(entries: readonly (string | TargetEntry)[], registry: Registry): readonly Target[] {
  if (entries.length === 0) return resolveTargets([], registry)
  return entries.flatMap((entry) => {
    const { target, parameters = {}, severity = 'error' } = typeof entry === 'string' ? { target: entry } : entry
    if (severity === 'off') return []
    const found = resolveTargets([withParameters(target, parameters)], registry)
    return severity === 'warning' ? found.map((one) => ({ ...one, decides: false })) : found
  })
}

function withParameters(target: string, parameters: NonNullable<TargetEntry['parameters']>): string {
  const texts = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  return texts.length === 0 ? target : `${target}${target.includes('@') ? ',' : '@'}${texts.join(',')}`
}
