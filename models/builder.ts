/**
 * Builds an ONNX model node by node, with the names that exporters give: nodes are called by the path of the module
 * they belong to (`/features/0/conv/Conv`), their outputs `…_output_0`. Weights are made by the seeded generator, so
 * a model's bytes depend on nothing but its script.
 */
import onnxProto, { type onnx } from 'onnx-proto'
import { type DType, dtypeInfo } from '../src/graph/dtype.ts'
import { Random } from './random.ts'

type Data = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array

/** A constant tensor; a scalar has no dimensions. */
export interface Tensor {
  readonly dims: readonly number[]
  readonly data: Data
}

/** Numbers are integers; a float stands in an array of its own. */
type Attribute = number | string | readonly number[] | Float32Array | Tensor
type Attributes = Readonly<Record<string, Attribute>>

/** Sizes in the order of the axes; a text is a symbolic size. */
type Shape = readonly (number | string)[]

interface NodeOptions {
  readonly domain?: string
  /** By default the path of the module and the operator. */
  readonly name?: string
  /** Names of the outputs; by default one, called after the node. */
  readonly outputs?: readonly string[]
}

/** What a model says about itself. */
interface About {
  readonly name: string
  readonly description: string
  readonly opset?: number
  readonly irVersion?: number
  /** Versions of further domains. */
  readonly domains?: Readonly<Record<string, number>>
}

/** A vector of int64: axes, shapes. */
export const int64 = (...values: number[]): Tensor => ({
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
})
export const int64Scalar = (value: number): Tensor => ({ dims: [], data: BigInt64Array.of(BigInt(value)) })
export const floatScalar = (value: number): Tensor => ({ dims: [], data: Float32Array.of(value) })

export class Builder {
  readonly random: Random
  private readonly nodes: onnx.INodeProto[] = []
  private readonly initializers: onnx.ITensorProto[] = []
  private readonly inputs: onnx.IValueInfoProto[] = []
  private readonly outputs: onnx.IValueInfoProto[] = []
  private readonly uses = new Map<string, number>()
  private path = ''

  constructor(
    private readonly about: About,
    seed: number,
  ) {
    this.random = new Random(seed)
  }

  input(name: string, type: DType, shape: Shape): string {
    this.inputs.push(valueInfo(name, type, shape))
    return name
  }

  /** Without a shape it is left to who reads the model. */
  output(name: string, type: DType, shape?: Shape): void {
    this.outputs.push(valueInfo(name, type, shape))
  }

  /** Nodes added by `body` belong to the module `name`. */
  module<T>(name: string, body: () => T): T {
    const outer = this.path
    this.path = `${outer}/${name}`
    try {
      return body()
    } finally {
      this.path = outer
    }
  }

  /** Adds a node; returns the name of its first output. An input `''` is an optional input left out. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions = {}): string {
    const name = options.name ?? this.unique(`${this.path}/${op}`)
    const outputs = options.outputs ?? [`${name}_output_0`]
    this.nodes.push({
      name,
      opType: op,
      ...(options.domain ? { domain: options.domain } : {}),
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    })
    return outputs[0] ?? ''
  }

  /** A Constant node, as exporters write the numbers that stand in the code. */
  constant(tensor: Tensor): string {
    return this.node('Constant', [], { value: tensor })
  }

  initializer(name: string, tensor: Tensor): string {
    this.initializers.push(tensorProto(name, tensor))
    return name
  }

  /** Random weights with the spread that keeps activations of unit size through a ReLU: sqrt(2 / fan-in). */
  weight(name: string, dims: readonly number[], fanIn: number): string {
    const count = dims.reduce((product, dim) => product * dim, 1)
    return this.initializer(name, { dims, data: this.random.normals(count, Math.sqrt(2 / fanIn)) })
  }

  /** A small random vector. */
  bias(name: string, count: number): string {
    return this.initializer(name, { dims: [count], data: this.random.normals(count, 0.05) })
  }

  encode(): Uint8Array {
    const { name, description, opset = 17, irVersion = 8, domains = {} } = this.about
    const model: onnx.IModelProto = {
      irVersion,
      producerName: 'deploycheck models',
      producerVersion: '1',
      docString: description,
      opsetImport: [
        { domain: '', version: opset },
        ...Object.entries(domains).map(([domain, version]) => ({ domain, version })),
      ],
      metadataProps: [
        { key: 'license', value: 'MIT' },
        { key: 'weights', value: 'random, seeded' },
      ],
      graph: {
        name,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
    }
    return onnxProto.onnx.ModelProto.encode(model).finish()
  }

  private unique(name: string): string {
    const count = this.uses.get(name) ?? 0
    this.uses.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  }
}

const valueInfo = (name: string, type: DType, shape?: Shape): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: dtypeInfo(type).number,
      ...(shape && {
        shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      }),
    },
  },
})

function elementType(data: Data): number {
  if (data instanceof Float32Array) return dtypeInfo('float32').number
  if (data instanceof Float64Array) return dtypeInfo('float64').number
  if (data instanceof Int8Array) return dtypeInfo('int8').number
  if (data instanceof Uint8Array) return dtypeInfo('uint8').number
  if (data instanceof Int32Array) return dtypeInfo('int32').number
  return dtypeInfo('int64').number
}

const tensorProto = (name: string, { dims, data }: Tensor): onnx.ITensorProto => ({
  name,
  dims: [...dims],
  dataType: elementType(data),
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
})

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const kind = onnxProto.onnx.AttributeProto.AttributeType
  if (typeof value === 'number') return { name, type: kind.INT, i: value }
  if (typeof value === 'string') return { name, type: kind.STRING, s: new TextEncoder().encode(value) }
  if (value instanceof Float32Array) return { name, type: kind.FLOAT, f: value[0] ?? 0 }
  if ('dims' in value) return { name, type: kind.TENSOR, t: tensorProto('', value) }
  return { name, type: kind.INTS, ints: [...value] }
}
