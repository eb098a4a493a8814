/** What targets say of one model, and what that means for its design. */
import { type CheckOptions, checkModel } from '../check/check.ts'
import type { Model } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import type { Target } from '../profiles/targets.ts'
import type { ModelResult, TargetResult } from '../result/result.ts'
import { boundaryFindings } from './boundary.ts'
import { targetCeilings } from './memory-fit.ts'

/** @param described what is known of the model itself */
export const targetsOfModel = (
  model: Model,
  inference: Inference,
  { memory = [] }: ModelResult,
  targets: readonly Target[],
  options: CheckOptions,
): TargetResult[] =>
  checkModel(model, inference, targets, options).map((target) => {
    // Ceilings of memory, and what crosses the border of the target in each run.
    const more = [...targetCeilings(memory, target.id), ...boundaryFindings(model, inference, target)]
    return more.length === 0 ? target : { ...target, findings: [...target.findings, ...more] }
  })
