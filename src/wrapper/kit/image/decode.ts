/**
 * Image files → pixels, the same everywhere. JPEG gives bit by bit what libjpeg-turbo gives with its defaults, and so
 * what Pillow, OpenCV and torchvision read; a browser's canvas and phones may decode otherwise.
 */
import { Problem } from '../../../result/problem.ts'
import type { Sample } from '../../wrapper.ts'
import { decodeJpeg, isJpeg } from '../jpeg/jpeg.ts'
import { exifOrientation, turned } from './exif.ts'
import { grayscale, type Image } from './image.ts'
import { decodePng, isPng } from './png.ts'

export interface DecodeOptions {
  /**
   * Whether a photo is turned as its camera says (Exif). `apply`: browsers, phones, OpenCV's imread, Keras do not ask;
   * `ignore`: Pillow's Image.open and torchvision unless told otherwise, tf.io.decode_image.
   */
  readonly orientation: 'apply' | 'ignore'
  /** `gray`: the luminance of Pillow's convert('L'). By default RGB. */
  readonly color?: 'RGB' | 'RGBA' | 'gray'
  /** `drop`: as Pillow's convert('RGB') and OpenCV; or the colour behind what is transparent. By default `drop`. */
  readonly alpha?: 'drop' | readonly [red: number, green: number, blue: number]
}

/** @throws Problem `bad-image` that names the format that was found */
export function decode(source: Sample | Uint8Array, options: DecodeOptions): Image {
  const bytes = source instanceof Uint8Array ? source : bytesOf(source)
  const { orientation, color = 'RGB', alpha = 'drop' } = options
  if (orientation !== 'apply' && orientation !== 'ignore')
    throw new Problem('bad-choice', 'decode was not told what to do with the orientation of photos', {
      expected: "{ orientation: 'apply' } or { orientation: 'ignore' }",
    })
  if (isJpeg(bytes)) {
    const decoded = decodeJpeg(bytes)
    return inColor(turned(decoded, orientation === 'apply' ? exifOrientation(bytes) : 1), color)
  }
  if (!isPng(bytes)) throw notDecoded(bytes)
  const { width, height, channels, data } = decodePng(bytes)
  if (channels === 2) return inColor(greyWithAlpha(width, height, data, color, alpha), color)
  const image: Image = { width, height, channels, data }
  return inColor(channels === 4 && color !== 'RGBA' ? withoutAlpha(image, alpha) : image, color)
}

function bytesOf({ id, bytes }: Sample): Uint8Array {
  if (bytes) return bytes
  throw new Problem('bad-image', `sample ${id} has no bytes to decode`, { expected: 'a sample that is a file' })
}

const opaque = (width: number, height: number, data: Uint8Array): Image => ({ width, height, channels: 4, data })

function greyWithAlpha(
  width: number,
  height: number,
  data: Uint8Array,
  color: DecodeOptions['color'],
  alpha: DecodeOptions['alpha'],
): Image {
  const out = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    out.fill(data[i * 2] as number, i * 4, i * 4 + 3)
    out[i * 4 + 3] = data[i * 2 + 1] as number
  }
  const image = opaque(width, height, out)
  return color === 'RGBA' ? image : withoutAlpha(image, alpha ?? 'drop')
}

function withoutAlpha({ width, height, data }: Image, alpha: NonNullable<DecodeOptions['alpha']>): Image {
  const out = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const share = alpha === 'drop' ? 1 : (data[i * 4 + 3] as number) / 255
    for (let c = 0; c < 3; c++) {
      const behind = alpha === 'drop' ? 0 : (alpha[c] ?? 0)
      out[i * 3 + c] = Math.round((data[i * 4 + c] as number) * share + behind * (1 - share))
    }
  }
  return { width, height, channels: 3, data: out }
}

function inColor(source: Image, color: NonNullable<DecodeOptions['color']>): Image {
  const { width, height, channels, data } = source
  const wanted = { gray: 1, RGB: 3, RGBA: 4 }[color] as Image['channels']
  if (channels === wanted) return source
  if (color === 'gray') return grayscale(source, 'pil')
  const out = new Uint8Array(width * height * wanted)
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < wanted; c++)
      out[i * wanted + c] = c === 3 ? 255 : (data[i * channels + (channels === 1 ? 0 : c)] as number)
  return { width, height, channels: wanted, data: out }
}

const others: readonly (readonly [name: string, test: RegExp])[] = [
  ['WebP', /^RIFF....WEBP/s],
  ['GIF', /^GIF8/],
  ['BMP', /^BM/],
  ['TIFF', /^(II\*.|MM.\*)/s],
  ['AVIF', /^....ftypavi[fs]/s],
  ['HEIC', /^....ftyp(hei[cfs]|mif1|msf1)/s],
  ['JPEG XL', /^(\xff\n|....JXL )/s],
]

function notDecoded(bytes: Uint8Array): Problem {
  const head = String.fromCharCode(...bytes.subarray(0, 16))
  const name = others.find(([, test]) => test.test(head))?.[0]
  const what = bytes.length === 0 ? 'the file is empty' : name ? `the image is ${name}` : 'the file is no known image'
  return new Problem('bad-image', `${what}, and kit.decode reads PNG and JPEG`, {
    fix: 'convert it to PNG, or decode it with what the platform has (createImageBitmap, sharp) and kit.image',
  })
}
