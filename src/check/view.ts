/**
 * The graph that a target is asked about: the nodes of a file's graph that are left after preparation, with the values
 * they read and make then. Nodes that were folded or fused away are not in it; the file itself stays as it is.
 */
import { IdMap } from '../graph/id-map.ts'
import type { Attribute, Graph, Model, Node, Value } from '../graph/model.ts'
import type { ConstOrigin, Inference, ValueFacts } from '../infer/facts.ts'
import { type OperatorSchema, schemaAt } from '../operators/schema.ts'
import type { KnownValue } from '../operators/value.ts'

/** A node as the runtime sees it. */
export class ViewNode {
  /**
   * That of the node of the file, or a free one: no other node in its view has it. Rises as the numbers rise that ONNX
   * Runtime gives: file order first, then in the order in which the runtime adds nodes.
   */
  readonly id: number
  op: string
  domain: string
  /** Lists are replaced, never changed: copies of a node share them. */
  inputs: readonly (Value | null)[]
  inputNames: readonly string[]
  outputs: readonly (Value | null)[]
  attributes: ReadonlyMap<string, Attribute>
  schema: OperatorSchema | null
  /** Values of this graph, or of graphs around it, that its bodies read. */
  captures: readonly Value[]
  /** The nodes of the file whose work it does; none where the runtime itself has added it. */
  carries: readonly Node[]
  /** The node of the file that it stands for. */
  alone: readonly Node[]

  constructor(
    /** The node of the file that it is, or that it took the place of, or beside which the runtime has added it. */
    readonly source: Node,
    schema: OperatorSchema | null,
    id = source.id,
  ) {
    this.id = id
    this.op = source.op
    this.domain = source.domain
    this.inputs = source.inputs
    this.inputNames = source.inputNames
    this.outputs = source.outputs
    this.attributes = source.attributes
    this.schema = schema
    this.alone = [source]
    this.carries = this.alone
    this.captures = source.bodies.size === 0 ? nobody : capturesOf(source)
  }

  /** Every value that it reads, those read by its bodies included; left-out inputs are skipped. */
  reads(): readonly Value[] {
    const values = isFull(this.inputs) ? this.inputs : this.inputs.filter((value) => value !== null)
    return this.captures.length === 0 ? values : [...values, ...this.captures]
  }

  /** The same in another view. */
  copy(id = this.id): ViewNode {
    const copy = new ViewNode(this.source, this.schema, id)
    copy.op = this.op
    copy.domain = this.domain
    copy.inputs = this.inputs
    copy.inputNames = this.inputNames
    copy.outputs = this.outputs
    copy.attributes = this.attributes
    copy.captures = this.captures
    copy.carries = this.carries
    copy.alone = this.alone
    return copy
  }

  int(name: string): number | undefined {
    const attribute = this.attributes.get(name)
    if (attribute?.type === 'INT') return Number(attribute.value)
    const preset = this.schema?.attributes.get(name)?.fallback
    return typeof preset === 'number' ? preset : undefined
  }
  string(name: string): string | undefined {
    const attribute = this.attributes.get(name)
    if (attribute?.type === 'STRING') return attribute.value
    const preset = this.schema?.attributes.get(name)?.fallback
    return typeof preset === 'string' ? preset : undefined
  }
  ints(name: string): readonly number[] | undefined {
    const attribute = this.attributes.get(name)
    if (attribute?.type === 'INTS') return attribute.value.map(Number)
    const preset = this.schema?.attributes.get(name)?.fallback
    return Array.isArray(preset) ? (preset as number[]) : undefined
  }
}

const nobody: readonly Value[] = []

const isFull = (values: readonly (Value | null)[]): values is readonly Value[] => !values.includes(null)

const capturesOf = (node: Node): Value[] => [
  ...new Set([...node.bodies.values()].flatMap((body) => [...body.captures])),
]

/** One reading of a value; `index` is -1 where a body of the node reads it. */
export interface Reading {
  readonly node: ViewNode
  readonly index: number
}

/** Where the runtime moves operators that run on channels last; their definitions are those of ONNX. */
export const channelsLastDomain = 'com.ms.internal.nhwc'

/** What a QDQ pair says about a tensor. */
export interface Quantized {
  readonly scale: Value
  readonly zeroPoint: Value | null
  readonly dtype: string
}

/** What preparation adds to the facts of the file: shared by the views of all graphs of a model. */
export interface Overlay {
  /** Values that became constants. */
  readonly folded: IdMap<Value, true>
  /** Facts of values that the file does not have. */
  readonly made: IdMap<Value, ValueFacts>
  /** Tensors that are quantised, where that is no work of nodes. */
  readonly quantized?: IdMap<Value, Quantized>
  /** The next numbers of nodes and values; those of the model where nothing was added. */
  readonly free?: Model['free']
}

export class View {
  private readonly makers = new IdMap<Value, ViewNode>()
  /** Made when somebody asks. */
  private readers: IdMap<Value, Reading[]> | undefined
  private known: ReadonlySet<string> | undefined

  constructor(
    readonly inference: Inference,
    readonly graph: Graph,
    /** In an order in which every value is made before it is read. */
    readonly nodes: readonly ViewNode[],
    /** What the graph gives out. */
    readonly outputs: ReadonlySet<Value>,
    readonly overlay: Overlay = nothingAdded,
  ) {
    for (const node of nodes) for (const value of node.outputs) if (value) this.makers.set(value, node)
  }

  /** The same graph with other knowledge of its values. */
  knowing(inference: Inference): View {
    return new View(inference, this.graph, this.nodes, this.outputs, this.overlay)
  }

  get model(): Model {
    return this.inference.model
  }
  facts(value: Value): ValueFacts {
    return this.overlay.made.get(value) ?? this.inference.facts(value)
  }
  valueOf(value: Value): KnownValue | null {
    const made = this.overlay.made.get(value)
    return made ? made.value : this.inference.valueOf(value)
  }

  /** Those that its nodes belong to. */
  get domains(): ReadonlySet<string> {
    this.known ??= new Set(this.nodes.map(({ domain }) => domain))
    return this.known
  }

  /** The node that makes it in this graph; null for constants, inputs and values of graphs around it. */
  maker(value: Value): ViewNode | null {
    return this.makers.get(value) ?? null
  }
  readings(value: Value): readonly Reading[] {
    this.readers ??= readersIn(this.nodes)
    return this.readers.get(value) ?? none
  }
  isOutput(value: Value): boolean {
    return this.outputs.has(value)
  }
  /** Why a value is constant for the runtime; null where it is not. */
  constant(value: Value): ConstOrigin | null {
    if (this.overlay.folded.has(value)) return 'folded'
    const { origin } = this.facts(value)
    return origin === 'folded' ? null : origin
  }
}

const nothingAdded: Overlay = { folded: new IdMap(), made: new IdMap() }
const none: readonly Reading[] = []

function readersIn(nodes: readonly ViewNode[]): IdMap<Value, Reading[]> {
  const readers = new IdMap<Value, Reading[]>()
  const add = (value: Value, reading: Reading): void => {
    const readings = readers.get(value)
    if (readings) readings.push(reading)
    else readers.set(value, [reading])
  }
  for (const node of nodes) {
    node.inputs.forEach((value, index) => {
      if (value) add(value, { node, index })
    })
    for (const value of node.captures) add(value, { node, index: -1 })
  }
  return readers
}

/** The definition of an operator that is in force where the node stands. */
export function schemaOf(inference: Inference, node: Node, op = node.op, domain = node.domain): OperatorSchema | null {
  const opset = inference.opset(node.graph, domain)
  const schema = opset > 0 ? schemaAt(domain, op, opset) : null
  return schema && !schema.deprecated ? schema : null
}

/** A graph as the file has it: only `Constant` nodes are gone, which every runtime turns into constants at once. */
export function viewAsIs(inference: Inference, graph: Graph): View {
  const nodes = withoutConstants(graph).map((node) => new ViewNode(node, inference.node(node).schema))
  return new View(inference, graph, nodes, new Set(graph.outputs))
}

export const withoutConstants = (graph: Graph): Node[] => graph.order.filter((node) => !isConstant(node))

/** Why a Constant is not in a view. */
export const constantNode = 'a Constant node is an initializer for every runtime'

export const isConstant = (node: Node): boolean => node.op === 'Constant' && node.domain === ''
