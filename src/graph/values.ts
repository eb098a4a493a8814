/** Values, nodes and graphs while they are built; complete, they are the interfaces of model.ts. */
import type { Attribute, Graph, Node, Use, Value } from './model.ts'
import type { Tensor } from './tensor.ts'
import type { ValueType } from './type.ts'

const noUses: readonly Use[] = []

export class BuiltValue implements Value {
  producer: BuiltNode | null = null
  producerIndex = -1
  uses: readonly Use[] = noUses
  initializer: Tensor | null = null
  isInput = false
  isOutput = false
  declared: ValueType | null = null
  readonly id: number
  constructor(
    readonly name: string,
    readonly graph: BuiltGraph,
  ) {
    this.id = graph.ids.values++
  }

  addUse(use: Use): void {
    // Most values have one use: an array of just that size.
    if (this.uses.length === 0) this.uses = [use]
    else (this.uses as Use[]).push(use)
  }

  /** Made by somebody: an input, an initializer or a node. */
  get isDefined(): boolean {
    return this.isInput || this.initializer !== null || this.producer !== null
  }
}

const noAttributes: ReadonlyMap<string, Attribute> = new Map()
const noBodies: ReadonlyMap<string, BuiltGraph> = new Map()

export class BuiltNode implements Node {
  inputs: (BuiltValue | null)[] = []
  outputs: (BuiltValue | null)[] = []
  attributes = noAttributes
  bodies: ReadonlyMap<string, BuiltGraph> = noBodies
  readonly id: number
  constructor(
    readonly graph: BuiltGraph,
    readonly index: number,
    readonly name: string,
    readonly op: string,
    readonly domain: string,
    readonly overload: string,
    readonly inputNames: readonly string[],
  ) {
    this.id = graph.ids.nodes++
  }
}

/** The next numbers to give, one counter for a whole model. */
export interface Ids {
  values: number
  nodes: number
}

export class BuiltGraph implements Graph {
  readonly nodes: BuiltNode[] = []
  order: readonly BuiltNode[] = []
  readonly values = new Map<string, BuiltValue>()
  readonly inputs: BuiltValue[] = []
  readonly outputs: BuiltValue[] = []
  readonly initializers = new Map<string, Tensor>()
  readonly captures = new Set<BuiltValue>()
  constructor(
    readonly name: string,
    readonly scope: string,
    readonly owner: BuiltNode | null,
    readonly parent: BuiltGraph | null,
    readonly ids: Ids,
  ) {}

  /** The value of this name here; made if there is none. */
  value(name: string): BuiltValue {
    const known = this.values.get(name)
    if (known) return known
    const value = new BuiltValue(name, this)
    this.values.set(name, value)
    return value
  }
}
