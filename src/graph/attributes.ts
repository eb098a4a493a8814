/** AttributeProto → Attribute, with the faults that an attribute can have by itself. */
import type { AttributeProto, GraphProto, OnnxFile, TensorProto } from '../onnx/read.ts'
import { bytesToText } from '../onnx/text.ts'
import { reading } from '../result/catalogue/reading.ts'
import { structure } from '../result/catalogue/structure.ts'
import { report } from '../result/finding.ts'
import type { Findings } from './findings.ts'
import { type Attribute, nodeRef } from './model.ts'
import { nodeText } from './node-text.ts'
import type { Tensors } from './tensors.ts'
import { valueType } from './types.ts'
import type { BuiltGraph, BuiltNode } from './values.ts'

export interface AttributeContext {
  readonly file: OnnxFile
  readonly findings: Findings
  readonly tensors: Tensors
  readonly irVersion: number
  /** Builds a body; `name` as in `Node.bodies`. */
  body(proto: GraphProto, name: string, owner: BuiltNode): BuiltGraph
}

const noTensor: TensorProto = { dims: [], external_data: [] }
const noGraph: GraphProto = { node: [], initializer: [], input: [], output: [], value_info: [], sparse_initializer: [] }

/** AttributeProto.AttributeType, and the field that holds a value of the type. */
const types = [
  ['FLOAT', 1, 'f'],
  ['INT', 2, 'i'],
  ['STRING', 3, 's'],
  ['TENSOR', 4, 't'],
  ['GRAPH', 5, 'g'],
  ['FLOATS', 6, 'floats'],
  ['INTS', 7, 'ints'],
  ['STRINGS', 8, 'strings'],
  ['TENSORS', 9, 'tensors'],
  ['GRAPHS', 10, 'graphs'],
  ['SPARSE_TENSOR', 11, 'sparse_tensor'],
  ['SPARSE_TENSORS', 12, 'sparse_tensors'],
  ['TYPE_PROTO', 13, 'tp'],
  ['TYPE_PROTOS', 14, 'type_protos'],
] as const
type TypeName = (typeof types)[number][0]
const byNumber = new Map<number, (typeof types)[number]>(types.map((row) => [row[1], row]))

/** Whether the field is there; a repeated field with no element and an absent one are the same in protobuf. */
function isSet(proto: AttributeProto, field: (typeof types)[number][2]): boolean {
  const value = proto[field]
  return Array.isArray(value) ? value.length > 0 : value != null
}

/** The attributes of a node (or the defaults of a function, whose node stands for it) and their bodies. */
export function attributesOf(protos: readonly AttributeProto[], node: BuiltNode, context: AttributeContext): void {
  if (protos.length === 0) return
  const attributes = new Map<string, Attribute>()
  const bodies = new Map<string, BuiltGraph>()
  for (const proto of protos) {
    const name = proto.name ?? ''
    const add = (id: 'model/attribute-unnamed' | 'model/attribute-repeated') =>
      context.findings.add(report(structure, id, { node: nodeText(node), attribute: name }, { nodes: [nodeRef(node)] }))
    if (name === '') add('model/attribute-unnamed')
    if (attributes.has(name)) add('model/attribute-repeated')
    else attributes.set(name, attributeOf(proto, node, context, bodies))
  }
  node.attributes = attributes
  if (bodies.size > 0) node.bodies = bodies
}

function attributeOf(
  proto: AttributeProto,
  node: BuiltNode,
  context: AttributeContext,
  bodies: Map<string, BuiltGraph>,
): Attribute {
  const { findings } = context
  const about = () => ({ node: nodeText(node), attribute: proto.name ?? '' })
  const where = () => ({ nodes: [nodeRef(node)] })
  const reference = proto.ref_attr_name
  if (reference) {
    if (!insideFunction(node.graph))
      findings.add(report(structure, 'model/reference-outside-function', { ...about(), reference }, where()))
    return { type: 'REFERENCE', value: reference }
  }
  const number = proto.type ?? 0
  if (number === 0) {
    const [type] = types.find(([, , field]) => isSet(proto, field)) ?? (['INTS'] as const)
    if (context.irVersion >= 2)
      findings.add(report(structure, 'model/attribute-untyped', { ...about(), type }, where()))
    return attributeValue(type, proto, node, context, bodies)
  }
  const row = byNumber.get(number)
  if (!row) {
    findings.add(report(structure, 'model/attribute-type-unknown', { ...about(), number }, where()))
    return { type: 'UNKNOWN', value: number }
  }
  const [type, , field] = row
  if (!isSet(proto, field)) {
    const found = types.filter(([, , other]) => isSet(proto, other)).map(([name]) => name)
    if (found.length > 0)
      findings.add(
        report(structure, 'model/attribute-mistyped', { ...about(), type, found: found.join(', ') }, where()),
      )
  }
  return attributeValue(type, proto, node, context, bodies)
}

/** Function bodies have a scope that holds `::`; bodies inside them too. */
const insideFunction = (graph: BuiltGraph): boolean => {
  let at: BuiltGraph | null = graph
  while (at.parent) at = at.parent
  return at.scope !== ''
}

function attributeValue(
  type: TypeName,
  proto: AttributeProto,
  node: BuiltNode,
  context: AttributeContext,
  bodies: Map<string, BuiltGraph>,
): Attribute {
  const { tensors, findings } = context
  const name = proto.name ?? ''
  const what = () => `the attribute ${JSON.stringify(name.slice(0, 120))} of ${nodeText(node)}`
  const body = (graph: GraphProto, key: string): BuiltGraph => {
    const built = context.body(graph, key, node)
    bodies.set(key, built)
    return built
  }
  const ofType = () => ({ name: what(), isMainInput: false, findings })
  switch (type) {
    case 'FLOAT':
      return { type, value: proto.f ?? 0 }
    case 'INT':
      return { type, value: proto.i ?? 0 }
    case 'STRING':
      return { type, value: textOf(proto.s, node, name, context) }
    case 'TENSOR':
      return { type, value: tensors.tensor(proto.t ?? noTensor, what()) }
    case 'GRAPH':
      return { type, value: body(proto.g ?? noGraph, name) }
    case 'SPARSE_TENSOR':
      return { type, value: tensors.sparse(proto.sparse_tensor ?? { dims: [] }, what()) }
    case 'TYPE_PROTO':
      return { type, value: valueType(proto.tp, ofType()) ?? { kind: 'tensor', dtype: null, shape: null } }
    case 'FLOATS':
      return { type, value: proto.floats }
    case 'INTS':
      return { type, value: proto.ints }
    case 'STRINGS':
      return { type, value: proto.strings }
    case 'TENSORS':
      return { type, value: proto.tensors.map((tensor) => tensors.tensor(tensor, what())) }
    case 'GRAPHS':
      return { type, value: proto.graphs.map((graph, i) => body(graph, `${name}[${i}]`)) }
    case 'SPARSE_TENSORS':
      return { type, value: proto.sparse_tensors.map((tensor) => tensors.sparse(tensor, what())) }
    case 'TYPE_PROTOS':
      return {
        type,
        value: proto.type_protos.map((tp) => valueType(tp, ofType()) ?? { kind: 'tensor', dtype: null, shape: null }),
      }
  }
}

function textOf(
  bytes: Uint8Array | null | undefined,
  node: BuiltNode,
  attribute: string,
  context: AttributeContext,
): string {
  if (!bytes) return ''
  const stub = context.file.skeleton.stubOf(bytes)
  if (!stub) return bytesToText(bytes, 0, bytes.length)
  const about = { node: nodeText(node), attribute, bytes: stub.end - stub.body }
  context.findings.add(report(reading, 'model/attribute-not-read', about, { nodes: [nodeRef(node)] }))
  return ''
}
