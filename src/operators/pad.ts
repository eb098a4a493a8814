/** Borders added and taken away: Pad and CenterCropPad. */
import { add, type Dim, isKnown, Unknown } from '../graph/dim.ts'
import { distinctAxes, inputDims, inputNumbers } from './axes.ts'
import { sizesOf } from './constant.ts'
import { at, build, flat, give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { gives, shapeOf, shapeText, unknownDims } from './shapes.ts'
import type { Scalar } from './value.ts'

interface Border {
  readonly axis: number
  readonly before: Dim
  readonly after: Dim
}

/** Pads as attribute (`paddings` in version 1) or input, for all axes or for those named. */
function borders(c: Context, rank: number): readonly Border[] | Unknown {
  const attribute = ['pads', 'paddings'].find((name) => c.schema?.attributes.has(name))
  const pads = attribute ? (c.ints(attribute) ?? []) : inputDims(c, 1)
  if (pads instanceof Unknown) return pads
  const named = !attribute && c.given(3) && c.node.domain === '' ? inputNumbers(c, 3) : undefined
  if (named instanceof Unknown) return named
  const axes = distinctAxes(c, named ?? Array.from({ length: rank }, (_, axis) => axis), rank)
  if (pads.length !== 2 * axes.length)
    c.mismatch(`pads has ${pads.length} elements, and ${axes.length} axes take ${2 * axes.length}`, [0, 1])
  return axes.map((axis, i) => ({ axis, before: pads[i] ?? 0, after: pads[axes.length + i] ?? 0 }))
}

const pad: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const added = borders(c, shape.length)
    if (added instanceof Unknown) return unknownDims(shape.length, added.why)
    const result = [...shape]
    for (const { axis, before, after } of added) {
      const size = add(result[axis] ?? 1, before, after)
      if (isKnown(size) && size < 0)
        c.mismatch(
          `pads of ${String(before)} and ${String(after)} take more than axis ${axis} of ${shapeText(shape)} has`,
        )
      result[axis] = size
    }
    return result
  }),
  value(c) {
    const value = c.value(0)
    if (!value || c.string('mode', 'constant') !== 'constant') return
    const added = borders(c, value.dims.length)
    const fill = filling(c)
    if (added instanceof Unknown || fill === null) return
    const offset = value.dims.map(() => 0)
    const dims = [...value.dims]
    for (const { axis, before, after } of added) {
      if (!isKnown(before) || !isKnown(after)) return
      offset[axis] = before
      dims[axis] = (dims[axis] ?? 0) + before + after
    }
    const element = (position: readonly number[]): Scalar => {
      const source = position.map((p, axis) => p - (offset[axis] ?? 0))
      const inside = source.every((p, axis) => p >= 0 && p < (value.dims[axis] ?? 0))
      return inside ? at(value, flat(value.dims, source)) : fill
    }
    give(c, build(value.dtype, dims, element))
  },
}

/** The element of the border; null where not known. */
function filling(c: Context): Scalar | null {
  if (c.schema?.attributes.has('value')) return c.float('value', 0)
  return c.given(2) ? (c.value(2)?.elements[0] ?? null) : c.dtype(0) === 'string' ? '' : 0
}

/** The axes take the sizes that the input says. */
const centerCropPad: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    const sizes = sizesOf(c, 1)
    if (shape instanceof Unknown) return shape
    const axes = distinctAxes(c, c.ints('axes') ?? shape.map((_, axis) => axis), shape.length)
    if (sizes instanceof Unknown) return shape.map((dim, axis) => (axes.includes(axis) ? new Unknown(sizes.why) : dim))
    if (sizes.length !== axes.length) c.mismatch(`${sizes.length} sizes for ${axes.length} axes`, [1])
    return shape.map((dim, axis) => (axes.includes(axis) ? (sizes[axes.indexOf(axis)] ?? dim) : dim))
  }),
}

export const pads = family({ Pad: pad, 'com.microsoft::Pad': pad, CenterCropPad: centerCropPad })
