/** Pooling: a window without weights slides over the spatial axes, or covers them, or regions of interest. */
import { add, type Dim, mul, same, sub, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText, unknownDims } from './shapes.ts'
import { toDims } from './value.ts'
import { channelsFirst, channelsLast, extent, kernelOf, places, windowOf } from './window.ts'

const never = () => false
export const always = () => true
const byAttribute = (c: Context) => c.int('channels_last', 0) !== 0

/** Input channels first, or null; and the rank, which `kernel_shape` gives, too. */
function inputOf(c: Context, last: boolean): { x: Shape | null; axes: number } | null {
  const given = c.shape(0)
  const axes = given ? given.length - 2 : c.ints('kernel_shape')?.length
  if (axes === undefined) return null
  if (axes < 1) c.mismatch(`the input has rank ${axes + 2}, and it takes at least 3: batch, channels, one spatial axis`)
  return { x: given && last ? channelsFirst(given) : given, axes }
}

function pooled(c: Context, last: boolean): Shape | Unknown {
  const input = inputOf(c, last)
  if (!input) return new Unknown(c.why(0))
  const { x, axes } = input
  const window = windowOf(c, axes, kernelOf(c, axes))
  const ceil = c.int('ceil_mode', 0) !== 0
  const [batch = new Unknown(c.why(0)), channels = new Unknown(c.why(0)), ...sizes] = x ?? []
  const spatial = Array.from({ length: axes }, (_, axis) =>
    places(c, window, axis, sizes[axis] ?? new Unknown(c.why(0)), ceil),
  )
  const shape = [batch, channels, ...spatial]
  return last ? channelsLast(shape) : shape
}

export const sliding = (last: (c: Context) => boolean = never): Operator => ({
  infer(c) {
    const shape = pooled(c, last(c))
    c.output(0, shape)
    if (c.wanted(1)) c.output(1, shape)
  },
})

/** One value per channel. */
export const global = (last: (c: Context) => boolean = never): Operator => ({
  infer(c) {
    const x = c.shape(0)
    if (!x) return c.output(0, new Unknown(c.why(0)))
    if (x.length < 2) c.mismatch(`the input has rank ${x.length}, and it takes at least 2: batch and channels`)
    const channelAxis = last(c) ? x.length - 1 : 1
    c.output(
      0,
      x.map((dim, axis) => (axis === 0 || axis === channelAxis ? dim : 1)),
    )
  },
})

/** The sizes that an input gives as its values, one per axis of `rank`. */
function sizesFrom(c: Context, input: number, rank: number): readonly Dim[] {
  const value = c.value(input)
  if (!value) return unknownDims(rank, c.why(input))
  if (value.elements.length !== rank)
    c.mismatch(`output_shape has ${value.elements.length} elements, and the input has rank ${rank}`, [input])
  return toDims(value)
}

function unpooled(c: Context): Shape | Unknown {
  const x = c.shape(0)
  const indices = c.shape(1)
  if (!x) return new Unknown(c.why(0))
  if (indices && (indices.length !== x.length || x.some((dim, i) => same(dim, indices[i] ?? dim) === false)))
    c.mismatch(`the indices have the shape ${shapeText(indices)}, and the input has ${shapeText(x)}`, [0, 1])
  if (c.given(2)) return sizesFrom(c, 2, x.length)
  const axes = x.length - 2
  const window = windowOf(c, axes, kernelOf(c, axes))
  const spatial = x.slice(2).map((size, axis) => {
    const padding = (window.before[axis] ?? 0) + (window.after[axis] ?? 0)
    return sub(add(mul(sub(size, 1), window.strides[axis] ?? 1), extent(window, axis)), padding)
  })
  return [...x.slice(0, 2), ...spatial]
}

/** `[regions, C, height, width]`; regions are rows of `columns` numbers. */
function regions(c: Context, columns: number, height: Dim, width: Dim): Shape {
  const x = c.shape(0)
  if (x && x.length !== 4) c.mismatch(`the input has the shape ${shapeText(x)}, and it takes rank 4`, [0])
  const rois = c.shape(1)
  if (rois && (rois.length !== 2 || same(rois[1] ?? 0, columns) === false))
    c.mismatch(`the regions have the shape ${shapeText(rois)}, and it takes [count, ${columns}]`, [1])
  const batch = c.shape(2)
  if (batch && batch.length !== 1)
    c.mismatch(`the batch indices have the shape ${shapeText(batch)}, and it takes rank 1`, [2])
  const counts = [rois?.[0] ?? new Unknown(c.why(1)), ...(batch ?? [])]
  const count = agree(c, counts, 'numbers of regions and of batch indices differ', [1, 2])
  return [count, x?.[1] ?? new Unknown(c.why(0)), height, width]
}

export const pool = family({
  MaxPool: sliding(),
  AveragePool: sliding(),
  LpPool: sliding(),
  GlobalMaxPool: global(),
  GlobalAveragePool: global(),
  GlobalLpPool: global(),
  MaxUnpool: { infer: (c) => c.output(0, unpooled(c)) },
  MaxRoiPool: {
    infer(c) {
      const [height = 0, width = 0, ...rest] = c.ints('pooled_shape') ?? []
      if (height < 1 || width < 1 || rest.length > 0)
        c.mismatch(`pooled_shape is ${shapeText(c.ints('pooled_shape') ?? [])}, and it takes height and width`)
      c.output(0, regions(c, 5, height, width))
    },
  },
  RoiAlign: {
    infer: (c) => c.output(0, regions(c, 4, c.int('output_height', 1), c.int('output_width', 1))),
  },
  'com.microsoft::NhwcMaxPool': sliding(always),
  'com.microsoft::MaxpoolWithMask': sliding(),
  'com.microsoft::QLinearAveragePool': sliding(byAttribute),
  'com.microsoft::QLinearGlobalAveragePool': global(byAttribute),
})
