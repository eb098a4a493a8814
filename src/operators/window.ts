/** A window that slides over the spatial axes: what convolution and pooling share. */
import { add, ceilDiv, type Dim, floorDiv, isKnown, isUnknown, mul, same, sub, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import type { Context } from './operator.ts'
import { shapeText } from './shapes.ts'

export interface Window {
  /** Sizes of the kernel, one per spatial axis; so are the others. */
  readonly kernel: readonly Dim[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** The output is as large as the input divided by the stride, whatever padding that takes. */
  readonly keepsSize: boolean
}

const autoPads = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']

/** A list attribute with one positive number per spatial axis; absent: all `1`. */
function perAxis(c: Context, name: string, axes: number): readonly number[] {
  const list = c.ints(name)
  if (!list || list.length === 0) return Array.from({ length: axes }, () => 1)
  if (list.length !== axes) c.mismatch(`${name} has ${list.length} elements, and there are ${axes} spatial axes`)
  const wrong = list.find((element) => element < 1)
  if (wrong !== undefined) c.mismatch(`${name} has ${wrong}, and each has to be at least 1`)
  return list
}

/** The window that the attributes describe, over `axes` spatial axes. */
export function windowOf(c: Context, axes: number, kernel: readonly Dim[]): Window {
  const strides = perAxis(c, 'strides', axes)
  const dilations = perAxis(c, 'dilations', axes)
  const autoPad = c.string('auto_pad', 'NOTSET')
  if (!autoPads.includes(autoPad)) c.mismatch(`auto_pad is '${autoPad}', and it is one of ${autoPads.join(', ')}`)
  const [before, after] = padsOf(c, axes, autoPad === 'NOTSET')
  return { kernel, strides, dilations, before, after, keepsSize: autoPad.startsWith('SAME') }
}

/** Padding in front and behind. Runtimes ignore `pads` beside another `auto_pad`. */
function padsOf(c: Context, axes: number, used: boolean): [readonly number[], readonly number[]] {
  const none = Array.from({ length: axes }, () => 0)
  const pads = c.ints('pads')
  if (!pads || pads.length === 0) return [none, none]
  if (pads.length !== 2 * axes)
    c.mismatch(`pads has ${pads.length} elements, and ${axes} spatial axes take ${2 * axes}`)
  const negative = pads.find((pad) => pad < 0)
  if (negative !== undefined) c.mismatch(`pads has ${negative}, and each has to be at least 0`)
  return used ? [pads.slice(0, axes), pads.slice(axes)] : [none, none]
}

/**
 * Sizes of the kernel: by the attribute `kernel_shape`, or those of the weights from `firstAxis` on.
 * Both have to agree where both are there.
 */
export function kernelOf(c: Context, axes: number, weights: Shape | null = null, firstAxis = 2): readonly Dim[] {
  const written = c.ints('kernel_shape')
  if (written && written.length > 0) {
    const kernel = perAxis(c, 'kernel_shape', axes)
    if (weights && kernel.some((size, i) => same(size, weights[firstAxis + i] ?? size) === false)) {
      const found = shapeText(weights.slice(firstAxis, firstAxis + axes))
      c.mismatch(`kernel_shape is ${shapeText(kernel)}, and the weights have ${found}`)
    }
    return kernel
  }
  if (!weights) return Array.from({ length: axes }, () => new Unknown('the size of the kernel is not known'))
  return weights.slice(firstAxis, firstAxis + axes)
}

/** How many elements the kernel spans on an axis, dilation included. */
export const extent = (window: Window, axis: number): Dim =>
  add(mul(sub(window.kernel[axis] ?? 1, 1), window.dilations[axis] ?? 1), 1)

/** How many places the window takes along one spatial axis of `size`. `ceil`: a last, incomplete one counts. */
export function places(c: Context, window: Window, axis: number, size: Dim, ceil = false): Dim {
  const stride = window.strides[axis] ?? 1
  if (window.keepsSize) return ceilDiv(size, stride)
  const before = window.before[axis] ?? 0
  const after = window.after[axis] ?? 0
  const span = extent(window, axis)
  const room = sub(add(size, before, after), span)
  if (isUnknown(room)) return room
  if (isKnown(room) && room < 0) {
    const padded = String(add(size, before, after))
    c.mismatch(`the kernel spans ${String(span)} on spatial axis ${axis}, and the padded input has only ${padded}`)
  }
  if (!ceil) return add(floorDiv(room, stride), 1)
  // A window that would start in the padding behind the input is left out.
  const beyond = sub(add(after, stride), span)
  if (isKnown(beyond) && beyond <= 0) return add(ceilDiv(room, stride), 1)
  if (isKnown(span) && after <= span) return ceilDiv(add(size, before), stride)
  if (!isKnown(room) || !isKnown(size)) return new Unknown('the padding is wider than the kernel')
  const count = Math.ceil(room / stride) + 1
  return (count - 1) * stride >= size + before ? count - 1 : count
}

/** `[N, ..., C]` as `[N, C, ...]`. */
export const channelsFirst = (shape: Shape): Shape => [...shape.slice(0, 1), ...shape.slice(-1), ...shape.slice(1, -1)]
/** `[N, C, ...]` as `[N, ..., C]`. */
export const channelsLast = (shape: Shape): Shape => [...shape.slice(0, 1), ...shape.slice(2), ...shape.slice(1, 2)]
