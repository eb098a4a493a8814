/** For qonnx an initializer is a constant, also where an input of the graph could override it (RemoveStaticGraphInputs). */
import type { Inference } from '../../../infer/facts.ts'
import { inferModel } from '../../../infer/infer.ts'

/** What follows from the model then: asked anew where a model has such inputs. */
export function withFixedInitializers(inference: Inference): Inference {
  const { model, options } = inference
  const overridable = model.graph.inputs.some(({ initializer, name }) => initializer && !options.inputValues?.has(name))
  return overridable && (model.irVersion ?? 0) >= 4
    ? inferModel(model, { ...options, fixesInitializers: true })
    : inference
}
