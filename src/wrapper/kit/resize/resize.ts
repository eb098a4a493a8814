/** Resizing with its semantics said: as a library does it, or by filter, antialias and coordinates. */
import { Problem } from '../../../result/problem.ts'
import { type Image, pad } from '../image/image.ts'
import { resizeLikeOpencv } from './opencv.ts'
import { resizeLikePillow } from './pillow.ts'
import { asBytes, pickPixels, resizeFloat } from './separable.ts'
import { resizeLikeTensorflow } from './tensorflow.ts'
import {
  areaWeights,
  bicubic,
  bilinear,
  type Coordinates,
  type Filter,
  kernelWeights,
  lanczos3,
  nearestIndices,
} from './weights.ts'

export type Library = 'pil' | 'pil-13' | 'opencv' | 'tensorflow'

interface LikeLibrary {
  /** The library whose numbers are to come out. `pil`: Pillow up to 12; `pil-13` from 13 on, which may swap its two passes. */
  readonly like: Library
  readonly filter: Filter
  /** Of TensorFlow, where it is off unless asked for. Pillow always averages, OpenCV with `area` only. */
  readonly antialias?: boolean
}

interface BySemantics {
  readonly like?: undefined
  readonly filter: Filter
  /** Whether an image that shrinks is averaged over all pixels that an output pixel covers. */
  readonly antialias: boolean
  readonly coordinates: Coordinates
  /** Of bicubic: −0.5 (Pillow, TensorFlow), −0.75 (OpenCV, PyTorch, ONNX). By default −0.75. */
  readonly cubic?: number
}

export type ResizeOptions = LikeLibrary | BySemantics

export interface Size {
  readonly width: number
  readonly height: number
}

const kernels = { bilinear, lanczos3 }

/** @throws Problem `bad-choice` where the semantics are not said, or the library does not do that */
export function resize(source: Image, { width, height }: Size, options: ResizeOptions): Image {
  if (![width, height].every((size) => Number.isInteger(size) && size > 0))
    throw new Problem('bad-choice', `an image cannot be ${width} × ${height}`, { expected: 'whole numbers above 0' })
  mustBeSaid(options)
  if (options.like !== undefined) return resizeLike(source, width, height, options)
  const { filter, antialias, coordinates, cubic = -0.75 } = options
  if (filter === 'nearest') {
    const columns = nearestIndices(source.width, width, coordinates)
    return pickPixels(source, columns, nearestIndices(source.height, height, coordinates))
  }
  const axis = (from: number, to: number) => {
    if (filter === 'area') return areaWeights(from, to)
    const kernel = filter === 'bicubic' ? bicubic(cubic) : kernels[filter]
    const stretch = antialias ? Math.max(1, from / to) : 1
    return kernelWeights(from, to, kernel, stretch, coordinates, antialias ? 'renormalize' : 'clamp')
  }
  const out = resizeFloat(source, axis(source.width, width), axis(source.height, height))
  return source.data instanceof Float32Array ? out : asBytes(out)
}

function resizeLike(source: Image, width: number, height: number, { like, filter, antialias }: LikeLibrary): Image {
  if (like === 'pil' || like === 'pil-13') return resizeLikePillow(source, width, height, filter, like === 'pil-13')
  if (like === 'opencv') return resizeLikeOpencv(source, width, height, filter)
  return resizeLikeTensorflow(source, width, height, filter, antialias ?? false)
}

const filters: readonly Filter[] = ['nearest', 'bilinear', 'bicubic', 'area', 'lanczos3']

function mustBeSaid(options: ResizeOptions): void {
  const { like, filter, antialias } = options
  const wrong = (found: string, expected: string) => new Problem('bad-choice', `resize: ${found}`, { expected })
  if (!filters.includes(filter)) throw wrong(`filter is ${String(filter)}`, `one of ${filters.join(', ')}`)
  if (like === undefined) {
    if (typeof antialias !== 'boolean') throw wrong('antialias was not said', 'true or false, or like: a library')
    if (!['half_pixel', 'align_corners', 'asymmetric'].includes(options.coordinates))
      throw wrong('coordinates were not said', 'half_pixel, align_corners or asymmetric, or like: a library')
    return
  }
  const libraries: readonly Library[] = ['pil', 'pil-13', 'opencv', 'tensorflow']
  if (!libraries.includes(like)) throw wrong(`like is ${String(like)}`, `one of ${libraries.join(', ')}`)
  const own = like.startsWith('pil') ? filter !== 'nearest' : filter === 'area'
  if (like !== 'tensorflow' && antialias !== undefined && antialias !== own)
    throw wrong(
      `antialias is ${antialias}, but ${like} ${own ? 'averages' : 'does not average'} with ${filter}`,
      'leave antialias out, or say the semantics without like',
    )
}

/** The shorter side at this length, the other in proportion, rounded down: torchvision's Resize with one number. */
export function resizeShorter(source: Image, length: number, options: ResizeOptions): Image {
  const { width, height } = source
  const longer = (side: number, other: number) => Math.trunc((length * side) / other)
  const size =
    width <= height
      ? { width: length, height: longer(height, width) }
      : { width: longer(width, height), height: length }
  return resize(source, size, options)
}

export type LetterboxOptions = ResizeOptions & {
  /** Of the margins: 114 in the YOLO family. */
  readonly fill: number | readonly number[]
  /** Where the image lies: in the middle, an odd margin one pixel up or left, or at the top left. */
  readonly place: 'center' | 'top-left'
}

export interface Letterboxed {
  readonly image: Image
  /** A point of the source is `point · scale + left` (or top) here. */
  readonly scale: number
  readonly left: number
  readonly top: number
}

/** The whole image in proportion, sides rounded to the nearest, with margins around it. */
export function letterbox(source: Image, size: Size, { fill, place, ...options }: LetterboxOptions): Letterboxed {
  const scale = Math.min(size.width / source.width, size.height / source.height)
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ]
  const inner = resize(source, { width, height }, options as ResizeOptions)
  const [right, bottom] = [size.width - width, size.height - height]
  const [left, top] = place === 'center' ? [Math.floor(right / 2), Math.floor(bottom / 2)] : [0, 0]
  const image = pad(inner, { left, top, right: right - left, bottom: bottom - top }, fill)
  return { image, scale, left, top }
}
