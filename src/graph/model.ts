/**
 * A model as a graph: values know who makes and who reads them, bodies know what they capture. Facts about
 * structure, no opinions: faults (cycle, duplicate, dangling, …) are findings on the model, in file order, and the
 * rest stays usable.
 */
import type { Finding } from '../result/finding.ts'
import type { Tensor } from './tensor.ts'
import type { ValueType } from './type.ts'

export interface Model {
  /** As the user gave it. */
  readonly path: string
  /** Size of the model file, without external data. */
  readonly bytes: number
  /** Bytes of all tensor payloads, inside and outside the file. */
  readonly weightBytes: number
  /** See ModelResult.digest. */
  readonly digest: string
  /** SHA-256 of the whole file; null unless it was asked for. */
  readonly sha256?: string | null
  /** Where external data lies or should lie, from the model's folder. */
  readonly externalFiles?: readonly string[]
  readonly irVersion: number | null
  /** Domain → version; `ai.onnx` is written as `""`. */
  readonly opsets: ReadonlyMap<string, number>
  readonly producer: string
  readonly metadata: ReadonlyMap<string, string>
  readonly graph: Graph
  /** Model-local functions by `functionKey`. */
  readonly functions: ReadonlyMap<string, FunctionDef>
  /** Numbers that no node and no value has: nodes and values that are thought up later are numbered from here on. */
  readonly free: { readonly nodes: number; readonly values: number }
  /** What is wrong or odd in the file, in file order. */
  readonly findings: readonly Finding[]
}

/** `domain::name`, with `:overload` where there is one; the default domain is `""`. */
export const functionKey = (domain: string, name: string, overload = ''): string =>
  `${domain}::${name}${overload && `:${overload}`}`

export interface Graph {
  readonly name: string
  /** `""` for the main graph, `"12/then_branch"` for a body, `"domain::Name"` for a function body. */
  readonly scope: string
  /** The node whose attribute holds this graph; null for the main graph and for functions. */
  readonly owner: Node | null
  /** The graph around it, whose values it may read. */
  readonly parent: Graph | null
  /** In file order; `nodes[i].index === i`. */
  readonly nodes: readonly Node[]
  /** Node order in which every value is made before it is read; nodes on a cycle come last, in file order. */
  readonly order: readonly Node[]
  /** Every value that this graph itself declares or makes, by name. */
  readonly values: ReadonlyMap<string, Value>
  /** Declared inputs, in order; for IR < 4 these include initializers. */
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly initializers: ReadonlyMap<string, Tensor>
  /** Values of graphs around it that its nodes, or bodies inside it, read. */
  readonly captures: ReadonlySet<Value>
}

export interface Value {
  /** Its number among all values of the model, bodies and functions included: see IdMap. */
  readonly id: number
  /** Unique in its graph; bytes that are not UTF-8 are written `\xNN`. */
  readonly name: string
  readonly graph: Graph
  /** Null for inputs, initializers and values that nobody makes. */
  readonly producer: Node | null
  /** Position among the producer's outputs; -1 without producer. */
  readonly producerIndex: number
  /** Every reading, nodes of inner bodies included; one entry per input position. */
  readonly uses: readonly Use[]
  readonly initializer: Tensor | null
  readonly isInput: boolean
  readonly isOutput: boolean
  /** What the file says about its type: input, output or value_info. */
  readonly declared: ValueType | null
}

export interface Use {
  readonly node: Node
  /** Input position. */
  readonly index: number
}

export interface Node {
  /** Its number among all nodes of the model, bodies and functions included: see IdMap. */
  readonly id: number
  readonly graph: Graph
  /** Position in the file's own node list of its graph. */
  readonly index: number
  readonly name: string
  readonly op: string
  /** `ai.onnx` is written as `""`. */
  readonly domain: string
  readonly overload: string
  /** As written; null where the name is empty (left out) and where nobody makes the value. */
  readonly inputs: readonly (Value | null)[]
  /** Names as written, `""` where left out: tells an absent input from a dangling one. */
  readonly inputNames: readonly string[]
  /** As written; null where the name is empty. */
  readonly outputs: readonly (Value | null)[]
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Bodies by attribute name; `GRAPHS` attributes as `name[0]`. */
  readonly bodies: ReadonlyMap<string, Graph>
}

/** How a node is written wherever a node number stands: `17`, or `"12/then_branch/3"` in a body. */
export const nodeRef = (node: Node): number | string =>
  node.graph.scope === '' ? node.index : `${node.graph.scope}/${node.index}`

/** An attribute value. 64-bit integers are numbers where a number is exact, else bigint. */
export type Attribute =
  | { readonly type: 'FLOAT'; readonly value: number }
  | { readonly type: 'INT'; readonly value: number | bigint }
  | { readonly type: 'STRING'; readonly value: string }
  | { readonly type: 'TENSOR'; readonly value: Tensor }
  | { readonly type: 'GRAPH'; readonly value: Graph }
  | { readonly type: 'SPARSE_TENSOR'; readonly value: Tensor }
  | { readonly type: 'TYPE_PROTO'; readonly value: ValueType }
  | { readonly type: 'FLOATS'; readonly value: readonly number[] }
  | { readonly type: 'INTS'; readonly value: readonly (number | bigint)[] }
  | { readonly type: 'STRINGS'; readonly value: readonly string[] }
  | { readonly type: 'TENSORS'; readonly value: readonly Tensor[] }
  | { readonly type: 'GRAPHS'; readonly value: readonly Graph[] }
  | { readonly type: 'SPARSE_TENSORS'; readonly value: readonly Tensor[] }
  | { readonly type: 'TYPE_PROTOS'; readonly value: readonly ValueType[] }
  /** Inside a function: the value comes from the calling node's attribute of this name. */
  | { readonly type: 'REFERENCE'; readonly value: string }
  /** A type number that is not known: kept and named. */
  | { readonly type: 'UNKNOWN'; readonly value: number }

export interface FunctionDef {
  readonly domain: string
  readonly name: string
  readonly overload: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Attributes without a default. */
  readonly required: readonly string[]
  /** Attributes with their defaults. */
  readonly defaults: ReadonlyMap<string, Attribute>
  readonly opsets: ReadonlyMap<string, number>
  readonly body: Graph
}
