/** Verdicts for models and targets: paths in, `Result` out. */
import { checkModel } from '../check/check.ts'
import type { Model } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets } from '../profiles/targets.ts'
import type { ModelResult, Result, TargetResult } from '../result/result.ts'
import { boundaryFindings } from './boundary.ts'
import { describeModel } from './describe.ts'
import { everyModel } from './every-model.ts'
import { targetCeilings } from './memory-fit.ts'
import type { AssessOptions } from './options.ts'

/**
 * `models` are files, folders, globs, `-` or http(s) addresses. Never throws for what one of them has wrong.
 * @throws Problem for a target or profile that cannot be asked
 */
export async function assess(models: readonly string[], options: AssessOptions = {}): Promise<Result> {
  const asked = resolveTargets(options.targets ?? [], new Registry(options.profiles))
  const { prove } = options
  return everyModel(models, options, async (model, inference) => {
    const answers = checkModel(model, inference, asked, options)
    const described = describeModel(model, inference, options)
    const targets = prove ? await prove(model.path, answers) : answers
    return { ...described, targets: targets.map((target) => withDesign(target, described, model, inference)) }
  })
}

/** What the verdict of a target means for the design: ceilings of memory, and what crosses its border in each run. */
function withDesign(target: TargetResult, { memory = [] }: ModelResult, model: Model, inference: Inference) {
  const more = [...targetCeilings(memory, target.id), ...boundaryFindings(model, inference, target)]
  return more.length === 0 ? target : { ...target, findings: [...target.findings, ...more] }
}
