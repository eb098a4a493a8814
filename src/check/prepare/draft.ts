/** A graph being prepared: nodes can be taken out, made constant, or fused; then it becomes a view. */
import { IdMap } from '../../graph/id-map.ts'
import type { Graph, Node, Value } from '../../graph/model.ts'
import type { ConstOrigin, Inference, ValueFacts } from '../../infer/facts.ts'
import type { KnownValue } from '../../operators/value.ts'
import { type Overlay, type Reading, schemaOf, View, type ViewNode } from '../view.ts'

export class Draft {
  /** Counts every change, so that a round without one is noticed. */
  changes = 0
  private readonly makers = new IdMap<Value, ViewNode>()
  /** Most values have one reader, which then stands for itself. */
  private readonly readers = new IdMap<Value, ViewNode | Set<ViewNode>>()
  private readonly outputs: Set<Value>
  private readonly removed = new Set<ViewNode>()
  private readonly all: readonly ViewNode[]

  constructor(
    readonly inference: Inference,
    readonly graph: Graph,
    nodes: readonly ViewNode[],
    private readonly overlay: Overlay & { folded: Set<Value>; made: Map<Value, ValueFacts> },
    /** Values whose readers now read another one. */
    private readonly replaced: Map<Value, Value>,
    private readonly gone: Map<Node, string>,
  ) {
    this.all = nodes
    this.outputs = new Set(graph.outputs.map((value) => this.resolve(value)))
    for (const node of nodes) {
      node.inputs = node.inputs.map((value) => value && this.resolve(value))
      if (node.captures.length > 0) node.captures = [...new Set(node.captures.map((value) => this.resolve(value)))]
      for (const value of node.outputs) if (value) this.makers.set(value, node)
      for (const value of node.reads()) this.addReader(value, node)
    }
  }

  private resolve(value: Value): Value {
    let at = value
    for (let next = this.replaced.get(at); next; next = this.replaced.get(at)) at = next
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
    else if (readers === node) this.readers.delete(value)
  }
  private readersOf(value: Value): Iterable<ViewNode> {
    const readers = this.readers.get(value)
    return !readers ? nobody : readers instanceof Set ? readers : [readers]
  }

  // What rules ask.

  *nodes(): Generator<ViewNode> {
    for (const node of this.all) if (!this.removed.has(node)) yield node
  }
  has(node: ViewNode): boolean {
    return !this.removed.has(node)
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
    return this.overlay.made.get(value) ?? this.inference.facts(value)
  }
  constant(value: Value | null | undefined): ConstOrigin | null {
    if (!value) return null
    if (this.overlay.folded.has(value)) return 'folded'
    const { origin } = this.facts(value)
    return origin === 'folded' ? null : origin
  }
  /** The elements of a constant; null where it is none or they are not known. */
  constantValue(value: Value | null | undefined): KnownValue | null {
    if (!value || !this.constant(value)) return null
    return this.overlay.made.get(value)?.value ?? this.inference.valueOf(value)
  }
  /** Shape and element type of a tensor. */
  tensor(value: Value | null | undefined) {
    const type = value ? this.facts(value).type : null
    return type?.kind === 'tensor' ? type : null
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
  /** Whether several nodes read it. */
  isShared(value: Value): boolean {
    const readers = this.readers.get(value)
    return readers instanceof Set && readers.size > 1
  }
  /** The node behind, where it is the only reading of all that this one makes. */
  onlyReader(node: ViewNode): ViewNode | null {
    const [reading, ...others] = this.readings(node)
    return reading && others.length === 0 && reading.index >= 0 ? reading.node : null
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

  /** Takes the node out; its readers read `to` in the place of `from`. */
  remove(node: ViewNode, { from, to }: { from: Value; to: Value }, why: string): void {
    this.replaceReadings(from, to)
    this.drop(node)
    for (const carried of node.carries) this.gone.set(carried, why)
  }

  /** Takes a node out whose input nobody else reads: the maker of the input makes its output, one of the graph's. */
  removeBehind(node: ViewNode, maker: ViewNode, input: Value, output: Value, why: string): void {
    this.drop(node)
    maker.outputs = maker.outputs.map((value) => (value === input ? output : value))
    this.makers.delete(input)
    this.makers.set(output, maker)
    for (const carried of node.carries) this.gone.set(carried, why)
  }

  /** The node is computed when the model is loaded. */
  fold(node: ViewNode, why: string): void {
    for (const value of node.outputs)
      if (value) {
        this.overlay.folded.add(value)
        this.makers.delete(value)
      }
    this.drop(node)
    for (const carried of node.carries) this.gone.set(carried, why)
  }

  /** `into` does the work of `node`, too, which stands behind it, and makes what `node` made. */
  fuseBehind(into: ViewNode, node: ViewNode): void {
    const [output] = node.outputs
    const [before] = into.outputs
    this.drop(node)
    if (before) this.makers.delete(before)
    into.outputs = [output ?? null]
    if (output) this.makers.set(output, into)
    into.carries.push(...node.carries)
    this.changes++
  }

  /** `into` does the work of `node`, too, which stands before it, and reads what `node` read. */
  fuseBefore(into: ViewNode, node: ViewNode, { from, to }: { from: Value; to: Value }): void {
    this.replaceReadings(from, to)
    this.drop(node)
    into.carries.push(...node.carries)
  }

  /** `into` becomes the operator `op` on these inputs, and does the work of `node`, too. */
  merge(into: ViewNode, node: ViewNode, op: string, inputs: readonly Value[]): void {
    this.drop(node)
    for (const value of into.reads()) this.removeReader(value, into)
    into.op = op
    into.schema = schemaOf(this.inference, into.source, op)
    into.attributes = new Map()
    into.inputs = [...inputs]
    into.inputNames = inputs.map(({ name }) => name)
    for (const value of into.reads()) this.addReader(value, into)
    into.carries.push(...node.carries)
  }

  private replaceReadings(from: Value, to: Value): void {
    this.replaced.set(from, to)
    const readers = this.readersOf(from)
    this.readers.delete(from)
    for (const node of readers) {
      node.inputs = node.inputs.map((value) => (value === from ? to : value))
      node.captures = [...new Set(node.captures.map((value) => (value === from ? to : value)))]
      this.addReader(to, node)
    }
    this.changes++
  }

  private drop(node: ViewNode): void {
    this.removed.add(node)
    for (const value of node.reads()) this.removeReader(value, node)
    this.changes++
  }

  finish(): View {
    return new View(this.inference, this.graph, [...this.nodes()], this.outputs, this.overlay)
  }
}

const nobody: readonly ViewNode[] = []
