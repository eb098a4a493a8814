/** Shapes as values, and the same elements in another shape. */
import { type Dim, divideExactly, equal, floorDiv, isKnown, isUnknown, product, same, Unknown } from '../graph/dim.ts'
import { axesOf, distinctAxes, inputDims, inputLength } from './axes.ts'
import { give, reshaped } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, gives, shapeOf, shapeText, unknownDims } from './shapes.ts'
import { scalar, smallDims, vector } from './value.ts'

/** The elements of input 0 are those of output 0. */
function sameElements(c: Context): void {
  const value = c.value(0)
  const dims = smallDims(c.outputShape(0))
  if (value && dims) give(c, reshaped(value, dims))
}

/** `start` and `end` count from the back where negative, and are brought into the range. */
function shapeRange(c: Context, rank: number): readonly [number, number] {
  const clamp = (axis: number) => Math.min(Math.max(axis < 0 ? axis + rank : axis, 0), rank)
  const start = clamp(c.int('start', 0))
  return [start, Math.max(start, clamp(c.int('end', rank)))]
}

const shapeValue: Operator = {
  typeOnly: true,
  infer: gives((c) => {
    const rank = c.rank(0)
    if (rank === null) return [new Unknown(c.why(0))]
    const [start, end] = shapeRange(c, rank)
    return [end - start]
  }),
  value(c) {
    const shape = c.shape(0)
    if (shape) give(c, vector(shape.slice(...shapeRange(c, shape.length))))
  },
}

const size: Operator = {
  typeOnly: true,
  infer: gives(() => []),
  value(c) {
    const shape = c.shape(0)
    if (shape) give(c, scalar(product(shape)))
  },
}

/** Version 1 has the shape as an attribute. */
const target = (c: Context): readonly Dim[] | Unknown =>
  c.schema?.attributes.has('shape') ? (c.ints('shape') ?? []) : inputDims(c, 1)

const inferReshape = gives((c) => {
  const asked = target(c)
  if (asked instanceof Unknown) return asked
  const shape = c.shape(0)
  const copies = c.int('allowzero', 0) === 0
  const open = asked.flatMap((dim, axis) => (dim === -1 ? [axis] : []))
  if (open.length > 1)
    c.mismatch(`the shape ${shapeText(asked)} has -1 ${open.length} times, and it may have it once`, [1])
  if (!copies && open.length === 1 && asked.includes(0))
    c.mismatch(`the shape ${shapeText(asked)} has both 0 and -1, which allowzero forbids`, [1])
  const low = asked.find((dim) => isKnown(dim) && dim < -1)
  if (low !== undefined) c.mismatch(`the shape ${shapeText(asked)} has ${low}; a size is at least 0, or -1`, [1])

  const result = asked.map((dim, axis): Dim => {
    if (dim !== 0 || !copies) return dim
    if (!shape) return new Unknown(c.why(0))
    return (
      shape[axis] ?? c.mismatch(`the 0 at ${axis} in ${shapeText(asked)} copies a size of ${shapeText(shape)}`, [0, 1])
    )
  })
  if (shape) complete(c, shape, asked, result, copies)
  else for (const axis of open) result[axis] = new Unknown(c.why(0))
  return result
})

/** Works out the one size that is left open, and holds the number of elements against the input's. */
function complete(c: Context, shape: readonly Dim[], asked: readonly Dim[], result: Dim[], copies: boolean): void {
  // A size that is copied cancels out, even where it is not known.
  const copied = asked.map((dim, axis) => copies && dim === 0 && axis < shape.length)
  const given = product(shape.filter((_, axis) => !copied[axis]))
  const open = result.flatMap((dim, axis) => (dim === -1 || (isUnknown(dim) && !copied[axis]) ? [axis] : []))
  const rest = product(result.filter((_, axis) => !copied[axis] && !open.includes(axis)))
  const [axis] = open
  if (axis === undefined) {
    if (same(given, rest) === false && !zero(shape))
      c.mismatch(`${shapeText(shape)} does not have as many elements as ${shapeText(result)}`, [0, 1])
  } else if (open.length === 1) {
    if (isKnown(given) && isKnown(rest) && (rest === 0 ? given !== 0 : given % rest !== 0))
      c.mismatch(`the elements of ${shapeText(shape)} do not fill ${shapeText(asked)}`, [0, 1])
    const quotient = rest === 0 ? new Unknown('it is 0 elements divided by 0') : quotientOf(given, rest)
    // An element that is not known and need not be -1 keeps its own reason.
    if (result[axis] === -1 || !isUnknown(quotient)) result[axis] = quotient
  } else for (const at of open) if (result[at] === -1) result[at] = new Unknown(whyOf(result, open))
}

const zero = (shape: readonly Dim[]): boolean => shape.some((dim) => equal(dim, 0))
/** It comes out even whenever the model runs; where that is not to be seen it is written as the floor. */
const quotientOf = (given: Dim, rest: Dim): Dim => divideExactly(given, rest) ?? floorDiv(given, rest)
const whyOf = (dims: readonly Dim[], open: readonly number[]): string => {
  const unknown = open.map((axis) => dims[axis]).find((dim) => dim instanceof Unknown)
  return unknown instanceof Unknown ? unknown.why : 'two sizes are left open'
}

/** All before the axis in one dimension, all from it on in another. */
const flatten: Operator = {
  infer: gives((c) => {
    const shape = c.shape(0)
    if (!shape) return unknownDims(2, c.why(0))
    const axis = c.int('axis', 1)
    const least = c.since < 11 ? 0 : -shape.length
    if (axis < least || axis > shape.length) c.mismatch(`axis ${axis} is outside of [${least}, ${shape.length}]`, [0])
    const at = axis < 0 ? axis + shape.length : axis
    return [product(shape.slice(0, at)), product(shape.slice(at))]
  }),
  value: sameElements,
}

const squeeze: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const axes = axesOf(c, 1)
    if (axes instanceof Unknown) {
      const length = inputLength(c, 1)
      return length === null ? axes : unknownDims(Math.max(0, shape.length - length), axes.why)
    }
    if (!axes) {
      const open = shape.find((dim) => !isKnown(dim))
      if (open !== undefined) return new Unknown(`every size of 1 goes away, and ${sizeText(open)}`)
      return shape.filter((dim) => dim !== 1)
    }
    const dropped = distinctAxes(c, axes, shape.length)
    for (const axis of dropped) {
      const dim = shape[axis] ?? 1
      if (same(dim, 1) === false)
        c.mismatch(`axis ${axis} of ${shapeText(shape)} is ${dim}, and only 1 can go away`, [0])
    }
    return shape.filter((_, axis) => !dropped.includes(axis))
  }),
  value: sameElements,
}

const sizeText = (dim: Dim): string => (isUnknown(dim) ? dim.why : `whether ${String(dim)} is 1 is not known`)

const unsqueeze: Operator = {
  infer: gives((c) => {
    const shape = c.shape(0)
    const axes = axesOf(c, 1) ?? []
    const length = axes instanceof Unknown ? inputLength(c, 1) : axes.length
    if (!shape || length === null) return new Unknown(shape ? c.why(1) : c.why(0))
    const rank = shape.length + length
    if (axes instanceof Unknown) return unknownDims(rank, axes.why)
    return inserted(shape, distinctAxes(c, axes, rank))
  }),
  value: sameElements,
}

function inserted(shape: readonly Dim[], axes: readonly number[]): readonly Dim[] {
  const rest = [...shape]
  return Array.from({ length: shape.length + axes.length }, (_, axis) =>
    axes.includes(axis) ? 1 : (rest.shift() ?? 1),
  )
}

/** One axis, as a scalar input. */
const expandDims: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const axis = inputDims(c, 1)
    const at = axis instanceof Unknown ? axis : axis[0]
    if (typeof at !== 'number') return unknownDims(shape.length + 1, c.why(1))
    return inserted(shape, [axisOf(c, at, shape.length + 1)])
  }),
  value: sameElements,
}

const identity: Operator = {
  infer: (c) => c.outputType(0, c.type(0) ?? new Unknown(c.why(0))),
  value: (c) => give(c, c.value(0)),
}

export const shapes = family({
  Shape: shapeValue,
  Size: size,
  Reshape: { infer: inferReshape, value: sameElements },
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  'com.microsoft::ExpandDims': expandDims,
})
