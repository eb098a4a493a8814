/** The node that a user means: by number, by name, by the name of a value that it makes. */
import { type Graph, type Model, type Node, nodeRef } from '../graph/model.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'

/** Throws a Problem where nothing, or more than one node, is meant. */
export function findNode(model: Model, text: string): Node {
  const nodes = allNodes(model)
  const byRef = nodes.find((node) => String(nodeRef(node)) === text)
  if (byRef) return byRef
  const named = nodes.filter(({ name }) => name === text)
  const makers = nodes.filter(({ outputs }) => outputs.some((value) => value?.name === text))
  const found = named.length > 0 ? named : makers
  const [only, ...others] = found
  if (only && others.length === 0) return only
  if (only) {
    const refs = found.slice(0, 8).map(nodeRef).join(', ')
    throw new Problem('ambiguous-node', `${found.length} nodes are called ${text}`, {
      fix: `name one by number: ${refs}`,
    })
  }
  const names = nodes.slice(0, 20_000).flatMap(({ name }) => (name === '' ? [] : [name]))
  const near = nearest(text, names)
  throw new Problem('unknown-node', `${model.path} has no node ${text}`, {
    expected: `a number from 0 to ${model.graph.nodes.length - 1}, the name of a node, or of a value that it makes`,
    fix: near ? `did you mean ${near}?` : 'deploycheck check MODEL --format json lists every node with number and name',
  })
}

function allNodes(model: Model): Node[] {
  const nodes: Node[] = []
  const graphs: Graph[] = [model.graph]
  for (const graph of graphs)
    for (const node of graph.nodes) {
      nodes.push(node)
      graphs.push(...node.bodies.values())
    }
  return nodes
}
