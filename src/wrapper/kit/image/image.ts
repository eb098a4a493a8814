/** An image in memory, and what can be cut from it or put around it without changing a pixel. */
import { Problem } from '../../../result/problem.ts'

/** Row by row, colours side by side: red, green, blue, alpha; or grey alone. */
export interface Image {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  /** Bytes as decoded; numbers of the same range where something computed in floats, such as a resize as TensorFlow does it. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array
}

/** An image from pixels that the wrapper already has, such as those of a canvas (RGBA) or of sharp. */
export function image(width: number, height: number, channels: 1 | 3 | 4, data: Image['data']): Image {
  if (data.length === width * height * channels) return { width, height, channels, data }
  throw new Problem('bad-image', `${data.length} values for an image of ${width} × ${height} × ${channels}`, {
    expected: `${width * height * channels} values`,
  })
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A part of the image. What lies outside of it has no pixels, so the part must lie inside. */
export function crop(source: Image, { left, top, width, height }: Box): Image {
  const inside = left >= 0 && top >= 0 && left + width <= source.width && top + height <= source.height
  if (!inside || ![left, top, width, height].every(Number.isInteger))
    throw new Problem('bad-crop', `the part ${width} × ${height} at (${left}, ${top}) does not lie in the image`, {
      expected: `whole numbers, inside ${source.width} × ${source.height}`,
      fix: 'pad the image first, or make it larger',
    })
  const out = blank(source, width, height)
  const { channels } = source
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * source.width + left) * channels
    out.data.set(source.data.subarray(from, from + width * channels), y * width * channels)
  }
  return out
}

/** How an odd margin is divided: the smaller half before (`floor`), or as Python's round, which torchvision takes. */
export type CropRounding = 'floor' | 'half-even'

/** The middle of the image. `rounding` decides where the middle is when the margin is odd. */
export function centerCrop(source: Image, width: number, height: number, rounding: CropRounding): Image {
  const half = (margin: number): number => {
    const below = Math.floor(margin / 2)
    return rounding === 'half-even' && margin % 2 === 1 && below % 2 === 1 ? below + 1 : below
  }
  return crop(source, { left: half(source.width - width), top: half(source.height - height), width, height })
}

export interface Margins {
  readonly left?: number
  readonly top?: number
  readonly right?: number
  readonly bottom?: number
}

/** More pixels around the image. @param fill their value, one for all colours or one for each */
export function pad(
  source: Image,
  { left = 0, top = 0, right = 0, bottom = 0 }: Margins,
  fill: number | readonly number[],
): Image {
  const { channels } = source
  const out = blank(source, source.width + left + right, source.height + top + bottom)
  for (let i = 0; i < out.data.length; i++) out.data[i] = typeof fill === 'number' ? fill : (fill[i % channels] ?? 0)
  for (let y = 0; y < source.height; y++) {
    const row = source.data.subarray(y * source.width * channels, (y + 1) * source.width * channels)
    out.data.set(row, ((top + y) * out.width + left) * channels)
  }
  return out
}

/** Black, with the kind of values of another. */
export function blank(like: Image, width: number, height: number): Image {
  const count = width * height * like.channels
  const data = like.data instanceof Float32Array ? new Float32Array(count) : new Uint8Array(count)
  return { width, height, channels: like.channels, data }
}

/**
 * One grey channel. `pil`: convert('L'); `opencv`: cvtColor with COLOR_RGB2GRAY. Both weigh 0.299, 0.587, 0.114, with
 * fractions of 16 and of 15 bits.
 */
export function grayscale(source: Image, like: 'pil' | 'opencv'): Image {
  if (source.channels === 1) return source
  const [red, green, blue, bits] = like === 'pil' ? [19595, 38470, 7471, 16] : [9798, 19235, 3735, 15]
  const { width, height, channels, data } = source
  const out = new Uint8Array(width * height)
  for (let i = 0, at = 0; i < out.length; i++, at += channels) {
    const sum = (data[at] as number) * red + (data[at + 1] as number) * green + (data[at + 2] as number) * blue
    out[i] = (sum + (1 << (bits - 1))) >> bits
  }
  return { width, height, channels: 1, data: out }
}
