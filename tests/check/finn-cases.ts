/** Networks on both sides of every rule of the FINN target. */
import { int64, Network, type QuantOptions } from './quantised.ts'

interface Case {
  /** As in the ids of findings, without the target. */
  readonly rule: string
  /** By default FINN 0.10 with its default steps. */
  readonly target?: string
  /** The network that is refused, or the one beside it that is taken. */
  readonly build: (refused: boolean) => Network
}

const dev = 'finn@version=dev'

/** A quantised vector, what `body` makes of it, given out. */
function line(body: (network: Network, value: string) => string, options: QuantOptions = {}): Network {
  const network = new Network()
  const value = body(network, network.quant(network.input([1, 8]), { bits: 8, ...options }))
  network.output(value, [1, 8])
  return network
}

/** The same with an image of 4 channels. */
function image(
  body: (network: Network, value: string) => string,
  options: QuantOptions & { readonly version?: 1 | 2 } = {},
): Network {
  const network = new Network(options.version)
  const value = body(network, network.quant(network.input([1, 4, 8, 8]), { bits: 8, ...options }))
  network.output(value, [1, 4, 8, 8])
  return network
}

const conv = (rule: string, without: string): Case => ({
  rule: `Conv/${rule}`,
  build: (refused) => image((n, x) => n.conv(x, 4, refused ? { without } : {})),
})

const pool = (n: Network, value: string, without = '', pads: readonly number[] = [0, 0, 0, 0]): string => {
  const written = Object.entries({ kernel_shape: [2, 2], strides: [2, 2], pads }).filter(([name]) => name !== without)
  return n.node('MaxPool', [value], Object.fromEntries(written))
}
const maxPool = (rule: string, without: string): Case => ({
  rule: `MaxPool/${rule}`,
  build: (refused) => image((n, x) => n.conv(pool(n, n.relu(n.conv(x, 4)), refused ? without : ''), 4)),
})

/** AveragePool of 2, the factor that FINN 0.10 wants behind it, and Trunc. */
function average(
  options: { attributes?: Record<string, readonly number[]>; factor?: number; trunc?: (n: Network) => object } = {},
): Network {
  return image((n, x) => {
    const pads = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], ...options.attributes }
    const pooled = n.node('AveragePool', [n.relu(n.conv(x, 4))], pads)
    return n.trunc(n.node('Mul', [pooled, n.number(options.factor ?? 4)]), options.trunc?.(n) ?? {})
  })
}
const averagePool = (rule: string, attributes: Record<string, readonly number[]>): Case => ({
  rule: `AveragePool/${rule}`,
  build: (refused) => average(refused ? { attributes } : {}),
})

const quant = (rule: string, wrong: QuantOptions, right: QuantOptions = {}): Case => ({
  rule: `Quant/${rule}`,
  build: (refused) => line((n, x) => n.quant(n.dense(x, 8, 8), refused ? wrong : right)),
})

const vector = (...values: number[]) => ({ dims: [values.length], data: Float32Array.from(values) })
const channels = (count: number) => ({
  dims: [1, count],
  data: Float32Array.from({ length: count }, (_, index) => 0.25 * (index + 1)),
})

/** Two convolutions on one quantised image, added: the factor stands before a fork. */
const residual = (op: 'Mul' | 'Add', n: Network, x: string): string => {
  const trunk = n.relu(n.conv(x, 4), { scale: 0.125 })
  const fork = op === 'Add' ? n.node('Add', [trunk, n.number(0.5)]) : trunk
  const padded = { attributes: { pads: [1, 1, 1, 1] } }
  return n.node('Add', [n.quant(n.conv(fork, 4, padded)), n.quant(fork)])
}

const resize = (n: Network, value: string, mode: Record<string, string>, scale = 2): string =>
  n.node('Resize', [value, '', n.constant({ dims: [4], data: Float32Array.of(1, 1, scale, scale) })], mode)

const split = (n: Network, value: string, refused: boolean): string =>
  n.node('Split', refused ? [value] : [value, n.constant(int64(4, 4))], { axis: 1 })

export const cases: readonly Case[] = [
  {
    rule: 'Add/constant',
    build: (refused) =>
      line((n, x) => {
        const values = [n.dense(x, 8, 8), n.filled([1, 8], (index) => index + 1)]
        return n.relu(n.node('Add', refused ? values.reverse() : values))
      }),
  },
  {
    rule: 'Add/scalar',
    target: dev,
    build: (refused) => {
      const network = new Network()
      const shape = refused ? [] : [1]
      const x = network.node('ReduceMean', [network.quant(network.input([1, 8]))], {
        keepdims: 0,
        axes: refused ? [0, 1] : [1],
      })
      network.output(network.node('Add', [x, network.number(0.5)]), shape)
      return network
    },
  },
  { rule: 'Add/fork', build: (refused) => image((n, x) => (refused ? residual('Add', n, x) : n.conv(x, 4))) },
  averagePool('kernel', { kernel_shape: [2, 3] }),
  averagePool('pads', { pads: [1, 1, 1, 1] }),
  averagePool('strides', { strides: [2, 1] }),
  {
    rule: 'BatchNormalization/constant',
    build: (refused) =>
      line((n, x) => {
        const scale = refused ? n.builder.input('scale', 'float32', [8]) : n.filled([8])
        return n.relu(
          n.node('BatchNormalization', [n.dense(x, 8, 8), scale, ...[0, 0, 1].map((v) => n.filled([8], () => v))]),
        )
      }),
  },
  {
    rule: 'BipolarQuant/scale',
    build: (refused) => line((n, x) => n.quant(n.dense(n.bipolar(n.dense(x, 8, 8), refused ? 0.5 : 1), 8, 8))),
  },
  {
    rule: 'BipolarQuant/factor',
    build: (refused) => line((n, x) => n.dense(n.bipolar(n.node('Relu', [n.dense(x, 8, 8)]), refused ? 0.5 : 1), 8, 8)),
  },
  {
    rule: 'BipolarQuant/bias',
    build: (refused) =>
      line((n, x) => {
        const hidden = n.dense(x, 8, 8)
        return n.dense(n.bipolar(refused ? n.node('Relu', [hidden]) : hidden), 8, 8)
      }),
  },
  {
    rule: 'Conv/quantised-bias',
    target: dev,
    build: (refused) =>
      image((n, x) => {
        const scale = refused ? 0.125 : vector(0.125)
        const zero = n.constant(vector(0))
        const bias = n.builder.node(
          'Quant',
          [
            n.filled([4]),
            typeof scale === 'number' ? n.number(scale) : n.constant(scale),
            refused ? n.number(0) : zero,
            n.number(8),
          ],
          { signed: 1, narrow: 0, rounding_mode: 'ROUND' },
          { domain: 'qonnx.custom_op.general' },
        )
        const written = { kernel_shape: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0], group: 1 }
        return n.relu(n.node('Conv', [x, n.weight([4, 4, 3, 3]), bias], written))
      }),
  },
  conv('kernel-shape', 'kernel_shape'),
  conv('strides', 'strides'),
  conv('group-written', 'group'),
  conv('pads', 'pads'),
  {
    rule: 'Conv/rank',
    build: (refused) => {
      const network = new Network()
      const shape = refused ? [1, 4, 8] : [1, 4, 8, 1]
      const window = refused ? 1 : 2
      const x = network.quant(network.input(shape), { bits: 8 })
      const ones = Array<number>(window).fill(1)
      const weight = network.weight([4, 4, ...(refused ? [3] : [3, 1])])
      const pads = Array<number>(window * 2).fill(0)
      const kernel = refused ? [3] : [3, 1]
      const made = network.node('Conv', [x, weight], {
        kernel_shape: kernel,
        strides: ones,
        pads,
        group: 1,
        dilations: ones,
      })
      network.output(made, refused ? [1, 4, 6] : [1, 4, 6, 1])
      return network
    },
  },
  {
    rule: 'Conv/constant-weight',
    build: (refused) =>
      image((n, x) => {
        const written = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], group: 1 }
        const weight = refused ? n.builder.input('w', 'float32', [4, 4, 1, 1]) : n.weight([4, 4, 1, 1])
        return n.relu(n.node('Conv', [x, weight], written))
      }),
  },
  { rule: 'Conv/group', build: (refused) => image((n, x) => n.conv(x, 4, { group: refused ? 2 : 1 })) },
  {
    rule: 'DequantizeLinear/type',
    build: (refused) =>
      line((n, x) => {
        const parameters = [n.number(0.1), n.constant({ dims: [], data: Uint8Array.of(0) })]
        const quantised = n.node('QuantizeLinear', [x, ...parameters])
        const own = refused
          ? n.builder.node('QLinearSigmoid', [quantised, ...parameters, ...parameters], {}, { domain: 'com.microsoft' })
          : quantised
        return n.node('DequantizeLinear', [own, ...parameters])
      }),
  },
  {
    rule: 'Conv/depthwise',
    build: (refused) => image((n, x) => n.conv(n.relu(n.conv(n.relu(n.conv(x, 4)), 4, { group: refused ? 4 : 1 })), 4)),
  },
  {
    rule: 'Flatten/input',
    build: (refused) =>
      image((n, x) => {
        const flat = n.builder.input('flat', 'float32', [1, 4, 2, 2])
        const other = n.dense(n.node('Flatten', [refused ? flat : n.relu(n.conv(x, 4))]), refused ? 16 : 144, 4)
        return n.node('Concat', [n.node('Flatten', [n.conv(x, 4)]), other], { axis: 1 })
      }),
  },
  {
    rule: 'Flatten/output',
    build: (refused) =>
      image((n, x) => {
        const flat = n.node('Flatten', [n.relu(n.conv(x, 4), { scale: 1 })])
        return refused ? flat : n.dense(flat, 144, 4)
      }),
  },
  {
    rule: 'Gemm/bias',
    build: (refused) =>
      line((n, x) => n.node('Gemm', refused ? [x, n.weight([8, 8])] : [x, n.weight([8, 8]), n.filled([8])])),
  },
  {
    rule: 'LayerNormalization/axis',
    target: dev,
    build: (refused) =>
      line((n, x) => {
        const axis: Record<string, number> = refused ? {} : { axis: -1 }
        return n.node('LayerNormalization', [x, n.filled([8])], { epsilon: Float32Array.of(1e-5), ...axis })
      }),
  },
  {
    rule: 'LayerNormalization/epsilon',
    target: dev,
    build: (refused) =>
      line((n, x) => {
        const epsilon: Record<string, Float32Array> = refused ? {} : { epsilon: Float32Array.of(1e-5) }
        return n.node('LayerNormalization', [x, n.filled([8])], { axis: -1, ...epsilon })
      }),
  },
  {
    rule: 'MatMul/bipolar',
    build: (refused) =>
      line((n, x) => {
        const hidden = n.dense(x, 8, 8)
        const bits = n.bipolar(refused ? n.node('Relu', [hidden]) : hidden)
        return n.node('MatMul', [bits, n.bipolar(n.filled([8, 8], (index) => (index % 2) - 0.5))])
      }),
  },
  {
    rule: 'MatMul/constant-weight',
    build: (refused) =>
      line((n, x) => {
        const square = n.quant(n.dense(x, 8, 8))
        return refused
          ? n.node('MatMul', [square, n.node('Transpose', [square], { perm: [1, 0] })])
          : n.dense(square, 8, 8)
      }),
  },
  {
    rule: 'MatMul/sign',
    build: (refused) =>
      line((n, x) => {
        const signs = n.filled(refused ? [1, 1, 1, 8] : [1, 8], (index) => (index % 2 ? -1 : 1))
        return n.relu(n.node('Mul', [n.dense(x, 8, 8), signs]))
      }),
  },
  maxPool('kernel-shape', 'kernel_shape'),
  maxPool('pads', 'pads'),
  maxPool('strides', 'strides'),
  {
    rule: 'MaxPool/uneven',
    build: (refused) =>
      image((n, x) => n.conv(pool(n, n.relu(n.conv(x, 4)), '', refused ? [0, 0, 1, 1] : [1, 1, 1, 1]), 4)),
  },
  {
    rule: 'MaxPool/signed-padding',
    target: dev,
    build: (refused) =>
      image((n, x) => {
        const activation = n.conv(x, 4)
        return n.conv(pool(n, refused ? n.quant(activation) : n.relu(activation), '', [1, 1, 1, 1]), 4)
      }),
  },
  {
    rule: 'Mul/constant',
    build: (refused) =>
      line((n, x) => {
        const values = [n.dense(x, 8, 8), n.number(0.5)]
        return n.relu(n.node('Mul', refused ? values.reverse() : values))
      }),
  },
  {
    rule: 'Mul/scalar',
    target: dev,
    build: (refused) => {
      const network = new Network()
      const axes = refused ? [0, 1] : [1]
      const x = network.node('ReduceMean', [network.quant(network.input([1, 8]))], { keepdims: 0, axes })
      network.output(network.node('Mul', [x, network.number(0.5)]), refused ? [] : [1])
      return network
    },
  },
  { rule: 'Mul/fork', build: (refused) => image((n, x) => (refused ? residual('Mul', n, x) : n.conv(x, 4))) },
  quant('zero-point', { zero: 3 }),
  quant('unsigned', { signed: 0 }),
  quant('summand', { bits: 1 }),
  quant('too-wide', { bits: 16 }, { bits: 8 }),
  {
    rule: 'Quant/scale',
    build: (refused) =>
      line((n, x) => n.quant(n.dense(x, 8, 8), { scale: refused ? n.node('ReduceMax', [x], { keepdims: 0 }) : 0.5 })),
  },
  {
    rule: 'Quant/bit-width',
    build: (refused) =>
      line((n, x) => n.quant(n.dense(x, 8, 8), { bits: refused ? n.node('ReduceMax', [x], { keepdims: 0 }) : 4 })),
  },
  {
    rule: 'Quant/relu',
    build: (refused) => line((n, x) => n.relu(n.dense(x, 8, 8), { signed: refused ? 1 : 0 })),
  },
  quant('granularity', { scale: vector(0.5, 0.25) }, { scale: channels(8) }),
  {
    rule: 'Quant/shared-weight',
    build: (refused) =>
      line((n, x) => {
        const weight = n.weight([8, 8])
        return n.node('MatMul', [n.relu(n.node('MatMul', [x, weight])), refused ? weight : n.weight([8, 8])])
      }),
  },
  {
    rule: 'Quant/weight-consumer',
    build: (refused) => line((n, x) => n.node(refused ? 'Max' : 'Add', [n.dense(x, 8, 8), n.weight([8])])),
  },
  {
    rule: 'Quant/weight-scale',
    build: (refused) =>
      image((n, x) => {
        const dims = refused ? [1, 4, 1, 1] : [4, 1, 1, 1]
        const scale = { dims, data: Float32Array.of(1, 2, 3, 4) }
        const written = { kernel_shape: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0], group: 1 }
        return n.relu(n.node('Conv', [x, n.weight([4, 4, 3, 3], { scale })], written))
      }),
  },
  {
    rule: 'Quant/float-thresholds',
    build: (refused) =>
      line((n, x) => n.quant(n.quant(n.dense(x, 8, 8), { scale: 1 }), { scale: refused ? 2 : 0.3, bits: 2 })),
  },
  {
    rule: 'Resize/mode',
    build: (refused) => image((n, x) => resize(n, n.relu(n.conv(x, 4)), refused ? {} : { mode: 'nearest' })),
  },
  {
    rule: 'Resize/upsample',
    target: 'finn@steps=extended',
    build: (refused) =>
      image((n, x) => n.conv(resize(n, n.relu(n.conv(x, 4)), { mode: 'nearest' }, refused ? 1.5 : 2), 4)),
  },
  {
    rule: 'Sign/consumer',
    build: (refused) =>
      line((n, x) => {
        const sign = n.node('Sign', [n.dense(x, 8, 8)])
        return refused ? sign : n.dense(sign, 8, 8)
      }),
  },
  {
    rule: 'Softmax/layer',
    build: (refused) => line((n, x) => (refused ? n.node('Softmax', [n.dense(x, 8, 8)]) : n.dense(x, 8, 8))),
  },
  { rule: 'Split/sizes', target: dev, build: (refused) => line((n, x) => split(n, x, refused)) },
  {
    rule: 'Transpose/perm',
    build: (refused) => line((n, x) => n.node('Transpose', [n.dense(x, 8, 8)], refused ? {} : { perm: [1, 0] })),
  },
  {
    rule: 'Transpose/output',
    build: (refused) =>
      image(
        (n, x) => {
          const written = { kernel_shape: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0], group: 1 }
          const made = n.node('Conv', [x, n.weight([4, 4, 3, 3], { scale: 1 })], written)
          return refused ? n.node('Transpose', [made], { perm: [0, 2, 3, 1] }) : made
        },
        { scale: 1 },
      ),
  },
  { rule: 'Trunc/rounding', build: (refused) => average({ trunc: () => (refused ? { rounding: 'ROUND' } : {}) }) },
  { rule: 'Trunc/zero-point', build: (refused) => average({ trunc: () => (refused ? { zero: 1 } : {}) }) },
  {
    rule: 'Trunc/constant',
    build: (refused) => average({ trunc: (n) => (refused ? { scale: n.builder.input('scale', 'float32', []) } : {}) }),
  },
  { rule: 'Trunc/factor', build: (refused) => average({ factor: refused ? 2 : 4 }) },
  {
    rule: 'Trunc/sign',
    build: (refused) =>
      image((n, x) => {
        const activation = n.relu(n.conv(x, 4))
        const pads = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] }
        const pooled = n.node('AveragePool', [refused ? n.node('Abs', [activation]) : activation], pads)
        return n.trunc(n.node('Mul', [pooled, n.number(4)]))
      }),
  },
]
