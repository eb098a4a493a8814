/** A resize as two passes, along the rows and along the columns, in floating point. */
import { blank, type Image } from '../image/image.ts'
import type { AxisWeights } from './weights.ts'

/** Across first, then down; sums in double, kept in float32 between the passes. */
export function resizeFloat(source: Image, across: AxisWeights, down: AxisWeights): Image {
  const { channels, height } = source
  const stride = across.size * channels
  const rows = new Float32Array(stride * height)
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < across.size; x++)
      for (let c = 0; c < channels; c++)
        rows[to++] = weighted(source.data, y * source.width * channels + c, channels, across, x)
  const data = new Float32Array(stride * down.size)
  for (let y = 0, to = 0; y < down.size; y++)
    for (let x = 0; x < stride; x++) data[to++] = weighted(rows, x, stride, down, y)
  return { width: across.size, height: down.size, channels, data }
}

/** @param step between two source pixels along the axis */
function weighted(values: ArrayLike<number>, first: number, step: number, axis: AxisWeights, i: number): number {
  const { width, indices, weights } = axis
  let sum = 0
  for (let k = i * width; k < (i + 1) * width; k++)
    sum += (weights[k] as number) * (values[first + (indices[k] as number) * step] as number)
  return sum
}

export function pickPixels(source: Image, columns: Int32Array, rows: Int32Array): Image {
  const { channels } = source
  const out = blank(source, columns.length, rows.length)
  let to = 0
  for (const row of rows)
    for (const column of columns)
      for (let c = 0; c < channels; c++)
        out.data[to++] = source.data[(row * source.width + column) * channels + c] as number
  return out
}

/** Back to bytes: rounded to the nearest, halves up. */
export function asBytes(source: Image): Image {
  return {
    ...source,
    data: Uint8Array.from(source.data, (value) => Math.max(0, Math.min(255, Math.floor(value + 0.5)))),
  }
}
