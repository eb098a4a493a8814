/** One node of a model as a model of its own: its weights inside, everything else that it reads as inputs. */

import { dtypeInfo } from '../../graph/dtype.ts'
import type { Node, Value } from '../../graph/model.ts'
import type { Tensor as FileTensor } from '../../graph/tensor.ts'
import { FileSource } from '../../onnx/file-source.ts'
import { type NodeProto, readOnnx, type TensorProto, type ValueInfoProto } from '../../onnx/read.ts'
import { onnx } from '../../onnx/schema.js'
import { writeModel } from '../../onnx/write.ts'
import type { Tensor, Tensors } from '../../tensors/tensor.ts'

/** Names of the inputs and outputs, in their order. */
export interface NodeModel {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/**
 * Writes the model of `node`, a node of the main graph of the model at `source`, to `path`.
 * @param values what the node reads and makes, for types and shapes
 */
export async function writeNodeModel(source: string, node: Node, values: Tensors, path: string): Promise<NodeModel> {
  const file = await readOnnx(new FileSource(source, source))
  const { graph } = file.model
  const proto: NodeProto | undefined = graph?.node?.[node.index]
  if (!graph || !proto) throw new Error(`node ${node.index} is not in ${source}`)
  const read = valuesRead(node)
  const weights = read.flatMap(({ initializer }) => initializer ?? [])
  const inputs = read.filter(({ name, initializer }) => !initializer && Object.hasOwn(values, name))
  const outputs = node.outputs.filter((value) => value !== null && Object.hasOwn(values, value.name)) as Value[]
  const info = ({ name }: Value): ValueInfoProto => ({ name, type: typeOf(values[name] as Tensor) }) as ValueInfoProto
  const own = new Map((graph.initializer ?? []).map((tensor) => [tensor.name, tensor]))
  graph.node = [proto]
  graph.initializer = await Promise.all(weights.map(async (weight) => inline(own.get(weight.name), weight)))
  graph.sparse_initializer = []
  graph.input = inputs.map(info)
  graph.output = outputs.map(info)
  graph.value_info = []
  // Ends the reading of the source, too.
  await writeModel(file, path)
  return { inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) }
}

/** In the order of the inputs; then what bodies capture. */
function valuesRead(node: Node): Value[] {
  const values = new Set<Value>()
  for (const value of node.inputs) if (value) values.add(value)
  for (const body of node.bodies.values()) for (const value of body.captures) values.add(value)
  return [...values]
}

/** Weights of another file come into this one. */
async function inline(proto: TensorProto | undefined, weight: FileTensor): Promise<TensorProto> {
  if (!proto) throw new Error(`the weight ${weight.name} is not in the file`)
  if (weight.payload.where !== 'external') return proto
  const { data_location: _, ...rest } = proto
  return { ...rest, external_data: [], $unknowns: [rawField(await weight.payload.read())] }
}

/** `raw_data` of a TensorProto as it stands in a file. */
function rawField(bytes: Uint8Array): Uint8Array {
  const head = [(9 << 3) | 2]
  let rest = bytes.length
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest % 128) + 0x80)
  return Buffer.concat([Uint8Array.from([...head, rest]), bytes])
}

const typeOf = ({ dtype, dims }: Tensor): Uint8Array =>
  onnx.TypeProto.encode({
    tensor_type: { elem_type: dtypeInfo(dtype).number, shape: { dim: dims.map((size) => ({ dim_value: size })) } },
  }).finish()
