/**
 * tf.image.resize of TensorFlow 2: centres of pixels at halves, float32 out of every filter but nearest. Without
 * antialias `bilinear` and `bicubic` look at two and four pixels only, however much the image shrinks.
 */
import type { Image } from '../image/image.ts'
import { pickPixels, resizeFloat } from './separable.ts'
import {
  type AxisWeights,
  areaWeights,
  bicubic,
  bilinear,
  emptyWeights,
  type Filter,
  kernelWeights,
  lanczos3,
  nearestIndices,
  scaleToOne,
} from './weights.ts'

export function resizeLikeTensorflow(
  source: Image,
  width: number,
  height: number,
  filter: Filter,
  antialias: boolean,
): Image {
  if (filter === 'nearest') {
    const indices = (from: number, to: number) => nearestIndices(from, to, 'half_pixel')
    return pickPixels(source, indices(source.width, width), indices(source.height, height))
  }
  const axis = (from: number, to: number) => weightsFor(from, to, filter, antialias)
  return resizeFloat(source, axis(source.width, width), axis(source.height, height))
}

const kernels = { bilinear, bicubic: bicubic(-0.5), lanczos3 }

function weightsFor(from: number, to: number, filter: Exclude<Filter, 'nearest'>, antialias: boolean): AxisWeights {
  if (filter === 'area') return areaWeights(from, to)
  if (filter === 'bicubic' && !antialias) return cubicFromTable(from, to)
  const stretch = antialias ? Math.max(1, from / to) : 1
  const border = filter === 'bilinear' && !antialias ? 'clamp' : 'renormalize'
  return kernelWeights(from, to, kernels[filter], stretch, 'half_pixel', border)
}

/** The operator ResizeBicubic takes its weights from a table of 1024 steps, and leaves out what lies beyond the edge. */
const steps = 1024

function cubicFromTable(from: number, to: number): AxisWeights {
  const out = emptyWeights(to, 4)
  for (let i = 0; i < to; i++) {
    const at = Math.fround(Math.fround(Math.fround(i + 0.5) * Math.fround(from / to)) - 0.5)
    const floor = Math.floor(at)
    const share = Math.round(Math.fround(at - floor) * steps) / steps
    for (let k = 0; k < 4; k++) {
      const index = floor - 1 + k
      if (index < 0 || index >= from) continue
      out.indices[i * 4 + k] = index
      out.weights[i * 4 + k] = kernels.bicubic.at(k - 1 - share)
    }
    scaleToOne(out.weights.subarray(i * 4, i * 4 + 4))
  }
  return out
}
