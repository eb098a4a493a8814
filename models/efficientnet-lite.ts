/**
 * A classifier of inverted residuals in the manner of EfficientNet-Lite: ReLU6 everywhere, no squeeze-and-excitation,
 * batch normalisation folded into the convolutions. Made for phones: what a target should take whole.
 */
import { Builder, floatScalar } from './builder.ts'

/** `[expansion, channels, repeats, stride, kernel]` of each stage. */
const stages = [
  [1, 8, 1, 1, 3],
  [6, 16, 2, 2, 3],
  [6, 24, 2, 2, 5],
  [6, 40, 3, 2, 3],
  [6, 56, 2, 1, 5],
  [6, 80, 2, 2, 5],
] as const
const stem = 16
const head = 256
const classes = 1000

export function efficientnetLite(): Uint8Array {
  const b = new Builder(
    { name: 'efficientnet-lite', description: 'Image classifier of inverted residuals; random weights.' },
    1,
  )
  b.input('image', 'float32', [1, 3, 224, 224])
  const zero = b.initializer('relu6.min', floatScalar(0))
  const six = b.initializer('relu6.max', floatScalar(6))

  const conv = (
    x: string,
    name: string,
    shape: { from: number; to: number; kernel: number; stride?: number; depthwise?: boolean; activation?: boolean },
  ): string => {
    const { from, to, kernel, stride = 1, depthwise = false, activation = true } = shape
    const inner = depthwise ? 1 : from
    return b.module(name, () => {
      const weight = b.weight(`${name}.weight`, [to, inner, kernel, kernel], inner * kernel * kernel)
      const y = b.node('Conv', [x, weight, b.bias(`${name}.bias`, to)], {
        dilations: [1, 1],
        group: depthwise ? from : 1,
        kernel_shape: [kernel, kernel],
        pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
        strides: [stride, stride],
      })
      return activation ? b.node('Clip', [y, zero, six]) : y
    })
  }

  let channels = stem
  let x = conv('image', 'conv_stem', { from: 3, to: channels, kernel: 3, stride: 2 })
  for (const [stage, [expansion, to, repeats, firstStride, kernel]] of stages.entries()) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `blocks.${stage}.${repeat}`
      const stride = repeat === 0 ? firstStride : 1
      const wide = channels * expansion
      const before = x
      if (expansion > 1) x = conv(x, `${name}.conv_pw`, { from: channels, to: wide, kernel: 1 })
      x = conv(x, `${name}.conv_dw`, { from: wide, to: wide, kernel, stride, depthwise: true })
      x = conv(x, `${name}.conv_pwl`, { from: wide, to, kernel: 1, activation: false })
      if (stride === 1 && channels === to) x = b.module(name, () => b.node('Add', [x, before]))
      channels = to
    }
  }
  x = conv(x, 'conv_head', { from: channels, to: head, kernel: 1 })
  x = b.module('global_pool', () => b.node('Flatten', [b.node('GlobalAveragePool', [x])], { axis: 1 }))
  b.module('classifier', () => {
    const weight = b.weight('classifier.weight', [classes, head], head)
    b.node('Gemm', [x, weight, b.bias('classifier.bias', classes)], { transB: 1 }, { outputs: ['logits'] })
  })
  b.output('logits', 'float32', [1, classes])
  return b.encode()
}
