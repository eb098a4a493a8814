/** Verdicts for models and targets: paths in, `Result` out. */
import { checkModel } from '../check/check.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets } from '../profiles/targets.ts'
import type { Result } from '../result/result.ts'
import { describeModel } from './describe.ts'
import { everyModel } from './every-model.ts'
import type { AssessOptions } from './options.ts'

/**
 * `models` are files, folders, globs, `-` or http(s) addresses. Never throws for what one of them has wrong.
 * @throws Problem for a target or profile that cannot be asked
 */
export async function assess(models: readonly string[], options: AssessOptions = {}): Promise<Result> {
  const targets = resolveTargets(options.targets ?? [], new Registry(options.profiles))
  const { prove } = options
  return everyModel(models, options, async (model, inference) => {
    const answers = checkModel(model, inference, targets, options)
    return { ...describeModel(model, inference, options), targets: prove ? await prove(model.path, answers) : answers }
  })
}
