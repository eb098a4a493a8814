/** Activations: element by element, and those over one axis (Softmax and its kin). Also Dropout, which is none at run time. */
import { ceilDiv, type Dim, divideExactly, Expr, floorDiv, isKnown, max, product, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { checkOneWay, like, shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, shapeText } from './shapes.ts'
import type { Scalar } from './value.ts'

/** Before opset 7 the slope is one number, or one per channel. */
function checkSlope(c: Context): void {
  if (c.since >= 7) checkOneWay(c, 1, 0, 'the slope')
}

/** Before opset 13 the axis splits the shape in two, and may lie behind the last. */
function checkAxis(c: Context): void {
  const rank = c.rank(0)
  if (rank === null || rank === 0) return
  const axis = c.int('axis', c.since < 13 ? 1 : -1)
  if (c.since < 11 && axis === rank) return
  axisOf(c, axis, rank)
}

function checkSameShape(c: Context): void {
  const a = c.shape(0)
  const b = c.shape(1)
  if (!a || !b) return
  if (a.length !== b.length || a.some((dim, i) => same(dim, b[i] ?? dim) === false))
    c.mismatch(`the inputs have the shapes ${shapeText(a)} and ${shapeText(b)}, and both have to be the same`, [0, 1])
}

function checkBias(c: Context): void {
  const bias = c.shape(1)
  if (bias && bias.length !== 1) c.mismatch(`the bias has the shape ${shapeText(bias)}, and it takes rank 1`, [1])
  checkOneWay(c, 1, 0, 'the bias')
}

const rectified = (element: Scalar): Scalar => {
  if (typeof element === 'number') return Math.max(element, 0)
  if (typeof element === 'bigint') return element < 0n ? 0 : element
  if (!(element instanceof Expr)) return element
  const result: Dim = max(element, 0)
  return result
}

const relu: Operator = {
  ...like(),
  value(c) {
    const value = c.value(0)
    if (value) c.outputValue(0, { ...value, elements: value.elements.map(rectified) })
  },
}

/** The mask has the shape of the data. */
const dropout = (ratio: number, data = 0): Operator =>
  like(data, (c) => {
    for (const [input, name] of [
      [ratio, 'ratio'],
      [ratio + 1, 'training_mode'],
    ] as const) {
      const shape = c.shape(input)
      if (shape && shape.length > 0 && !shape.every((dim) => dim === 1))
        c.mismatch(`${name} has the shape ${shapeText(shape)}, and it takes one number`, [input])
    }
  })

/** A mask of one bit per element, in words of 32. */
const bitmask: Operator = {
  infer(c) {
    c.output(0, shapeOf(c, 0))
    if (!c.wanted(1)) return
    const shape = c.shape(0)
    c.output(1, [shape ? ceilDiv(product(shape), 32) : new Unknown(c.why(0))])
  },
}

function halved(c: Context): Shape | Unknown {
  const shape = c.shape(0)
  if (!shape) return new Unknown(c.why(0))
  const last = shape.at(-1)
  if (last === undefined) return c.mismatch('the input is a scalar, and its last axis is split in two')
  if (isKnown(last) && last % 2 !== 0) c.mismatch(`the last axis has ${last} elements, and they are split in two`)
  return [...shape.slice(0, -1), divideExactly(last, 2) ?? floorDiv(last, 2)]
}

const alike = like()
const overAxis = like(0, checkAxis)

export const activation = family({
  Relu: relu,
  LeakyRelu: alike,
  PRelu: like(0, checkSlope),
  Elu: alike,
  Selu: alike,
  Celu: alike,
  Sigmoid: alike,
  HardSigmoid: alike,
  HardSwish: alike,
  Swish: alike,
  SwiGLU: like(0, checkSameShape),
  Softplus: alike,
  Softsign: alike,
  ThresholdedRelu: alike,
  Mish: alike,
  Gelu: alike,
  Shrink: alike,
  Softmax: overAxis,
  LogSoftmax: overAxis,
  Hardmax: overAxis,
  Dropout: dropout(1),
  'com.microsoft::Gelu': alike,
  'com.microsoft::QuickGelu': alike,
  'com.microsoft::FastGelu': like(0, checkBias),
  'com.microsoft::BiasGelu': like(0, checkBias),
  'com.microsoft::BiasSoftmax': alike,
  'com.microsoft::BiasSplitGelu': { infer: (c) => c.output(0, halved(c)) },
  'com.microsoft::BiasDropout': dropout(3),
  'com.microsoft::BitmaskDropout': bitmask,
  'com.microsoft::BitmaskBiasDropout': bitmask,
})
