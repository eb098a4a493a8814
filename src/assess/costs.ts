/** What a model costs: MACs, parameters and bytes per node, and in all. */
import { isKnown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import type { Graph, Model, Node, Value } from '../graph/model.ts'
import { bytesOf } from '../infer/bytes.ts'
import type { Inference } from '../infer/facts.ts'
import type { NodeCost, Totals } from '../result/result.ts'
import type { PeakMemory } from './peak-memory.ts'

/** Numbers of the whole main graph; null where a part is unknown or hangs on a symbolic dimension. */
export const totalsOf = (model: Model, inference: Inference, peak: PeakMemory | null): Totals => ({
  nodes: model.graph.nodes.length,
  macs: sum(model.graph.nodes.map((node) => macsOf(node, inference))),
  params: paramsOf(model),
  peakActivationBytes: peak?.bytes ?? null,
})

/** Of every node of the main graph, in file order. */
export const nodeCosts = (model: Model, inference: Inference): NodeCost[] =>
  model.graph.nodes.map((node) => ({
    index: node.index,
    name: node.name,
    op: node.op,
    domain: node.domain,
    macs: macsOf(node, inference),
    params: node.inputs.reduce((total, value) => total + (value?.initializer ? elementsOf(value.initializer) : 0), 0),
    bytesRead: sum(present(node.inputs).map((value) => bytesOf(value, inference))),
    bytesWritten: sum(present(node.outputs).map((value) => bytesOf(value, inference))),
  }))

const present = (values: readonly (Value | null)[]): Value[] => values.filter((value) => value !== null)

/** What is computed once, at load time, costs nothing per run. */
function macsOf(node: Node, inference: Inference): number | null {
  const { macs, folded } = inference.node(node)
  if (folded) return 0
  return macs !== null && isKnown(macs) ? macs : null
}

const sum = (parts: readonly (number | null)[]): number | null => {
  let total = 0
  for (const part of parts) {
    if (part === null) return null
    total += part
  }
  return total
}

/** Shapes, indices and flags steer a model; they are not what it has learned. */
const steering = new Set<DType>(['int64', 'bool', 'string'])

const elementsOf = ({ dims, dtype }: { dims: readonly number[]; dtype: DType | null }): number =>
  dtype === null || steering.has(dtype)
    ? 0
    : Math.max(
        0,
        dims.reduce((product, dim) => product * dim, 1),
      )

/** Elements of all initializers and Constant nodes, bodies included. */
function paramsOf(model: Model): number {
  let total = 0
  const open: Graph[] = [model.graph]
  for (let graph = open.pop(); graph; graph = open.pop()) {
    for (const tensor of graph.initializers.values()) total += elementsOf(tensor)
    for (const node of graph.nodes) {
      open.push(...node.bodies.values())
      const constant = node.op === 'Constant' && node.domain === '' ? node.attributes.get('value') : undefined
      if (constant?.type === 'TENSOR') total += elementsOf(constant.value)
    }
  }
  return total
}
