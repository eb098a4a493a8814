/** What the drafts of all graphs of a model share: values that the file does not have, and what became of its own. */
import type { Graph, Model, Node, Value } from '../../graph/model.ts'
import type { ValueFacts } from '../../infer/facts.ts'
import type { Overlay } from '../view.ts'

export class Workshop implements Overlay {
  readonly folded: Set<Value>
  readonly made: Map<Value, ValueFacts>
  /** Values whose readers now read another one. */
  readonly replaced = new Map<Value, Value>()
  /** Nodes of the file that are gone, and why. */
  readonly gone = new Map<Node, string>()
  private nodes: number
  private values: number

  /** `before`: the workshop of an earlier preparation, on whose views this one goes on. */
  constructor({ free }: Model, before?: Workshop) {
    this.folded = new Set(before?.folded)
    this.made = new Map(before?.made)
    this.nodes = before?.nodes ?? free.nodes
    this.values = before?.values ?? free.values
  }

  /** A number that no node has. */
  nodeId(): number {
    return this.nodes++
  }

  value(graph: Graph, name: string, facts: ValueFacts): Value {
    const id = this.values++
    const value: Value = { ...unmade, id, name, graph }
    this.made.set(value, facts)
    return value
  }
}

const unmade = {
  producer: null,
  producerIndex: -1,
  uses: [],
  initializer: null,
  isInput: false,
  isOutput: false,
  declared: null,
}
