/** An image as a model wants it: order of the colours, layout, range, mean and deviation, each said. */
import type { DType } from '../../graph/dtype.ts'
import { Problem } from '../../result/problem.ts'
import { arrayFor, encodeElement } from '../../tensors/arrays.ts'
import type { Tensor, TensorData } from '../../tensors/tensor.ts'
import type { Image } from './image/image.ts'

export interface ToTensorOptions {
  /** `NCHW`: a plane per colour (PyTorch); `NHWC`: colours side by side (TensorFlow); without N there is no batch of one. */
  readonly layout: 'NCHW' | 'NHWC' | 'CHW' | 'HWC'
  /** `BGR` as OpenCV reads images. An image with one channel has no order. */
  readonly order: 'RGB' | 'BGR'
  /** Each value is `(value · scale − mean) / std`. 1/255 for 0 to 1; 1 for 0 to 255. */
  readonly scale: number
  /** One for all colours, or one for each in the order of the tensor; after the scale. By default 0. */
  readonly mean?: number | readonly number[]
  /** By default 1. */
  readonly std?: number | readonly number[]
  /** By default float32. Integers are rounded to the nearest, halves to even, and kept in their range. */
  readonly dtype?: DType
}

/** Computed in double, rounded once. An alpha channel is left out. */
export function toTensor(source: Image, options: ToTensorOptions): Tensor {
  const { layout, order, scale, mean = 0, std = 1, dtype = 'float32' } = options
  const wrong = (found: string, expected: string) => new Problem('bad-choice', `toTensor: ${found}`, { expected })
  if (!['NCHW', 'NHWC', 'CHW', 'HWC'].includes(layout)) throw wrong(`layout is ${String(layout)}`, "'NCHW' or 'NHWC'")
  if (order !== 'RGB' && order !== 'BGR') throw wrong(`order is ${String(order)}`, "'RGB' or 'BGR'")
  if (typeof scale !== 'number') throw wrong(`scale is ${String(scale)}`, '1/255 for 0 to 1, 1 for 0 to 255')
  const make = arrayFor(dtype)
  if (!make || dtype.startsWith('float8')) throw wrong(`dtype is ${String(dtype)}`, 'float32, uint8 or another number')

  const { width, height } = source
  const channels = source.channels === 1 ? 1 : 3
  const pixels = width * height
  const data = new make(pixels * channels) as { [index: number]: number | bigint }
  const encode = encoder(dtype)
  const planes = layout.endsWith('CHW')
  for (let c = 0; c < channels; c++) {
    const from = order === 'BGR' ? channels - 1 - c : c
    const [shift, divisor] = [mean, std].map((one) => (typeof one === 'number' ? one : (one[c] ?? Number.NaN)))
    for (let i = 0; i < pixels; i++) {
      const value = source.data[i * source.channels + from] as number
      data[planes ? c * pixels + i : i * channels + c] = encode(
        (value * scale - (shift as number)) / (divisor as number),
      )
    }
  }
  const dims = planes ? [channels, height, width] : [height, width, channels]
  return { dtype, dims: layout.startsWith('N') ? [1, ...dims] : dims, data: data as TensorData }
}

const ranges: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

function encoder(dtype: DType): (value: number) => number | bigint {
  const range = ranges[dtype]
  if (range) return (value) => Math.min(range[1], Math.max(range[0], toEven(value)))
  if (dtype === 'int64' || dtype === 'uint64') return (value) => BigInt(toEven(value))
  return dtype === 'float32' || dtype === 'float64' ? (value) => value : (value) => encodeElement(dtype, value)
}

function toEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}
