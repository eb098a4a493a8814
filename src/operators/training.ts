/** Training: optimizers, and gradients. */
import { shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'

/**
 * Inputs are rate and count, then `groups`: tensors, gradients and states, each in the same order. All but the
 * gradients come out again.
 */
const optimizer = (groups: number): Operator => ({
  infer(c: Context) {
    const tensors = c.inputCount - 2
    if (tensors % groups !== 0)
      c.mismatch(`there are ${tensors} tensors behind rate and count, and it takes a multiple of ${groups}`)
    const each = tensors / groups
    for (let output = 0; output < c.outputCount; output++) {
      const input = 2 + output + (output < each ? 0 : each)
      c.output(output, shapeOf(c, input), c.dtype(input))
    }
  },
})

/** The inputs begin with what the derivatives are taken by, and there is one derivative for each. */
const gradient: Operator = {
  infer(c) {
    for (let output = 0; output < c.outputCount; output++) c.output(output, shapeOf(c, output), c.dtype(output))
  },
}

export const training = family({
  'ai.onnx.preview.training::Gradient': gradient,
  'ai.onnx.preview.training::Adagrad': optimizer(3),
  'ai.onnx.preview.training::Momentum': optimizer(3),
  'ai.onnx.preview.training::Adam': optimizer(4),
})
