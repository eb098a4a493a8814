/**
 * What ONNX Runtime does for a provider that prefers channels last, once it has said what it takes: operators whose
 * layout matters get Transposes around them and move to a domain of their own, then the Transposes are pushed through
 * the graph. Sources, ONNX Runtime 1.30: optimizer/layout_transformation/layout_transformation.cc
 * (TransformLayoutForEP), framework/graph_partitioner.cc (GetCapabilityForEP).
 */

import { product } from '../../graph/dim.ts'
import type { Node } from '../../graph/model.ts'
import { channelsLastDomain, type View, type ViewNode } from '../view.ts'
import { Draft } from './draft.ts'
import { shapeOf, transposeInput, transposeOutput } from './transposes/inputs.ts'
import { optimizeTransposes } from './transposes/optimizer.ts'
import { firstToLast, lastToFirst } from './transposes/permutation.ts'
import { Workshop } from './workshop.ts'

const sensitive: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    '',
    new Set(
      `BatchNormalization InstanceNormalization Conv ConvInteger QLinearConv ConvTranspose AveragePool LpPool MaxPool
       MaxUnpool GlobalAveragePool GlobalLpPool GlobalMaxPool LRN GridSample DepthToSpace SpaceToDepth Resize`.split(
        /\s+/,
      ),
    ),
  ],
  ['com.microsoft', new Set(['FusedConv', 'GridSample', 'QLinearAveragePool', 'QLinearGlobalAveragePool'])],
])

export interface Relaid {
  readonly view: View
  /** The nodes that the provider had taken. */
  readonly kept: ReadonlySet<ViewNode>
  /** Nodes of the file that are gone, and why. */
  readonly gone: ReadonlyMap<Node, string>
}

/** The graph as the provider is asked about it again; null where nothing changes. */
export function channelsLast(before: View, taken: ReadonlySet<ViewNode>): Relaid | null {
  const moves = before.nodes.some((node) => taken.has(node) && isSensitive(node))
  if (!moves && !before.nodes.some(({ op }) => op === 'Transpose')) return null
  const shop = new Workshop(before.model, before.overlay)
  const kept = new Set<ViewNode>()
  const nodes = before.nodes.map((node) => {
    const copy = node.copy()
    if (taken.has(node)) kept.add(copy)
    return copy
  })
  const draft = new Draft(before.inference, before.graph, nodes, before.outputs, shop)
  for (const node of draft.order()) if (kept.has(node) && isSensitive(node)) kept.add(toChannelsLast(draft, node))
  optimizeTransposes(draft, true)
  return draft.changes === 0 ? null : { view: draft.finish(), kept, gone: shop.gone }
}

const isSensitive = ({ domain, op }: ViewNode): boolean => sensitive.get(domain)?.has(op) === true

function toChannelsLast(draft: Draft, node: ViewNode): ViewNode {
  const op = node.op === 'FusedConv' ? 'Conv' : node.op
  if (node.int('channels_last') !== 1) {
    const rank = rankOf(draft, node, op)
    if (rank === null) return node
    const perm = firstToLast(rank)
    transposeInput(draft, node, 0, perm)
    if (op === 'Resize') transposeSizes(draft, node, perm)
    const [output] = node.outputs
    if (output) transposeOutput(draft, node, output, lastToFirst(rank))
  }
  return draft.moveTo(channelsLastDomain, op, node)
}

/** The weights of a convolution have the rank of its input. */
function rankOf(draft: Draft, { inputs: [data, weights] }: ViewNode, op: string): number | null {
  const likeWeights = op === 'Conv' || op === 'ConvTranspose'
  const shape = shapeOf(draft, data) ?? (likeWeights ? shapeOf(draft, weights) : null)
  return shape && shape.length > 1 ? shape.length : null
}

/** Scales and sizes, where they are constants with one number per axis of an image. */
function transposeSizes(draft: Draft, node: ViewNode, perm: readonly number[]): void {
  let at = 2
  // As in the source: a constant of another length shifts those behind it.
  for (const value of node.inputs.slice(2)) {
    const constant = draft.constant(value) !== null
    const shape = shapeOf(draft, value)
    const elements = shape ? product(shape) : null
    if (constant && elements !== 0) {
      if (elements !== 4) continue
      transposeInput(draft, node, at, perm)
    }
    at++
  }
}
