/**
 * Slice: parts of axes by start, end and step. Starts and ends count from the back where negative and are brought
 * into the range; both may be symbolic, and a large number stands for the end.
 */
import { add, ceilDiv, type Dim, isKnown, isUnknown, lowerBound, max, min, negate, sub, Unknown } from '../graph/dim.ts'
import { distinctAxes, inputDims, inputLength, inputNumbers } from './axes.ts'
import { at, build, flat, give } from './elements.ts'
import { type Context, family, type Operator } from './operator.ts'
import { gives, shapeOf, unknownDims } from './shapes.ts'

/** From here on a number means: to the very end. No axis is as long. */
const endless = 2 ** 31 - 1

interface Cut {
  readonly axis: number
  readonly start: Dim
  readonly end: Dim
  readonly step: Dim
}

/** Starts, ends, axes and steps: attributes in version 1, inputs later. */
function cutsOf(c: Context, rank: number): readonly Cut[] | Unknown {
  const old = c.schema?.attributes.has('starts') ?? false
  const starts = old ? (c.ints('starts') ?? []) : inputDims(c, 1)
  const ends = old ? (c.ints('ends') ?? []) : inputDims(c, 2)
  if (starts instanceof Unknown) return starts
  if (ends instanceof Unknown) return ends
  const axes = old ? c.ints('axes') : c.given(3) ? inputNumbers(c, 3) : undefined
  const steps = !old && c.given(4) ? inputDims(c, 4) : undefined
  if (axes instanceof Unknown) return axes
  const chosen = distinctAxes(c, axes ?? starts.map((_, axis) => axis), rank)
  const lengths = [starts.length, ends.length, chosen.length]
  if (steps && !(steps instanceof Unknown)) lengths.push(steps.length)
  if (new Set(lengths).size > 1) c.mismatch(`starts, ends, axes and steps have the lengths ${lengths.join(', ')}`)
  return chosen.map((axis, i) => ({
    axis,
    start: starts[i] ?? 0,
    end: ends[i] ?? 0,
    step: steps instanceof Unknown ? steps : (steps?.[i] ?? 1),
  }))
}

/**
 * Counted from the front: a negative number from the back. Unknown where a bound may be either.
 *
 * A symbolic bound is a size or the negative of one, plus or minus a number. It is taken as what it is written for:
 * `x[:n - 2]` counts from the front, `x[-n:]` from the back. At sizes where the sign tips over (`x[-0:]` is all of x)
 * the answer is another one; it is computed as soon as the size is a number.
 */
function fromFront(bound: Dim, size: Dim): Dim {
  if (isUnknown(bound)) return bound
  if (isKnown(bound)) return bound < 0 ? add(size, bound) : bound
  if (lowerBound(bound) > Number.NEGATIVE_INFINITY) return bound
  if (lowerBound(negate(bound)) > Number.NEGATIVE_INFINITY) return add(size, bound)
  return new Unknown(`whether ${String(bound)} counts from the front or from the back is not known`)
}

/** How many elements a cut leaves of an axis. */
function cutSize({ start, end, step }: Omit<Cut, 'axis'>, size: Dim): Dim {
  if (!isKnown(step)) return isUnknown(step) ? step : new Unknown(`the step is ${String(step)}`)
  if (isKnown(size) && isKnown(start) && isKnown(end)) return positions({ start, end, step }, size).length
  if (isUnknown(size)) return size
  return step > 0 ? forward(start, end, step, size) : backward(start, end, step, size)
}

function forward(start: Dim, end: Dim, step: number, size: Dim): Dim {
  const first = fromFront(start, size)
  const last = isKnown(end) && end >= endless ? size : fromFront(end, size)
  if (isUnknown(first)) return first
  if (isUnknown(last)) return last
  return ceilDiv(max(0, min(sub(last, first), last, sub(size, first), size)), step)
}

function backward(start: Dim, end: Dim, step: number, size: Dim): Dim {
  const top = sub(size, 1)
  const first = isKnown(start) && start >= endless ? top : fromFront(start, size)
  const last = isKnown(end) && end <= -endless ? -1 : fromFront(end, size)
  if (isUnknown(first)) return first
  if (isUnknown(last)) return last
  const span = min(sub(first, last), add(first, 1), sub(top, last), size)
  return ceilDiv(max(0, span), -step)
}

/** The first position and the number of them, all being numbers. */
function positions({ start, end, step }: { start: number; end: number; step: number }, size: number) {
  const clamp = (bound: number, low: number, high: number) =>
    Math.min(Math.max(bound < 0 ? bound + size : bound, low), high)
  const first = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1)
  const last = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1)
  return { first, length: Math.max(0, Math.ceil((last - first) / step)) + 0 }
}

const slice: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const cuts = cutsOf(c, shape.length)
    if (cuts instanceof Unknown) return untouched(c, shape, cuts)
    const result = [...shape]
    for (const cut of cuts) {
      if (cut.step === 0) c.mismatch('a step is 0', [4])
      result[cut.axis] = cutSize(cut, shape[cut.axis] ?? 1)
    }
    return result
  }),
  value(c) {
    const value = c.value(0)
    if (!value) return
    const cuts = cutsOf(c, value.dims.length)
    if (cuts instanceof Unknown) return
    const first = value.dims.map(() => 0)
    const steps = value.dims.map(() => 1)
    const dims = [...value.dims]
    for (const { axis, start, end, step } of cuts) {
      if (!isKnown(start) || !isKnown(end) || !isKnown(step)) return
      const found = positions({ start, end, step }, value.dims[axis] ?? 1)
      first[axis] = found.first
      steps[axis] = step
      dims[axis] = found.length
    }
    const source = (position: readonly number[]) => position.map((p, i) => (first[i] ?? 0) + p * (steps[i] ?? 1))
    give(
      c,
      build(value.dtype, dims, (position) => at(value, flat(value.dims, source(position)))),
    )
  },
}

/** Bounds whose number is not known: axes that are named elsewhere stay as they are. */
function untouched(c: Context, shape: readonly Dim[], why: Unknown): readonly Dim[] {
  const axes = c.given(3) ? inputNumbers(c, 3) : undefined
  const length = inputLength(c, 1)
  const cut =
    axes && !(axes instanceof Unknown)
      ? distinctAxes(c, axes, shape.length)
      : length !== null && !axes
        ? Array.from({ length }, (_, axis) => axis)
        : null
  const unknown = unknownDims(shape.length, why.why)
  return cut ? shape.map((dim, axis) => (cut.includes(axis) ? (unknown[axis] ?? why) : dim)) : unknown
}

export const slices = family({ Slice: slice })
