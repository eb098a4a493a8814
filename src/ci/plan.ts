/** From a config to a list: every model with the settings and targets that hold for it. */
import { isAbsolute, join, relative, resolve } from 'node:path'
import { findModels } from '../assess/find-models.ts'
import { defaultGates, type Gates } from '../assess/gates.ts'
import { GivenNames } from '../assess/given-names.ts'
import type { AssessOptions } from '../assess/options.ts'
import type { Config, ModelEntry, TargetEntry } from '../config/config.ts'
import type { InferOptions } from '../infer/facts.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import { Problem } from '../result/problem.ts'

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
  /** Names that the config and its entry give, each with the models that may have them. */
  readonly given: readonly GivenNames[]
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

/** `over` goes before `under`; tables are joined, all else is replaced. */
export function overlaid(under: Config, over: Partial<Config> | Omit<ModelEntry, 'files'>): Config {
  const joined: Config = { ...under, ...over }
  for (const key of ['dims', 'inputShapes', 'inputValues', 'gates'] as const)
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
  const { models, profiles, known, formats } = config
  return {
    ...config,
    ...(models !== undefined && {
      models: [models]
        .flat()
        .map((item) => (typeof item === 'string' ? at(item) : { ...item, files: [item.files].flat().map(at) })),
    }),
    // The name of a package is no path.
    ...(profiles && { profiles: profiles.map((name) => (/\.json$|^\.{0,2}[\\/]/.test(name) ? at(name) : name)) }),
    ...(known !== undefined && { known: at(known) }),
    ...(formats && { formats: formats.map((text) => text.replace(/=(.+)$/s, (_, file: string) => `=${at(file)}`)) }),
  }
}
