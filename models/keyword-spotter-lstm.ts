/**
 * A keyword spotter on MFCC frames: a 1-D convolution over time, two layers of LSTM, the last state classified.
 * Recurrent layers are what many accelerators leave to the CPU.
 */
import { Builder, int64, int64Scalar } from './builder.ts'

const frames = 98
const coefficients = 40
const channels = 48
const hidden = 64
const words = 12

export function keywordSpotterLstm(): Uint8Array {
  const b = new Builder(
    { name: 'keyword-spotter-lstm', description: 'Keyword spotter on MFCC frames with two LSTMs; random weights.' },
    4,
  )
  b.input('mfcc', 'float32', [1, frames, coefficients])

  const convolved = b.module('frontend', () => {
    const byChannel = b.node('Transpose', ['mfcc'], { perm: [0, 2, 1] })
    const weight = b.weight('frontend.conv.weight', [channels, coefficients, 5], coefficients * 5)
    const y = b.node('Conv', [byChannel, weight, b.bias('frontend.conv.bias', channels)], {
      dilations: [1],
      group: 1,
      kernel_shape: [5],
      pads: [2, 2],
      strides: [2],
    })
    return b.node('Relu', [y])
  })

  let x = b.node('Transpose', [convolved], { perm: [2, 0, 1] })
  for (const [layer, width] of [channels, hidden].entries()) {
    x = b.module(`lstm.${layer}`, () => {
      const name = `lstm.${layer}`
      const weight = b.weight(`${name}.weight_ih`, [1, 4 * hidden, width], 2 * width)
      const recurrence = b.weight(`${name}.weight_hh`, [1, 4 * hidden, hidden], 2 * hidden)
      const bias = b.initializer(`${name}.bias`, { dims: [1, 8 * hidden], data: b.random.normals(8 * hidden, 0.05) })
      const sequence = b.node('LSTM', [x, weight, recurrence, bias], { hidden_size: hidden })
      return b.node('Squeeze', [sequence, b.constant(int64(1))])
    })
  }
  b.module('classifier', () => {
    const last = b.node('Gather', [x, b.constant(int64Scalar(-1))], { axis: 0 })
    const weight = b.weight('classifier.weight', [words, hidden], hidden)
    const logits = b.node('Gemm', [last, weight, b.bias('classifier.bias', words)], { transB: 1 })
    b.node('LogSoftmax', [logits], { axis: 1 }, { outputs: ['log_probabilities'] })
  })
  b.output('log_probabilities', 'float32', [1, words])
  return b.encode()
}
