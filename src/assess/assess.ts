/** Verdicts for models and targets: paths in, `Result` out. */
import { Registry } from '../profiles/load.ts'
import { resolveTargets } from '../profiles/targets.ts'
import type { Result } from '../result/result.ts'
import { describeModel } from './describe.ts'
import { everyModel } from './every-model.ts'
import type { AssessOptions } from './options.ts'
import { targetsOfModel } from './target-answers.ts'

/**
 * `models` are files, folders, globs, `-` or http(s) addresses. Never throws for what one of them has wrong.
 * @throws Problem for a target or profile that cannot be asked
 */
export async function assess(models: readonly string[], options: AssessOptions = {}): Promise<Result> {
  const asked = resolveTargets(options.targets ?? [], new Registry(options.profiles))
  const { prove } = options
  return everyModel(models, options, async (model, inference) => {
    const described = describeModel(model, inference, options)
    const answers = targetsOfModel(model, inference, described, asked, options)
    return { ...described, targets: prove ? await prove(model.path, answers) : answers }
  })
}
