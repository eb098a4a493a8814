/**
 * Shapes, axes and sizes that lie in external data. ONNX Runtime infers shapes while it loads a model, before it opens
 * files of weights, and gives up at the first such value: with `Cannot parse data from external tensors`.
 */
import { type Graph, type Model, type Node, nodeRef, type Value } from '../graph/model.ts'
import { externals } from '../result/catalogue/externals.ts'
import { type Finding, report } from '../result/finding.ts'

/**
 * Inputs whose values the inference of the specification reads, and fails on. Source: seen, each of them alone in a
 * session of onnxruntime 1.30, over the conformance tests; what is not here (Slice, Range, OneHot, Clip …) loads.
 */
const read: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...'ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare ReduceLogSum ReduceLogSumExp'
    .split(' ')
    .map((op) => [op, [1]] as const),
  ...'AffineGrid CenterCropPad Expand Reshape Split SplitToSequence Squeeze STFT Tile TopK Unsqueeze Upsample'
    .split(' ')
    .map((op) => [op, [1]] as const),
  ...'BlackmanWindow ConstantOfShape HammingWindow HannWindow'.split(' ').map((op) => [op, [0]] as const),
  ['Col2Im', [1, 2]],
  ['DFT', [2]],
  ['Pad', [1, 3]],
  ['Resize', [2, 3]],
])

/** One finding for all of them; none where there is nothing to say. */
export function externalShapes(model: Model): Finding[] {
  const nodes: Node[] = []
  const values: Value[] = []
  const graphs: Graph[] = [model.graph]
  for (const graph of graphs) {
    for (const node of graph.nodes) if (node.bodies.size > 0) graphs.push(...node.bodies.values())
    for (const [name, tensor] of graph.initializers) {
      const value = tensor.payload.where === 'external' ? graph.values.get(name) : undefined
      const readers = value?.uses.filter(({ node, index }) => node.domain === '' && read.get(node.op)?.includes(index))
      if (!value || !readers?.length) continue
      values.push(value)
      nodes.push(...readers.map(({ node }) => node))
    }
  }
  const [first] = values
  if (!first) return []
  return [
    report(
      externals,
      'model/external-shape',
      { count: values.length, first: first.name },
      { nodes: nodes.map(nodeRef), values: values.map(({ name }) => name) },
    ),
  ]
}
