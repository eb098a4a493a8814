/** What models are, before any target is asked. */
import type { Result } from '../result/result.ts'
import { describeInside, describeModel } from './describe.ts'
import { everyModel } from './every-model.ts'
import type { InspectOptions } from './options.ts'

/** `models` are files, folders, globs, `-` or http(s) addresses. Never throws for what one of them has wrong. */
export const inspect = (models: readonly string[], options: InspectOptions = {}): Promise<Result> =>
  everyModel(models, options, (model, inference) => ({
    ...describeModel(model, inference, options),
    ...describeInside(model, inference),
  }))
