/** From a config to a list: every model with the settings and targets that hold for it. */
import { isAbsolute, join, relative, resolve } from 'node:path'
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

export interface PlannedModel {
  readonly path: string
  /** Why the path leads to no model. */
  readonly problem?: Problem
  readonly settings: Settings
}

/** What is asked of a model. Models with the same settings share one object. */
export interface Settings {
  readonly options: AssessOptions
  readonly targets: readonly Target[]
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
  readonly config: Config
}

/**
 * @param config with paths that are taken from the working directory, see `rebased`
 * @param flags what goes before the config and before its entries
 * @throws Problem for targets and profiles that cannot be asked, and where no model is named
 */
export function planOf(config: Config, flags: Config): Plan {
  const whole = overlaid(config, flags)
  const registry = new Registry(whole.profiles)
  const named = [whole.models ?? []].flat()
  if (named.length === 0)
    throw new Problem('no-models', 'the config names no models', {
      expected: '"models": files, folders or globs',
      fix: 'deploycheck init looks for models and writes a config; or name them: deploycheck ci model.onnx',
    })
  const planned = new Map<string, PlannedModel>()
  const given = [new GivenNames(namesGiven(whole))]
  const plain = settingsOf(whole, registry, given)
  for (const item of named) {
    const { files, ...own } = typeof item === 'string' ? { files: item } : item
    let settings = plain
    if (Object.keys(own).length > 0) {
      const names = new GivenNames(namesGiven(own))
      given.push(names)
      settings = settingsOf(overlaid(overlaid(config, own), flags), registry, [...given.slice(0, 1), names])
    }
    for (const found of findModels([files].flat())) {
      const key = found.path === '-' ? '-' : resolve(found.path)
      planned.set(key, { path: planned.get(key)?.path ?? found.path, ...onlyProblem(found), settings })
    }
  }
  return { models: [...planned.values()], given, config: whole }
}

const onlyProblem = ({ problem }: { readonly problem?: Problem }) => (problem ? { problem } : {})

const joinedKeys = ['dims', 'inputShapes', 'inputValues', 'tolerances', 'maxDrop', 'gates'] as const

/** `over` goes before `under`; tables are joined, all else is replaced. */
export function overlaid(under: Config, over: Partial<Config> | Omit<ModelEntry, 'files'>): Config {
  const joined: Config = { ...under, ...over }
  for (const key of joinedKeys)
    if (under[key] && over[key]) Object.assign(joined, { [key]: { ...under[key], ...over[key] } })
  return joined
}

const namesGiven = ({ dims, inputShapes, inputValues }: Omit<ModelEntry, 'files'>): InferOptions => ({
  ...(dims && { dims: mapOf(dims) }),
  ...(inputShapes && { inputShapes: mapOf(inputShapes) }),
  ...(inputValues && { inputValues: mapOf(inputValues) }),
})

function settingsOf(config: Config, registry: Registry, given: readonly GivenNames[]): Settings {
  const { customOps, asIs, inlineWeights, withoutWeights, hash } = config
  const { failOn, minCoverage = null, maxPartitions = null } = config.gates ?? {}
  return {
    given,
    run: runOf(config),
    options: {
      ...namesGiven(config),
      ...(customOps && { customOps }),
      asIs: asIs === true,
      inlineWeights: inlineWeights === true,
      withoutWeights: withoutWeights === true,
      hash: hash === true,
    },
    targets: targetsOf(config.targets ?? [], registry),
    gates: { failOn: failOn ?? defaultGates.failOn, minCoverage, maxPartitions },
  }
}

function runOf(config: Config): RunRequest | null {
  const { wrapper, runtimes, require, reference, samples, seed, tolerances, maxDrop, bisect, latency } = config
  if (wrapper === undefined && runtimes === undefined) return null
  if (runtimes?.length === 0) return null
  const { dims } = namesGiven(config)
  return {
    wrapper: wrapper ?? null,
    options: {
      ...(dims && { dims }),
      ...(runtimes && { runtimes }),
      ...(require && { require }),
      ...(reference !== undefined && { reference }),
      ...(typeof samples === 'number' && { samples }),
      ...(typeof samples === 'string' && { inputs: samples }),
      ...(seed !== undefined && { seed }),
      ...(tolerances && { tolerances: completed(tolerances) }),
      ...(maxDrop && { maxDrop }),
      ...(bisect && { bisect }),
      ...(latency && { latency: latencyOf(latency) }),
    },
  }
}

function latencyOf({ budgets = {}, ...latency }: LatencyConfig): LatencyOptions {
  const { p50 = {}, load = {}, memory = {}, modelBytes } = budgets
  const parsed = (kind: BudgetKind, limits: Readonly<Record<string, string>>): Budget[] =>
    Object.entries(limits).map(([id, limit]) => parseBudget(kind, id === '*' ? limit : `${id}=${limit}`))
  const size = modelBytes === undefined ? [] : [parseBudget('model-bytes', modelBytes)]
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

/** The config with its paths taken from the working directory. */
export function rebased(config: Config, folder: string, cwd: string = process.cwd()): Config {
  const prefix = relative(cwd, folder)
  if (prefix === '') return config
  const at = (path: string): string =>
    path === '-' || /^https?:/i.test(path) || isAbsolute(path) ? path : join(prefix, path)
  const { models, profiles, known, formats, ...others } = config
  return {
    ...config,
    ...(models !== undefined && { models: [models].flat().map((item) => entryAt(item, at)) }),
    // The name of a package is no path.
    ...(profiles && { profiles: profiles.map((name) => (/\.json$|^\.{0,2}[\\/]/.test(name) ? at(name) : name)) }),
    ...(known !== undefined && { known: at(known) }),
    ...filesAt(others, at),
    ...(formats && { formats: formats.map((text) => text.replace(/=(.+)$/s, (_, file: string) => `=${at(file)}`)) }),
  }
}

function entryAt(item: string | ModelEntry, at: (path: string) => string): string | ModelEntry {
  if (typeof item === 'string') return at(item)
  return { ...item, files: [item.files].flat().map(at), ...filesAt(item, at) }
}

/** What both a config and an entry may name. */
const filesAt = (
  { wrapper, samples, latency }: Pick<Config, 'wrapper' | 'samples' | 'latency'>,
  at: (path: string) => string,
): Pick<Config, 'wrapper' | 'samples' | 'latency'> => ({
  ...(wrapper !== undefined && { wrapper: at(wrapper) }),
  ...(typeof samples === 'string' && { samples: at(samples) }),
  ...(latency && latency.baseline !== undefined && { latency: { ...latency, baseline: at(latency.baseline) } }),
})
