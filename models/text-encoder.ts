/**
 * A small BERT as a PyTorch exporter writes it: batch and sequence length are symbolic, so the heads are split by
 * Shape → Gather → Concat → Reshape, and positions are sliced to the length of the input.
 */
import { Builder, floatScalar, int64, int64Scalar } from './builder.ts'

const vocabulary = 3000
const hidden = 64
const positions = 128
const heads = 4
const intermediate = 256
const layers = 2

export function textEncoder(): Uint8Array {
  const b = new Builder(
    { name: 'text-encoder', description: 'BERT-like text encoder with dynamic sequence length; random weights.' },
    3,
  )
  b.input('input_ids', 'int64', ['batch', 'sequence'])
  b.input('attention_mask', 'int64', ['batch', 'sequence'])

  const linear = (x: string, name: string, from: number, to: number): string => {
    const product = b.node('MatMul', [x, b.weight(`${name}.weight`, [from, to], 2 * from)])
    return b.node('Add', [b.bias(`${name}.bias`, to), product])
  }
  const layerNorm = (x: string, name: string): string =>
    b.module('LayerNorm', () => {
      const scale = b.initializer(`${name}.weight`, { dims: [hidden], data: new Float32Array(hidden).fill(1) })
      return b.node('LayerNormalization', [x, scale, b.bias(`${name}.bias`, hidden)], { axis: -1 })
    })
  /** One size of `x` as a vector of one element. */
  const size = (x: string, axis: number): string => {
    const one = b.node('Gather', [b.node('Shape', [x]), b.constant(int64Scalar(axis))], { axis: 0 })
    return b.node('Unsqueeze', [one, b.constant(int64(0))])
  }

  const embedded = b.module('embeddings', () => {
    const words = b.node('Gather', [
      b.weight('embeddings.word_embeddings.weight', [vocabulary, hidden], 2),
      'input_ids',
    ])
    const ids = b.initializer('embeddings.position_ids', {
      dims: [1, positions],
      data: BigInt64Array.from({ length: positions }, (_, i) => BigInt(i)),
    })
    const until = size('input_ids', 1)
    const used = b.node('Slice', [ids, b.constant(int64(0)), until, b.constant(int64(1)), b.constant(int64(1))])
    const places = b.node('Gather', [b.weight('embeddings.position_embeddings.weight', [positions, hidden], 2), used])
    return layerNorm(b.node('Add', [words, places]), 'embeddings.LayerNorm')
  })

  /** 0 where a token counts, a large negative number where it is padding: [batch, 1, 1, sequence]. */
  const mask = b.node('Mul', [
    b.node('Sub', [
      b.constant(floatScalar(1)),
      b.node('Cast', [b.node('Unsqueeze', ['attention_mask', b.constant(int64(1, 2))])], { to: 1 }),
    ]),
    b.constant(floatScalar(-10000)),
  ])

  const attention = (x: string, name: string): string =>
    b.module('attention', () => {
      const split = (y: string, perm: readonly number[]): string => {
        const shape = b.node(
          'Concat',
          [size(y, 0), size(y, 1), b.constant(int64(heads)), b.constant(int64(hidden / heads))],
          {
            axis: 0,
          },
        )
        return b.node('Transpose', [b.node('Reshape', [y, shape], { allowzero: 0 })], { perm })
      }
      const query = b.module('query', () => split(linear(x, `${name}.query`, hidden, hidden), [0, 2, 1, 3]))
      const key = b.module('key', () => split(linear(x, `${name}.key`, hidden, hidden), [0, 2, 3, 1]))
      const value = b.module('value', () => split(linear(x, `${name}.value`, hidden, hidden), [0, 2, 1, 3]))
      const scores = b.node('Div', [b.node('MatMul', [query, key]), b.constant(floatScalar(Math.sqrt(hidden / heads)))])
      const weights = b.node('Softmax', [b.node('Add', [scores, mask])], { axis: -1 })
      const context = b.node('Transpose', [b.node('MatMul', [weights, value])], { perm: [0, 2, 1, 3] })
      const joined = b.node('Concat', [size(context, 0), size(context, 1), b.constant(int64(hidden))], { axis: 0 })
      const flat = b.node('Reshape', [context, joined], { allowzero: 0 })
      return b.module('output', () => {
        const y = linear(flat, `${name}.output.dense`, hidden, hidden)
        return layerNorm(b.node('Add', [y, x]), `${name}.output.LayerNorm`)
      })
    })

  /** GELU by the error function, as it is written out below opset 20. */
  const gelu = (x: string): string => {
    const erf = b.node('Erf', [b.node('Div', [x, b.constant(floatScalar(Math.SQRT2))])])
    const gate = b.node('Add', [erf, b.constant(floatScalar(1))])
    return b.node('Mul', [b.node('Mul', [x, gate]), b.constant(floatScalar(0.5))])
  }

  let x = embedded
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layer.${layer}`
    x = b.module(name, () => {
      const attended = attention(x, `${name}.attention`)
      const wide = b.module('intermediate', () => gelu(linear(attended, `${name}.intermediate`, hidden, intermediate)))
      return b.module('output', () => {
        const y = linear(wide, `${name}.output.dense`, intermediate, hidden)
        return layerNorm(b.node('Add', [y, attended]), `${name}.output.LayerNorm`)
      })
    })
  }
  b.node('Identity', [x], {}, { outputs: ['last_hidden_state'] })
  b.module('pooler', () => {
    const first = b.node('Gather', [x, b.constant(int64Scalar(0))], { axis: 1 })
    const weight = b.weight('pooler.dense.weight', [hidden, hidden], hidden)
    const dense = b.node('Gemm', [first, weight, b.bias('pooler.dense.bias', hidden)], { transB: 1 })
    b.node('Tanh', [dense], {}, { outputs: ['pooler_output'] })
  })
  b.output('last_hidden_state', 'float32', ['batch', 'sequence', hidden])
  b.output('pooler_output', 'float32', ['batch', hidden])
  return b.encode()
}
