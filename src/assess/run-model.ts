/** A model on several runtimes, as a result with gates and an exit code. */

import { readModel } from '../graph/read.ts'
import { inferModel } from '../infer/infer.ts'
import { errorInfo } from '../result/error-info.ts'
import { Problem } from '../result/problem.ts'
import { type Result, schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import type { RunOptions } from '../run/options.ts'
import { run } from '../run/run.ts'
import { describeModel } from './describe.ts'
import { exitCodeOf, gateFailures } from './exit-code.ts'
import { defaultGates } from './gates.ts'
import { runGates } from './run-gates.ts'
import { judgeLatency, readBaseline, saveBaseline } from './run-latency.ts'

/**
 * Runs the model at `path` on several runtimes, through the user's wrapper where there is one, and says where they
 * part. What is wrong with the model itself is in `models`; what is wrong with one runtime is a finding.
 * @param wrapper path of the user's module
 * @throws Problem where the question cannot be asked: an unknown runtime, a wrapper that cannot be loaded
 */
export async function runModel(path: string, wrapper: string | null, options: RunOptions = {}): Promise<Result> {
  if (path === '-' || /^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    throw new Problem('not-a-file', `a runtime reads files, not ${path === '-' ? 'standard input' : path}`, {
      fix: 'save the model into a file first',
    })
  const { latency = {} } = options
  const baseline = latency.baseline === undefined ? null : readBaseline(latency.baseline)
  let model: Awaited<ReturnType<typeof readModel>>
  try {
    model = await readModel(path)
  } catch (error) {
    return finished({ models: [{ path, error: errorInfo(error) }], gates: [] })
  }
  const { dims, inputShapes, inputValues } = options
  const given = { ...(dims && { dims }), ...(inputShapes && { inputShapes }), ...(inputValues && { inputValues }) }
  const inference = inferModel(model, given)
  const described = describeModel(model, inference, options)
  const models = [described]
  const judged = judgeLatency(await run(path, wrapper, inference, options), described, latency, baseline)
  const { run: result } = judged
  if (latency.saveBaseline !== undefined && !result.partial) saveBaseline(latency.saveBaseline, [result])
  const gates = [...gateFailures(models, defaultGates), ...runGates(result), ...judged.gates]
  return finished({ models, runs: [result], gates, ...(result.partial ? { partial: true as const } : {}) })
}

const finished = (result: Omit<Result, 'schemaVersion' | 'tool' | 'exitCode'>): Result => ({
  schemaVersion,
  tool,
  exitCode: exitCodeOf(result),
  ...result,
})
