/** Builds small ONNX files for tests, as an exporter would write them. */
import protobuf from 'protobufjs/minimal.js'
import { onnx } from '../../src/onnx/schema.js'

export interface NodeLike {
  op: string
  inputs?: string[]
  outputs?: string[]
  name?: string
  domain?: string
  attributes?: object[]
}

export interface ModelLike {
  nodes?: NodeLike[]
  inputs?: string[]
  outputs?: string[]
  initializers?: TensorLike[]
  functions?: object[]
  opset?: number
  ir?: number
}

export interface TensorLike {
  name: string
  dims: number[]
  type: number
  /** Encoded data fields. */
  data?: Uint8Array[]
  external?: Record<string, string>
}

/** A field with a length: `field(9, bytes)` is raw_data. */
export const field = (number: number, content: Uint8Array): Uint8Array =>
  protobuf.Writer.create()
    .uint32((number << 3) | 2)
    .bytes(content)
    .finish()

export const node = ({ op, inputs = [], outputs = [], name = '', domain = '', attributes = [] }: NodeLike): object => ({
  input: inputs,
  output: outputs,
  op_type: op,
  attribute: attributes,
  ...(name && { name }),
  ...(domain && { domain }),
})

const floatType = Buffer.from(
  onnx.TypeProto.encode({ tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 2 }] } } }).finish(),
)
const valueInfo = (name: string): object => ({ name, type: floatType })

const tensor = ({ name, dims, type, data = [], external }: TensorLike): object => ({
  name,
  dims,
  data_type: type,
  external_data: Object.entries(external ?? {}).map(([key, value]) => ({ key, value })),
  ...(external && { data_location: 1 }),
  $unknowns: data,
})

export const graph = (model: ModelLike): object => ({
  name: 'graph',
  node: (model.nodes ?? []).map(node),
  input: (model.inputs ?? ['x']).map(valueInfo),
  output: (model.outputs ?? ['y']).map(valueInfo),
  initializer: (model.initializers ?? []).map(tensor),
  value_info: [],
  sparse_initializer: [],
})

export const modelBytes = (model: ModelLike): Buffer =>
  Buffer.from(
    onnx.ModelProto.encode({
      ir_version: model.ir ?? 8,
      producer_name: 'test',
      graph: graph(model),
      opset_import: [{ version: model.opset ?? 17 }],
      metadata_props: [],
      functions: model.functions ?? [],
    } as never).finish(),
  )

export const relu = (input: string, output: string, name = ''): NodeLike => ({
  op: 'Relu',
  inputs: [input],
  outputs: [output],
  name,
})
