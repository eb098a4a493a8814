/**
 * Large models made on the spot: residual convolution blocks and encoder blocks as exporters write them, with
 * weights of zeros that cost no disk (holes in a sparse file). Only size and structure matter here.
 */
import { closeSync, ftruncateSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import onnxProto, { type onnx } from 'onnx-proto'

/** float32 zeros. */
interface Weight {
  readonly name: string
  readonly dims: readonly number[]
}

export interface Plan {
  readonly graph: onnx.IGraphProto
  readonly weights: readonly Weight[]
}

/** Where the weights lie; `absent`: said to be in a file that is not there, so the model is its skeleton alone. */
export type Storage = 'inline' | 'external' | 'absent'

const { AttributeProto, GraphProto, ModelProto, TensorProto } = onnxProto.onnx

/** A graph under construction: nodes are numbered, each gives one value. */
class Chain {
  readonly nodes: onnx.INodeProto[] = []
  readonly weights: Weight[] = []
  readonly constants: onnx.ITensorProto[] = []

  node(op: string, input: string[], attributes: Readonly<Record<string, number | number[]>> = {}): string {
    const name = `/${op}_${this.nodes.length}`
    const output = `${name}_output_0`
    const { INT, INTS } = AttributeProto.AttributeType
    const attribute = Object.entries(attributes).map(([key, value]) =>
      typeof value === 'number' ? { name: key, type: INT, i: value } : { name: key, type: INTS, ints: value },
    )
    this.nodes.push({ name, opType: op, input, output: [output], attribute })
    return output
  }

  weight(dims: readonly number[]): string {
    const name = `weight.${this.weights.length}`
    this.weights.push({ name, dims })
    return name
  }

  int64(dims: number[], ...values: number[]): string {
    const name = `constant.${this.constants.length}`
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    this.constants.push({ name, dims, dataType: TensorProto.DataType.INT64, rawData })
    return name
  }

  plan(input: onnx.IValueInfoProto, output: onnx.IValueInfoProto): Plan {
    const graph = { name: 'bench', node: this.nodes, initializer: this.constants, input: [input], output: [output] }
    return { graph, weights: this.weights }
  }
}

/** Conv → Relu → Conv → Add → Relu: 5 nodes. */
function residualBlock(chain: Chain, x: string, channels: number): string {
  const conv = (from: string): string =>
    chain.node('Conv', [from, chain.weight([channels, channels, 3, 3]), chain.weight([channels])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [1, 1],
    })
  return chain.node('Relu', [chain.node('Add', [conv(chain.node('Relu', [conv(x)])), x])])
}

/** One layer of a transformer encoder on [batch, sequence, hidden], with shapes computed in the graph: 49 nodes. */
function encoderBlock(chain: Chain, x: string, hidden: number, heads: number): string {
  const linear = (y: string, from: number, to: number): string =>
    chain.node('Add', [chain.node('MatMul', [y, chain.weight([from, to])]), chain.weight([to])])
  const size = (y: string, axis: number): string => {
    const one = chain.node('Gather', [chain.node('Shape', [y]), chain.int64([], axis)], { axis: 0 })
    return chain.node('Unsqueeze', [one, chain.int64([1], 0)])
  }
  const split = (y: string, perm: number[]): string => {
    const parts = [size(y, 0), size(y, 1), chain.int64([1], heads), chain.int64([1], hidden / heads)]
    return chain.node('Transpose', [chain.node('Reshape', [y, chain.node('Concat', parts, { axis: 0 })])], { perm })
  }
  const norm = (y: string): string =>
    chain.node('LayerNormalization', [y, chain.weight([hidden]), chain.weight([hidden])], { axis: -1 })
  const query = split(linear(x, hidden, hidden), [0, 2, 1, 3])
  const key = split(linear(x, hidden, hidden), [0, 2, 3, 1])
  const value = split(linear(x, hidden, hidden), [0, 2, 1, 3])
  const weights = chain.node('Softmax', [chain.node('MatMul', [query, key])], { axis: -1 })
  const context = chain.node('Transpose', [chain.node('MatMul', [weights, value])], { perm: [0, 2, 1, 3] })
  const flat = chain.node('Reshape', [context, chain.int64([3], 0, 0, hidden)])
  const attended = norm(chain.node('Add', [linear(flat, hidden, hidden), x]))
  const wide = chain.node('Relu', [linear(attended, hidden, 4 * hidden)])
  return norm(chain.node('Add', [linear(wide, 4 * hidden, hidden), attended]))
}

const float32 = (name: string, shape: readonly (number | string)[]): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: TensorProto.DataType.FLOAT,
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
})

/** At least `nodes` nodes: first half convolution blocks, then encoder blocks on the flattened map. */
export function mixedGraph(nodes: number): Plan {
  const chain = new Chain()
  const channels = 16
  let x = 'image'
  while (chain.nodes.length < nodes / 2) x = residualBlock(chain, x, channels)
  x = chain.node('Reshape', [x, chain.int64([3], 0, channels, 14 * 14)])
  x = chain.node('Transpose', [x], { perm: [0, 2, 1] })
  while (chain.nodes.length < nodes) x = encoderBlock(chain, x, channels, 4)
  return chain.plan(float32('image', ['batch', channels, 14, 14]), float32(x, ['batch', 14 * 14, channels]))
}

/** A transformer encoder of `layers` layers with 12 × hidden² weights each. */
export function encoder(layers: number, hidden: number): Plan {
  const chain = new Chain()
  let x = 'embeddings'
  for (let layer = 0; layer < layers; layer++) x = encoderBlock(chain, x, hidden, 16)
  const shape = ['batch', 'sequence', hidden]
  return chain.plan(float32('embeddings', shape), float32(x, shape))
}

const byteLength = ({ dims }: Weight): number => 4 * dims.reduce((product, dim) => product * dim, 1)

/** Writes the model; with `external`, the weights beside it as `<stem>.bin`. Gives the bytes of weights. */
export function writeModel(path: string, { graph, weights }: Plan, storage: Storage): number {
  const location = `${path.replace(/^.*[\\/]/, '').replace(/\.onnx$/, '')}.bin`
  const head = ModelProto.encode({
    irVersion: 8,
    producerName: 'bench',
    opsetImport: [{ domain: '', version: 17 }],
  }).finish()
  const rest = GraphProto.encode(graph).finish()
  let offset = 0
  const tensors = weights.map((weight) => {
    const length = byteLength(weight)
    const tensor =
      storage === 'inline' ? inlineTensor(weight, length) : externalTensor(weight, { location, offset, length })
    offset += length
    return tensor
  })
  const graphLength = tensors.reduce((sum, { bytes, hole }) => sum + bytes.length + hole, rest.length)

  const file = openSync(path, 'w')
  try {
    let position = 0
    const write = (bytes: Uint8Array): void => {
      writeSync(file, bytes, 0, bytes.length, position)
      position += bytes.length
    }
    write(head)
    write(concat([tag(7), varint(graphLength), rest]))
    for (const { bytes, hole } of tensors) {
      write(bytes)
      position += hole
    }
    ftruncateSync(file, position)
  } finally {
    closeSync(file)
  }
  if (storage === 'external') {
    writeFileSync(join(dirname(path), location), '')
    truncateSync(join(dirname(path), location), offset)
  }
  return offset
}

/** A tensor as field 5 (initializer) of the graph; `hole`: zeros that follow. */
interface Field {
  readonly bytes: Uint8Array
  readonly hole: number
}

function inlineTensor({ name, dims }: Weight, length: number): Field {
  const header = TensorProto.encode({ name, dims: [...dims], dataType: TensorProto.DataType.FLOAT }).finish()
  const body = concat([header, tag(9), varint(length)])
  return { bytes: concat([tag(5), varint(body.length + length), body]), hole: length }
}

function externalTensor({ name, dims }: Weight, place: { location: string; offset: number; length: number }): Field {
  const externalData = Object.entries(place).map(([key, value]) => ({ key, value: String(value) }))
  const { FLOAT } = TensorProto.DataType
  const { EXTERNAL } = TensorProto.DataLocation
  const tensor = { name, dims: [...dims], dataType: FLOAT, dataLocation: EXTERNAL, externalData }
  const body = TensorProto.encode(tensor).finish()
  return { bytes: concat([tag(5), varint(body.length), body]), hole: 0 }
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** Field key of a length-delimited field of the protobuf wire format. */
const tag = (field: number): Uint8Array => Uint8Array.of((field << 3) | 2)

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Uint8Array.from([...bytes, rest])
}
