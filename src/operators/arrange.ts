/** The same elements in another order, or repeated: Transpose, Expand, Tile. */
import { type Dim, isKnown, mul, Unknown } from '../graph/dim.ts'
import { axesOf, inputDims, inputLength, inputNumbers } from './axes.ts'
import { sizesOf } from './constant.ts'
import { at, broadcastFlat, build, flat, give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, broadcastShapes, gives, shapeOf, shapeText, unknownDims } from './shapes.ts'
import { smallDims } from './value.ts'

/** Without `perm` the order is reversed. */
function permutation(c: Context, rank: number): readonly number[] {
  const perm = c.ints('perm')
  if (!perm) return Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  const sound = perm.length === rank && new Set(perm).size === rank && perm.every((axis) => axis >= 0 && axis < rank)
  if (!sound) c.mismatch(`perm [${perm.join(', ')}] is no permutation of the ${rank} axes of the input`, [0])
  return perm
}

const transpose: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (!(shape instanceof Unknown)) return permutation(c, shape.length).map((axis) => shape[axis] ?? 1)
    const perm = c.ints('perm')
    return perm ? unknownDims(perm.length, shape.why) : shape
  }),
  value(c) {
    const value = c.value(0)
    if (!value) return
    const perm = permutation(c, value.dims.length)
    const dims = perm.map((axis) => value.dims[axis] ?? 1)
    const source = value.dims.map(() => 0)
    const element = (position: readonly number[]) => {
      perm.forEach((axis, i) => {
        source[axis] = position[i] ?? 0
      })
      return at(value, flat(value.dims, source))
    }
    give(c, build(value.dtype, dims, element))
  },
}

/** The shape asked for and that of the input are broadcast against each other. */
const expand: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    const sizes = sizesOf(c, 1)
    if (shape instanceof Unknown) return shape
    return sizes instanceof Unknown ? sizes : broadcastShapes(c, [shape, sizes], [0, 1])
  }),
  value(c) {
    const value = c.value(0)
    const dims = smallDims(c.outputShape(0))
    if (value && dims)
      give(
        c,
        build(value.dtype, dims, (position) => at(value, broadcastFlat(value.dims, position))),
      )
  },
}

/** Version 1 repeats one axis, later ones each axis by its own number. */
function repeatsOf(c: Context, rank: number): readonly Dim[] | Unknown {
  if (c.since >= 6) return inputDims(c, 1)
  const [axis, tiles] = [axesOf(c, 2), inputDims(c, 1)]
  if (axis instanceof Unknown || tiles instanceof Unknown)
    return unknownDims(rank, c.why(axis instanceof Unknown ? 2 : 1))
  const repeated = axisOf(c, axis?.[0] ?? 0, rank)
  return Array.from({ length: rank }, (_, i) => (i === repeated ? (tiles[0] ?? 1) : 1))
}

const tile: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) {
      const length = c.since >= 6 ? inputLength(c, 1) : null
      return length === null ? shape : unknownDims(length, shape.why)
    }
    const repeats = repeatsOf(c, shape.length)
    if (repeats instanceof Unknown) return unknownDims(shape.length, repeats.why)
    if (repeats.length !== shape.length)
      c.mismatch(`${repeats.length} repeats for ${shapeText(shape)}: it takes one per axis`, [0, 1])
    const negative = repeats.find((dim) => isKnown(dim) && dim < 0)
    if (negative !== undefined) c.mismatch(`it repeats ${negative} times, and at least 0 is allowed`, [1])
    return shape.map((dim, axis) => mul(dim, repeats[axis] ?? 1))
  }),
  value(c) {
    const value = c.value(0)
    const dims = smallDims(c.outputShape(0))
    if (!value || !dims || inputNumbers(c, 1) instanceof Unknown) return
    const wrapped = (position: readonly number[]) => position.map((p, axis) => p % (value.dims[axis] ?? 1))
    give(
      c,
      build(value.dtype, dims, (position) => at(value, flat(value.dims, wrapped(position)))),
    )
  },
}

export const arrange = family({ Transpose: transpose, Expand: expand, Tile: tile })
