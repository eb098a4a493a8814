/** Several models as candidates for one place: each checked, and run where that is asked. */
import type { GateFailure, Result } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'
import type { RunOptions } from '../run/options.ts'
import { comparisonOf } from '../tradeoff/comparison.ts'
import { assess } from './assess.ts'
import { exitCodeOf } from './exit-code.ts'
import type { AssessOptions } from './options.ts'
import { withReleases } from './other-releases.ts'
import { saveBaseline } from './run-latency.ts'
import { runModel } from './run-model.ts'

export interface CompareOptions {
  readonly assess?: AssessOptions
  /** How each is run; null: nothing is run, and what a run would tell is missing. */
  readonly run?: RunOptions | null
  /** Ids of the columns that count; by default all. */
  readonly columns?: readonly string[]
}

/**
 * @param models files, folders or globs
 * @param wrapper path of the user's module, for all of them
 * @throws Problem where the question cannot be asked
 */
export async function compareModels(
  models: readonly string[],
  wrapper: string | null,
  { assess: asked = {}, run = null, columns }: CompareOptions = {},
): Promise<Result> {
  const checked = await assess(models, asked)
  const runs: RunResult[] = []
  const gates: GateFailure[] = [...checked.gates]
  let partial = checked.partial === true
  if (run) {
    // One file for all: written at the end, with an entry for each.
    const { saveBaseline: _, ...latency } = run.latency ?? {}
    const options = { ...run, ...(run.latency ? { latency } : {}) }
    for (const model of checked.models) {
      if ('error' in model || partial) continue
      const result = await runModel(model.path, wrapper, options)
      runs.push(...(result.runs ?? []).map((one) => withReleases(one, model.targets ?? [])))
      // What is wrong with the model itself is among the gates already.
      gates.push(...result.gates.filter(({ gate }) => gate !== 'error'))
      partial ||= result.partial === true
    }
    const file = run.latency?.saveBaseline
    if (file !== undefined && !partial) saveBaseline(file, runs)
  }
  const comparison = comparisonOf({ models: checked.models, runs }, columns)
  const { exitCode: __, partial: ___, ...rest } = checked
  const result: Omit<Result, 'exitCode'> = {
    ...rest,
    ...(runs.length > 0 ? { runs } : {}),
    comparison,
    gates,
    ...(partial ? { partial: true as const } : {}),
  }
  return { ...result, exitCode: exitCodeOf(result) }
}
