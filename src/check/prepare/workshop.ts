/** What the drafts of all graphs of a model share: values that the file does not have, and what became of its own. */
import { IdMap } from '../../graph/id-map.ts'
import type { Graph, Model, Node, Value } from '../../graph/model.ts'
import type { ValueFacts } from '../../infer/facts.ts'
import { constantNode, isConstant, type Overlay, type Quantized } from '../view.ts'

export class Workshop implements Overlay {
  readonly folded: IdMap<Value, true>
  readonly made: IdMap<Value, ValueFacts>
  readonly quantized: IdMap<Value, Quantized>
  /** Values whose readers now read another one. */
  readonly replaced = new Map<Value, Value>()
  /** Nodes of the file that are gone, and why. */
  readonly gone = new Map<Node, string>()
  /** Nodes of the file that became others, and how. */
  readonly rewritten = new Map<Node, string>()
  readonly free: { nodes: number; values: number }

  /** `before`: what an earlier preparation has made, on whose views this one goes on. */
  constructor(model: Model, before?: Overlay) {
    this.folded = new IdMap(before?.folded)
    this.made = new IdMap(before?.made)
    this.quantized = new IdMap(before?.quantized)
    this.free = { ...(before?.free ?? model.free) }
  }

  /** A number that no node has. */
  nodeId(): number {
    return this.free.nodes++
  }

  /** Every Constant of a graph is gone from the start. */
  loseConstants(graph: Graph): void {
    for (const node of graph.nodes) if (isConstant(node)) this.gone.set(node, constantNode)
  }

  /** All nodes of a graph that never runs. */
  lose(graph: Graph, why: string): void {
    const graphs = [graph]
    // Grows while it is walked: bodies come after the graphs around them.
    for (const lost of graphs)
      for (const node of lost.nodes) {
        this.gone.set(node, why)
        graphs.push(...node.bodies.values())
      }
  }

  value(graph: Graph, name: string, facts: ValueFacts): Value {
    const id = this.free.values++
    const value: Value = {
      id,
      name,
      graph,
      producer: null,
      producerIndex: -1,
      uses: [],
      initializer: null,
      isInput: false,
      isOutput: false,
      declared: null,
    }
    this.made.set(value, facts)
    return value
  }
}
