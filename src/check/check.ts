/** Static verdicts: a model and what inference knows of it, against targets. */
import type { Model } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import type { Target } from '../profiles/targets.ts'
import type { TargetResult } from '../result/result.ts'
import { FinnCheck } from './finn/finn-check.ts'
import { Sight } from './sight.ts'
import { TargetCheck } from './target-check.ts'

export interface CheckOptions {
  /** Judge the nodes of the file as they stand. */
  readonly asIs?: boolean
  /** `domain::Op`: operators that the user registers with the runtime. */
  readonly customOps?: readonly string[]
  /** Adds what ONNX Runtime's usability checker would say. */
  readonly ortVerdict?: boolean
}

/**
 * One result per target, in the order given.
 * @throws Problem for a profile that cannot be understood
 */
export function checkModel(
  model: Model,
  inference: Inference,
  targets: readonly Target[],
  options: CheckOptions = {},
): TargetResult[] {
  const sight = new Sight(inference)
  return targets.map((target) => {
    const asIs = options.asIs === true || target.profile.sees === 'file'
    if (target.profile.prepare === 'finn') return new FinnCheck(model, inference, target).result()
    return new TargetCheck(model, inference, sight, target, { ...options, asIs }).result()
  })
}
