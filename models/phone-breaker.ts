/**
 * Everything that breaks on phones, in the form of a model that answers questions about a video: 3-D convolutions,
 * attention by Einsum, arithmetic on int64, symbolic sizes, a size that hangs on the data (NonZero), and an operator
 * of a domain that no runtime knows. onnxruntime refuses it, by that operator alone.
 */
import { Builder, int64, int64Scalar } from './builder.ts'

const width = 32
const buckets = 512
const answers = 16
const side = 32

interface Fusion {
  readonly op: string
  readonly domain: string
}

/** @param fusion The operator of two inputs that joins words and frames. */
export function phoneBreaker(fusion: Fusion = { op: 'GatedFusion', domain: 'com.example' }): Uint8Array {
  const b = new Builder(
    {
      name: 'phone-breaker',
      description: 'What breaks on phones: Einsum, 3-D convolution, int64, dynamic sizes, a custom operator.',
      domains: fusion.domain ? { [fusion.domain]: 1 } : {},
    },
    7,
  )
  b.input('video', 'float32', ['batch', 3, 'frames', side, side])
  b.input('question', 'int64', ['batch', 'tokens'])

  const conv3d = (x: string, name: string, from: number, to: number): string =>
    b.module(name, () => {
      const weight = b.weight(`${name}.weight`, [to, from, 3, 3, 3], from * 27)
      const y = b.node('Conv', [x, weight, b.bias(`${name}.bias`, to)], {
        dilations: [1, 1, 1],
        group: 1,
        kernel_shape: [3, 3, 3],
        pads: [1, 1, 1, 1, 1, 1],
        strides: [1, 2, 2],
      })
      return b.node('Relu', [y])
    })

  const frames = b.module('video', () => {
    const features = conv3d(conv3d('video', 'video.conv1', 3, 16), 'video.conv2', 16, width)
    const pooled = b.node('MaxPool', [features], { kernel_shape: [1, 2, 2], strides: [1, 2, 2] })
    return b.node('Transpose', [b.node('ReduceMean', [pooled], { axes: [3, 4], keepdims: 0 })], { perm: [0, 2, 1] })
  })

  /** Words are hashed into buckets, in 64-bit integers. */
  const words = b.module('question', () => {
    const scrambled = b.node('Mul', ['question', b.constant(int64Scalar(2654435761))])
    const bucket = b.node('Mod', [scrambled, b.constant(int64Scalar(buckets))], { fmod: 0 })
    return b.node('Gather', [b.weight('question.embedding.weight', [buckets, width], 2), bucket], { axis: 0 })
  })

  const fused = b.module('attention', () => {
    const scores = b.node('Einsum', [words, frames], { equation: 'btd,bfd->btf' })
    const attention = b.node('Softmax', [scores], { axis: -1 })
    b.node('ArgMax', [attention], { axis: 2, keepdims: 0 }, { outputs: ['best_frame'] })
    const context = b.node('Einsum', [attention, frames], { equation: 'btf,bfd->btd' })
    return b.node(fusion.op, [words, context], {}, { domain: fusion.domain })
  })

  b.module('answer', () => {
    const where = b.node('Transpose', [b.node('NonZero', ['question'])], { perm: [1, 0] })
    const kept = b.node('GatherND', [fused, where], { batch_dims: 0 })
    const length = b.node('Shape', [fused])
    const summed = b.node('ReduceSum', [kept, b.constant(int64(0))], { keepdims: 1 })
    const count = b.node('Cast', [b.node('ReduceProd', [length], { keepdims: 1 })], { to: 1 })
    const mean = b.node('Div', [summed, count])
    const weight = b.weight('answer.weight', [answers, width], width)
    b.node('Gemm', [mean, weight, b.bias('answer.bias', answers)], { transB: 1 }, { outputs: ['answer'] })
  })
  b.output('answer', 'float32', [1, answers])
  b.output('best_frame', 'int64', ['batch', 'tokens'])
  return b.encode()
}
