/** Elements by index: Gather and its variants, OneHot, ReverseSequence. */
import { type Dim, isKnown, isUnknown, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { isOpen } from './arithmetic.ts'
import { at, build, flat, give } from './elements.ts'
import { sameShape } from './elementwise.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, axisOf, gives, shapeOf, shapeText } from './shapes.ts'
import { type Scalar, toDim } from './value.ts'

/** A finding where a constant index lies outside of a size that is a number. */
export function checkIndices(c: Context, input: number, size: Dim | undefined, least?: number): void {
  if (size === undefined || !isKnown(size)) return
  const wrong = c.value(input)?.elements.find((e) => typeof e === 'number' && (e < (least ?? -size) || e >= size))
  if (wrong !== undefined)
    c.mismatch(`the index ${String(wrong)} is outside of [${least ?? -size}, ${size - 1}]`, [0, input])
}

/** An index counted from the front, among `size`; null where it is not a number. */
export function positionOf(index: Scalar, size: number): number | null {
  if (typeof index !== 'number') return null
  return index < 0 ? index + size : index
}

/** The axis is replaced by the shape of the indices. */
function gatherShape(c: Context): Shape | Unknown {
  const [data, indices] = [shapeOf(c), shapeOf(c, 1)]
  if (data instanceof Unknown) return data
  if (data.length === 0) c.mismatch('the data is a scalar, and it takes at least one axis', [0])
  const axis = axisOf(c, c.int('axis', 0), data.length)
  checkIndices(c, 1, data[axis])
  return indices instanceof Unknown ? indices : [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)]
}

/** The reason why an element that an open index chooses is not known. */
const chosenBy = (index: Scalar): Scalar =>
  index instanceof Unknown ? index : new Unknown(`the index ${String(index)} is not a number before it runs`)

const gather: Operator = {
  infer: gives(gatherShape),
  value(c) {
    const [data, indices] = [c.value(0), c.value(1)]
    if (!data || !indices) return
    const axis = axisOf(c, c.int('axis', 0), data.dims.length)
    const size = data.dims[axis] ?? 0
    const rank = indices.dims.length
    const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)]
    const element = (position: readonly number[]): Scalar => {
      const index = at(indices, flat(indices.dims, position.slice(axis, axis + rank)))
      const found = positionOf(index, size)
      if (found === null) return chosenBy(index)
      return at(data, flat(data.dims, [...position.slice(0, axis), found, ...position.slice(axis + rank)]))
    }
    give(c, build(data.dtype, dims, element))
  },
}

const gatherElements: Operator = {
  infer: gives((c) => {
    const [data, indices] = [c.shape(0), shapeOf(c, 1)]
    if (!data || indices instanceof Unknown) return indices
    if (data.length !== indices.length)
      c.mismatch(`indices of ${shapeText(indices)} for data of ${shapeText(data)}: the ranks have to be equal`, [0, 1])
    checkIndices(c, 1, data[axisOf(c, c.int('axis', 0), data.length)])
    return indices
  }),
  value(c) {
    const [data, indices] = [c.value(0), c.value(1)]
    if (!data || !indices) return
    const axis = axisOf(c, c.int('axis', 0), data.dims.length)
    const element = (position: readonly number[]): Scalar => {
      const index = at(indices, flat(indices.dims, position))
      const found = positionOf(index, data.dims[axis] ?? 0)
      if (found === null) return chosenBy(index)
      return at(
        data,
        flat(
          data.dims,
          position.map((p, i) => (i === axis ? found : p)),
        ),
      )
    }
    give(c, build(data.dtype, indices.dims, element))
  },
}

/** The last axis of the indices holds positions of the data's axes behind the batch axes. */
const gatherND: Operator = {
  infer: gives((c) => {
    const [data, indices] = [shapeOf(c), shapeOf(c, 1)]
    if (indices instanceof Unknown) return indices
    if (data instanceof Unknown) return data
    const batch = c.int('batch_dims', 0)
    const depth = indices.at(-1)
    if (depth === undefined) return c.mismatch('the indices are a scalar, and they take at least one axis', [1])
    if (isUnknown(depth)) return depth
    if (!isKnown(depth)) return new Unknown(`the rank hangs on ${String(depth)}`)
    if (batch < 0 || batch + depth > data.length || batch >= indices.length)
      c.mismatch(
        `indices of ${shapeText(indices)} with ${batch} batch axes are too deep for ${shapeText(data)}`,
        [0, 1],
      )
    const shared = Array.from({ length: batch }, (_, axis) =>
      agree(c, [data[axis] ?? 1, indices[axis] ?? 1], `sizes of batch axis ${axis} differ`, [0, 1]),
    )
    return [...shared, ...indices.slice(batch, -1), ...data.slice(batch + depth)]
  }),
  value(c) {
    const [data, indices] = [c.value(0), c.value(1)]
    if (!data || !indices) return
    const batch = c.int('batch_dims', 0)
    const depth = indices.dims.at(-1) ?? 0
    const lead = indices.dims.slice(0, -1)
    const element = (position: readonly number[]): Scalar => {
      const source = position.slice(0, batch)
      for (let i = 0; i < depth; i++) {
        const index = at(indices, flat(indices.dims, [...position.slice(0, lead.length), i]))
        const found = positionOf(index, data.dims[batch + i] ?? 0)
        if (found === null) return chosenBy(index)
        source.push(found)
      }
      return at(data, flat(data.dims, [...source, ...position.slice(lead.length)]))
    }
    give(c, build(data.dtype, [...lead, ...data.dims.slice(batch + depth)], element))
  },
}

/** The number of classes: a scalar, or a vector with one element. */
const depthOf = (c: Context): Dim => {
  const element = c.value(1)?.elements[0]
  if (element === undefined) return new Unknown(c.why(1))
  return typeof element === 'number' ? Math.trunc(element) : toDim(element)
}

const oneHot: Operator = {
  infer(c) {
    const indices = shapeOf(c)
    if (indices instanceof Unknown) {
      c.output(0, indices)
      return
    }
    const axis = axisOf(c, c.int('axis', -1), indices.length + 1)
    c.output(0, [...indices.slice(0, axis), depthOf(c), ...indices.slice(axis)])
  },
  value(c) {
    const [indices, values] = [c.value(0), c.value(2)]
    const depth = depthOf(c)
    if (!indices || !values || !isKnown(depth)) return
    const axis = axisOf(c, c.int('axis', -1), indices.dims.length + 1)
    const [off, on] = [at(values, 0), at(values, 1)]
    const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)]
    const element = (position: readonly number[]): Scalar => {
      const rest = position.filter((_, i) => i !== axis)
      const index = at(indices, flat(indices.dims, rest))
      return isOpen(index) ? chosenBy(index) : positionOf(Number(index), depth) === position[axis] ? on : off
    }
    give(c, build(values.dtype, dims, element))
  },
}

const reverseSequence: Operator = {
  infer(c) {
    const shape = c.shape(0)
    if (shape && shape.length < 2) c.mismatch(`the input has rank ${shape.length}, and it takes at least 2`, [0])
    const [batch, lengths] = [shape?.[c.int('batch_axis', 1)], c.shape(1)?.[0]]
    if (batch !== undefined && lengths !== undefined && same(batch, lengths) === false)
      c.mismatch(`${String(lengths)} lengths for a batch of ${String(batch)}`, [0, 1])
    sameShape(c)
  },
}

export const gathering = family({
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
  'com.microsoft::GatherND': gatherND,
  'com.microsoft::TorchEmbedding': {
    infer: gives((c) => {
      const [weight, indices] = [shapeOf(c), shapeOf(c, 1)]
      if (weight instanceof Unknown) return weight
      return indices instanceof Unknown ? indices : [...indices, ...weight.slice(1)]
    }),
  },
})
