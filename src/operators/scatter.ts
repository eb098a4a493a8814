/** Elements written at an index: the output has the shape of the data. */
import { isKnown, same } from '../graph/dim.ts'
import { isOpen } from './arithmetic.ts'
import { at, build, flat, give, partial, stridesOf } from './elements.ts'
import { sameShape } from './elementwise.ts'
import { checkIndices, positionOf } from './gather.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, shapeText } from './shapes.ts'
import { count, type KnownValue, type Scalar } from './value.ts'

/** Data, indices and updates, where there is something to compute; a reduction is not computed. */
function parts(c: Context): readonly [KnownValue, KnownValue, KnownValue] | null {
  if (c.string('reduction', 'none') !== 'none' || !(c.value(0) || c.value(2))) return null
  const [data, indices, updates] = [partial(c, 0), c.value(1), partial(c, 2)]
  // An index that is not known may mean any element.
  return data && indices && updates && !indices.elements.some(isOpen) ? [data, indices, updates] : null
}

const scatterElements: Operator = {
  infer(c) {
    const [data, indices, updates] = [c.shape(0), c.shape(1), c.shape(2)]
    if (data) {
      const axis = axisOf(c, c.int('axis', 0), data.length)
      checkIndices(c, 1, data[axis])
      if (indices && indices.length !== data.length)
        c.mismatch(
          `indices of ${shapeText(indices)} for data of ${shapeText(data)}: the ranks have to be equal`,
          [0, 1],
        )
    }
    if (indices && updates) {
      const differ =
        indices.length !== updates.length || indices.some((dim, i) => same(dim, updates[i] ?? dim) === false)
      if (differ) c.mismatch(`updates of ${shapeText(updates)} for indices of ${shapeText(indices)}`, [1, 2])
    }
    sameShape(c)
  },
  value(c) {
    const known = parts(c)
    if (!known) return
    const [data, indices, updates] = known
    const axis = axisOf(c, c.int('axis', 0), data.dims.length)
    const elements: Scalar[] = [...data.elements]
    build(data.dtype, indices.dims, (position) => {
      const source = flat(indices.dims, position)
      const found = positionOf(at(indices, source), data.dims[axis] ?? 0)
      const target = position.map((p, i) => (i === axis ? (found ?? 0) : p))
      elements[flat(data.dims, target)] = at(updates, source)
      return 0
    })
    give(c, { ...data, elements })
  },
}

const scatterND: Operator = {
  infer(c) {
    const [data, indices] = [c.shape(0), c.shape(1)]
    const depth = indices?.at(-1)
    if (data && depth !== undefined && isKnown(depth) && depth > data.length)
      c.mismatch(`indices of ${shapeText(indices)} are too deep for data of ${shapeText(data)}`, [0, 1])
    sameShape(c)
  },
  value(c) {
    const known = parts(c)
    if (!known) return
    const [data, indices, updates] = known
    const depth = indices.dims.at(-1) ?? 0
    const strides = stridesOf(data.dims)
    const block = count(data.dims.slice(depth))
    const elements: Scalar[] = [...data.elements]
    const writes = count(indices.dims.slice(0, -1))
    for (let write = 0; write < writes; write++) {
      let target = 0
      for (let i = 0; i < depth; i++)
        target += (positionOf(at(indices, write * depth + i), data.dims[i] ?? 0) ?? 0) * (strides[i] ?? 1)
      for (let i = 0; i < block; i++)
        if (target + i >= 0 && target + i < elements.length) elements[target + i] = at(updates, write * block + i)
    }
    give(c, { ...data, elements })
  },
}

/** A cache that a part is written into, along `axis`. */
const tensorScatter: Operator = {
  infer(c) {
    const [cache, update] = [c.shape(0), c.shape(1)]
    if (cache && update && cache.length !== update.length)
      c.mismatch(`an update of ${shapeText(update)} for a cache of ${shapeText(cache)}`, [0, 1])
    sameShape(c)
  },
}

export const scattering = family({
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TensorScatter: tensorScatter,
})
