/** Convolutions: a kernel of weights slides over the spatial axes. */
import { add, type Dim, isKnown, min, mul, product, same, sub, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { elementsOf, macsOf } from './cost.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText } from './shapes.ts'
import { toDims } from './value.ts'
import { channelsFirst, channelsLast, extent, kernelOf, places, type Window, windowOf } from './window.ts'

/** Where an operator has its input, weights and bias. */
interface Roles {
  readonly x: number
  readonly w: number
  readonly bias?: number
  /** Whether input and output are `[N, ..., C]`. */
  readonly channelsLast?: (c: Context) => boolean
}

interface Parts {
  readonly x: Shape | null
  readonly w: Shape | null
  readonly rank: number
  readonly group: number
}

/** The shapes of input (channels first) and weights, with what has to hold for both; null: not even a rank is known. */
function partsOf(c: Context, roles: Roles): Parts | null {
  const given = c.shape(roles.x)
  const w = c.shape(roles.w)
  const kernel = c.ints('kernel_shape')
  const rank = given?.length ?? w?.length ?? (kernel && kernel.length + 2)
  if (rank === undefined) return null
  if (rank < 3) c.mismatch(`the input has rank ${rank}, and it takes at least 3: batch, channels, one spatial axis`)
  if (w && w.length !== rank)
    c.mismatch(`the input has rank ${rank} and the weights rank ${w.length}; both have to be the same`, [
      roles.x,
      roles.w,
    ])
  const group = c.int('group', 1)
  if (group < 1) c.mismatch(`group is ${group}, and it has to be at least 1`)
  const x = given && roles.channelsLast?.(c) ? channelsFirst(given) : given
  return { x, w, rank, group }
}

/** The number of output channels, on which weights and bias agree. */
function outputChannels(c: Context, roles: Roles, channels: Dim | undefined): Dim {
  const bias = roles.bias === undefined ? null : c.shape(roles.bias)
  if (bias && bias.length !== 1) c.mismatch(`the bias has the shape ${shapeText(bias)}, and it takes rank 1`)
  const first = channels ?? new Unknown(c.why(roles.w))
  return agree(c, [first, ...(bias ?? [])], 'output channels of weights and bias differ', [
    roles.w,
    roles.bias ?? roles.w,
  ])
}

function divisible(c: Context, what: string, channels: Dim | undefined, group: number): void {
  if (channels !== undefined && isKnown(channels) && channels % group !== 0)
    c.mismatch(`${channels} ${what} channels are not divisible by group ${group}`)
}

const unknownInput = (c: Context, roles: Roles): Dim => new Unknown(c.why(roles.x))

/** `[N, M, ...]`, from weights `[M, C/group, ...]`. */
function convolved(c: Context, roles: Roles): Shape | Unknown {
  const parts = partsOf(c, roles)
  if (!parts) return new Unknown(c.why(roles.x))
  const { x, w, rank, group } = parts
  if (x && w && same(x[1] ?? 0, mul(w[1] ?? 0, group)) === false)
    c.mismatch(
      `the input has ${String(x[1])} channels, and weights of ${shapeText(w)} with group ${group} take ${String(mul(w[1] ?? 0, group))}`,
      [roles.x, roles.w],
    )
  divisible(c, 'output', w?.[0], group)
  const axes = rank - 2
  const window = windowOf(c, axes, kernelOf(c, axes, w))
  const channels = outputChannels(c, roles, w?.[0])
  const spatial = Array.from({ length: axes }, (_, axis) =>
    places(c, window, axis, x?.[2 + axis] ?? unknownInput(c, roles)),
  )
  return [x?.[0] ?? unknownInput(c, roles), channels, ...spatial]
}

function setOutput(c: Context, roles: Roles, shape: Shape | Unknown): void {
  c.output(0, shape instanceof Unknown || !roles.channelsLast?.(c) ? shape : channelsLast(shape))
}

export const convolution = (roles: Roles): Operator => ({
  infer: (c) => setOutput(c, roles, convolved(c, roles)),
  macs: (c) => macsOf(elementsOf(c.outputShape(0)), elementsOf(c.shape(roles.w)?.slice(1) ?? null)),
})

/** Size of a transposed convolution along one axis, by the attributes other than `output_shape`. */
function grown(c: Context, window: Window, axis: number, size: Dim, extra: number): Dim {
  const stride = window.strides[axis] ?? 1
  const natural = add(mul(sub(size, 1), stride), extent(window, axis), extra)
  // Padding makes it as small as size × stride; where it is smaller already there is nothing to pad.
  const padded = window.keepsSize
    ? min(natural, mul(size, stride))
    : sub(natural, (window.before[axis] ?? 0) + (window.after[axis] ?? 0))
  if (isKnown(padded) && padded < 1)
    c.mismatch(`the padding leaves ${padded} of spatial axis ${axis}, and at least 1 has to be left`)
  return padded
}

function outputPadding(c: Context, axes: number): readonly number[] {
  const padding = c.ints('output_padding')
  if (!padding || padding.length === 0) return Array.from({ length: axes }, () => 0)
  if (padding.length !== axes)
    c.mismatch(`output_padding has ${padding.length} elements, and there are ${axes} spatial axes`)
  const negative = padding.find((pad) => pad < 0)
  if (negative !== undefined) c.mismatch(`output_padding has ${negative}, and each has to be at least 0`)
  return padding
}

/** `output_shape` as spatial sizes. Old exporters write batch and channels in front, and runtimes skip those. */
function writtenShape(c: Context, axes: number): readonly number[] | null {
  const shape = c.ints('output_shape')
  if (!shape || shape.length === 0) return null
  if (shape.length !== axes && shape.length !== axes + 2)
    c.mismatch(`output_shape has ${shape.length} elements, and there are ${axes} spatial axes`)
  const spatial = shape.slice(-axes)
  const wrong = spatial.find((size) => size < 1)
  if (wrong !== undefined) c.mismatch(`output_shape has ${wrong}, and each has to be at least 1`)
  return spatial
}

/** `[N, M, ...]`, from weights `[C, M/group, ...]`. `pads`: the input that gives the padding instead of an attribute. */
function transposed(c: Context, roles: Roles, pads?: number): Shape | Unknown {
  const parts = partsOf(c, roles)
  if (!parts) return new Unknown(c.why(roles.x))
  const { x, w, rank, group } = parts
  if (x && w && same(x[1] ?? 0, w[0] ?? 0) === false)
    c.mismatch(`the input has ${String(x[1])} channels, and the weights ${shapeText(w)} take ${String(w[0])}`, [
      roles.x,
      roles.w,
    ])
  divisible(c, 'input', x?.[1] ?? w?.[0], group)
  const axes = rank - 2
  const window = windowOf(c, axes, kernelOf(c, axes, w))
  const extra = outputPadding(c, axes)
  const written = writtenShape(c, axes)
  const channels = outputChannels(c, roles, w?.[1] && mul(w[1], group))
  const dynamic = pads === undefined ? null : dynamicPads(c, pads, axes)
  const spatial = Array.from({ length: axes }, (_, axis) => {
    const fixed = written?.[axis]
    if (fixed !== undefined) return fixed
    const size = grown(c, window, axis, x?.[2 + axis] ?? unknownInput(c, roles), extra[axis] ?? 0)
    return dynamic ? sub(size, add(dynamic[axis] ?? 0, dynamic[axes + axis] ?? 0)) : size
  })
  return [x?.[0] ?? unknownInput(c, roles), channels, ...spatial]
}

function dynamicPads(c: Context, input: number, axes: number): readonly Dim[] {
  const value = c.value(input)
  if (!value) return Array.from({ length: 2 * axes }, () => (c.given(input) ? new Unknown(c.why(input)) : 0))
  if (value.elements.length !== 2 * axes)
    c.mismatch(`the pads have ${value.elements.length} elements, and ${axes} spatial axes take ${2 * axes}`, [input])
  return toDims(value)
}

/** Every input element meets the kernel once for each output channel of its group. */
const transposedMacs = (roles: Roles) => (c: Context) =>
  macsOf(elementsOf(c.shape(roles.x)), elementsOf(c.shape(roles.w)?.slice(1) ?? null))

export const transposition = (roles: Roles, pads?: number): Operator => ({
  infer: (c) => setOutput(c, roles, transposed(c, roles, pads)),
  macs: transposedMacs(roles),
})

export const plain: Roles = { x: 0, w: 1, bias: 2 }
const quantized: Roles = { x: 0, w: 3, bias: 8, channelsLast: (c) => c.int('channels_last', 0) !== 0 }
export const nhwc: Roles = { ...plain, channelsLast: () => true }

function checkOffsets(c: Context): void {
  const offset = c.shape(2)
  const output = c.outputShape(0)
  const weights = c.shape(1)
  if (!offset || !output || !weights) return
  if (offset.length !== output.length)
    c.mismatch(`the offsets have the shape ${shapeText(offset)}, and the input has rank ${output.length}`, [2])
  const axes = output.length - 2
  const groups = c.int('offset_group', 1)
  const wanted = [output[0] ?? 0, mul(groups, axes, product(weights.slice(2))), ...output.slice(2)]
  if (wanted.some((dim, i) => same(dim, offset[i] ?? dim) === false))
    c.mismatch(`the offsets have the shape ${shapeText(offset)}, and it has to be ${shapeText(wanted)}`, [2])
}

const deformable: Roles = { x: 0, w: 1, bias: 3 }

export const conv = family({
  Conv: convolution(plain),
  ConvInteger: convolution({ x: 0, w: 1 }),
  QLinearConv: convolution({ x: 0, w: 3, bias: 8 }),
  ConvTranspose: transposition(plain),
  DeformConv: {
    ...convolution(deformable),
    infer: (c) => {
      setOutput(c, deformable, convolved(c, deformable))
      checkOffsets(c)
    },
  },
  'com.microsoft::FusedConv': convolution(plain),
  'com.microsoft::NhwcConv': convolution(nhwc),
  'com.microsoft::NhwcFusedConv': convolution(nhwc),
  'com.microsoft::QLinearConv': convolution(quantized),
  'com.microsoft::ConvTransposeWithDynamicPads': transposition({ x: 0, w: 1, bias: 3 }, 2),
})
