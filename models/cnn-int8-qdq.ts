/**
 * ResNet-20 for images of 32 × 32, quantised to 8 bits in QDQ form, as onnxruntime's static quantisation leaves it:
 * activations uint8, weights int8 and symmetric, biases int32 with the product of both scales; ReLUs are gone, for the
 * zero point 0 of the following QuantizeLinear clips as they did.
 */
import { Builder, floatScalar, int64 } from './builder.ts'

const size = 32
const classes = 10

/** A quantised value: what leaves its QuantizeLinear, and its scale. */
interface Quantised {
  readonly name: string
  readonly scale: number
  readonly zeroPoint: number
}

/** Range of activations after a ReLU, and of those with a sign. */
const positive = { scale: 6 / 255, zeroPoint: 0 }
const signed = { scale: 8 / 255, zeroPoint: 128 }
const image = { scale: 2 / 255, zeroPoint: 128 }

export function cnnInt8Qdq(): Uint8Array {
  const b = new Builder({ name: 'cnn-int8-qdq', description: 'ResNet-20 in 8-bit QDQ form; random weights.' }, 6)
  b.input('image', 'float32', [1, 3, size, size])

  const parameters = (name: string, scale: number, zeroPoint: number): [string, string] => [
    b.initializer(`${name}_scale`, floatScalar(scale)),
    b.initializer(`${name}_zero_point`, { dims: [], data: Uint8Array.of(zeroPoint) }),
  ]
  const quantise = (name: string, range: { scale: number; zeroPoint: number }): Quantised => {
    const inputs = [name, ...parameters(name, range.scale, range.zeroPoint)]
    const options = { name: `${name}_QuantizeLinear`, outputs: [`${name}_QuantizeLinear_Output`] }
    b.node('QuantizeLinear', inputs, {}, options)
    return { name, ...range }
  }
  /** Every use has its own DequantizeLinear, so that each operator forms a unit of its own. */
  const uses = new Map<string, number>()
  const dequantise = ({ name }: Quantised): string => {
    const count = (uses.get(name) ?? 0) + 1
    uses.set(name, count)
    const suffix = count === 1 ? '' : `_${count}`
    return b.node(
      'DequantizeLinear',
      [`${name}_QuantizeLinear_Output`, `${name}_scale`, `${name}_zero_point`],
      {},
      { name: `${name}_DequantizeLinear${suffix}`, outputs: [`${name}_DequantizeLinear_Output${suffix}`] },
    )
  }
  /** int8 weights, symmetric, one scale. */
  const weight = (name: string, dims: readonly number[], fanIn: number): { value: string; scale: number } => {
    const count = dims.reduce((product, dim) => product * dim, 1)
    const floats = b.random.normals(count, Math.sqrt(2 / fanIn))
    const scale = Math.fround(floats.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127)
    const inputs = [
      b.initializer(`${name}_quantized`, { dims, data: Int8Array.from(floats, (w) => Math.round(w / scale)) }),
      b.initializer(`${name}_scale`, floatScalar(scale)),
      b.initializer(`${name}_zero_point`, { dims: [], data: Int8Array.of(0) }),
    ]
    const options = { name: `${name}_DequantizeLinear`, outputs: [`${name}_DequantizeLinear_Output`] }
    return { value: b.node('DequantizeLinear', inputs, {}, options), scale }
  }
  const bias = (name: string, count: number, scale: number): string => {
    const inputs = [
      b.initializer(`${name}_quantized`, {
        dims: [count],
        data: Int32Array.from(b.random.normals(count, 0.05), (value) => Math.round(value / scale)),
      }),
      b.initializer(`${name}_quantized_scale`, floatScalar(scale)),
      b.initializer(`${name}_quantized_zero_point`, { dims: [], data: Int32Array.of(0) }),
    ]
    const options = { name: `${name}_DequantizeLinear`, outputs: [name] }
    return b.node('DequantizeLinear', inputs, {}, options)
  }

  const conv = (
    x: Quantised,
    name: string,
    shape: { from: number; to: number; kernel: number; stride?: number },
    range: { scale: number; zeroPoint: number } = positive,
  ): Quantised => {
    const { from, to, kernel, stride = 1 } = shape
    const input = dequantise(x)
    const w = weight(`${name}.weight`, [to, from, kernel, kernel], from * kernel ** 2)
    const y = b.module(name, () =>
      b.node('Conv', [input, w.value, bias(`${name}.bias`, to, x.scale * w.scale)], {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [kernel, kernel],
        pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
        strides: [stride, stride],
      }),
    )
    return quantise(y, range)
  }
  const residual = (x: Quantised, name: string, from: number, to: number, stride: number): Quantised => {
    const inner = conv(
      conv(x, `${name}.conv1`, { from, to, kernel: 3, stride }),
      `${name}.conv2`,
      { from: to, to, kernel: 3 },
      signed,
    )
    const shortcut = stride === 1 ? x : conv(x, `${name}.downsample`, { from, to, kernel: 1, stride }, signed)
    const terms = [dequantise(inner), dequantise(shortcut)]
    return quantise(
      b.module(name, () => b.node('Add', terms)),
      positive,
    )
  }
  /** Operators that do not compute keep scale and zero point. */
  const keep = (
    x: Quantised,
    op: string,
    others: readonly string[],
    attributes: Record<string, number | number[]>,
  ): Quantised => {
    const y = b.node(op, [dequantise(x), ...others], attributes)
    return quantise(y, { scale: x.scale, zeroPoint: x.zeroPoint })
  }

  let x = conv(quantise('image', image), 'stem', { from: 3, to: 16, kernel: 3 })
  let width = 16
  for (const [stage, to] of [16, 32, 64].entries())
    for (let block = 0; block < 3; block++) {
      x = residual(x, `layer${stage + 1}.${block}`, width, to, width === to ? 1 : 2)
      width = to
    }
  x = b.module('pool', () => keep(x, 'AveragePool', [], { ceil_mode: 0, kernel_shape: [8, 8], strides: [8, 8] }))
  x = keep(x, 'Reshape', [b.constant(int64(1, width))], { allowzero: 0 })
  const w = weight('fc.weight', [classes, width], width)
  const inputs = [dequantise(x), w.value, bias('fc.bias', classes, x.scale * w.scale)]
  const logits = b.module('fc', () => b.node('Gemm', inputs, { transB: 1 }))
  const last = quantise(logits, { scale: 16 / 255, zeroPoint: 128 })
  b.node(
    'DequantizeLinear',
    [`${last.name}_QuantizeLinear_Output`, `${last.name}_scale`, `${last.name}_zero_point`],
    {},
    { name: 'logits_DequantizeLinear', outputs: ['logits'] },
  )
  b.output('logits', 'float32', [1, classes])
  return b.encode()
}
