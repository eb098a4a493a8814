/** Small quantised networks in QONNX, node by node. */
import { Builder, floatScalar, int64, type Tensor } from '../../models/builder.ts'

const qonnx = 'qonnx.custom_op.general'

export interface QuantOptions {
  readonly scale?: number | Tensor | string
  readonly zero?: number
  readonly bits?: number | string
  readonly signed?: number
  readonly narrow?: number
}

/** `pads: null` leaves the attribute out. */
export interface ConvOptions {
  readonly channels?: number
  readonly kernel?: number
  readonly group?: number
  readonly without?: string
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>
}

export class Network {
  readonly builder: Builder
  private count = 0

  constructor(truncVersion = 1) {
    this.builder = new Builder({ name: 'net', description: 'a test', opset: 13, domains: { [qonnx]: truncVersion } }, 1)
  }

  name(what: string): string {
    return `${what}_${this.count++}`
  }
  constant(tensor: Tensor): string {
    return this.builder.initializer(this.name('constant'), tensor)
  }
  filled(dims: readonly number[], value: (index: number) => number = () => 1): string {
    const size = dims.reduce((product, dim) => product * dim, 1)
    return this.constant({ dims, data: Float32Array.from({ length: size }, (_, index) => value(index)) })
  }
  number(value: number): string {
    return this.constant(floatScalar(value))
  }

  input(shape: readonly (number | string)[], name = 'x'): string {
    return this.builder.input(name, 'float32', shape)
  }
  output(value: string, shape: readonly (number | string)[]): string {
    this.builder.output(value, 'float32', shape)
    return value
  }
  node(op: string, inputs: readonly string[], attributes: Parameters<Builder['node']>[2] = {}): string {
    return this.builder.node(op, inputs, attributes)
  }

  quant(value: string, options: QuantOptions = {}): string {
    const { scale = 0.25, zero = 0, bits = 4, signed = 1, narrow = 0 } = options
    const asInput = (given: number | Tensor | string): string =>
      typeof given === 'string' ? given : typeof given === 'number' ? this.number(given) : this.constant(given)
    return this.builder.node(
      'Quant',
      [value, asInput(scale), this.number(zero), asInput(bits)],
      { signed, narrow, rounding_mode: 'ROUND' },
      { domain: qonnx },
    )
  }
  bipolar(value: string, scale = 1): string {
    return this.builder.node('BipolarQuant', [value, this.number(scale)], {}, { domain: qonnx })
  }
  trunc(value: string, options: { rounding?: string; zero?: number; scale?: string; version?: 1 | 2 } = {}): string {
    const { rounding = 'FLOOR', zero = 0, scale = this.number(0.25), version = 1 } = options
    const middle = version === 2 ? [this.number(1)] : []
    const inputs = [value, scale, this.number(zero), this.number(6), ...middle, this.number(4)]
    return this.builder.node('Trunc', inputs, { rounding_mode: rounding }, { domain: qonnx })
  }

  /** Behind a Relu, unsigned. */
  relu(value: string, options: QuantOptions = {}): string {
    return this.quant(this.node('Relu', [value]), { signed: 0, ...options })
  }

  weight(dims: readonly number[], options: QuantOptions = {}): string {
    return this.quant(
      this.filled(dims, (index) => ((index * 7) % 5) - 2),
      { narrow: 1, ...options },
    )
  }
  dense(value: string, inputs: number, outputs: number, options: QuantOptions = {}): string {
    return this.node('MatMul', [value, this.weight([inputs, outputs], options)])
  }

  conv(value: string, inputs: number, options: ConvOptions = {}): string {
    const { channels = 4, kernel = 3, group = 1, without = '', attributes = {} } = options
    const weight = this.weight([channels, inputs / group, kernel, kernel])
    const written = {
      kernel_shape: [kernel, kernel],
      strides: [1, 1],
      pads: [0, 0, 0, 0],
      dilations: [1, 1],
      group,
      ...attributes,
    }
    const kept = Object.fromEntries(Object.entries(written).filter(([name]) => name !== without))
    return this.node('Conv', [value, weight], kept)
  }
}

export { int64 }
