/** Types, shapes, small values and costs of everything in a model. */
import type { Model } from '../graph/model.ts'
import { Inferrer } from './engine.ts'
import type { Inference, InferOptions } from './facts.ts'

export { runtimeView } from './runtime-view.ts'

export const inferModel = (model: Model, options: InferOptions = {}): Inference => new Inferrer(model, options).run()
