/**
 * Walks a graph once, in topological order, and asks operators/ about each node: types, shapes, small values,
 * constness, costs. Bodies of control flow and functions of the model are walked when their node is reached.
 */
import { isKnown } from '../graph/dim.ts'
import { IdMap } from '../graph/id-map.ts'
import {
  type Attribute,
  type FunctionDef,
  functionKey,
  type Graph,
  type Model,
  type Node,
  nodeRef,
  type Value,
} from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import { tensorType, type ValueType } from '../graph/type.ts'
import { type BodyResult, Mismatch, type Operator, type WarningId } from '../operators/operator.ts'
import { operatorEntry } from '../operators/registry.ts'
import { isForeign, type OperatorSchema, schemaAt } from '../operators/schema.ts'
import { shapeText } from '../operators/shapes.ts'
import { type KnownValue, smallDims } from '../operators/value.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import { type Call, type CallResult, callSignature, checkCall } from './calls.ts'
import { checkNode } from './check-node.ts'
import { type Engine, NodeContext, notInferred, type Output, tensorElements } from './context.ts'
import { type Reconciled, reconcile, whyOf } from './declared.ts'
import { externalShapes } from './external-shapes.ts'
import type { ConstOrigin, Inference, InferOptions, NodeFacts, ValueFacts } from './facts.ts'
import { givenInputs } from './inputs.ts'
import { customOperators, isCustom, missingSchema } from './missing.ts'

const nothing: ValueFacts = { type: null, origin: null, value: null, why: 'nothing makes this value' }
const unruled: Output = { type: null, why: notInferred, value: null }
const unseen: NodeFacts = { schema: null, calls: null, macs: null, folded: false, wrong: false }

/** A tensor larger than this many bytes fits into no device: worth a warning. */
const hugeBytes = 2 ** 36

/** Functions that call each other deeper than this are a bomb, not a model. */
const maxCallDepth = 100

const arityFindings = new Set(['model/arity', 'model/input-missing', 'model/attribute-missing'])

const sound = { any: false, arity: false }

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
  protected readonly values = new IdMap<Value, ValueFacts>()
  private readonly nodes = new IdMap<Node, NodeFacts>()
  private readonly decoded = new IdMap<Value, KnownValue | null>()
  private readonly opsetsOf = new Map<Graph, ReadonlyMap<string, number>>()
  private readonly reported = new Set<string>()
  private readonly calls = new Map<string, CallResult>()
  private readonly custom = new Set<Node>()
  protected readonly trustDeclared: boolean
  /** Bodies being walked that never run. */
  private dead = 0
  private frame: Frame

  constructor(
    readonly model: Model,
    readonly options: InferOptions,
  ) {
    this.frame = { definition: null, attributes: new Map(), opsets: model.opsets, depth: 0 }
    const given = givenInputs(model, options)
    this.trustDeclared = !given.overridden
    this.findings.push(...given.findings)
    for (const [value, type] of given.types)
      this.values.set(value, { type, origin: this.initializerOrigin(value), value: null, why: whyOf(type) })
    for (const [value, known] of given.values) this.decoded.set(value, known)
    this.seedInitializers(model.graph)
  }

  run(): this {
    this.walk(this.model.graph)
    for (const finding of customOperators(this.custom)) this.report(finding)
    for (const finding of externalShapes(this.model)) this.report(finding)
    return this
  }

  // What others ask.

  facts(value: Value): ValueFacts {
    return this.values.get(value) ?? nothing
  }
  node(node: Node): NodeFacts {
    return this.nodes.get(node) ?? unseen
  }
  lostAt(_value: Value): Node | null {
    return null
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
  warn(node: Node, id: WarningId, message: string): void {
    this.report(report(catalogue, `model/${id}`, { node: nodeText(node), what: message }, { nodes: [nodeRef(node)] }))
  }

  // Bodies may be walked several times: the same finding counts once.
  protected report(finding: Finding): void {
    if (this.dead > 0) return
    const key = `${finding.id} ${finding.nodes.join()} ${finding.message}`
    if (this.reported.has(key)) return
    this.reported.add(key)
    this.findings.push(finding)
  }

  private initializerOrigin(value: Value): ConstOrigin | null {
    if (!value.initializer) return null
    const overridable = value.isInput && (this.model.irVersion ?? 0) >= 4 && !this.options.fixesInitializers
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

  protected inferNode(node: Node): void {
    const definition = this.functionOf(node)
    if (definition) {
      this.callFunction(node, definition)
      return
    }
    const opset = this.opset(node.graph, node.domain)
    const schema = this.schemaOf(node, opset)
    const context = this.context(node, schema, opset)
    const entry = operatorEntry(node.domain, node.op)
    const wrong = schema ? this.check(node, schema, context) : sound
    let failed = wrong.any
    // With inputs missing a rule would only fail a second time; other faults leave the shape as it is.
    if (entry?.infer && !wrong.arity) failed = !this.attempt(node, context, entry) || failed
    this.inferred(context, failed)
    context.complete(failed ? 'the node is wrong' : notInferred)
    const folded = this.isFolded(node, context, schema, entry)
    if (entry?.value && !failed) this.computeValue(node, context, entry)
    this.store(node, context.results, folded, schema !== null)
    const macs = failed || !(schema || entry) ? null : entry?.macs ? entry.macs(context) : this.macsInside(node)
    this.nodes.set(node, { schema, calls: null, macs, folded, wrong: failed })
  }

  protected context(node: Node, schema: OperatorSchema | null, opset: number): NodeContext {
    return new NodeContext(this, node, schema, opset)
  }

  /** Called with what the operator's rule gave, before it is kept: a weaker view takes away here. */
  protected inferred(_context: NodeContext, _failed: boolean): void {}

  private functionOf({ domain, op, overload }: Node): FunctionDef | undefined {
    const { functions } = this.model
    return functions.size > 0 ? functions.get(functionKey(domain, op, overload)) : undefined
  }

  private schemaOf(node: Node, opset: number): OperatorSchema | null {
    const schema = opset > 0 ? schemaAt(node.domain, node.op, opset) : null
    if (schema && !schema.deprecated) {
      if (isForeign(schema.domain)) this.custom.add(node)
      return schema
    }
    // A model without any import has that as its finding already.
    const finding = missingSchema(node, opset, schema !== null, this.frame.opsets.size > 0)
    if (finding) this.report(finding)
    else if (isCustom(node, opset)) this.custom.add(node)
    return null
  }

  /** Whether the node is wrong by its schema, and whether in the number of its inputs and outputs. */
  private check(node: Node, schema: OperatorSchema, context: NodeContext): { any: boolean; arity: boolean } {
    const findings = checkNode(node, schema, context)
    if (findings.length === 0) return sound
    for (const finding of findings) this.report(finding)
    return { any: findings.length > 0, arity: findings.some(({ id }) => arityFindings.has(id)) }
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
    for (let i = 0; i < node.inputs.length; i++) if (context.given(i) && !context.isConst(i)) return false
    return true
  }

  private store(node: Node, results: readonly (Output | undefined)[], folded: boolean, known: boolean): void {
    const origin: ConstOrigin | null = folded
      ? node.op === 'Constant' && node.domain === ''
        ? 'constant'
        : 'folded'
      : null
    for (let i = 0; i < node.outputs.length; i++) {
      const value = node.outputs[i]
      if (!value) continue
      const result = results[i] ?? unruled
      const { type, why, findings } = this.settle(node, value, result, known)
      for (const finding of findings) this.report(finding)
      this.values.set(value, { type, why, origin, value: result.value })
      this.checkSize(node, type)
    }
  }

  /** What is kept of an output, beside what the file declares of it. */
  protected settle(node: Node, value: Value, result: Output, known: boolean): Reconciled {
    return reconcile(node, value, result, known, this.trustDeclared)
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

  inferDeadBody(graph: Graph): void {
    this.dead++
    this.inferBody(graph, [], [])
    this.dead--
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
    const attributes = new Map<string, Attribute>()
    for (const name of node.attributes.keys()) {
      const attribute = this.attribute(node, name)
      if (attribute) attributes.set(name, attribute)
    }
    const inputs = node.inputs.map((value) => (value ? this.facts(value) : null))
    const values = node.inputs.map((value) => value && this.valueOf(value))
    const call: Call = { definition, inputs, values, attributes }
    const wrong = checkCall(node, call)
    for (const finding of wrong) this.report(finding)

    const signature = callSignature(call)
    let result = this.calls.get(signature)
    if (!result && this.frame.depth < maxCallDepth) {
      result = this.walkFunction(call)
      this.calls.set(signature, result)
    }
    const calls = functionKey(definition.domain, definition.name, definition.overload)
    const folded = inputs.length > 0 && inputs.every((facts) => facts === null || facts.origin !== null)
    const outputs = node.outputs.map((_, i) => ({
      type: result?.types[i] ?? null,
      value: result?.values[i] ?? null,
      why: result ? (result.whys[i] ?? null) : 'functions call each other too deeply',
    }))
    this.store(node, outputs, folded, true)
    this.nodes.set(node, { schema: null, calls, macs: result?.macs ?? null, folded, wrong: wrong.length > 0 })
  }

  private walkFunction({ definition, inputs, values, attributes }: Call): CallResult {
    const { body } = definition
    const outer = this.frame
    this.frame = { definition, attributes, opsets: definition.opsets, depth: outer.depth + 1 }
    this.opsetsOf.set(body, definition.opsets)
    definition.inputs.forEach((name, i) => {
      const value = body.values.get(name)
      const given = inputs[i]
      if (!value) return
      const { type = null, origin = null, why = 'the call leaves this input out' } = given ?? {}
      this.values.set(value, { type, origin, value: values[i] ?? null, why })
    })
    this.seedInitializers(body)
    this.walk(body)
    this.frame = outer
    const outputs = definition.outputs.map((name) => body.values.get(name) ?? null)
    return { ...this.resultOf(outputs), macs: this.bodyMacs(body) }
  }

  /** Of the bodies of control flow. How often one runs, or which, is known only when it runs; unless it is all the same. */
  private macsInside(node: Node): NodeFacts['macs'] {
    if (node.bodies.size === 0) return 0
    const [first = null, ...others] = [...node.bodies.values()].map((body) => this.bodyMacs(body))
    const isSettled = first === 0 || node.op === 'If'
    return isSettled && others.every((macs) => macs === first) ? first : null
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

/** What the caller gives, completed by what the body declares for its input. */
function merge(given: ValueType | null, declared: ValueType | null): ValueType | null {
  if (!given) return declared
  if (given.kind !== 'tensor' || declared?.kind !== 'tensor') return given
  return { kind: 'tensor', dtype: given.dtype ?? declared.dtype, shape: given.shape }
}
