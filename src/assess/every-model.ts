/** Asks one question of every model that the arguments stand for. A crash is one model's outcome, not the end. */
import type { Model } from '../graph/model.ts'
import { readModel } from '../graph/read.ts'
import type { Inference } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { errorInfo } from '../result/error-info.ts'
import { type ModelFailure, type ModelResult, type Result, schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { exitCodeOf, gateFailures } from './exit-code.ts'
import { findModels } from './find-models.ts'
import { defaultGates, type Gates } from './gates.ts'
import { GivenNames, type ModelNames, namesOf } from './given-names.ts'
import type { InspectOptions } from './options.ts'

export type Question = (model: Model, inference: Inference) => ModelResult | Promise<ModelResult>

/** One entry per model, in the order of the arguments; the exit code follows from all of them. */
export async function everyModel(
  args: readonly string[],
  options: InspectOptions & { readonly gates?: Gates },
  ask: Question,
): Promise<Result> {
  const found = findModels(args)
  const given = new GivenNames(options)
  const models: (ModelResult | ModelFailure)[] = []
  let partial = false
  for (const [position, { path, problem }] of found.entries()) {
    if (options.signal?.aborted) {
      partial = true
      break
    }
    options.onModel?.(path, position, found.length)
    if (problem) models.push({ path, error: errorInfo(problem) })
    else {
      const { answer, names } = await askOne(path, options, given.any, ask)
      given.see(names)
      models.push(answer)
    }
    // Lets an interruption in between two models.
    if (found.length > 1) await new Promise(setImmediate)
  }
  const error = partial ? null : given.unused()
  const gates = gateFailures(models, options.gates ?? defaultGates)
  const result = { models, gates, ...(partial ? { partial: true as const } : {}), ...(error ? { error } : {}) }
  return { schemaVersion, tool, exitCode: exitCodeOf(result), ...result }
}

/** An answer about one model, and what of it can be named. */
export interface Asked {
  readonly answer: ModelResult | ModelFailure
  /** Null where it could not be read. */
  readonly names: ModelNames | null
}

/** Asks about one model. `wantsNames`: whether its names are worth collecting. */
export async function askOne(
  path: string,
  options: InspectOptions,
  wantsNames: boolean,
  ask: Question,
): Promise<Asked> {
  try {
    const { withoutWeights = false, hash = false } = options
    const model = await readModel(path, { withoutWeights, hash })
    const names = wantsNames ? namesOf(model) : noNames
    return { answer: await ask(model, inferModel(model, options)), names }
  } catch (error) {
    options.onError?.(path, error)
    return { answer: { path, error: errorInfo(error) }, names: null }
  }
}

const noNames: ModelNames = { symbols: [], inputs: [] }
