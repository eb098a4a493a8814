/** Sizes of attention: hidden sizes split into heads, and what the two matrix products of attention cost. */
import { add, type Dim, divideExactly, isKnown, mod, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { macsOf } from './cost.ts'
import type { Context } from './operator.ts'
import { shapeText } from './shapes.ts'

/** `hidden / parts` where that comes out even; a finding where it cannot. */
export function perHead(c: Context, hidden: Dim, parts: number, what: string): Dim {
  if (parts < 1) c.mismatch(`the number of heads is ${parts}, and it has to be at least 1`)
  const size = divideExactly(hidden, parts)
  if (size !== null) return size
  const rest = mod(hidden, parts)
  if (isKnown(rest) && rest !== 0) c.mismatch(`${what} ${String(hidden)} is not divisible by ${parts}`)
  return hidden instanceof Unknown ? hidden : new Unknown(`${what} has to be divisible by the number of heads`)
}

/** The shape of an input, which has one of these ranks. */
export function ranked(c: Context, input: number, ...ranks: readonly number[]): Shape | null {
  const shape = c.shape(input)
  if (shape && !ranks.includes(shape.length)) {
    const name = c.schema?.inputs[input]?.name ?? `input ${input}`
    c.mismatch(`${name} has the shape ${shapeText(shape)}, and it takes rank ${ranks.join(' or ')}`, [input])
  }
  return shape
}

export const unknown = (c: Context, input: number): Unknown => new Unknown(c.why(input))

/** The axis of an input's shape, or why it is not known. */
export const axisSize = (c: Context, input: number, axis: number): Dim => c.shape(input)?.at(axis) ?? unknown(c, input)

interface AttentionSizes {
  readonly batch: Dim
  readonly queries: Dim
  /** Keys in all, those of the past included. */
  readonly keys: Dim
  /** Sizes of all heads of the query (and its keys), and of the values, together. */
  readonly width: Dim
  readonly valueWidth: Dim
}

/** Queries times keys, and the weights times values. */
export const attentionMacs = ({ batch, queries, keys, width, valueWidth }: AttentionSizes): Dim | null =>
  macsOf(batch, queries, keys, add(width, valueWidth))
