/** GraphProto → Graph: declares every value, then connects the nodes, then puts them in order. */
import type { FunctionProto, GraphProto, NodeProto, ValueInfoProto } from '../onnx/read.ts'
import { structure } from '../result/catalogue/structure.ts'
import { type Finding, report } from '../result/finding.ts'
import { type AttributeContext, attributesOf } from './attributes.ts'
import { nodeRef } from './model.ts'
import type { NameCheck } from './names.ts'
import { nodeText } from './node-text.ts'
import { orderOf } from './order.ts'
import type { Types } from './types.ts'
import { BuiltGraph, BuiltNode, type BuiltValue, type Ids } from './values.ts'

export interface GraphContext extends Omit<AttributeContext, 'body'> {
  readonly names: NameCheck
  readonly types: Types
  readonly ids: Ids
}

/** `ai.onnx` is the long name of the default domain. */
export const domainOf = (domain: string | null | undefined): string => (domain === 'ai.onnx' ? '' : (domain ?? ''))

const quoted = (name: string): string => JSON.stringify(name.length > 120 ? `${name.slice(0, 119)}…` : name)

/** Bodies nest at most as deep as the scanner lets messages nest. */
export function buildGraph(
  proto: GraphProto,
  scope: string,
  owner: BuiltNode | null,
  parent: BuiltGraph | null,
  context: GraphContext,
): BuiltGraph {
  const graph = new BuiltGraph(proto.name ?? '', scope, owner, parent, context.ids)
  const builder = new GraphBuilder(graph, context)
  builder.inputs(proto.input)
  builder.initializers(proto)
  builder.nodes(proto.node)
  builder.outputs(proto.output)
  builder.valueInfo(proto.value_info)
  builder.finish()
  return graph
}

/** The body of a function: inputs and outputs are names without types. */
export function buildFunctionBody(proto: FunctionProto, scope: string, context: GraphContext): BuiltGraph {
  const graph = new BuiltGraph(proto.name ?? '', scope, null, null, context.ids)
  const builder = new GraphBuilder(graph, context)
  builder.inputs(proto.input.map((name) => ({ name })))
  builder.nodes(proto.node)
  builder.outputs(proto.output.map((name) => ({ name })))
  builder.valueInfo(proto.value_info)
  builder.finish()
  return graph
}

class GraphBuilder {
  /** Names read but made nowhere → who reads them. */
  private readonly undefinedNames = new Map<string, { reader: string; nodes: (number | string)[] }>()

  constructor(
    private readonly graph: BuiltGraph,
    private readonly context: GraphContext,
  ) {}

  private add(finding: Finding): void {
    this.context.findings.add(finding)
  }

  private get isMain(): boolean {
    return this.graph.scope === ''
  }

  private duplicate(name: string, first: string, second: string, nodes: (number | string)[] = []): void {
    this.add(report(structure, 'model/duplicate-value', { name, first, second }, { values: [name], nodes }))
  }

  private declare(value: BuiltValue, info: ValueInfoProto, isMainInput = false): void {
    const { findings, types } = this.context
    const declared = types.of(info.type, { name: value.name, isMainInput, findings })
    value.declared ??= declared
  }

  inputs(infos: readonly ValueInfoProto[]): void {
    const { graph, context } = this
    for (const [index, info] of infos.entries()) {
      const name = info.name ?? ''
      context.names.check(name)
      if (name === '') this.add(report(structure, 'model/unnamed-input', { what: 'input', index }))
      const known = graph.values.get(name)
      if (known) this.duplicate(name, 'a graph input', 'another graph input')
      const value = known ?? graph.value(name)
      value.isInput = true
      if (!known) graph.inputs.push(value)
      this.declare(value, info, this.isMain)
      if (this.isMain && !info.type)
        this.add(report(structure, 'model/input-type-missing', { name }, { values: [name] }))
    }
  }

  initializers(proto: GraphProto): void {
    const { graph, context } = this
    const { tensors } = context
    const keep = (name: string, index: number, make: () => ReturnType<typeof tensors.tensor>) => {
      context.names.check(name)
      const tensor = make()
      if (name === '') return this.add(report(structure, 'model/unnamed-initializer', { index }))
      const value = graph.value(name)
      if (value.initializer) return this.duplicate(name, 'an initializer', 'another initializer')
      value.initializer = tensor
      graph.initializers.set(name, tensor)
    }
    for (const [index, tensor] of proto.initializer.entries()) {
      const name = tensor.name ?? ''
      keep(name, index, () => tensors.tensor(tensor, name ? `the initializer ${quoted(name)}` : `initializer ${index}`))
    }
    for (const [index, sparse] of proto.sparse_initializer.entries()) {
      const name = sparse.values?.name ?? ''
      keep(name, index, () => tensors.sparse(sparse, `the sparse initializer ${quoted(name)}`))
    }
  }

  nodes(protos: readonly NodeProto[]): void {
    for (const [index, proto] of protos.entries()) this.node(proto, index)
    // Attributes come second: their bodies may read any value of this graph.
    const { context } = this
    const attributes: AttributeContext = {
      ...context,
      body: (body, name, owner) => {
        const { scope } = owner.graph
        return buildGraph(body, `${scope && `${scope}/`}${owner.index}/${name}`, owner, owner.graph, context)
      },
    }
    for (const [index, proto] of protos.entries()) {
      const node = this.graph.nodes[index]
      if (!node) continue
      node.inputs = proto.input.map((name, position) => (name === '' ? null : this.read(name, node, position)))
      attributesOf(proto.attribute, node, attributes)
    }
  }

  private node(proto: NodeProto, index: number): void {
    const { graph, context } = this
    const { name, op_type: op, domain, overload } = proto
    const node = new BuiltNode(graph, index, name ?? '', op ?? '', domainOf(domain), overload ?? '', proto.input)
    graph.nodes.push(node)
    if (name) context.names.check(name)
    if (op) context.names.check(op)
    if (!op) this.add(report(structure, 'model/empty-op-type', { node: nodeText(node) }, { nodes: [nodeRef(node)] }))
    if (!proto.output.some((output) => output !== ''))
      this.add(report(structure, 'model/no-node-outputs', { node: nodeText(node) }, { nodes: [nodeRef(node)] }))
    node.outputs = proto.output.map((output, position) => (output === '' ? null : this.make(output, node, position)))
  }

  private make(name: string, node: BuiltNode, position: number): BuiltValue {
    this.context.names.check(name)
    const value = this.graph.value(name)
    if (value.isDefined) {
      const first = value.producer ? nodeText(value.producer) : value.isInput ? 'a graph input' : 'an initializer'
      const nodes = value.producer ? [nodeRef(value.producer), nodeRef(node)] : [nodeRef(node)]
      this.duplicate(name, first, nodeText(node), nodes)
      return value
    }
    value.producer = node
    value.producerIndex = position
    return value
  }

  /** The value of a name as seen from this graph; reading it from outside makes it a capture on the way. */
  private find(name: string): BuiltValue | null {
    const own = this.graph.values.get(name)
    if (own?.isDefined) return own
    if (!this.graph.parent) return null
    const passed: BuiltGraph[] = [this.graph]
    for (let around: BuiltGraph | null = this.graph.parent; around; around = around.parent) {
      const value = around.values.get(name)
      if (value?.isDefined) {
        for (const graph of passed) graph.captures.add(value)
        return value
      }
      passed.push(around)
    }
    return null
  }

  private read(name: string, node: BuiltNode, index: number): BuiltValue | null {
    const value = this.find(name)
    if (value) value.addUse({ node, index })
    else this.undefined(name, nodeText(node), nodeRef(node))
    return value
  }

  private undefined(name: string, reader: string, node?: number | string): void {
    const known = this.undefinedNames.get(name) ?? { reader, nodes: [] }
    if (node !== undefined) known.nodes.push(node)
    this.undefinedNames.set(name, known)
  }

  outputs(infos: readonly ValueInfoProto[]): void {
    const { graph } = this
    for (const [index, info] of infos.entries()) {
      const name = info.name ?? ''
      if (name === '') this.add(report(structure, 'model/unnamed-input', { what: 'output', index }))
      const found = name === '' ? null : this.find(name)
      if (name !== '' && !found) this.undefined(name, `output ${index} of the graph`)
      const value = found ?? graph.value(name)
      if (value.graph === graph) value.isOutput = true
      graph.outputs.push(value)
      this.declare(value, info)
    }
  }

  valueInfo(infos: readonly ValueInfoProto[]): void {
    const nowhere: string[] = []
    for (const info of infos) {
      const name = info.name ?? ''
      const value = this.graph.values.get(name)
      if (value) this.declare(value, info)
      else nowhere.push(name)
    }
    if (nowhere.length > 0)
      this.add(report(structure, 'model/unused-value-info', { names: nowhere }, { values: nowhere.slice(0, 20) }))
  }

  finish(): void {
    const { graph } = this
    for (const [name, { reader, nodes }] of this.undefinedNames)
      this.add(
        report(structure, 'model/undefined-value', { name, reader }, { values: [name], nodes: nodes.slice(0, 100) }),
      )
    const { order, early, cycles } = orderOf(graph)
    graph.order = order
    for (const cycle of cycles)
      this.add(
        report(
          structure,
          'model/cycle',
          { nodes: cycle.map((node) => node.name || nodeText(node)) },
          { nodes: cycle.map(nodeRef), values: cycle.flatMap((node) => node.outputs[0]?.name ?? []) },
        ),
      )
    const [first] = early
    if (first && cycles.length === 0)
      this.add(
        report(
          structure,
          'model/unsorted',
          { node: first.name || nodeText(first), count: early.length },
          { nodes: early.slice(0, 100).map(nodeRef) },
        ),
      )
  }
}
