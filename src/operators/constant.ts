/** Tensors out of nothing but attributes and sizes: Constant, ConstantOfShape, Range, EyeLike. */
import { add, ceilDiv, type Dim, isKnown, isUnknown, max, mul, sub, Unknown } from '../graph/dim.ts'
import { type DType, isInteger } from '../graph/dtype.ts'
import { roundFloat, sizeAs } from './arithmetic.ts'
import { inputDims } from './axes.ts'
import { dtypeOf } from './cast.ts'
import { build, give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { gives, shapeOf } from './shapes.ts'
import { count, type KnownValue, type Scalar, scalar, smallDims, toDim, valueLimit, vector } from './value.ts'

/** The value in whichever of the attributes it is written. */
function constantValue(c: Context): KnownValue | null {
  const raw = (name: string) => c.node.attributes.get(name)
  // The attribute itself, where it is at hand: as a number a 64-bit integer may not be exact.
  const int = raw('value_int')
  if (int?.type === 'INT') return scalar(int.value)
  const ints = raw('value_ints')
  if (ints?.type === 'INTS') return vector(ints.value)
  const [number, float, text] = [c.int('value_int'), c.float('value_float'), c.string('value_string')]
  if (number !== undefined) return scalar(number)
  if (float !== undefined) return scalar(Math.fround(float), 'float32')
  if (text !== undefined) return scalar(text, 'string')
  const [numbers, floats, texts] = [c.ints('value_ints'), c.floats('value_floats'), c.strings('value_strings')]
  if (numbers) return vector(numbers)
  if (floats) return vector(floats.map(Math.fround), 'float32')
  return texts ? vector(texts, 'string') : null
}

const constant: Operator = {
  infer(c) {
    const tensor = c.tensor('value') ?? c.tensor('sparse_value')
    if (tensor) {
      const sound = tensor.dims.every((dim) => dim >= 0)
      c.output(0, sound ? tensor.dims : new Unknown('the tensor has negative dimensions'), tensor.dtype)
      return
    }
    const value = constantValue(c)
    if (value) c.output(0, value.dims, value.dtype)
  },
  value: (c) => give(c, c.tensorValue('value') ?? constantValue(c)),
}

/** Sizes of an output that an input holds: whole numbers that are not negative. */
export function sizesOf(c: Context, input: number): readonly Dim[] | Unknown {
  const sizes = inputDims(c, input)
  if (sizes instanceof Unknown) return sizes
  const negative = sizes.find((dim) => isKnown(dim) && dim < 0)
  if (negative !== undefined) c.mismatch(`a size is ${negative}, and it has to be at least 0`, [input])
  return sizes
}

const constantOfShape: Operator = {
  infer: (c) => c.output(0, sizesOf(c, 0), c.tensor('value') ? c.tensor('value')?.dtype : 'float32'),
  value(c) {
    const dims = smallDims(c.outputShape(0))
    const fill: KnownValue | null = c.tensor('value') ? c.tensorValue('value') : scalar(0, 'float32')
    const element = fill?.elements[0]
    if (dims && fill && element !== undefined)
      give(c, { dtype: fill.dtype, dims, elements: Array.from({ length: count(dims) }, () => element) })
  },
}

/** First element, limit and step; the step may be left out in com.microsoft. */
function rangeOf(c: Context): readonly [Dim, Dim, Dim] {
  const of = (input: number): Dim => {
    if (!c.given(input)) return 1
    const value = c.value(input)
    return value ? toDim(value.elements[0]) : new Unknown(c.why(input))
  }
  return [of(0), of(1), of(2)]
}

function rangeLength(c: Context): Dim {
  const [start, limit, step] = rangeOf(c)
  if (step === 0) c.mismatch('the step is 0', [2])
  if (isKnown(start) && isKnown(limit) && isKnown(step)) return Math.max(0, Math.ceil(distance(c, start, limit) / step))
  if (!isKnown(step)) return isUnknown(step) ? step : new Unknown(`the step is ${String(step)}`)
  const span = step > 0 ? sub(limit, start) : sub(start, limit)
  if (!Number.isInteger(step)) return isUnknown(span) ? span : new Unknown(`${String(span)} is divided by a fraction`)
  return max(0, ceilDiv(span, Math.abs(step)))
}

/** The difference as the element type holds it. */
function distance(c: Context, start: number, limit: number): number {
  const dtype = c.dtype(0)
  const rounded = dtype && !isInteger(dtype) ? roundFloat(dtype, limit - start) : limit - start
  return typeof rounded === 'number' ? rounded : limit - start
}

const range: Operator = {
  infer: gives((c) => [rangeLength(c)]),
  value(c) {
    const length = c.outputShape(0)?.[0]
    const dtype = c.dtype(0)
    const [start, , step] = rangeOf(c)
    if (!isKnown(length ?? start) || typeof length !== 'number' || length > valueLimit || !dtype) return
    // Fractions hang on whether a runtime multiplies or adds up.
    if ([start, step].some((dim) => isKnown(dim) && !Number.isInteger(dim))) return
    give(
      c,
      vector(
        Array.from({ length }, (_, i): Scalar => sizeAs(dtype, add(start, mul(step, i)))),
        dtype,
      ),
    )
  },
}

const eyeType = (c: Context): DType | null => (c.written('dtype') ? dtypeOf(c, 'dtype') : c.dtype(0))

const eyeLike: Operator = {
  infer(c) {
    const shape = shapeOf(c)
    if (!(shape instanceof Unknown) && shape.length !== 2) c.mismatch(`the input has rank ${shape.length}, not 2`, [0])
    c.output(0, shape, eyeType(c))
  },
  value(c) {
    const dims = smallDims(c.outputShape(0))
    const dtype = eyeType(c)
    const k = c.int('k', 0)
    if (dims && dtype)
      give(
        c,
        build(dtype, dims, ([row = 0, column = 0]) => (column - row === k ? 1 : 0)),
      )
  },
}

export const constants = family({
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  'com.microsoft::Range': range,
})
