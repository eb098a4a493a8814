/** Which nodes of a finished network do the work of which node of the file. */
import type { Node } from '../../graph/model.ts'
import type { Network, Operation } from './network.ts'

/** Nodes that only move data, or factors and summands: they decide where nothing else is left of a node. */
const aside: ReadonlySet<string> = new Set([
  ...['Transpose', 'Shuffle', 'DuplicateStreams', 'FMPadding', 'ConvolutionInputGenerator', 'DownSampler', 'Im2Col'],
  ...['Mul', 'Add', 'ElementwiseMul', 'ElementwiseAdd', 'Flatten', 'Reshape'],
])

export interface Carried {
  /** What does its work. */
  readonly main: readonly Operation[]
  /** What else has come from it. */
  readonly aside: readonly Operation[]
}

export function carriersOf(network: Network): ReadonlyMap<Node, Carried> {
  const own = new Map<Node, Operation[]>()
  const absorbed = new Map<Node, Operation[]>()
  for (const operation of network.all()) {
    for (const node of operation.origins) enter(own, node, operation)
    for (const node of operation.absorbed) enter(absorbed, node, operation)
  }
  const carried = new Map<Node, Carried>()
  for (const node of new Set([...own.keys(), ...absorbed.keys()])) {
    const all = own.get(node) ?? absorbed.get(node) ?? []
    const main = all.filter(({ op }) => !aside.has(op))
    carried.set(
      node,
      main.length > 0 ? { main, aside: all.filter(({ op }) => aside.has(op)) } : { main: all, aside: [] },
    )
  }
  return carried
}

function enter(map: Map<Node, Operation[]>, node: Node, operation: Operation): void {
  const list = map.get(node)
  if (list) list.push(operation)
  else map.set(node, [operation])
}

export const products: ReadonlySet<string> = new Set(['Conv', 'MatMul', 'Gemm', 'ConvTranspose'])

/** The node of the file that a layer is called after, where it comes from several: the one that computes most. */
export function leadOf(origins: ReadonlySet<Node>): Node | null {
  const sorted = [...origins].sort((a, b) => a.index - b.index)
  return sorted.find(({ op }) => products.has(op)) ?? sorted.at(-1) ?? null
}
