/** Random numbers: the shape and the element type are known, the values never. */
import { Unknown } from '../graph/dim.ts'
import { type DType, dtypeFromNumber } from '../graph/dtype.ts'
import { type Context, family, type Operator } from './operator.ts'
import { shapeOf, shapeText } from './shapes.ts'

/** The type by attribute, else that of the input. */
const typeOf = (c: Context): DType | null => {
  const number = c.int('dtype')
  return number === undefined ? c.dtype(0) : dtypeFromNumber(number)
}

const ofShape: Operator = {
  infer(c) {
    const shape = c.ints('shape') ?? []
    const negative = shape.find((size) => size < 0)
    if (negative !== undefined) c.mismatch(`the shape has ${negative}, and a size is at least 0`)
    c.output(0, shape, typeOf(c))
  },
}

const like: Operator = { infer: (c) => c.output(0, shapeOf(c), typeOf(c)) }

/** So many samples for each row of probabilities. */
const multinomial: Operator = {
  infer(c) {
    const shape = shapeOf(c)
    const samples = c.int('sample_size', 1)
    if (!(shape instanceof Unknown) && shape.length !== 2)
      c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes 2 axes`, [0])
    c.output(0, [shape instanceof Unknown ? shape : (shape[0] ?? 1), samples], typeOf(c))
  },
}

export const random = family({
  RandomNormal: ofShape,
  RandomUniform: ofShape,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Bernoulli: like,
  Multinomial: multinomial,
})
