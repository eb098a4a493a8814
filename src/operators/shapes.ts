/** Shape rules that many operators share: broadcasting, axes, unions. */
import { add, type Dim, equal, isKnown, isUnknown, max, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import type { Context } from './operator.ts'

/** `[2, N, ?]`, for messages. */
export const shapeText = (shape: Shape | readonly Dim[] | null): string =>
  shape ? `[${shape.map((dim) => (isUnknown(dim) ? '?' : String(dim))).join(', ')}]` : 'unknown rank'

/** Unknown dimensions with one reason. */
export const unknownDims = (rank: number, why: string): Dim[] => Array.from({ length: rank }, () => new Unknown(why))

/** `axis` counted from the front; a finding where it is out of `[-rank, rank - 1]`. */
export function axisOf(c: Context, axis: number, rank: number, what = 'axis'): number {
  if (axis < -rank || axis >= rank) c.mismatch(`${what} ${axis} is outside of [${-rank}, ${rank - 1}] for rank ${rank}`)
  return axis < 0 ? axis + rank : axis
}

/**
 * Numpy-style broadcasting of any number of shapes, null where one of them is unknown. Two different symbols
 * give their maximum: the only value that is possible when both are at least 1.
 */
export function broadcast(c: Context, inputs: readonly number[]): Shape | Unknown {
  const shapes: Shape[] = []
  for (const input of inputs) {
    const shape = c.shape(input)
    if (!shape) return new Unknown(c.why(input))
    shapes.push(shape)
  }
  return broadcastShapes(c, shapes, inputs)
}

export function broadcastShapes(c: Context, shapes: readonly Shape[], inputs: readonly number[] = []): Shape {
  const [first = []] = shapes
  if (shapes.every((shape) => isSame(shape, first))) return first
  let rank = 0
  for (const shape of shapes) rank = Math.max(rank, shape.length)
  const result: Dim[] = []
  for (let behind = rank; behind > 0; behind--) {
    const dims: Dim[] = []
    for (const shape of shapes) {
      const dim = shape[shape.length - behind]
      if (dim !== undefined) dims.push(dim)
    }
    const dim = broadcastDims(dims)
    if (dim === null)
      return c.mismatch(
        `shapes ${shapes.map(shapeText).join(' and ')} do not broadcast: ${dims.join(' against ')}`,
        inputs,
      )
    result.push(dim)
  }
  return result
}

/** The most frequent case: nothing has to be compared where sizes were handed on as they are. */
function isSame(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Null: cannot be. */
export function broadcastDims(dims: readonly Dim[]): Dim | null {
  let fixed: number | undefined
  const open: Dim[] = []
  for (const dim of dims) {
    if (dim === 1) continue
    if (isKnown(dim)) {
      if (fixed !== undefined && fixed !== dim) return null
      fixed = dim
    } else if (!open.some((other) => equal(other, dim))) open.push(dim)
  }
  // Against a number other than 1 every other dimension has to be that number or 1.
  if (fixed !== undefined) return fixed
  if (open.length === 0) return 1
  const unknown = open.find(isUnknown)
  if (unknown) return unknown
  return open.length === 1 ? (open[0] ?? 1) : max(...open)
}

/** The dimension that several places agree on: the best known one. A finding where two numbers differ. */
export function agree(c: Context, dims: readonly Dim[], what: string, inputs: readonly number[] = []): Dim {
  let best: Dim | undefined
  for (const dim of dims) {
    if (best === undefined) best = dim
    else if (same(best, dim) === false) c.mismatch(`${what}: ${String(best)} against ${String(dim)}`, inputs)
    else if (rankOf(dim) > rankOf(best)) best = dim
  }
  return best ?? new Unknown(`${what} is not given`)
}

const rankOf = (dim: Dim): number => (isKnown(dim) ? 2 : isUnknown(dim) ? 0 : 1)

/** What holds whichever of two shapes comes: equal dimensions stay, others are unknown. */
export function union(a: Shape | null, b: Shape | null, why: string): Shape | null {
  if (!a || !b || a.length !== b.length) return null
  return a.map((dim, i) => {
    const other = b[i]
    if (isUnknown(dim)) return dim
    return other !== undefined && equal(dim, other) ? dim : new Unknown(why)
  })
}

export const sum = (dims: readonly Dim[]): Dim => add(0, ...dims)

/** The shape of an input, or why it is not known. */
export const shapeOf = (c: Context, input = 0): Shape | Unknown => c.shape(input) ?? new Unknown(c.why(input))

/** An `infer` that sets the shape of the only output. */
export const gives =
  (rule: (c: Context) => Shape | Unknown) =>
  (c: Context): void =>
    c.output(0, rule(c))
