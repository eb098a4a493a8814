/**
 * What ONNX Runtime removes before it asks a provider (its optimisations of level 1), done on paper: see draft.ts for
 * the means, eliminate.ts, fold.ts and fuse.ts for the rules.
 */
import type { Graph, Node, Value } from '../graph/model.ts'
import type { Inference, ValueFacts } from '../infer/facts.ts'
import { Draft } from './prepare/draft.ts'
import { eliminate } from './prepare/eliminate.ts'
import { chosenBranch, foldConstants } from './prepare/fold.ts'
import { fuse } from './prepare/fuse.ts'
import { isConstant, type Overlay, type View, ViewNode, viewAsIs } from './view.ts'

export interface Prepared {
  /** The main graph first, then the bodies that are still there, each after the graph around it. */
  readonly views: readonly View[]
  /** Nodes of the file that are gone, and why. */
  readonly gone: ReadonlyMap<Node, string>
}

/** The graphs as in the file: `--as-is`, and targets that see the file. */
export function unprepared(inference: Inference): Prepared {
  const graphs: Graph[] = [inference.model.graph]
  const gone = new Map<Node, string>()
  // Grows while it is walked: bodies come after the graphs around them.
  for (const graph of graphs)
    for (const node of graph.nodes) {
      graphs.push(...node.bodies.values())
      if (isConstant(node)) gone.set(node, constantNode)
    }
  return { views: graphs.map((graph) => viewAsIs(inference, graph)), gone }
}

const constantNode = 'a Constant node is an initializer for every runtime'

/** Rounds until nothing changes; ONNX Runtime stops at ten. */
const maxRounds = 10

export function prepare(inference: Inference): Prepared {
  const gone = new Map<Node, string>()
  const overlay = { folded: new Set<Value>(), made: new Map<Value, ValueFacts>() }
  const replaced = new Map<Value, Value>()
  const views: View[] = []
  const graphs: Graph[] = [inference.model.graph]
  for (const graph of graphs) {
    const draft = new Draft(
      inference,
      graph,
      startOf(inference, graph, overlay, replaced, gone),
      overlay,
      replaced,
      gone,
    )
    for (let round = 0; round < maxRounds; round++) {
      const changes = draft.changes
      eliminate(draft)
      foldConstants(draft)
      fuse(draft)
      if (draft.changes === changes) break
    }
    const view = draft.finish()
    views.push(view)
    for (const node of view.nodes) graphs.push(...node.source.bodies.values())
  }
  return { views, gone }
}

/** The nodes of a graph, Constants taken out, and an If whose condition is constant replaced by its branch. */
function startOf(
  inference: Inference,
  graph: Graph,
  overlay: Overlay,
  replaced: Map<Value, Value>,
  gone: Map<Node, string>,
): ViewNode[] {
  const nodes: ViewNode[] = []
  const open: Node[] = [...graph.order].reverse()
  for (let node = open.pop(); node; node = open.pop()) {
    if (isConstant(node)) {
      gone.set(node, constantNode)
      continue
    }
    const branch = chosenBranch(inference, node, overlay)
    if (!branch) {
      nodes.push(new ViewNode(node, inference.node(node).schema))
      continue
    }
    gone.set(node, 'its condition is constant: the branch takes its place')
    node.outputs.forEach((output, i) => {
      const inner = branch.outputs[i]
      if (output && inner) replaced.set(output, inner)
    })
    for (const [name, body] of node.bodies)
      if (body !== branch) markGone(body, gone, `${name} never runs: the condition is constant`)
    open.push(...[...branch.order].reverse())
  }
  return nodes
}

function markGone(graph: Graph, gone: Map<Node, string>, why: string): void {
  const open = [graph]
  for (let body = open.pop(); body; body = open.pop())
    for (const node of body.nodes) {
      gone.set(node, why)
      open.push(...node.bodies.values())
    }
}
