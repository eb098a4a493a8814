/** The file that later measurements are held against: versioned, and checked before it is believed. */
import { basename, resolve } from 'node:path'
import { distinctTails, endsWith } from '../result/distinct-tails.ts'
import { Problem } from '../result/problem.ts'
import type { Environment, RunResult } from '../result/run.ts'
import { tool } from '../result/tool.ts'

const format = 'deploycheck-baseline'
const version = 1

export interface Baseline {
  readonly format: typeof format
  readonly version: typeof version
  /** Of deploycheck, for people. */
  readonly tool: string
  readonly entries: readonly BaselineEntry[]
}

/** One model with one wrapper, or without. */
export interface BaselineEntry {
  /** File name, with as many of its folders as tell it from the others of the file. */
  readonly model: string
  readonly wrapper: string | null
  readonly environment: Environment
  readonly runtimes: readonly BaselineRuntime[]
}

export interface BaselineRuntime {
  readonly id: string
  readonly version: string | null
  readonly adapter: string | null
  /** Fast end of each repetition of the process, in milliseconds. */
  readonly repetitions: readonly number[]
  readonly concurrency: number
}

/** What was measured and can be relied on; a software adapter says nothing about later ones either. */
export function baselineText(runs: readonly RunResult[]): string {
  const paths = [...new Set(runs.map(({ model }) => resolve(model)))]
  const names = new Map(distinctTails(paths).map((name, i) => [paths[i], name]))
  const entries = runs.map(
    (run): BaselineEntry => ({
      model: names.get(resolve(run.model)) ?? basename(run.model),
      wrapper: run.wrapper === null ? null : basename(run.wrapper),
      environment: run.environment,
      runtimes: run.runtimes.flatMap(({ id, version: of, adapter, software, latency }) =>
        latency === null || software || latency.repetitions.length === 0
          ? []
          : [{ id, version: of, adapter, repetitions: latency.repetitions, concurrency: latency.concurrency }],
      ),
    }),
  )
  const baseline: Baseline = { format, version, tool: tool.version, entries }
  return `${JSON.stringify(baseline, null, 2)}\n`
}

const again = 'save it again with --save-baseline'

/** @throws Problem `baseline-broken` for what is no baseline, `baseline-version` for one of another version */
export function parseBaseline(text: string, path: string): Baseline {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new Problem('baseline-broken', `${path} is no JSON`, { path, fix: again, cause })
  }
  if (!isObject(data) || data.format !== format)
    throw new Problem('baseline-broken', `${path} is no baseline of deploycheck`, {
      path,
      expected: `"format": "${format}"`,
      fix: again,
    })
  if (data.version !== version)
    throw new Problem(
      'baseline-version',
      `${path} is a baseline of version ${JSON.stringify(data.version) ?? 'none'}`,
      {
        path,
        expected: `version ${version}`,
        fix: again,
      },
    )
  const fault = faultOf(data)
  if (fault !== null) throw new Problem('baseline-broken', `${path}: ${fault}`, { path, fix: again })
  return data as unknown as Baseline
}

/**
 * The entry of this model and wrapper. The file may have changed since, which is what one wants to hear about; another
 * model says nothing about this one.
 * @throws Problem `baseline-model`
 */
export function entryFor(baseline: Baseline, run: Pick<RunResult, 'model' | 'wrapper' | 'environment'>, path: string) {
  const wrapper = run.wrapper === null ? null : basename(run.wrapper)
  const sameWrapper = baseline.entries.filter((entry) => entry.wrapper === wrapper)
  const found =
    sameWrapper.find(({ model }) => endsWith(resolve(run.model), model)) ??
    sameWrapper.find(({ environment: { model } }) => model !== null && model === run.environment.model)
  if (found) return found
  const known = baseline.entries.map((entry) => nameOf(entry.model, entry.wrapper))
  throw new Problem('baseline-model', `${path} has nothing about ${nameOf(basename(run.model), wrapper)}`, {
    path,
    expected: `one of ${known.join(', ') || 'no model at all'}`,
    fix: 'name the baseline of this model, or save one with --save-baseline',
  })
}

const nameOf = (model: string, wrapper: string | null): string =>
  wrapper === null ? model : `${model} with ${wrapper}`

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0
const isCount = (value: unknown): boolean => isTime(value) && Number.isInteger(value)

const shapes = {
  entry: { model: isText, wrapper: isTextOrNull, environment: isObject, runtimes: Array.isArray },
  environment: { cpu: isText, cores: isCount, os: isText, node: isText, model: isTextOrNull },
  runtime: { id: isText, version: isTextOrNull, adapter: isTextOrNull, repetitions: isTimes, concurrency: isCount },
} satisfies Record<string, Record<string, (value: unknown) => boolean>>

function isTimes(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isTime)
}

/** The first thing that is not as it should be, with its place. */
function faultOf({ entries }: Json): string | null {
  if (!Array.isArray(entries)) return '"entries" is no list'
  for (const [i, entry] of entries.entries()) {
    const at = `entries[${i}]`
    const fault = misfit(at, entry, shapes.entry) ?? misfit(`${at}.environment`, entry.environment, shapes.environment)
    if (fault !== null) return fault
    for (const [k, runtime] of entry.runtimes.entries()) {
      const inside = misfit(`${at}.runtimes[${k}]`, runtime, shapes.runtime)
      if (inside !== null) return inside
    }
  }
  return null
}

function misfit(at: string, value: unknown, shape: Record<string, (value: unknown) => boolean>): string | null {
  if (!isObject(value)) return `${at} is no object`
  for (const [key, fits] of Object.entries(shape)) if (!fits(value[key])) return `${at}.${key} is missing or wrong`
  return null
}
