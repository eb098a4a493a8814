/** PNG files → bytes per colour. Of 16 bits the upper eight are taken, as libpng strips them for Pillow's RGB and OpenCV. */
import { type DecodedPng, decode } from 'fast-png'
import { Problem } from '../../../result/problem.ts'

export interface PngPixels {
  readonly width: number
  readonly height: number
  /** Grey, grey and alpha, RGB, RGBA. */
  readonly channels: 1 | 2 | 3 | 4
  readonly data: Uint8Array
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte)

/** @throws Problem `bad-image` */
export function decodePng(bytes: Uint8Array): PngPixels {
  const png = read(bytes)
  const { width, height, depth, palette } = png
  const samples = depth < 8 ? unpacked(png) : png.data
  if (palette) return fromPalette(samples, palette, width, height)
  const most = 2 ** depth - 1
  const data = depth === 8 ? (samples as Uint8Array) : Uint8Array.from(samples, depth === 16 ? upper : spread(most))
  const channels = png.channels as PngPixels['channels']
  return png.transparency ? withAlpha(png, samples, data) : { width, height, channels, data }
}

function read(bytes: Uint8Array): DecodedPng {
  try {
    return decode(bytes, { checkCrc: true })
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new Problem('bad-image', `the PNG is damaged: ${words}`, {
      fix: 'open and save it again with a program that reads it',
      cause,
    })
  }
}

const upper = (value: number): number => value >> 8
const spread = (most: number) => (value: number) => Math.round((value * 255) / most)

/** Samples of one, two or four bits; each row begins with a byte. */
function unpacked({ data, width, height, depth, channels }: DecodedPng): Uint8Array {
  const perRow = width * channels
  const bytesPerRow = Math.ceil((perRow * depth) / 8)
  const out = new Uint8Array(perRow * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < perRow; x++) {
      const bit = x * depth
      const byte = data[y * bytesPerRow + (bit >> 3)] as number
      out[y * perRow + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
    }
  return out
}

function fromPalette(
  samples: ArrayLike<number>,
  palette: readonly (readonly number[])[],
  width: number,
  height: number,
): PngPixels {
  const channels = palette.some((colour) => colour.length > 3) ? 4 : 3
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    const colour = palette[samples[i] as number] ?? [0, 0, 0]
    for (let c = 0; c < channels; c++) data[i * channels + c] = colour[c] ?? 255
  }
  return { width, height, channels, data }
}

/** One colour of the file stands for what is transparent. */
function withAlpha(
  { width, height, channels, transparency }: DecodedPng,
  samples: ArrayLike<number>,
  data: Uint8Array,
): PngPixels {
  const out = new Uint8Array(width * height * (channels + 1))
  for (let i = 0; i < width * height; i++) {
    let same = true
    for (let c = 0; c < channels; c++) {
      out[i * (channels + 1) + c] = data[i * channels + c] as number
      same &&= samples[i * channels + c] === transparency?.[c]
    }
    out[i * (channels + 1) + channels] = same ? 0 : 255
  }
  return { width, height, channels: (channels + 1) as PngPixels['channels'], data: out }
}
