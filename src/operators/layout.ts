/** Images taken apart and put together: DepthToSpace, SpaceToDepth, Col2Im, ImageDecoder, crops, windows. */
import { add, type Dim, divideExactly, floorDiv, isKnown, mul, product, sub, Unknown } from '../graph/dim.ts'
import { inputDims } from './axes.ts'
import { type Context, family, type Operator } from './operator.ts'
import { axisOf, gives, shapeOf, shapeText, unknownDims } from './shapes.ts'

function blockSize(c: Context): number {
  const size = c.int('blocksize', 1)
  if (size < 1) c.mismatch(`blocksize is ${size}, and it has to be at least 1`)
  return size
}

/** It comes out even whenever the model runs. */
function divided(c: Context, dim: Dim, by: number, what: string): Dim {
  if (isKnown(dim) && dim % by !== 0) c.mismatch(`${what} is ${dim}, which ${by} does not divide`, [0])
  return divideExactly(dim, by) ?? floorDiv(dim, by)
}

function image(c: Context): readonly [Dim, Dim, Dim, Dim] | Unknown {
  const shape = shapeOf(c)
  if (shape instanceof Unknown) return shape
  const [n = 1, channels = 1, height = 1, width = 1] = shape
  if (shape.length !== 4) c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes 4 axes`, [0])
  return [n, channels, height, width]
}

const depthToSpace: Operator = {
  infer: gives((c) => {
    const [shape, block] = [image(c), blockSize(c)]
    if (shape instanceof Unknown) return unknownDims(4, shape.why)
    const [n, channels, height, width] = shape
    return [n, divided(c, channels, block * block, 'the number of channels'), mul(height, block), mul(width, block)]
  }),
}

const spaceToDepth: Operator = {
  infer: gives((c) => {
    const [shape, block] = [image(c), blockSize(c)]
    if (shape instanceof Unknown) return unknownDims(4, shape.why)
    const [n, channels, height, width] = shape
    const rows = divided(c, height, block, 'the height')
    return [n, mul(channels, block * block), rows, divided(c, width, block, 'the width')]
  }),
}

/** Columns of blocks put together to an image of the size that an input says. */
const col2Im: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    const [size, block] = [inputDims(c, 1), inputDims(c, 2)]
    if (size instanceof Unknown) return size
    if (shape instanceof Unknown) return unknownDims(2 + size.length, shape.why)
    if (shape.length !== 3) c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes 3 axes`, [0])
    const [n = 1, rows = 1] = shape
    if (block instanceof Unknown) return [n, block, ...size]
    const area = product(block)
    if (isKnown(area) && isKnown(rows) && (area < 1 || rows % area !== 0))
      c.mismatch(`blocks of ${shapeText(block)} do not divide the ${rows} rows of the input`, [0, 2])
    return [n, divideExactly(rows, area) ?? floorDiv(rows, area), ...size]
  }),
}

const imageDecoder: Operator = {
  infer: gives((c) => [
    ...unknownDims(2, 'the size of the image is known only when it is decoded'),
    c.string('pixel_format', 'RGB') === 'Grayscale' ? 1 : 3,
  ]),
}

/** One crop per region, all of one size. */
const cropAndResize: Operator = {
  infer: gives((c) => {
    const [shape, regions, size] = [c.shape(0), c.shape(1), inputDims(c, 3)]
    const [height, width] = size instanceof Unknown ? unknownDims(2, size.why) : size
    return [
      regions?.[0] ?? new Unknown(c.why(1)),
      shape?.[1] ?? new Unknown(c.why(0)),
      height ?? new Unknown(c.why(3)),
      width ?? new Unknown(c.why(3)),
    ]
  }),
}

/** All windows of one size along an axis; the elements of a window are a new last axis. */
const unfold: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const axis = axisOf(c, c.int('dim', -1), shape.length, 'dim')
    const [size, step] = [c.int('size', 1), c.int('step', 1)]
    if (step < 1) c.mismatch(`step is ${step}, and it has to be at least 1`)
    const along = shape[axis] ?? 1
    if (size < 1 || (isKnown(along) && size > along))
      c.mismatch(`a window of ${size} on an axis of ${String(along)}`, [0])
    return [...shape.map((dim, i) => (i === axis ? add(floorDiv(sub(dim, size), step), 1) : dim)), size]
  }),
}

export const layout = family({
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Col2Im: col2Im,
  ImageDecoder: imageDecoder,
  'com.microsoft::CropAndResize': cropAndResize,
  'com.microsoft::UnfoldTensor': unfold,
})
