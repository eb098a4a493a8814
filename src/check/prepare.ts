/**
 * What ONNX Runtime does to a graph before it asks a provider (its optimisations of level 1), done on paper, rule by
 * rule and in its order: see prepare/draft.ts for the means, the other files there for the rules.
 */
import type { Graph, Node } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import { Draft } from './prepare/draft.ts'
import { foldConstants } from './prepare/fold.ts'
import { fuseGelu } from './prepare/gelu.ts'
import { fuseMatMulAdd } from './prepare/gemm.ts'
import { fuseLayerNormalization } from './prepare/layer-normalization.ts'
import {
  propagatePairs,
  quantizeWeights,
  quantizeWheres,
  removeDoublePairs,
  separatePairs,
} from './prepare/quantization.ts'
import { fuseReshapes } from './prepare/reshapes.ts'
import { applyRules } from './prepare/rules.ts'
import { fuseSpaceToDepth } from './prepare/space-to-depth.ts'
import { optimizeTransposes } from './prepare/transposes/optimizer.ts'
import { mergeTwins, shareConstants } from './prepare/twins.ts'
import { Workshop } from './prepare/workshop.ts'
import { constantNode, isConstant, type View, ViewNode, viewAsIs, withoutConstants } from './view.ts'

export interface Prepared {
  /** The main graph first, then the bodies that are still there, each after the graph around it. */
  readonly views: readonly View[]
  /** Nodes of the file that are gone, and why. */
  readonly gone: ReadonlyMap<Node, string>
  /** Nodes of the file that became others, and how; where the preparation says it. */
  readonly rewritten?: ReadonlyMap<Node, string>
  /** No quantiser is in the graph, for a flow that takes its precisions from them. */
  readonly unquantised?: boolean
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

type Step = (draft: Draft) => void

/** The steps of level 1 in ONNX Runtime's order (optimizer/graph_transformer_utils.cc, 1.30). */
const steps: readonly Step[] = [
  applyRules,
  removeDoublePairs,
  shareConstants,
  mergeTwins,
  foldConstants,
  fuseMatMulAdd,
  fuseReshapes,
  fuseSpaceToDepth,
  fuseGelu,
  fuseLayerNormalization,
  propagatePairs,
  quantizeWeights,
  separatePairs,
  quantizeWheres,
  optimizeTransposes,
]
/** Only in the first round. */
const once: ReadonlySet<Step> = new Set<Step>([shareConstants, optimizeTransposes])

/** Rounds until nothing changes; ONNX Runtime stops at ten. */
const maxRounds = 10

export function prepare(inference: Inference): Prepared {
  const shop = new Workshop(inference.model)
  const views: View[] = []
  const graphs: Graph[] = [inference.model.graph]
  for (const graph of graphs) {
    shop.loseConstants(graph)
    const nodes = withoutConstants(graph).map((node) => new ViewNode(node, inference.node(node).schema))
    const draft = new Draft(inference, graph, nodes, graph.outputs, shop)
    separatePairs(draft)
    for (let round = 0; round < maxRounds; round++) {
      const { changes } = draft
      for (const step of steps) if (round === 0 || !once.has(step)) step(draft)
      if (draft.changes === changes) break
    }
    const view = draft.finish()
    views.push(view)
    for (const node of view.nodes) if (node.carries.includes(node.source)) graphs.push(...node.source.bodies.values())
  }
  return { views, gone: shop.gone }
}
