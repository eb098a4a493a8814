/** Operators whose output has the shape of an input. */
import { Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import type { Context, Operator } from './operator.ts'

/** The shape of an input as that of an output: unknown, with the reason, where it is not known. */
export const shapeOf = (c: Context, input: number): Shape | Unknown => c.shape(input) ?? new Unknown(c.why(input))

/** All its outputs have the shape of this input. `check`: what has to hold beside. */
export const like = (input = 0, check?: (c: Context) => void): Operator => ({
  infer(c) {
    check?.(c)
    for (let output = 0; output < c.outputCount; output++) c.output(output, shapeOf(c, input))
  },
})
