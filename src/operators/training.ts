/** Optimizers: rate, count, then the tensors, their gradients and their states, each group in the same order. */
import { shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'

/** `groups`: tensors, gradients and states. All but the gradients come out again. */
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

export const training = family({
  'ai.onnx.preview.training::Adagrad': optimizer(3),
  'ai.onnx.preview.training::Momentum': optimizer(3),
  'ai.onnx.preview.training::Adam': optimizer(4),
})
