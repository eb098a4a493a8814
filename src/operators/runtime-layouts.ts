/**
 * Convolution and pooling in ONNX Runtime's own layouts, which stand in files that it has optimized and saved:
 * `com.ms.internal.nhwc` is channels last, `com.microsoft.nchwc` has blocks of channels.
 */
import { mul, Unknown } from '../graph/dim.ts'
import { convolution, nhwc, plain, transposition } from './conv.ts'
import { like } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { always, global, sliding } from './pool.ts'

const pooling = sliding()
const lastPooling = sliding(always)
const lastGlobal = global(always)

const axesOfImage = (c: Context, input: number) => {
  const shape = c.shape(input)
  if (shape && shape.length < 2) c.mismatch(`the input has rank ${shape.length}, and it takes at least 2`, [input])
  return shape
}

/** Into blocks: as many channels as whole blocks hold. */
const reorderInput: Operator = {
  infer(c) {
    const shape = axesOfImage(c, 0)
    if (!shape) return c.output(0, new Unknown(c.why(0)))
    const spatial = c.int('channels_last', 0) !== 0 ? shape.slice(1, -1) : shape.slice(2)
    const channels = new Unknown('the size of a block of channels is that of the processor')
    return c.output(0, [...shape.slice(0, 1), channels, ...spatial])
  },
}

const reorderOutput: Operator = {
  infer(c) {
    const shape = axesOfImage(c, 0)
    if (!shape) return c.output(0, new Unknown(c.why(0)))
    const channels = c.int('channels', 0)
    if (channels < 1) c.mismatch(`channels is ${channels}, and it has to be at least 1`)
    const [batch = 1, , ...spatial] = shape
    return c.output(0, c.int('channels_last', 0) !== 0 ? [batch, ...spatial, channels] : [batch, channels, ...spatial])
  },
}

const upsample: Operator = {
  infer(c) {
    const shape = axesOfImage(c, 0)
    const scales = c.ints('scales') ?? []
    if (!shape) return c.output(0, new Unknown(c.why(0)))
    if (scales.length !== shape.length)
      c.mismatch(`there are ${scales.length} scales, and the input has rank ${shape.length}`, [0])
    return c.output(
      0,
      shape.map((size, axis) => mul(size, scales[axis] ?? 1)),
    )
  },
}

export const runtimeLayouts = family({
  'com.ms.internal.nhwc::Conv': convolution(nhwc),
  'com.ms.internal.nhwc::ConvTranspose': transposition(nhwc),
  'com.ms.internal.nhwc::QLinearConv': convolution({ ...nhwc, w: 3, bias: 8 }),
  'com.ms.internal.nhwc::QLinearConvTranspose': transposition({ ...nhwc, w: 3, bias: 8 }),
  'com.ms.internal.nhwc::MaxPool': lastPooling,
  'com.ms.internal.nhwc::AveragePool': lastPooling,
  'com.ms.internal.nhwc::LpPool': lastPooling,
  'com.ms.internal.nhwc::QLinearAveragePool': lastPooling,
  'com.ms.internal.nhwc::GlobalMaxPool': lastGlobal,
  'com.ms.internal.nhwc::GlobalAveragePool': lastGlobal,
  'com.ms.internal.nhwc::GlobalLpPool': lastGlobal,
  'com.ms.internal.nhwc::InstanceNormalization': like(),
  'com.ms.internal.nhwc::LRN': like(),
  'com.microsoft.nchwc::Conv': convolution(plain),
  'com.microsoft.nchwc::MaxPool': pooling,
  'com.microsoft.nchwc::AveragePool': pooling,
  'com.microsoft.nchwc::GlobalMaxPool': global(),
  'com.microsoft.nchwc::GlobalAveragePool': global(),
  'com.microsoft.nchwc::ReorderInput': reorderInput,
  'com.microsoft.nchwc::ReorderOutput': reorderOutput,
  'com.microsoft.nchwc::Upsample': upsample,
})
