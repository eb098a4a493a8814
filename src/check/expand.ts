/**
 * Operators that the specification defines by others, as ONNX Runtime expands them where no provider has a kernel for
 * them. Only those that its CPU provider lacks are here. Source: onnx/defs/nn/defs.cc of ONNX 1.23, opset 14 to 28.
 */
import type { Attribute, Value } from '../graph/model.ts'
import { Workshop } from './prepare/workshop.ts'
import { schemaOf, View, ViewNode } from './view.ts'

interface Part {
  readonly op: string
  /** Names of what is read: `X`, or what a part before it makes. */
  readonly reads: readonly string[]
  /** `Y` is made by the last part. */
  readonly makes: string
  readonly attributes?: Readonly<Record<string, number>>
}

const definitions: Readonly<Record<string, readonly Part[]>> = {
  HardSwish: [
    { op: 'HardSigmoid', reads: ['X'], makes: 'gate', attributes: { alpha: 1 / 6, beta: 0.5 } },
    { op: 'Mul', reads: ['X', 'gate'], makes: 'Y' },
  ],
  Mish: [
    { op: 'Softplus', reads: ['X'], makes: 'soft' },
    { op: 'Tanh', reads: ['soft'], makes: 'gate' },
    { op: 'Mul', reads: ['X', 'gate'], makes: 'Y' },
  ],
}

export const isDefined = ({ op, domain }: ViewNode): boolean => domain === '' && Object.hasOwn(definitions, op)

export interface Expanded {
  readonly view: View
  /** What took the place of a node, in order. */
  readonly parts: ReadonlyMap<ViewNode, readonly ViewNode[]>
}

/** @param nodes of `before`, all of them defined by others */
export function expand(before: View, nodes: ReadonlySet<ViewNode>): Expanded {
  const shop = new Workshop(before.model, before.overlay)
  const parts = new Map([...nodes].map((node) => [node, partsOf(before, node, shop)]))
  const all = before.nodes.flatMap((node) => parts.get(node) ?? node)
  return { view: new View(before.inference, before.graph, all, before.outputs, shop), parts }
}

/** All of them element by element: what lies between has the type of the output. */
function partsOf(view: View, node: ViewNode, shop: Workshop): ViewNode[] {
  const [x = null] = node.inputs
  const [y = null] = node.outputs
  const values = new Map<string, Value | null>([
    ['X', x],
    ['Y', y],
  ])
  return (definitions[node.op] ?? []).map(({ op, reads, makes, attributes = {} }) => {
    if (makes !== 'Y' && y)
      values.set(makes, shop.value(view.graph, `${y.name}_${makes}`, { ...view.facts(y), value: null }))
    const part = new ViewNode(node.source, schemaOf(view.inference, node.source, op, ''), shop.nodeId())
    return Object.assign(part, {
      op,
      domain: '',
      inputs: reads.map((name) => values.get(name) ?? null),
      inputNames: reads.map((name) => values.get(name)?.name ?? ''),
      outputs: [values.get(makes) ?? null],
      attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, float(value)])),
      alone: makes === 'Y' ? [node.source] : [],
    })
  })
}

const float = (value: number): Attribute => ({ type: 'FLOAT', value })
