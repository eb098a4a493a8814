/** Names by which findings point at nodes when positions may change: a new export moves every node. */
import type { Finding, NodeRef } from '../result/finding.ts'
import type { ModelResult } from '../result/result.ts'

export class NodeLabels {
  private readonly labels = new Map<NodeRef, string>()

  constructor({ targets = [] }: ModelResult) {
    for (const { index, scope, name, op } of targets[0]?.nodes ?? [])
      this.labels.set(scope === '' ? index : `${scope}/${index}`, name === '' ? op : name)
  }

  /** The nodes of a finding, sorted; where it has none, its values. */
  of({ nodes, values }: Finding): string[] {
    const labels = nodes.map((ref) => this.labels.get(ref) ?? '')
    return (labels.length > 0 ? labels : [...values]).sort()
  }
}
