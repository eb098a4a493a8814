/** Fourier transforms and what goes with them. Runtimes use fast transforms: their cost is not counted. */
import { add, type Dim, floorDiv, isKnown, mul, same, sub, Unknown } from '../graph/dim.ts'
import { dtypeFromNumber } from '../graph/dtype.ts'
import type { Shape } from '../graph/type.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, axisOf, shapeText } from './shapes.ts'
import { toDim } from './value.ts'

/** The one number that an input holds, as a size. */
function sizeFrom(c: Context, input: number): Dim {
  const shape = c.shape(input)
  if (shape && shape.length > 0 && !shape.every((dim) => dim === 1))
    c.mismatch(`${c.schema?.inputs[input]?.name} has the shape ${shapeText(shape)}, and it takes one number`, [input])
  const value = c.value(input)
  const size = value ? toDim(value.elements[0]) : new Unknown(c.why(input))
  if (isKnown(size) && size < 1)
    c.mismatch(`${c.schema?.inputs[input]?.name} is ${size}, and it has to be at least 1`, [input])
  return size
}

/** Bins of a real signal: the others are their mirror image. */
const half = (length: Dim): Dim => add(floorDiv(length, 2), 1)

/** The axis of the transform, of `rank` axes; null: an input says it, and it is not known. */
function transformAxis(c: Context, rank: number): number | null {
  let axis = c.int('axis', -2)
  if (c.given(2)) {
    const element = c.value(2)?.elements[0]
    if (typeof element !== 'number') return null
    axis = element
  }
  const found = axisOf(c, axis, rank)
  if (found === rank - 1) c.mismatch(`axis ${axis} is the last one, which holds real and imaginary parts`)
  return found
}

function transformed(c: Context): Shape | Unknown {
  const shape = c.shape(0)
  if (!shape) return new Unknown(c.why(0))
  const rank = shape.length
  if (rank < 2) c.mismatch(`the input has rank ${rank}, and it takes at least 2: the last axis holds the parts`, [0])
  const inverse = c.int('inverse', 0) !== 0
  const oneSided = c.int('onesided', 0) !== 0
  const parts = shape[rank - 1] ?? 1
  if (oneSided && same(parts, inverse ? 2 : 1) === false)
    c.mismatch(
      `a one-sided ${inverse ? 'inverse takes complex' : 'transform takes real'} numbers, and the last axis has ${String(parts)}`,
    )
  const axis = transformAxis(c, rank)
  const outputParts = inverse && oneSided ? 1 : 2
  if (axis === null) {
    const open = oneSided || c.given(1)
    const dims = shape.slice(0, -1).map((dim): Dim => (open ? new Unknown(c.why(2)) : dim))
    return [...dims, outputParts]
  }
  const size = shape[axis] ?? 1
  const length = c.given(1) ? sizeFrom(c, 1) : inverse && oneSided ? mul(2, sub(size, 1)) : size
  const bins = oneSided && !inverse ? half(length) : length
  return shape.map((dim, i) => (i === rank - 1 ? outputParts : i === axis ? bins : dim))
}

/** `[batch, frames, bins, 2]` */
function framed(c: Context): Shape | Unknown {
  const signal = c.shape(0)
  if (signal && signal.length !== 2 && signal.length !== 3)
    c.mismatch(`the signal has the shape ${shapeText(signal)}, and it takes rank 2 or 3`, [0])
  const window = c.shape(2)
  if (window && window.length !== 1)
    c.mismatch(`the window has the shape ${shapeText(window)}, and it takes rank 1`, [2])
  if (!c.given(2) && !c.given(3)) c.mismatch('neither window nor frame_length is given, and it takes one of them')
  const lengths = [
    ...(c.given(3) ? [sizeFrom(c, 3)] : []),
    ...(c.given(2) ? [window?.[0] ?? new Unknown(c.why(2))] : []),
  ]
  const frame = agree(c, lengths, 'frame_length and the length of the window differ', [2, 3])
  const [batch = new Unknown(c.why(0)), samples = new Unknown(c.why(0))] = signal ?? []
  const room = sub(samples, frame)
  if (isKnown(room) && room < 0)
    c.mismatch(`a frame has ${String(frame)} samples, and the signal only ${String(samples)}`, [0])
  const frames = add(floorDiv(room, sizeFrom(c, 1)), 1)
  return [batch, frames, c.int('onesided', 1) !== 0 ? half(frame) : frame, 2]
}

const writtenType = (c: Context) => dtypeFromNumber(c.int('output_datatype', 1))

const window: Operator = { infer: (c) => c.output(0, [sizeFrom(c, 0)], writtenType(c)) }

export const signal = family({
  DFT: { infer: (c) => c.output(0, transformed(c)) },
  STFT: { infer: (c) => c.output(0, framed(c)) },
  HannWindow: window,
  HammingWindow: window,
  BlackmanWindow: window,
  MelWeightMatrix: { infer: (c) => c.output(0, [half(sizeFrom(c, 1)), sizeFrom(c, 0)], writtenType(c)) },
})
