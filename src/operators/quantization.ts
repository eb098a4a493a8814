/** Numbers to integers and back, and operators on quantized values that are neither convolution nor matrix product. */
import { add, ceilDiv, type Dim, isKnown, mul, same, Unknown } from '../graph/dim.ts'
import { type DType, dtypeFromNumber } from '../graph/dtype.ts'
import type { Shape } from '../graph/type.ts'
import { like, shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, broadcast, shapeText } from './shapes.ts'

const isOne = (shape: Shape): boolean => shape.every((dim) => dim === 1)

/** A scale is one number, one per index of an axis, or one per block along an axis. */
function checkScale(c: Context): void {
  const x = c.shape(0)
  const scale = c.shape(1)
  if (!scale) return
  checkZeroPoint(c, scale)
  if (!x) return
  const block = c.int('block_size', 0)
  if (block < 0) c.mismatch(`block_size is ${block}, and it has to be at least 0`)
  if (block > 0) checkBlocks(c, x, scale, block)
  else checkPerAxis(c, x, scale)
}

function checkPerAxis(c: Context, x: Shape, scale: Shape): void {
  if (scale.length === 0 || (scale.length === 1 && isOne(scale))) return
  if (scale.length !== 1) c.mismatch(`the scale has the shape ${shapeText(scale)}, and it takes at most rank 1`, [1])
  const axis = axisOf(c, c.int('axis', 1), x.length)
  if (isKnown(scale[0] ?? 1) && same(scale[0] ?? 1, x[axis] ?? 1) === false)
    c.mismatch(`the scale has ${String(scale[0])} elements, and axis ${axis} of the input has ${String(x[axis])}`, [1])
}

function checkBlocks(c: Context, x: Shape, scale: Shape, block: number): void {
  const axis = axisOf(c, c.int('axis', 1), x.length)
  const wanted = x.map((dim, i) => (i === axis ? ceilDiv(dim, block) : dim))
  if (scale.length !== x.length || wanted.some((dim, i) => same(dim, scale[i] ?? dim) === false))
    c.mismatch(
      `the scale has the shape ${shapeText(scale)}, and blocks of ${block} along axis ${axis} of ${shapeText(x)} take ${shapeText(wanted)}`,
      [0, 1],
    )
}

function checkZeroPoint(c: Context, scale: Shape): void {
  const zero = c.shape(2)
  if (!zero || (isOne(zero) && isOne(scale))) return
  if (zero.length !== scale.length || zero.some((dim, i) => same(dim, scale[i] ?? dim) === false))
    c.mismatch(`the zero point has the shape ${shapeText(zero)}, and the scale ${shapeText(scale)}`, [1, 2])
}

/** By the zero point, else by the attribute, else uint8. */
function quantizedType(c: Context): DType | null {
  const written = c.int('output_dtype', 0)
  const asked = written === 0 ? null : dtypeFromNumber(written)
  if (!c.given(2)) return written === 0 ? 'uint8' : asked
  const zero = c.dtype(2)
  if (asked && zero && asked !== zero)
    c.mismatch(`output_dtype is ${asked}, and the zero point is ${zero}`, [2], 'type-mismatch')
  return zero ?? asked
}

const quantize: Operator = {
  infer(c) {
    checkScale(c)
    c.output(0, shapeOf(c, 0), quantizedType(c))
  },
}

const dequantize: Operator = {
  infer(c) {
    checkScale(c)
    const written = c.int('output_dtype', 0)
    if (written !== 0) c.output(0, shapeOf(c, 0), dtypeFromNumber(written))
    else if (c.schema?.types.has('T3')) c.output(0, shapeOf(c, 0), c.dtype(1))
    else c.output(0, shapeOf(c, 0))
  },
}

const broadcasting = (...inputs: readonly number[]): Operator => ({
  infer: (c) => c.output(0, broadcast(c, inputs)),
})

/** Means over the axes of an attribute. */
function reduced(c: Context): Shape | Unknown {
  const shape = c.shape(0)
  if (!shape) return new Unknown(c.why(0))
  const axes = new Set((c.ints('axes') ?? []).map((axis) => axisOf(c, axis, shape.length)))
  const gone = (axis: number): boolean => axes.size === 0 || axes.has(axis)
  if (c.int('keepdims', 1) !== 0) return shape.map((dim, axis) => (gone(axis) ? 1 : dim))
  return shape.filter((_, axis) => !gone(axis))
}

/** Its inputs are scale and zero point of the output, then triples of tensor, scale and zero point. */
function concatenated(c: Context): Shape | Unknown {
  const parts: Shape[] = []
  for (let input = 2; input < c.inputCount; input += 3) {
    const shape = c.shape(input)
    if (!shape) return new Unknown(c.why(input))
    parts.push(shape)
  }
  const [first = []] = parts
  const axis = axisOf(c, c.int('axis', 0), first.length)
  for (const part of parts)
    if (part.length !== first.length || part.some((dim, i) => i !== axis && same(dim, first[i] ?? dim) === false))
      c.mismatch(`${parts.map(shapeText).join(' and ')} do not fit together along axis ${axis}`)
  return first.map((dim, i) => (i === axis ? add(...parts.map((part) => part[axis] ?? 0)) : (knownOf(parts, i) ?? dim)))
}

const knownOf = (parts: readonly Shape[], axis: number): Dim | undefined =>
  parts.map((part) => part[axis]).find((dim) => typeof dim === 'number')

/** Rows of quantized data; in uint8 an element holds several of them, side by side on the quantized axis. */
function gathered(c: Context): Shape | Unknown {
  const data = c.shape(0)
  const indices = c.shape(1)
  if (!data || !indices) return new Unknown(c.why(data ? 1 : 0))
  const axis = axisOf(c, c.int('gather_axis', 0), data.length, 'gather_axis')
  const packed = axisOf(c, c.int('quantize_axis', 1), data.length, 'quantize_axis')
  const each = c.dtype(0) === 'uint8' ? Math.floor(8 / c.int('bits', 4)) : 1
  const sizes = data.map((dim, i) => (i === packed ? mul(dim, each) : dim))
  return [...sizes.slice(0, axis), ...indices, ...sizes.slice(axis + 1)]
}

const alike = like()
const overAxis = like(0, (c) => {
  const rank = c.rank(0)
  if (rank) axisOf(c, c.int('axis', -1), rank)
})

export const quantization = family({
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: {
    infer(c) {
      c.output(0, shapeOf(c, 0), 'uint8')
      c.output(1, [], 'float32')
      c.output(2, [], 'uint8')
    },
  },
  'com.microsoft::QuantizeLinear': quantize,
  'com.microsoft::DequantizeLinear': dequantize,
  'com.microsoft::QuantizeWithOrder': alike,
  'com.microsoft::DequantizeWithOrder': {
    infer: (c) => c.output(0, shapeOf(c, 0), dtypeFromNumber(c.int('to', 0))),
  },
  'com.microsoft::QOrderedGelu': alike,
  'com.microsoft::QLinearAdd': broadcasting(0, 3),
  'com.microsoft::QLinearMul': broadcasting(0, 3),
  'com.microsoft::MulInteger': broadcasting(0, 2),
  'com.microsoft::QLinearWhere': broadcasting(0, 1, 4),
  'com.microsoft::QLinearSigmoid': alike,
  'com.microsoft::QLinearLeakyRelu': alike,
  'com.microsoft::QLinearSoftmax': overAxis,
  'com.microsoft::QLinearConcat': { infer: (c) => c.output(0, concatenated(c)) },
  'com.microsoft::QLinearReduceMean': { infer: (c) => c.output(0, reduced(c)) },
  'com.microsoft::ReduceSumInteger': {
    infer: (c) => c.output(0, reduced(c), c.dtype(0) && (c.dtype(0) === 'uint8' ? 'uint32' : 'int32')),
  },
  'com.microsoft::GatherBlockQuantized': { infer: (c) => c.output(0, gathered(c)) },
})
