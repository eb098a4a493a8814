/** Verdicts for models and targets: paths in, `Result` out. */
import { checkModel } from '../check/check.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import type { Result, TargetResult } from '../result/result.ts'
import { describeModel } from './describe.ts'
import { everyModel } from './every-model.ts'
import type { AssessOptions } from './options.ts'

/**
 * `models` are files, folders, globs, `-` or http(s) addresses. Never throws for what one of them has wrong.
 * @throws Problem for a target or profile that cannot be asked
 */
export async function assess(models: readonly string[], options: AssessOptions = {}): Promise<Result> {
  const targets = resolveTargets(options.targets ?? [], new Registry(options.profiles))
  return everyModel(models, options, (model, inference) => {
    const results = checkModel(model, inference, targets, options)
    return { ...describeModel(model, inference), targets: results.map((result, i) => withContext(result, targets[i])) }
  })
}

/** What a reader should know of the target beside its verdict. */
function withContext(result: TargetResult, target: Target | undefined): TargetResult {
  if (!target) return result
  const { title, status, notes } = target.profile
  return {
    ...result,
    title,
    ...(status ? { status: { ...status, ...(status.instead ? { instead: [...status.instead] } : {}) } } : {}),
    ...(notes ? { limits: [...notes] } : {}),
  } as TargetResult
}
