/**
 * Walks a graph once, in topological order, and asks operators/ about each node: types, shapes, small values,
 * constness, costs. Bodies of control flow and functions of the model are walked when their node is reached.
 */
import { dimText, isKnown, same, Unknown } from '../graph/dim.ts'
import type { Attribute, FunctionDef, Graph, Model, Node, Value } from '../graph/model.ts'
import { functionKey, nodeRef } from '../graph/model.ts'
import { tensorType, typeString, type ValueType } from '../graph/type.ts'
import { type BodyResult, Mismatch, type Operator } from '../operators/operator.ts'
import { operatorEntry } from '../operators/registry.ts'
import { isKnownDomain, type OperatorSchema, schemaAt, schemasOf } from '../operators/schema.ts'
import { shapeText } from '../operators/shapes.ts'
import { type KnownValue, smallDims } from '../operators/value.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import { checkNode, nodeText } from './check-node.ts'
import { type Engine, NodeContext, notInferred, type Output, tensorElements } from './context.ts'
import type { ConstOrigin, Inference, InferOptions, NodeFacts, ValueFacts } from './facts.ts'
import { givenInputs } from './inputs.ts'
import { nearestOperator } from './nearest-operator.ts'

const nothing: ValueFacts = { type: null, origin: null, value: null, why: 'nothing makes this value' }
const unseen: NodeFacts = { schema: null, calls: null, macs: null, folded: false, wrong: false }

/** A tensor larger than this many bytes fits into no device: worth a warning. */
const hugeBytes = 2 ** 36

/** What holds inside a function body: the caller's attributes and the function's own imports. */
interface Frame {
  readonly definition: FunctionDef | null
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly opsets: ReadonlyMap<string, number>
  /** Functions being inferred around this one. */
  readonly depth: number
}

export class Inferrer implements Engine, Inference {
  readonly findings: Finding[] = []
  private readonly values = new Map<Value, ValueFacts>()
  private readonly nodes = new Map<Node, NodeFacts>()
  private readonly decoded = new Map<Value, KnownValue | null>()
  private readonly opsetsOf = new Map<Graph, ReadonlyMap<string, number>>()
  private readonly reported = new Set<string>()
  private readonly calls = new Map<string, BodyResult>()
  private readonly custom = new Map<string, Node[]>()
  private readonly trustDeclared: boolean
  private frame: Frame

  constructor(
    readonly model: Model,
    options: InferOptions,
  ) {
    this.frame = { definition: null, attributes: new Map(), opsets: model.opsets, depth: 0 }
    const given = givenInputs(model, options)
    this.trustDeclared = !given.overridden
    this.findings.push(...given.findings)
    for (const [value, type] of given.types)
      this.values.set(value, { type, origin: this.initializerOrigin(value), value: null, why: whyOf(type) })
    for (const [value, known] of given.values) this.decoded.set(value, known)
    this.seedInitializers(model.graph)
    this.walk(model.graph)
    this.reportCustom()
  }

  // What others ask.

  facts(value: Value): ValueFacts {
    return this.values.get(value) ?? nothing
  }
  node(node: Node): NodeFacts {
    return this.nodes.get(node) ?? unseen
  }
  isConst(value: Value): boolean {
    return this.facts(value).origin !== null
  }
  opset(graph: Graph, domain: string): number {
    let around: Graph | null = graph
    while (around) {
      const opsets = this.opsetsOf.get(around)
      if (opsets) return opsets.get(domain) ?? 0
      around = around.parent
    }
    return this.model.opsets.get(domain) ?? 0
  }
  valueOf(value: Value): KnownValue | null {
    const computed = this.values.get(value)?.value
    if (computed) return computed
    const before = this.decoded.get(value)
    if (before !== undefined) return before
    // An overridable initializer is only a default: its value may be another at run time.
    const known = value.initializer && this.initializerOrigin(value) ? tensorElements(value.initializer) : null
    this.decoded.set(value, known)
    return known
  }
  attribute(node: Node, name: string): Attribute | undefined {
    const attribute = node.attributes.get(name)
    if (attribute?.type !== 'REFERENCE') return attribute
    return this.frame.attributes.get(attribute.value) ?? this.frame.definition?.defaults.get(attribute.value)
  }
  warn(node: Node, id: 'huge-tensor' | 'long-loop', message: string): void {
    this.report(report(catalogue, `model/${id}`, { node: nodeText(node), what: message }, { nodes: [nodeRef(node)] }))
  }

  // Bodies may be walked several times: the same finding counts once.
  private report(finding: Finding): void {
    const key = `${finding.id} ${finding.nodes.join()} ${finding.message}`
    if (this.reported.has(key)) return
    this.reported.add(key)
    this.findings.push(finding)
  }

  private initializerOrigin(value: Value): ConstOrigin | null {
    if (!value.initializer) return null
    const overridable = value.isInput && (this.model.irVersion ?? 0) >= 4
    return overridable ? null : 'initializer'
  }

  private seedInitializers(graph: Graph): void {
    for (const [name, tensor] of graph.initializers) {
      const value = graph.values.get(name)
      if (!value || value.isInput) continue
      const shape = tensor.dims.every((dim) => dim >= 0) ? tensor.dims : null
      const type: ValueType = tensorType(tensor.dtype, shape)
      const why = shape ? null : 'the file gives negative dimensions'
      this.values.set(value, { type, origin: 'initializer', value: null, why })
    }
  }

  private walk(graph: Graph): void {
    for (const node of graph.order) this.inferNode(node)
  }

  private inferNode(node: Node): void {
    const definition = this.model.functions.get(functionKey(node.domain, node.op, node.overload))
    if (definition) {
      this.callFunction(node, definition)
      return
    }
    const opset = this.opset(node.graph, node.domain)
    const schema = this.schemaOf(node, opset)
    const context = new NodeContext(this, node, schema, opset)
    const entry = operatorEntry(node.domain, node.op)
    const wrong = schema ? this.check(node, schema) : false
    let failed = wrong
    // Arity and attributes that are wrong would only make the rules fail a second time.
    if (entry?.infer && !wrong) failed = !this.attempt(node, context, entry)
    context.complete(failed ? 'the node is wrong' : notInferred)
    const folded = this.isFolded(node, context, schema, entry)
    if (entry?.value && !failed) this.computeValue(node, context, entry)
    this.store(node, context.results, folded, schema !== null)
    const macs = failed ? null : schema || entry ? (entry?.macs ? entry.macs(context) : 0) : null
    this.nodes.set(node, { schema, calls: null, macs, folded, wrong: failed })
  }

  private schemaOf(node: Node, opset: number): OperatorSchema | null {
    const schema = opset > 0 ? schemaAt(node.domain, node.op, opset) : null
    if (schema && !schema.deprecated) return schema
    this.reportMissing(node, opset, schema)
    return null
  }

  private reportMissing(node: Node, opset: number, removed: OperatorSchema | null): void {
    if (node.op === '') return
    const where = { nodes: [nodeRef(node)] }
    const name = nodeText(node)
    const versions = schemasOf(node.domain, node.op)
    const first = versions[0]
    if (opset === 0) {
      // A model without any import has that as its finding already.
      if (this.frame.opsets.size > 0)
        this.report(
          report(catalogue, 'model/domain-not-imported', { node: name, domain: node.domain || 'ai.onnx' }, where),
        )
      return
    }
    if (removed || first) {
      const since = removed?.since ?? first?.since ?? 0
      const args = { node: name, opset, since, removed: removed !== null }
      this.report(report(catalogue, 'model/operator-not-in-opset', args, where))
    } else if (isKnownDomain(node.domain) && node.domain !== 'com.microsoft') {
      const near = nearestOperator(node.domain, node.op)
      this.report(
        report(catalogue, 'model/unknown-operator', { node: name, domain: node.domain || 'ai.onnx', near }, where),
      )
    } else {
      const key = `${node.domain}::${node.op}`
      const nodes = this.custom.get(key) ?? []
      nodes.push(node)
      this.custom.set(key, nodes)
    }
  }

  private reportCustom(): void {
    for (const [operator, nodes] of this.custom) {
      const unique = [...new Set(nodes)]
      this.report(
        report(catalogue, 'model/custom-operator', { operator, count: unique.length }, { nodes: unique.map(nodeRef) }),
      )
    }
  }

  /** Whether the node is wrong by its schema. */
  private check(node: Node, schema: OperatorSchema): boolean {
    const findings = checkNode(node, schema, (input) => {
      const value = node.inputs[input]
      return value ? this.facts(value).type : null
    })
    for (const finding of findings) this.report(finding)
    return findings.length > 0
  }

  private attempt(node: Node, context: NodeContext, entry: Operator): boolean {
    try {
      entry.infer?.(context)
      return true
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error
      const values = error.inputs.flatMap((input) => node.inputs[input]?.name ?? [])
      const args = { node: nodeText(node), what: error.message }
      this.report(report(catalogue, `model/${error.id}`, args, { nodes: [nodeRef(node)], values }))
      context.results.length = 0
      return false
    }
  }

  private computeValue(node: Node, context: NodeContext, entry: Operator): void {
    if (!context.results.some((output) => output?.type?.kind === 'tensor' && smallDims(output.type.shape))) return
    try {
      entry.value?.(context)
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error
      const args = { node: nodeText(node), what: error.message }
      this.report(report(catalogue, 'model/shape-mismatch', args, { nodes: [nodeRef(node)] }))
    }
  }

  /**
   * Whether a runtime computes the node when it loads the model: everything it reads is constant and it gives the
   * same each time; or it asks only for a shape, and that is a number throughout.
   */
  private isFolded(
    node: Node,
    context: NodeContext,
    schema: OperatorSchema | null,
    entry: Operator | undefined,
  ): boolean {
    if (!schema || node.bodies.size > 0) return false
    if (entry?.typeOnly) {
      const shape = context.shape(0)
      return shape?.every(isKnown) ?? false
    }
    if (!schema.deterministic) return false
    return node.inputs.every((value, i) => (value ? this.isConst(value) : node.inputNames[i] === ''))
  }

  private store(node: Node, results: readonly (Output | undefined)[], folded: boolean, known: boolean): void {
    const origin: ConstOrigin | null = folded
      ? node.op === 'Constant' && node.domain === ''
        ? 'constant'
        : 'folded'
      : null
    node.outputs.forEach((value, i) => {
      if (!value) return
      const result = results[i] ?? { type: null, why: notInferred, value: null }
      const { type, why } = this.declared(node, value, result, known)
      this.values.set(value, { type, why, origin, value: result.value })
      this.checkSize(node, type)
    })
  }

  /** Holds what was inferred against what the file declares, and takes the declaration where no schema is known. */
  private declared(
    node: Node,
    value: Value,
    result: Output,
    known: boolean,
  ): { type: ValueType | null; why: string | null } {
    const { type, why } = result
    const { declared } = value
    if (!declared) return { type, why }
    if (!type) return known || !this.trustDeclared ? { type, why } : { type: declared, why: whyOf(declared) }
    if (declared.kind !== 'tensor' || type.kind !== 'tensor') return { type, why }
    const where = { nodes: [nodeRef(node)], values: [value.name] }
    if (declared.dtype && type.dtype && declared.dtype !== type.dtype) {
      const args = { value: value.name, declared: declared.dtype, found: type.dtype, node: nodeText(node) }
      this.report(report(catalogue, 'model/declared-type', args, where))
    }
    if (this.trustDeclared && declared.shape && type.shape && contradicts(declared.shape, type.shape)) {
      const found = shapeText(type.shape)
      const args = { value: value.name, declared: shapeText(declared.shape), found, node: nodeText(node) }
      this.report(report(catalogue, 'model/declared-shape', args, where))
    }
    if (known || !this.trustDeclared) return { type: type.dtype ? type : { ...type, dtype: declared.dtype }, why }
    return { type: { ...type, dtype: type.dtype ?? declared.dtype, shape: type.shape ?? declared.shape }, why }
  }

  private checkSize(node: Node, type: ValueType | null): void {
    if (type?.kind !== 'tensor' || !type.shape) return
    let bytes = 4
    for (const dim of type.shape) {
      if (!isKnown(dim)) return
      bytes *= dim
    }
    if (bytes > hugeBytes) this.warn(node, 'huge-tensor', `its output has the shape ${shapeText(type.shape)}`)
  }

  inferBody(graph: Graph, inputs: readonly (ValueType | null)[], values: readonly (KnownValue | null)[]): BodyResult {
    graph.inputs.forEach((input, i) => {
      const given = inputs[i] ?? null
      const type = merge(given, input.declared)
      this.values.set(input, { type, origin: null, value: values[i] ?? null, why: whyOf(type) ?? null })
    })
    this.seedInitializers(graph)
    this.walk(graph)
    return this.resultOf(graph.outputs)
  }

  private resultOf(outputs: readonly (Value | null)[]): BodyResult {
    const facts = outputs.map((value) => (value ? this.facts(value) : nothing))
    return {
      types: facts.map(({ type }) => type),
      values: outputs.map((value) => value && this.valueOf(value)),
      whys: facts.map(({ why }) => why),
    }
  }

  /**
   * A function of the model: its body is walked with the types of this call. Equal calls are walked once, so that
   * functions that call each other many times cost no more than they are.
   */
  private callFunction(node: Node, definition: FunctionDef): void {
    const wrong = this.checkCall(node, definition)
    const inputs = node.inputs.map((value) => (value ? this.facts(value) : null))
    const values = node.inputs.map((value) => value && this.valueOf(value))
    const attributes = new Map<string, Attribute>()
    for (const name of node.attributes.keys()) {
      const attribute = this.attribute(node, name)
      if (attribute) attributes.set(name, attribute)
    }
    const signature = callSignature(definition, inputs, values, attributes)
    let result = this.calls.get(signature)
    if (!result && this.frame.depth < 100) {
      const outer = this.frame
      this.frame = { definition, attributes, opsets: definition.opsets, depth: outer.depth + 1 }
      this.opsetsOf.set(definition.body, definition.opsets)
      definition.inputs.forEach((name, i) => {
        const value = definition.body.values.get(name)
        const given = inputs[i]
        if (!value) return
        this.values.set(value, {
          type: given?.type ?? null,
          origin: given?.origin ?? null,
          value: values[i] ?? null,
          why: given ? given.why : 'the call leaves this input out',
        })
      })
      this.seedInitializers(definition.body)
      this.walk(definition.body)
      result = this.resultOf(definition.outputs.map((name) => definition.body.values.get(name) ?? null))
      this.calls.set(signature, result)
      this.frame = outer
    }
    const macs = this.bodyMacs(definition.body)
    const calls = functionKey(definition.domain, definition.name, definition.overload)
    const folded = node.inputs.length > 0 && inputs.every((facts) => facts === null || facts.origin !== null)
    const outputs = node.outputs.map((_, i) => ({
      type: result?.types[i] ?? null,
      value: result?.values[i] ?? null,
      why: result?.whys[i] ?? null,
    }))
    this.store(node, outputs, folded, true)
    this.nodes.set(node, { schema: null, calls, macs, folded, wrong })
  }

  /** Whether a call does not fit its function. */
  private checkCall(node: Node, definition: FunctionDef): boolean {
    const where = { nodes: [nodeRef(node)] }
    const name = nodeText(node)
    const findings: Finding[] = []
    const arity = (what: string, found: number, most: number) => {
      if (found > most)
        findings.push(report(catalogue, 'model/arity', { node: name, what, found, least: 0, most }, where))
    }
    arity('inputs', node.inputNames.length, definition.inputs.length)
    arity('outputs', node.outputs.length, definition.outputs.length)
    for (const attribute of definition.required)
      if (!this.attribute(node, attribute))
        findings.push(report(catalogue, 'model/attribute-reference', { node: name, attribute }, where))
    for (const finding of findings) this.report(finding)
    return findings.length > 0
  }

  private bodyMacs(body: Graph): NodeFacts['macs'] {
    let total = 0
    for (const node of body.nodes) {
      const macs = this.node(node).macs
      if (macs === null || !isKnown(macs)) return null
      total += macs
    }
    return total
  }
}

/** Everything about a call that can change what its body gives. */
function callSignature(
  definition: FunctionDef,
  inputs: readonly (ValueFacts | null)[],
  values: readonly (KnownValue | null)[],
  attributes: ReadonlyMap<string, Attribute>,
): string {
  const parts: unknown[] = [functionKey(definition.domain, definition.name, definition.overload)]
  inputs.forEach((facts, i) => {
    const type = facts?.type
    const value = values[i]
    parts.push(
      type ? [typeString(type), type.kind === 'tensor' ? (type.shape?.map(dimText) ?? null) : null] : null,
      facts?.origin ?? null,
      value ? value.elements.map(String) : null,
    )
  })
  for (const [name, attribute] of attributes)
    parts.push(name, typeof attribute.value === 'object' ? [attribute.type] : String(attribute.value))
  return JSON.stringify(parts)
}

/** Why something in a type is unknown. */
function whyOf(type: ValueType | null): string | null {
  if (!type) return 'the file declares no type'
  if (type.kind !== 'tensor') return null
  if (!type.shape) return 'the file declares no shape'
  for (const dim of type.shape) if (dim instanceof Unknown) return dim.why
  return null
}

const contradicts = (declared: readonly (number | object)[], found: readonly (number | object)[]): boolean =>
  declared.length !== found.length ||
  declared.some((dim, i) => {
    const other = found[i]
    return typeof dim === 'number' && typeof other === 'number' && same(dim, other) === false
  })

/** What the caller gives, completed by what the body declares for its input. */
function merge(given: ValueType | null, declared: ValueType | null): ValueType | null {
  if (!given) return declared
  if (given.kind !== 'tensor' || declared?.kind !== 'tensor') return given
  return { kind: 'tensor', dtype: given.dtype ?? declared.dtype, shape: given.shape }
}
