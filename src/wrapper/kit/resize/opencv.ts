/**
 * cv2.resize (modules/imgproc/src/resize.cpp): nothing is averaged when an image shrinks, but with `area`. Bytes are
 * weighed with 11 bits in both directions at once; vector code of some processors rounds ties of bicubic otherwise.
 */
import { Problem } from '../../../result/problem.ts'
import { blank, type Image } from '../image/image.ts'
import { pickPixels, resizeFloat } from './separable.ts'
import { type AxisWeights, emptyWeights, type Filter } from './weights.ts'

export function resizeLikeOpencv(source: Image, width: number, height: number, filter: Filter): Image {
  if (filter === 'lanczos3')
    throw new Problem('bad-choice', 'OpenCV has no lanczos3; its INTER_LANCZOS4 is another filter', {
      expected: 'nearest, bilinear, bicubic or area',
    })
  if (filter === 'nearest') return pickPixels(source, floors(source.width, width), floors(source.height, height))
  const [scaleX, scaleY] = [source.width / width, source.height / height]
  const shrinks = scaleX >= 1 && scaleY >= 1
  // Halving with INTER_LINEAR is done as INTER_AREA, whose mean it is.
  const isHalf = filter === 'bilinear' && scaleX === 2 && scaleY === 2
  if (isHalf || (filter === 'area' && shrinks)) return mean(source, width, height)
  const axis = filter === 'area' ? areaAsLinear : filter === 'bicubic' ? cubicWeights : linearWeights
  const [across, down] = [axis(source.width, width, 'across'), axis(source.height, height, 'down')]
  if (source.data instanceof Float32Array) return resizeFloat(source, across, down)
  return fixedPoint(source, across, down, filter === 'bicubic' ? roundAtOnce : roundInSteps)
}

function floors(from: number, to: number): Int32Array {
  const scale = 1 / (to / from)
  return Int32Array.from({ length: to }, (_, i) => Math.min(Math.floor(i * scale), from - 1))
}

/** Positions are float32 there. */
const position = (i: number, from: number, to: number): number => Math.fround((i + 0.5) * (1 / (to / from)) - 0.5)

type Axis = 'across' | 'down'

function linearWeights(from: number, to: number, axis: Axis): AxisWeights {
  return twoWeights(from, to, axis, (i) => {
    const at = position(i, from, to)
    const start = Math.floor(at)
    return [start, Math.fround(at - start)]
  })
}

/** INTER_AREA where an axis grows: each source pixel is a plateau, with a slope to the next. */
function areaAsLinear(from: number, to: number, axis: Axis): AxisWeights {
  const grow = to / from
  return twoWeights(from, to, axis, (i) => {
    const start = Math.floor(i * (1 / grow))
    const share = Math.fround(i + 1 - (start + 1) * grow)
    return [start, share <= 0 ? 0 : Math.fround(share - Math.floor(share))]
  })
}

/** Beyond the edge, across, one pixel has all the weight; down, the same row is taken twice, and rounded twice. */
function twoWeights(
  from: number,
  to: number,
  axis: Axis,
  place: (i: number) => [start: number, share: number],
): AxisWeights {
  const out = emptyWeights(to, 2)
  for (let i = 0; i < to; i++) {
    const [start, share] = place(i)
    const isInside = axis === 'down' || (start >= 0 && start < from - 1)
    out.indices.set([clamped(start, from), clamped(start + 1, from)], i * 2)
    out.weights.set(isInside ? [Math.fround(1 - share), share] : [1, 0], i * 2)
  }
  return out
}

const clamped = (index: number, size: number): number => Math.min(Math.max(index, 0), size - 1)

const f = Math.fround
const a = -0.75

/** In float32, step by step: where a weight lies between two of 11 bits, the last bit decides. */
function cubicAt(share: number): [number, number, number, number] {
  const near = (x: number): number => f(f(f(f(f((a + 2) * x) - (a + 3)) * x) * x) + 1)
  const beyond = f(share + 1)
  const first = f(f(f(f(f(f(f(a * beyond) - 5 * a) * beyond) + 8 * a) * beyond)) - 4 * a)
  const [second, third] = [near(share), near(f(1 - share))]
  return [first, second, third, f(f(f(1 - first) - second) - third)]
}

function cubicWeights(from: number, to: number): AxisWeights {
  const out = emptyWeights(to, 4)
  for (let i = 0; i < to; i++) {
    const at = position(i, from, to)
    const floor = Math.floor(at)
    out.weights.set(cubicAt(f(at - floor)), i * 4)
    for (let k = 0; k < 4; k++) out.indices[i * 4 + k] = clamped(floor - 1 + k, from)
  }
  return out
}

const bits = 11
const one = 1 << bits

const roundEven = (value: number): number => {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}

/** How one weighted row adds to the sum, and the sum becomes a byte. */
interface Rounding {
  readonly start: number
  add(row: number, weight: number): number
  end(sum: number): number
}

/** Each row is cut to fewer bits before it is added. */
const roundInSteps: Rounding = {
  start: 2,
  add: (row, weight) => (weight * (row >> 4)) >> 16,
  end: (sum) => sum >> 2,
}

const roundAtOnce: Rounding = {
  start: 1 << (2 * bits - 1),
  add: (row, weight) => row * weight,
  end: (sum) => Math.floor(sum / 2 ** (2 * bits)),
}

function fixedPoint(source: Image, across: AxisWeights, down: AxisWeights, round: Rounding): Image {
  const { channels, height } = source
  const fixed = (axis: AxisWeights) => Int32Array.from(axis.weights, (weight) => roundEven(weight * one))
  const [fixedX, fixedY] = [fixed(across), fixed(down)]
  const stride = across.size * channels
  const rows = new Int32Array(stride * height)
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < across.size; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let k = x * across.width; k < (x + 1) * across.width; k++) {
          const pixel = source.data[(y * source.width + (across.indices[k] as number)) * channels + c] as number
          sum += pixel * (fixedX[k] as number)
        }
        rows[to++] = sum
      }
  const out = blank(source, across.size, down.size)
  for (let y = 0, to = 0; y < down.size; y++)
    for (let x = 0; x < stride; x++) {
      let sum = round.start
      for (let k = y * down.width; k < (y + 1) * down.width; k++)
        sum += round.add(rows[(down.indices[k] as number) * stride + x] as number, fixedY[k] as number)
      out.data[to++] = Math.min(255, Math.max(0, round.end(sum)))
    }
  return out
}

/** INTER_AREA where both axes shrink: sums in float32, in the order of the pixels. */
function mean(source: Image, width: number, height: number): Image {
  const [scaleX, scaleY] = [source.width / width, source.height / height]
  if (Number.isInteger(scaleX) && Number.isInteger(scaleY)) return meanOfWhole(source, scaleX, scaleY)
  const { channels, data } = source
  const [across, down] = [areaTaps(source.width, width), areaTaps(source.height, height)]
  const out = blank(source, width, height)
  const round = source.data instanceof Float32Array ? f : roundEven
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (const [row, share] of down[y] ?? []) {
          let inRow = 0
          for (const [column, weight] of across[x] ?? [])
            inRow = f(inRow + f((data[(row * source.width + column) * channels + c] as number) * weight))
          sum = f(sum + f(inRow * share))
        }
        out.data[to++] = round(sum)
      }
  return out
}

/** Pixels that an output pixel covers, with their shares. What is covered by less than a thousandth is left out. */
function areaTaps(from: number, to: number): [index: number, weight: number][][] {
  const scale = from / to
  return Array.from({ length: to }, (_, i) => {
    const low = i * scale
    const high = low + scale
    const cell = Math.min(scale, from - low)
    const last = Math.min(Math.floor(high), from - 1)
    const first = Math.min(Math.ceil(low), last)
    const taps: [number, number][] = []
    if (first - low > 1e-3) taps.push([first - 1, f((first - low) / cell)])
    for (let k = first; k < last; k++) taps.push([k, f(1 / cell)])
    if (high - last > 1e-3) taps.push([last, f(Math.min(Math.min(high - last, 1), cell) / cell)])
    return taps
  })
}

/** Two by two: halves go up. Otherwise to even, and the sum is whole. */
function meanOfWhole(source: Image, scaleX: number, scaleY: number): Image {
  const { channels } = source
  const out = blank(source, source.width / scaleX, source.height / scaleY)
  const isHalf = scaleX === 2 && scaleY === 2
  const share = f(1 / (scaleX * scaleY))
  const bytes = (sum: number) => (isHalf ? (sum + 2) >> 2 : roundEven(f(sum * share)))
  const round = source.data instanceof Float32Array ? (sum: number) => sum * share : bytes
  for (let y = 0, to = 0; y < out.height; y++)
    for (let x = 0; x < out.width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let j = 0; j < scaleY; j++)
          for (let i = 0; i < scaleX; i++)
            sum += source.data[((y * scaleY + j) * source.width + x * scaleX + i) * channels + c] as number
        out.data[to++] = round(sum)
      }
  return out
}
