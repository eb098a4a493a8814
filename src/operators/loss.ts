/** Losses of training: `input [N, C, ...]` against `target [N, ...]`. */
import { type Dim, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText } from './shapes.ts'

/** One loss per target; a single number unless `reduction` is `none`. */
function losses(c: Context): Shape | Unknown {
  const input = c.shape(0)
  const target = c.shape(1)
  const weight = c.shape(2)
  if (input && input.length < 2)
    c.mismatch(`the input has the shape ${shapeText(input)}, and it takes at least [N, C]`, [0])
  if (input && target && target.length !== input.length - 1)
    c.mismatch(
      `the target has the shape ${shapeText(target)}, and the input ${shapeText(input)} takes rank ${input.length - 1}`,
      [0, 1],
    )
  if (weight && weight.length !== 1)
    c.mismatch(`the weight has the shape ${shapeText(weight)}, and it takes rank 1`, [2])
  if (weight && input)
    agree(c, [...input.slice(1, 2), ...weight], 'numbers of classes of input and weight differ', [0, 2])
  const perInput = input?.filter((_, axis) => axis !== 1)
  const rank = target?.length ?? perInput?.length
  if (rank === undefined) return c.string('reduction', 'mean') === 'none' ? new Unknown(c.why(0)) : []
  const shape = Array.from({ length: rank }, (_, axis): Dim => {
    const sizes = [perInput?.[axis], target?.[axis]].filter((dim) => dim !== undefined)
    return agree(c, sizes, 'input and target differ in size', [0, 1])
  })
  return c.string('reduction', 'mean') === 'none' ? shape : []
}

const lossOf: Operator = {
  infer(c) {
    c.output(0, losses(c))
    if (c.wanted(1)) c.output(1, shapeOf(c, 0))
  },
}

export const loss = family({
  NegativeLogLikelihoodLoss: lossOf,
  SoftmaxCrossEntropyLoss: lossOf,
})
