/** Square matrices: determinant and inverse; and distances between rows. */
import { type Dim, same, Unknown } from '../graph/dim.ts'
import { type Context, family } from './operator.ts'
import { gives, shapeOf, shapeText } from './shapes.ts'

/** The axes in front of the matrices. */
function batch(c: Context): readonly Dim[] | Unknown {
  const shape = shapeOf(c)
  if (shape instanceof Unknown) return shape
  const [rows, columns] = shape.slice(-2)
  if (rows === undefined || columns === undefined || same(rows, columns) === false)
    c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes square matrices`, [0])
  return shape.slice(0, -2)
}

export const matrices = family({
  Det: { infer: gives(batch) },
  'com.microsoft::Inverse': {
    infer: gives((c) => {
      const front = batch(c)
      return front instanceof Unknown ? front : shapeOf(c)
    }),
  },
  'com.microsoft::CDist': {
    infer: gives((c) => [c.shape(0)?.[0] ?? new Unknown(c.why(0)), c.shape(1)?.[0] ?? new Unknown(c.why(1))]),
  },
})
