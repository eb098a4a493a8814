/** Operators whose output has the shape of an input. */
import { isKnown, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import type { Context, Operator } from './operator.ts'
import { shapeText } from './shapes.ts'

/** The shape of an input as that of an output: unknown, with the reason, where it is not known. */
export const shapeOf = (c: Context, input: number): Shape | Unknown => c.shape(input) ?? new Unknown(c.why(input))

/** All its outputs have the shape of this input. `check`: what has to hold beside. */
export const like = (input = 0, check?: (c: Context) => void): Operator => ({
  infer(c) {
    check?.(c)
    for (let output = 0; output < c.outputCount; output++) c.output(output, shapeOf(c, input))
  },
})

/** Input `from` has to broadcast to input `to`, never the other way round. */
export function checkOneWay(c: Context, from: number, to: number, what: string): void {
  const small = c.shape(from)
  const large = c.shape(to)
  if (!small || !large) return
  const fits = small.every((dim, i) => {
    const other = large[large.length - small.length + i]
    if (dim === 1) return true
    return other === undefined ? !isKnown(dim) : same(dim, other) !== false
  })
  if (!fits)
    c.mismatch(`${what} has the shape ${shapeText(small)}, and that does not broadcast to ${shapeText(large)}`, [
      from,
      to,
    ])
}
