/** How much each pixel of a row counts for each pixel of the resized row, along one axis. */

export type Filter = 'nearest' | 'bilinear' | 'bicubic' | 'area' | 'lanczos3'

/**
 * Where the centre of output pixel i lies in the source.
 * `half_pixel`: (i + 0.5) · in/out − 0.5; `align_corners`: i · (in − 1)/(out − 1); `asymmetric`: i · in/out.
 */
export type Coordinates = 'half_pixel' | 'align_corners' | 'asymmetric'

export interface Kernel {
  /** It is zero from here on. */
  readonly radius: number
  at(distance: number): number
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

export const bilinear: Kernel = { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) }
export const lanczos3: Kernel = { radius: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) }
/** Of Pillow: open on one side, so that a pixel between two counts once. */
export const box: Kernel = { radius: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) }

/** @param a −0.5 in Pillow and TensorFlow, −0.75 in OpenCV, PyTorch and ONNX */
export const bicubic = (a: number): Kernel => ({
  radius: 2,
  at(distance) {
    const x = Math.abs(distance)
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  },
})

/** For each output pixel `width` source pixels with their weights; those not needed have none. */
export interface AxisWeights {
  readonly size: number
  readonly width: number
  readonly indices: Int32Array
  readonly weights: Float64Array
}

export function emptyWeights(size: number, width: number): AxisWeights {
  return { size, width, indices: new Int32Array(size * width), weights: new Float64Array(size * width) }
}

/** Where an output pixel lies, with pixel k of the source from k to k + 1. */
function centerOf(i: number, from: number, to: number, coordinates: Coordinates): number {
  if (coordinates === 'half_pixel') return (i + 0.5) * (from / to)
  if (coordinates === 'asymmetric') return i * (from / to) + 0.5
  return (to === 1 ? 0 : (i * (from - 1)) / (to - 1)) + 0.5
}

/** What a source pixel beyond the edge counts for: `clamp` gives it to the pixel at the edge, `renormalize` to all others. */
export type Border = 'clamp' | 'renormalize'

/** @param stretch of the kernel: 1, or more where it is to average over all pixels that an output pixel covers */
export function kernelWeights(
  from: number,
  to: number,
  kernel: Kernel,
  stretch: number,
  coordinates: Coordinates,
  border: Border,
): AxisWeights {
  const support = kernel.radius * stretch
  const out = emptyWeights(to, Math.ceil(support) * 2 + 1)
  for (let i = 0; i < to; i++) {
    const center = centerOf(i, from, to, coordinates)
    const [first, end] =
      border === 'clamp'
        ? [Math.ceil(center - support - 0.5), Math.floor(center + support - 0.5) + 1]
        : [Math.max(0, Math.trunc(center - support + 0.5)), Math.min(from, Math.trunc(center + support + 0.5))]
    const row = i * out.width
    for (let k = first; k < end; k++) {
      out.indices[row + k - first] = Math.min(Math.max(k, 0), from - 1)
      out.weights[row + k - first] = kernel.at((k - center + 0.5) * (1 / stretch))
    }
    scaleToOne(out.weights.subarray(row, row + out.width))
  }
  return out
}

export function scaleToOne(weights: Float64Array): void {
  let sum = 0
  for (const weight of weights) sum += weight
  if (sum !== 0) for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] as number) / sum
}

/** Each output pixel is the mean of the part of the source that it covers. */
export function areaWeights(from: number, to: number): AxisWeights {
  const scale = from / to
  const out = emptyWeights(to, Math.ceil(scale) + 1)
  for (let i = 0; i < to; i++) {
    const [low, high] = [i * scale, (i + 1) * scale]
    for (let k = 0; k < out.width; k++) {
      const index = Math.min(Math.floor(low) + k, from - 1)
      const covered = Math.min(high, Math.floor(low) + k + 1) - Math.max(low, Math.floor(low) + k)
      out.indices[i * out.width + k] = index
      out.weights[i * out.width + k] = Math.max(0, covered) / scale
    }
  }
  return out
}

/** Which source pixel each output pixel is. */
export function nearestIndices(from: number, to: number, coordinates: Coordinates): Int32Array {
  return Int32Array.from({ length: to }, (_, i) => {
    const at = centerOf(i, from, to, coordinates)
    const index = Math.floor(coordinates === 'asymmetric' ? at - 0.5 : at)
    return Math.min(Math.max(index, 0), from - 1)
  })
}
