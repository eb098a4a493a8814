/** Asks one question of every model that the arguments stand for. A crash is one model's outcome, not the end. */

import { symbolsOf } from '../graph/dim.ts'
import type { Model } from '../graph/model.ts'
import { readModel } from '../graph/read.ts'
import type { Inference, InferOptions } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { errorInfo } from '../result/error-info.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { type ErrorInfo, type ModelFailure, type ModelResult, type Result, schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { exitCodeOf, gateFailures } from './exit-code.ts'
import { findModels } from './find-models.ts'
import { defaultGates, type Gates } from './gates.ts'
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
    else models.push(await askOne(path, options, given, ask))
    // Lets an interruption in between two models.
    if (found.length > 1) await new Promise(setImmediate)
  }
  const error = partial ? null : given.unused()
  const gates = gateFailures(models, options.gates ?? defaultGates)
  const result = { models, gates, ...(partial ? { partial: true as const } : {}), ...(error ? { error } : {}) }
  return { schemaVersion, tool, exitCode: exitCodeOf(result), ...result }
}

async function askOne(
  path: string,
  options: InspectOptions,
  given: GivenNames,
  ask: Question,
): Promise<ModelResult | ModelFailure> {
  try {
    const { withoutWeights = false, hash = false } = options
    const model = await readModel(path, { withoutWeights, hash })
    given.see(model)
    return await ask(model, inferModel(model, options))
  } catch (error) {
    given.skip()
    options.onError?.(path, error)
    return { path, error: errorInfo(error) }
  }
}

/** Dimensions and inputs that the user names: a name that no model has is a mistake, and must not pass in silence. */
class GivenNames {
  private readonly open: { readonly kind: 'dim' | 'input-shape' | 'input-value'; readonly name: string }[]
  private readonly inputs = new Set<string>()
  private readonly symbols = new Set<string>()
  private skipped = false

  constructor({ dims, inputShapes, inputValues }: InferOptions) {
    this.open = [
      ...namesOf('dim', dims),
      ...namesOf('input-shape', inputShapes),
      ...namesOf('input-value', inputValues),
    ]
  }

  see(model: Model): void {
    if (this.open.length === 0) return
    for (const value of model.graph.inputs) this.inputs.add(value.name)
    for (const { name, isInput, declared } of model.graph.values.values()) {
      if (declared?.kind !== 'tensor') continue
      declared.shape?.forEach((dim, axis) => {
        for (const symbol of symbolsOf(dim)) this.symbols.add(symbol)
        if (isInput && typeof dim !== 'number') this.symbols.add(`${name}.${axis}`)
      })
    }
  }

  /** A model that could not be read might have had the name. */
  skip(): void {
    this.skipped = true
  }

  unused(): ErrorInfo | null {
    if (this.skipped) return null
    for (const { kind, name } of this.open) {
      const known = kind === 'dim' ? this.symbols : this.inputs
      if (known.has(name)) continue
      const what = kind === 'dim' ? 'symbolic dimension' : 'input'
      const all = [...known].slice(0, 12)
      const near = nearest(name, [...known].slice(0, 1000))
      const fix = near ? `did you mean ${near}?` : `deploycheck inspect MODEL shows every ${what}`
      const expected = all.length === 0 ? `no ${what}: there is none` : `one of ${all.join(', ')}`
      return errorInfo(
        new Problem(
          `unknown-${kind}`,
          `--${kind} ${name}: no model has such an ${what}`.replace('an symbolic', 'a symbolic'),
          { expected, fix },
        ),
      )
    }
    return null
  }
}

const namesOf = <Kind extends string>(kind: Kind, names: ReadonlyMap<string, unknown> = new Map()) =>
  [...names.keys()].map((name) => ({ kind, name }))
