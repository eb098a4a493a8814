/** What inference knows: one record per value, one per node. */
import type { Dim } from '../graph/dim.ts'
import type { Graph, Model, Node, Value } from '../graph/model.ts'
import type { ValueType } from '../graph/type.ts'
import type { OperatorSchema } from '../operators/schema.ts'
import type { KnownValue } from '../operators/value.ts'
import type { Finding } from '../result/finding.ts'

/**
 * Why a value is constant at run time.
 * `initializer`: of the file, and no input overrides it (before IR 4: any initializer).
 * `constant`: made by a Constant node. `folded`: a runtime computes it once, when it loads the model.
 */
export type ConstOrigin = 'initializer' | 'constant' | 'folded'

export interface ValueFacts {
  readonly type: ValueType | null
  readonly origin: ConstOrigin | null
  /** Elements that were computed; those of initializers come from `Inference.valueOf`. */
  readonly value: KnownValue | null
  /** Why type, rank or a dimension is unknown; null where nothing is. */
  readonly why: string | null
}

export interface NodeFacts {
  /** Null: no schema is known, or the node calls a function of the model. */
  readonly schema: OperatorSchema | null
  /** The node calls a function of the model. */
  readonly calls: string | null
  /** Multiply-accumulate operations of one run; null where not known. */
  readonly macs: Dim | null
  /** A runtime computes it once, when it loads the model. */
  readonly folded: boolean
  /** A finding says that the node is wrong: what it gives is not to be trusted. */
  readonly wrong: boolean
}

/** The facts of a whole model. Lasts as long as the model; bodies are included. */
export interface Inference {
  readonly model: Model
  readonly options: InferOptions
  /** About the model, found while inferring: in the order of the nodes. */
  readonly findings: readonly Finding[]
  facts(value: Value): ValueFacts
  node(node: Node): NodeFacts
  /** The elements of a small value, decoded now if it is an initializer; null where not known. */
  valueOf(value: Value): KnownValue | null
  isConst(value: Value): boolean
  /** Opset of a domain as the graph around a node imports it (a function body has its own); 0: not imported. */
  opset(graph: Graph, domain: string): number
  /** In a weaker view: the node at which something of a value's shape was lost that we know; null where nothing was. */
  lostAt(value: Value): Node | null
}

export interface InferOptions {
  /** Sizes of symbols: `--dim N=1`. */
  readonly dims?: ReadonlyMap<string, number>
  /** Shapes of inputs, numbers or names of symbols: `--input-shape x=1,3,H,W`. */
  readonly inputShapes?: ReadonlyMap<string, readonly (number | string)[]>
  /** Values of small integer inputs: `--input-value shape=[1,3]`. */
  readonly inputValues?: ReadonlyMap<string, readonly (number | bigint)[]>
  /** Initializers that an input could override are constants, too. */
  readonly fixesInitializers?: boolean
}
