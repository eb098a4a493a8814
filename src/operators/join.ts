/** Joining tensors along an axis, and taking one apart: Concat and Split. */
import {
  ceilDiv,
  type Dim,
  divideExactly,
  floorDiv,
  isKnown,
  isUnknown,
  mul,
  same,
  sub,
  Unknown,
} from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { inputDims } from './axes.ts'
import { at, build, flat, give, partial } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, axisOf, gives, shapeText, sum, unknownDims } from './shapes.ts'
import type { KnownValue } from './value.ts'

/** Shape of tensors joined along `axis`, from input `first` on, every `stride`-th input. */
function joined(c: Context, inputs: readonly number[]): Shape | Unknown {
  const shapes = inputs.map((input) => c.shape(input))
  const known = shapes.filter((shape) => shape !== null)
  const [one] = known
  if (!one) return new Unknown(c.why(inputs[0] ?? 0))
  const odd = known.find((shape) => shape.length !== one.length)
  if (odd) c.mismatch(`${shapeText(one)} and ${shapeText(odd)} have different ranks`, inputs)
  const axis = axisOf(c, c.int('axis', 1), one.length)
  const missing = inputs.find((input) => c.shape(input) === null)
  return one.map((_, at) => {
    if (at !== axis)
      return agree(
        c,
        known.map((shape) => shape[at] ?? 1),
        `sizes of axis ${at} differ`,
        inputs,
      )
    return missing === undefined ? sum(known.map((shape) => shape[at] ?? 1)) : new Unknown(c.why(missing))
  })
}

const all = (c: Context): number[] => Array.from({ length: c.inputCount }, (_, input) => input)

const concat: Operator = {
  infer: gives((c) => joined(c, all(c))),
  value(c) {
    if (!all(c).some((input) => c.value(input))) return
    const values = all(c).map((input) => partial(c, input))
    const known = values.filter((value) => value !== null)
    const [first] = known
    if (!first || known.length < values.length) return
    const axis = axisOf(c, c.int('axis', 1), first.dims.length)
    const dims = first.dims.map((dim, i) =>
      i === axis ? known.reduce((total, v) => total + (v.dims[i] ?? 0), 0) : dim,
    )
    // One block per value and position before the axis: a block is contiguous in each of them.
    const blocks = first.dims.slice(0, axis).reduce((product, dim) => product * dim, 1)
    const elements: KnownValue['elements'][number][] = []
    for (let block = 0; block < blocks; block++)
      for (const value of known) {
        const length = value.elements.length / blocks
        for (let i = 0; i < length; i++) elements.push(at(value, block * length + i))
      }
    give(c, { dtype: first.dtype, dims, elements })
  },
}

/** Sizes of the parts: given by attribute or input, or equal parts. */
function parts(c: Context, size: Dim): readonly Dim[] {
  const given = sizesGiven(c)
  if (given instanceof Unknown) return unknownDims(c.outputCount, given.why)
  return given ? checkedParts(c, given, size) : equalParts(c, size)
}

function sizesGiven(c: Context): readonly Dim[] | Unknown | null {
  if (c.schema?.attributes.has('split') && c.written('split')) return c.ints('split') ?? []
  return c.given(1) ? inputDims(c, 1) : null
}

function checkedParts(c: Context, given: readonly Dim[], size: Dim): readonly Dim[] {
  if (given.length !== c.outputCount) c.mismatch(`split has ${given.length} sizes for ${c.outputCount} outputs`, [1])
  const negative = given.find((dim) => isKnown(dim) && dim < 0)
  if (negative !== undefined) c.mismatch(`split has ${negative}; a size is at least 0`, [1])
  const total = sum(given)
  if (same(total, size) === false)
    c.mismatch(`split ${shapeText(given)} adds up to ${String(total)}, and the axis has ${String(size)}`, [0, 1])
  // One part that is not known is what the others leave.
  const open = given.filter(isUnknown)
  if (open.length !== 1) return given
  const rest = sub(size, sum(given.filter((dim) => !isUnknown(dim))))
  return given.map((dim) => (isUnknown(dim) && !isUnknown(rest) ? rest : dim))
}

/** From version 18 on the last part may be smaller; before, the parts are equal. */
function equalParts(c: Context, size: Dim): readonly Dim[] {
  const asked = c.int('num_outputs')
  const count = asked ?? c.outputCount
  if (asked !== undefined && asked !== c.outputCount)
    c.mismatch(`num_outputs is ${asked}, and there are ${c.outputCount} outputs`)
  if (c.since >= 18 && asked === undefined) c.mismatch('neither the input split nor num_outputs says how to split')
  if (count < 1) c.mismatch(`num_outputs is ${count}, and it has to be at least 1`)
  const exact = divideExactly(size, count)
  const uneven = c.since >= 18
  if (isKnown(size) && (uneven ? size < count : exact === null))
    c.mismatch(`an axis of ${size} does not split into ${count}${uneven ? '' : ' equal parts'}`, [0])
  const part = exact ?? (uneven ? ceilDiv(size, count) : floorDiv(size, count))
  const last = exact ?? (uneven ? sub(size, mul(part, count - 1)) : part)
  if (isKnown(last) && last < 0) c.mismatch(`an axis of ${String(size)} leaves nothing for part ${count}`, [0])
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? last : part))
}

const split: Operator = {
  infer(c) {
    const shape = c.shape(0)
    for (let output = 0; output < c.outputCount; output++) if (!shape) c.output(output, new Unknown(c.why(0)))
    if (!shape) return
    const axis = axisOf(c, c.int('axis', 0), shape.length)
    parts(c, shape[axis] ?? 1).forEach((part, output) => {
      c.output(
        output,
        shape.map((dim, i) => (i === axis ? part : dim)),
      )
    })
  },
  value(c) {
    const value = c.value(0)
    if (!value) return
    const axis = axisOf(c, c.int('axis', 0), value.dims.length)
    let start = 0
    for (let output = 0; output < c.outputCount; output++) {
      const size = c.outputShape(output)?.[axis]
      if (size === undefined || !isKnown(size)) return
      const from = start
      const dims = value.dims.map((dim, i) => (i === axis ? size : dim))
      const source = (position: readonly number[]) => position.map((p, i) => (i === axis ? p + from : p))
      const part = build(value.dtype, dims, (position) => at(value, flat(value.dims, source(position))))
      if (part) c.outputValue(output, part)
      start += size
    }
  },
}

export const joins = family({ Concat: concat, Split: split })
