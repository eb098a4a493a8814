/** Finds what no output of the graph needs. */
import { structure } from '../result/catalogue/structure.ts'
import { report } from '../result/finding.ts'
import type { Findings } from './findings.ts'
import { nodeRef } from './model.ts'
import { nodeText } from './node-text.ts'
import type { BuiltGraph } from './values.ts'

const shown = 100

/** One finding per kind, for the main graph. */
export function checkUnused(graph: BuiltGraph, findings: Findings): void {
  const { initializers, inputs, nodes, outputs } = graph
  const idle = (name: string): boolean => {
    const value = graph.values.get(name)
    return value !== undefined && value.uses.length === 0 && !value.isOutput
  }
  const constants = [...initializers.keys()].filter(idle)
  if (constants.length > 0)
    findings.add(
      report(structure, 'model/unused-initializer', { names: constants }, { values: constants.slice(0, shown) }),
    )
  const fed = inputs.filter((value) => !value.initializer && idle(value.name)).map((value) => value.name)
  if (fed.length > 0)
    findings.add(report(structure, 'model/unused-input', { names: fed }, { values: fed.slice(0, shown) }))

  const needed = new Uint8Array(nodes.length)
  const open = outputs.flatMap((value) => value.producer ?? [])
  for (let node = open.pop(); node; node = open.pop()) {
    if (needed[node.index] === 1) continue
    needed[node.index] = 1
    for (const value of node.inputs) if (value?.producer) open.push(value.producer)
    for (const body of node.bodies.values())
      for (const value of body.captures) if (value.producer && value.graph === graph) open.push(value.producer)
  }
  const dead = nodes.filter((node) => needed[node.index] !== 1)
  if (dead.length > 0 && outputs.length > 0)
    findings.add(
      report(
        structure,
        'model/unused-nodes',
        { names: dead.slice(0, 3).map((node) => node.name || nodeText(node)), count: dead.length },
        { nodes: dead.slice(0, shown).map(nodeRef) },
      ),
    )
}
