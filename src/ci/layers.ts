/** What holds when flags go before a config and its entries, and whose folder its paths are taken from. */
import { isAbsolute, join, relative, resolve } from 'node:path'
import { findModels } from '../assess/find-models.ts'
import type { BudgetConfig, Config, LatencyConfig, ModelEntry } from '../config/config.ts'

type Own = Omit<ModelEntry, 'files'>
type Layer = Partial<Config> | Own

const tables = [
  'dims',
  'inputShapes',
  'inputValues',
  'tolerances',
  'maxDrop',
  'modelFor',
  'wrapperFor',
  'gates',
] as const

/** `over` goes before `under`; tables are joined, all else is replaced. */
export function overlaid<Under extends Layer>(under: Under, over: Layer): Under {
  const joined = { ...under, ...over }
  for (const key of tables)
    if (under[key] && over[key]) Object.assign(joined, { [key]: { ...under[key], ...over[key] } })
  if (under.latency && over.latency) joined.latency = joinedLatency(under.latency, over.latency)
  return joined
}

function joinedLatency(under: LatencyConfig, over: LatencyConfig): LatencyConfig {
  if (!under.budgets || !over.budgets) return { ...under, ...over }
  const budgets: BudgetConfig = { ...under.budgets, ...over.budgets }
  for (const kind of ['p50', 'load', 'memory'] as const) {
    const [before, after] = [under.budgets[kind], over.budgets[kind]]
    if (before && after && !('*' in after)) budgets[kind] = { ...before, ...after }
  }
  return { ...under, ...over, budgets }
}

/**
 * The config that holds. Models that are named as flags have the settings of the entries that they have in the config;
 * flags go before these, too.
 */
export function effective(config: Config, flags: Config): Config {
  const whole = overlaid(config, flags)
  const items = flags.models === undefined ? [config.models ?? []].flat() : namedItems([flags.models].flat(), config)
  if (flags.models === undefined && !Array.isArray(config.models)) return whole
  return { ...whole, models: items.map((item) => underFlags(item, flags)) }
}

/** An entry, with flags in the place of what it says of the same. */
function underFlags(item: string | ModelEntry, flags: Config): string | ModelEntry {
  if (typeof item === 'string') return item
  const over = Object.fromEntries(Object.entries(flags).filter(([key]) => key !== 'models' && key in item))
  return overlaid(item, over)
}

/** What is named, each file that has an entry in the config with what that says. */
function namedItems(named: readonly (string | ModelEntry)[], config: Config): (string | ModelEntry)[] {
  const entries = new Map<string, Own | null>()
  for (const item of [config.models ?? []].flat()) {
    const { files, ...own } = typeof item === 'string' ? { files: item } : item
    for (const { path } of findModels([files].flat()))
      entries.set(resolve(path), Object.keys(own).length > 0 ? own : null)
  }
  return named.flatMap((item): readonly (string | ModelEntry)[] => {
    if (typeof item !== 'string') return [item]
    const found = findModels([item]).map(({ path }) => ({ path, own: entries.get(resolve(path)) ?? null }))
    if (found.every(({ own }) => own === null)) return [item]
    return found.map(({ path, own }) => (own ? { files: path, ...own } : path))
  })
}

/** The config with its paths taken from the working directory. */
export function rebased(config: Config, folder: string, cwd: string = process.cwd()): Config {
  const prefix = relative(cwd, folder)
  if (prefix === '') return config
  const at = (path: string): string =>
    path === '-' || /^https?:/i.test(path) || isAbsolute(path) ? path : join(prefix, path)
  const { models, profiles, known, formats, browser } = config
  return {
    ...config,
    ...(models !== undefined && { models: [models].flat().map((item) => entryAt(item, at)) }),
    // The name of a package is no path, nor is that of a browser.
    ...(profiles && { profiles: profiles.map((name) => (/\.json$|^\.{0,2}[\\/]/.test(name) ? at(name) : name)) }),
    ...(browser !== undefined && { browser: /[\\/]/.test(browser) ? at(browser) : browser }),
    ...(known !== undefined && { known: at(known) }),
    ...filesAt(config, at),
    ...(formats && { formats: formats.map((text) => text.replace(/=(.+)$/s, (_, file: string) => `=${at(file)}`)) }),
  }
}

function entryAt(item: string | ModelEntry, at: (path: string) => string): string | ModelEntry {
  if (typeof item === 'string') return at(item)
  return { ...item, files: [item.files].flat().map(at), ...filesAt(item, at) }
}

type Files = Pick<Config, 'wrapper' | 'samples' | 'modelFor' | 'wrapperFor' | 'latency'>

/** What both a config and an entry may name. */
function filesAt({ wrapper, samples, modelFor, wrapperFor, latency }: Files, at: (path: string) => string): Files {
  const all = (files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([id, file]) => [id, at(file)]))
  return {
    ...(wrapper !== undefined && { wrapper: at(wrapper) }),
    ...(typeof samples === 'string' && { samples: at(samples) }),
    ...(modelFor && { modelFor: all(modelFor) }),
    ...(wrapperFor && { wrapperFor: all(wrapperFor) }),
    ...(latency && latency.baseline !== undefined && { latency: { ...latency, baseline: at(latency.baseline) } }),
  }
}
