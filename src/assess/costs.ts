/** What a model costs: MACs, parameters, bytes per node, and the memory that its activations take at the worst moment. */
import { isKnown } from '../graph/dim.ts'
import { byteSize, type DType } from '../graph/dtype.ts'
import type { Graph, Model, Node, Value } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import type { NodeCost, Totals } from '../result/result.ts'

/** Numbers of the whole main graph; null where a part is unknown or hangs on a symbolic dimension. */
export const totalsOf = (model: Model, inference: Inference): Totals => ({
  nodes: model.graph.nodes.length,
  macs: sum(model.graph.nodes.map((node) => macsOf(node, inference))),
  params: paramsOf(model),
  peakActivationBytes: peakActivationBytes(model.graph, inference),
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

/** Bytes of a dense tensor of known shape; null for everything else. */
function bytesOf(value: Value, inference: Inference): number | null {
  const { type } = inference.facts(value)
  if (type?.kind !== 'tensor' || type.dtype === null || type.shape === null) return null
  let elements = 1
  for (const dim of type.shape) {
    if (!isKnown(dim)) return null
    elements *= dim
  }
  return byteSize(type.dtype, elements)
}

/**
 * The largest sum of the bytes of values that live at one moment, for nodes in topological order, each value freed
 * after its last reader. Constants are not counted; those inside bodies of control flow neither.
 */
function peakActivationBytes(graph: Graph, inference: Inference): number | null {
  const last = new Map<Value, Node>()
  const position = new Map(graph.order.map((node, at) => [node, at]))
  const size = (value: Value): number | null => (inference.isConst(value) ? 0 : bytesOf(value, inference))
  let live = 0
  for (const input of graph.inputs) {
    const bytes = size(input)
    if (bytes === null) return null
    live += bytes
  }
  for (const value of graph.values.values()) {
    let reader: Node | undefined
    for (const use of value.uses) {
      const node = ownerIn(graph, use.node)
      if (node && (!reader || (position.get(node) ?? 0) > (position.get(reader) ?? 0))) reader = node
    }
    if (reader && !value.isOutput) last.set(value, reader)
  }
  const freedBy = new Map<Node, Value[]>()
  for (const [value, node] of last) {
    const freed = freedBy.get(node)
    if (freed) freed.push(value)
    else freedBy.set(node, [value])
  }
  let peak = live
  for (const node of graph.order) {
    for (const output of node.outputs) {
      if (!output) continue
      const bytes = size(output)
      if (bytes === null) return null
      live += bytes
    }
    peak = Math.max(peak, live)
    for (const output of node.outputs) if (output && !output.isOutput && !last.has(output)) live -= size(output) ?? 0
    for (const value of freedBy.get(node) ?? []) if (value.producer || value.isInput) live -= size(value) ?? 0
  }
  return peak
}

/** The node of `graph` in whose bodies `node` lies. */
function ownerIn(graph: Graph, node: Node): Node | null {
  let at: Node | null = node
  while (at && at.graph !== graph) at = at.graph.owner
  return at
}
