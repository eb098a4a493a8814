/** A graph being prepared: nodes can be taken out, made constant, fused and added; then it becomes a view. */
import { IdMap } from '../../graph/id-map.ts'
import type { Attribute, Graph, Node, Value } from '../../graph/model.ts'
import type { ValueType } from '../../graph/type.ts'
import type { ConstOrigin, Inference, ValueFacts } from '../../infer/facts.ts'
import type { KnownValue } from '../../operators/value.ts'
import { type Reading, schemaOf, View, ViewNode, withoutConstants } from '../view.ts'
import type { Workshop } from './workshop.ts'

/** A node that the runtime puts in. */
export interface Added {
  readonly inputs: readonly (Value | null)[]
  readonly outputs: readonly (Value | null)[]
  readonly attributes?: ReadonlyMap<string, Attribute>
  readonly domain?: string
  /** Nodes of the file whose work it does. */
  readonly carries?: readonly Node[]
}

export class Draft {
  /** Counts every change, so that a round without one is noticed. */
  changes = 0
  private readonly makers = new IdMap<Value, ViewNode>()
  /** Most values have one reader, which then stands for itself. */
  private readonly readers = new IdMap<Value, ViewNode | Set<ViewNode>>()
  private readonly outputs: Set<Value>
  private readonly removed = new IdMap<ViewNode, true>()
  private removals = 0
  private readonly all: ViewNode[]
  private readonly counts = new Map<string, number>()
  private sorted: { readonly changes: number; readonly nodes: readonly ViewNode[] } | undefined

  constructor(
    readonly inference: Inference,
    readonly graph: Graph,
    nodes: readonly ViewNode[],
    outputs: Iterable<Value>,
    private readonly shop: Workshop,
  ) {
    this.all = [...nodes]
    this.outputs = new Set([...outputs].map((value) => this.resolve(value)))
    for (const node of nodes) this.admit(node)
  }

  private admit(node: ViewNode): void {
    if (this.shop.replaced.size > 0) node.inputs = node.inputs.map((value) => value && this.resolve(value))
    if (node.captures.length > 0) node.captures = [...new Set(node.captures.map((value) => this.resolve(value)))]
    this.enter(node)
  }
  private enter(node: ViewNode): void {
    this.count(node.op, 1)
    for (const value of node.outputs) if (value) this.makers.set(value, node)
    for (const value of node.reads()) this.addReader(value, node)
  }
  private count(op: string, change: number): void {
    this.counts.set(op, (this.counts.get(op) ?? 0) + change)
  }
  private resolve(value: Value): Value {
    let at = value
    for (let next = this.shop.replaced.get(at); next; next = this.shop.replaced.get(at)) at = next
    return at
  }
  private addReader(value: Value, node: ViewNode): void {
    const readers = this.readers.get(value)
    if (!readers || readers === node) this.readers.set(value, node)
    else if (readers instanceof Set) readers.add(node)
    else this.readers.set(value, new Set([readers, node]))
  }
  private removeReader(value: Value, node: ViewNode): void {
    const readers = this.readers.get(value)
    if (readers instanceof Set) readers.delete(node)
    if (readers === node || (readers instanceof Set && readers.size === 0)) this.readers.delete(value)
  }

  // What rules ask.

  /** Whether one of these operators is in the graph: a rule for them need not look otherwise. */
  holds(...operators: readonly string[]): boolean {
    return operators.some((op) => (this.counts.get(op) ?? 0) > 0)
  }
  has(node: ViewNode): boolean {
    return !this.removed.has(node)
  }
  /** The nodes that are there now, in the order in which ONNX Runtime walks a graph. */
  order(): readonly ViewNode[] {
    if (this.sorted?.changes !== this.changes) this.sorted = { changes: this.changes, nodes: this.runtimeOrder() }
    return this.sorted.nodes
  }
  /**
   * Backwards and depth first from the nodes that nobody reads, the last one first; of the makers of a node's inputs
   * the one with the largest number first. Source: graph_viewer.cc, Graph::ReverseDFSFrom of ONNX Runtime 1.30.
   */
  private runtimeOrder(): ViewNode[] {
    const order: ViewNode[] = []
    const seen = new Uint8Array(this.shop.free.nodes)
    const open = this.all.filter((node) => this.has(node) && !this.isRead(node)).sort(byId)
    const leaving: ViewNode[] = []
    while (open.length > 0) {
      const node = open[open.length - 1] as ViewNode
      if (leaving.at(-1) === node) {
        leaving.pop()
        open.pop()
        order.push(node)
      } else if (seen[node.id]) open.pop()
      else {
        seen[node.id] = 1
        leaving.push(node)
        const from = open.length
        for (const value of node.reads()) {
          const maker = this.makers.get(value)
          if (maker && !seen[maker.id]) open.push(maker)
        }
        sortEnd(open, from)
      }
    }
    // Nodes on a cycle of a broken model have no reader outside of it.
    if (order.length < this.all.length - this.removals)
      for (const node of this.all) if (this.has(node) && !seen[node.id]) order.push(node)
    return order
  }
  private isRead(node: ViewNode): boolean {
    return node.outputs.some((value) => value !== null && this.readers.has(value))
  }

  /** Each node that reads it, by an input or in a body, once. */
  readersOf(value: Value): Iterable<ViewNode> {
    const readers = this.readers.get(value)
    return !readers ? nobody : readers instanceof Set ? readers : [readers]
  }
  /** Nodes that read it by an input; `all`: nothing else does, no body and nobody behind the graph. */
  consumers(value: Value): { readonly nodes: readonly ViewNode[]; readonly all: boolean } {
    const readers = [...this.readersOf(value)]
    const nodes = readers.filter(({ inputs }) => inputs.includes(value))
    return { nodes, all: !this.isOutput(value) && !readers.some(({ captures }) => captures.includes(value)) }
  }
  maker(value: Value | null | undefined): ViewNode | null {
    return (value && this.makers.get(value)) ?? null
  }
  isOutput(value: Value | null | undefined): boolean {
    return value != null && this.outputs.has(value)
  }
  makesOutput(node: ViewNode): boolean {
    return node.outputs.some((value) => this.isOutput(value))
  }
  facts(value: Value): ValueFacts {
    return this.shop.made.get(value) ?? this.inference.facts(value)
  }
  constant(value: Value | null | undefined): ConstOrigin | null {
    if (!value) return null
    if (this.shop.folded.has(value)) return 'folded'
    const { origin } = this.facts(value)
    return origin === 'folded' ? null : origin
  }
  /** The elements of a constant; null where it is none or they are not known. */
  constantValue(value: Value | null | undefined): KnownValue | null {
    if (!value || !this.constant(value)) return null
    return this.shop.made.get(value)?.value ?? this.inference.valueOf(value)
  }
  /** Shape and element type of a tensor. */
  tensor(value: Value | null | undefined) {
    const type = value ? this.facts(value).type : null
    return type?.kind === 'tensor' ? type : null
  }
  opset(domain = ''): number {
    return this.inference.opset(this.graph, domain)
  }
  /** Every reading of what a node makes, one per input position; -1 for a reading by a body. */
  readings(node: ViewNode): Reading[] {
    return node.outputs.flatMap((value) => (value ? this.readingsOf(value) : []))
  }
  readingsOf(value: Value): Reading[] {
    const readings: Reading[] = []
    for (const node of this.readersOf(value)) {
      node.inputs.forEach((input, index) => {
        if (input === value) readings.push({ node, index })
      })
      if (node.captures.includes(value)) readings.push({ node, index: -1 })
    }
    return readings
  }
  /** The node behind, where it is the only reading of all that this one makes, and nothing of it leaves the graph. */
  onlyReader(node: ViewNode): ViewNode | null {
    let only: ViewNode | null = null
    for (const value of node.outputs) {
      if (!value) continue
      if (this.outputs.has(value)) return null
      const readers = this.readers.get(value)
      if (!readers) continue
      const several = readers instanceof Set && readers.size > 1
      const [reader] = readers instanceof Set ? readers : [readers]
      if (only || several || !reader || !readsOnce(reader, value)) return null
      only = reader
    }
    return only
  }

  /**
   * The value that can take the place of the node's output, if the node may be taken out: one output in use, none of
   * the graph's outputs, and one input from another node, or one input at all.
   */
  removableTo(node: ViewNode): { from: Value; to: Value } | null {
    const used = node.outputs.filter((value) => value !== null && this.readingsOf(value).length > 0)
    const [from] = used
    if (!from || used.length !== 1 || this.makesOutput(node)) return null
    const edges = node.inputs.filter((value) => this.maker(value))
    const [edge] = edges
    if (edges.length === 1 && node.captures.every((value) => !this.maker(value)))
      return edge ? { from, to: edge } : null
    const [only] = node.inputs
    return edges.length === 0 && node.inputs.length === 1 && only ? { from, to: only } : null
  }

  // What rules do.

  /** Takes the node out; its readers, and who is behind the graph, read `to` in the place of `from`. */
  remove(node: ViewNode, { from, to }: { from: Value; to: Value }, why: string): void {
    if (this.outputs.delete(from)) this.outputs.add(to)
    this.replaceReadings(from, to)
    this.discard(node, why)
  }

  /** Takes a node out whose input nobody else reads: the maker of the input makes its output, one of the graph's. */
  removeBehind(node: ViewNode, maker: ViewNode, input: Value, output: Value, why: string): void {
    this.discard(node, why)
    maker.outputs = maker.outputs.map((value) => (value === input ? output : value))
    this.makers.delete(input)
    this.makers.set(output, maker)
  }

  /** The node is computed when the model is loaded; what was there for it alone goes with it. */
  fold(node: ViewNode, why: string): void {
    const makers = node.inputs.flatMap((value) => this.maker(value) ?? [])
    this.foldAlone(node, why)
    this.discardUnread(makers, 'nobody reads what it makes once constants are folded')
  }

  /** The same, and what was there for it alone stays. */
  foldAlone(node: ViewNode, why: string): void {
    for (const value of node.outputs) if (value) this.shop.folded.set(value, true)
    this.discard(node, why)
  }

  /** `into` does the work of `node`, too, which stands behind it, and makes what `node` made. */
  fuseBehind(into: ViewNode, node: ViewNode): void {
    const [output = null] = node.outputs
    this.drop(node)
    into.outputs = into.outputs.slice(0, 1)
    this.makes(into, output)
    into.carries = [...into.carries, ...node.carries]
  }

  /** `into` does the work of `node`, too, which stands before it, and reads what `node` read. */
  fuseBefore(into: ViewNode, node: ViewNode, { from, to }: { from: Value; to: Value }): void {
    this.replaceReadings(from, to)
    this.drop(node)
    into.carries = [...into.carries, ...node.carries]
  }

  /**
   * One new node in the place of several: it makes what the last of them made, and does the work of all. It stands for
   * the last one.
   */
  merge(
    op: string,
    nodes: readonly ViewNode[],
    inputs: readonly (Value | null)[],
    more: Partial<Added> = {},
  ): ViewNode {
    const last = nodes.at(-1)
    if (!last) throw new Error(`${op} takes the place of no node`)
    for (const node of nodes) this.drop(node)
    const carries = nodes.flatMap((node) => node.carries)
    const merged = this.add(op, last, { outputs: last.outputs.slice(0, 1), ...more, inputs, carries })
    merged.alone = last.alone
    return merged
  }

  /** Adds a node beside one that there is. */
  add(op: string, beside: ViewNode, { inputs, outputs, attributes, domain = '', carries = [] }: Added): ViewNode {
    const schema = schemaOf(this.inference, beside.source, op, domain)
    const node = new ViewNode(beside.source, schema, this.shop.nodeId())
    node.op = op
    node.domain = domain
    node.inputs = [...inputs]
    node.inputNames = inputs.map((value) => value?.name ?? '')
    node.outputs = [...outputs]
    node.attributes = attributes ?? noAttributes
    node.captures = []
    node.carries = [...carries]
    node.alone = carries
    this.all.push(node)
    this.enter(node)
    this.changes++
    return node
  }

  /** The nodes of a body take the place of the node that it belongs to, and the other bodies of that one never run. */
  inline(node: ViewNode, body: Graph, why: string): void {
    this.discard(node, why)
    this.shop.loseConstants(body)
    for (const other of node.source.bodies.values()) if (other !== body) this.shop.lose(other, why)
    for (const inner of withoutConstants(body)) {
      const added = new ViewNode(inner, this.inference.node(inner).schema, this.shop.nodeId())
      this.all.push(added)
      this.admit(added)
    }
    node.outputs.forEach((output, i) => {
      const inner = body.outputs[i]
      if (output && inner) this.handOver(output, this.resolve(inner), node)
    })
  }
  /** Whoever reads `output` gets what `inner` is; where the graph gives it out, the maker of `inner` makes it. */
  private handOver(output: Value, inner: Value, beside: ViewNode): void {
    if (!this.isOutput(output)) {
      this.replaceReadings(output, inner)
      return
    }
    const maker = this.maker(inner)
    this.shop.made.set(output, this.facts(inner))
    if (!maker || maker.source.graph === this.graph)
      this.add('Identity', beside, { inputs: [inner], outputs: [output] })
    else {
      this.replaceReadings(inner, output)
      this.makes(maker, output, maker.outputs.indexOf(inner))
    }
  }

  /** The node in another domain, under a new number: its place in the runtime's order changes. */
  moveTo(domain: string, op: string, node: ViewNode): ViewNode {
    const moved = Object.assign(node.copy(this.shop.nodeId()), { domain, op })
    this.drop(node)
    this.all.push(moved)
    this.enter(moved)
    return moved
  }

  /** A value that the file does not have. */
  value(name: string, type: ValueType | null, why: string | null = null): Value {
    return this.shop.value(this.graph, name, { type, origin: null, value: null, why })
  }
  constantOf(name: string, type: ValueType, value: KnownValue | null): Value {
    return this.shop.value(this.graph, name, { type, origin: 'initializer', value, why: null })
  }

  setInput(node: ViewNode, index: number, value: Value | null): void {
    const before = node.inputs[index]
    const inputs = [...node.inputs]
    while (inputs.length <= index) inputs.push(null)
    inputs[index] = value
    node.inputs = inputs
    node.inputNames = inputs.map((input, i) => input?.name ?? (i === index ? '' : (node.inputNames[i] ?? '')))
    if (before && !node.reads().includes(before)) this.removeReader(before, node)
    if (value) this.addReader(value, node)
    this.changes++
  }

  setAttribute(node: ViewNode, name: string, attribute: Attribute | null): void {
    const attributes = new Map(node.attributes)
    if (attribute) attributes.set(name, attribute)
    else attributes.delete(name)
    node.attributes = attributes
    this.changes++
  }

  /** From now on the node makes this value, by default as its first output. */
  makes(node: ViewNode, output: Value | null, at = 0): void {
    const before = node.outputs[at]
    if (before) this.makers.delete(before)
    node.outputs = node.outputs.map((own, i) => (i === at ? output : own))
    if (output) this.makers.set(output, node)
    this.changes++
  }

  /** The node makes a new value in the place of this one, of the same type: another node is to make this one. */
  renew(node: ViewNode, value: Value): Value {
    const { type, why } = this.facts(value)
    const fresh = this.value(`${value.name}/before`, type, why)
    node.outputs = node.outputs.map((own) => (own === value ? fresh : own))
    this.makers.set(fresh, node)
    this.makers.delete(value)
    this.changes++
    return fresh
  }

  /** What became of a node, where it is more than a move. */
  tell({ carries }: ViewNode, how: string): void {
    for (const node of carries) this.shop.rewritten.set(node, how)
  }

  /** The type of a value that a rule has made. */
  retype(value: Value, type: ValueType | null): void {
    this.shop.made.set(value, { ...this.facts(value), type })
  }

  replaceReadings(from: Value, to: Value): void {
    this.shop.replaced.set(from, to)
    const readers = this.readersOf(from)
    this.readers.delete(from)
    for (const node of readers) {
      node.inputs = node.inputs.map((value) => (value === from ? to : value))
      node.captures = [...new Set(node.captures.map((value) => (value === from ? to : value)))]
      this.addReader(to, node)
    }
    this.changes++
  }

  /** Takes out those of the nodes that nobody reads, and what is not read any more then. */
  discardUnread(nodes: readonly ViewNode[], why: string): void {
    const open = [...nodes]
    for (const node of open) {
      if (!this.has(node) || this.makesOutput(node) || this.isRead(node)) continue
      const makers = node.inputs.flatMap((value) => this.maker(value) ?? [])
      this.discard(node, why)
      open.push(...makers)
    }
  }

  /** Takes a node out that does nothing any more. */
  discard(node: ViewNode, why: string): void {
    this.drop(node)
    for (const carried of node.carries) this.shop.gone.set(carried, why)
  }

  /** Takes a node out whose work others do. */
  drop(node: ViewNode): void {
    this.removed.set(node, true)
    this.removals++
    this.count(node.op, -1)
    for (const value of node.reads()) this.removeReader(value, node)
    for (const value of node.outputs) if (value && this.makers.get(value) === node) this.makers.delete(value)
    this.changes++
  }

  /** In an order in which every value is made before it is read. */
  finish(): View {
    const nodes = this.order()
    for (const node of nodes) for (const carried of node.carries) this.shop.gone.delete(carried)
    return new View(this.inference, this.graph, nodes, this.outputs, this.shop)
  }
}

const nobody: readonly ViewNode[] = []
const noAttributes: ReadonlyMap<string, Attribute> = new Map()
/** Sorts what stands from there on, which is short. */
function sortEnd(nodes: ViewNode[], from: number): void {
  for (let i = from + 1; i < nodes.length; i++) {
    const node = nodes[i] as ViewNode
    let at = i
    for (; at > from && (nodes[at - 1] as ViewNode).id > node.id; at--) nodes[at] = nodes[at - 1] as ViewNode
    nodes[at] = node
  }
}

/** By one input, and in no body. */
const readsOnce = ({ inputs, captures }: ViewNode, value: Value): boolean =>
  inputs.indexOf(value) === inputs.lastIndexOf(value) && inputs.includes(value) && !captures.includes(value)
const byId = (a: ViewNode, b: ViewNode): number => a.id - b.id
