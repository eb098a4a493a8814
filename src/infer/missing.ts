/** Nodes whose operator has no schema at the opset in force: what is wrong, or that they are custom operators. */
import { type Node, nodeRef } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import { isForeign, isKnownDomain, schemasOf } from '../operators/schema.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import { nearestOperator } from './nearest-operator.ts'

/** ONNX Runtime's own domain grows with each release: an operator unknown here may exist in a newer one. */
const isOpen = (domain: string): boolean => !isKnownDomain(domain) || domain === 'com.microsoft'

/** An operator that no runtime knows, of a domain that the model imports. */
export const isCustom = (node: Node, opset: number): boolean =>
  node.op !== '' &&
  opset > 0 &&
  isOpen(node.domain) &&
  (isForeign(node.domain) || schemasOf(node.domain, node.op).length === 0)

/** Null for custom operators, which are not wrong. `opset`: 0 where the domain is not imported. */
export function missingSchema(node: Node, opset: number, removed: boolean, hasImports: boolean): Finding | null {
  if (node.op === '' || isCustom(node, opset)) return null
  const where = { nodes: [nodeRef(node)] }
  const name = nodeText(node)
  const domain = node.domain || 'ai.onnx'
  if (opset === 0)
    return hasImports ? report(catalogue, 'model/domain-not-imported', { node: name, domain }, where) : null
  const versions = schemasOf(node.domain, node.op)
  if (versions.length === 0)
    return report(
      catalogue,
      'model/unknown-operator',
      { node: name, domain, near: nearestOperator(node.domain, node.op) },
      where,
    )
  const since = (removed ? versions.findLast(({ deprecated }) => deprecated) : versions[0])?.since ?? 0
  return report(catalogue, 'model/operator-not-in-opset', { node: name, opset, since, removed }, where)
}

/** One note for each custom operator. */
export function customOperators(nodes: ReadonlySet<Node>): Finding[] {
  const byOperator = new Map<string, Node[]>()
  for (const node of nodes) {
    const key = `${node.domain}::${node.op}`
    const list = byOperator.get(key)
    if (list) list.push(node)
    else byOperator.set(key, [node])
  }
  return [...byOperator].map(([operator, list]) =>
    report(
      catalogue,
      'model/custom-operator',
      { operator, count: list.length, isQonnx: isForeign(list[0]?.domain ?? '') },
      { nodes: list.map(nodeRef) },
    ),
  )
}
