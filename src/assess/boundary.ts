/** What crosses between a target and its host in every run, and which layers send it. */
import { type Model, nodeRef, type Value } from '../graph/model.ts'
import { bytesOf } from '../infer/bytes.ts'
import type { Inference } from '../infer/facts.ts'
import { design as catalogue } from '../result/catalogue/design.ts'
import { type Finding, report } from '../result/finding.ts'
import type { Placement, TargetResult } from '../result/result.ts'

/** Below this a copy costs less than being started. */
const leastBytes = 1e6

interface Crossing {
  readonly value: Value
  readonly bytes: number
}

/** A note on the border's traffic, where it is worth one. Values of unknown size are left out, and said to be. */
export function boundaryFindings(model: Model, inference: Inference, target: TargetResult): Finding[] {
  const { crossings, unknown } = crossingsOf(model, inference, target)
  const bytes = crossings.reduce((sum, one) => sum + one.bytes, 0)
  if (bytes < leastBytes) return []
  const largest = crossings.sort((a, b) => b.bytes - a.bytes || a.value.id - b.value.id).slice(0, 3)
  const found = report(
    catalogue,
    '<target>/boundary-traffic',
    {
      bytes,
      crossings: crossings.length,
      unknown,
      largest: largest.map((one) => ({
        op: one.value.producer?.op ?? 'input',
        bytes: one.bytes,
      })),
    },
    {
      nodes: largest.flatMap(({ value }) => (value.producer ? [nodeRef(value.producer)] : [])),
      values: largest.map(({ value }) => value.name),
    },
  )
  return [{ ...found, id: `${target.id}/boundary-traffic` }]
}

/** Values of the main graph that one side makes and the other reads. */
function crossingsOf({ graph }: Model, inference: Inference, { nodes }: TargetResult) {
  const sides = new Map<number, Placement>()
  for (const { index, scope, placement } of nodes)
    if (scope === '' && (placement === 'target' || placement === 'host')) sides.set(index, placement)
  const crossings: Crossing[] = []
  let unknown = 0
  for (const value of graph.values.values()) {
    const from = value.producer && sides.get(value.producer.index)
    if (!from || inference.isConst(value)) continue
    const crosses = value.uses.some(({ node }) => {
      const to = node.graph === graph ? sides.get(node.index) : undefined
      return to !== undefined && to !== from
    })
    if (!crosses) continue
    const bytes = bytesOf(value, inference)
    if (bytes === null) unknown++
    else crossings.push({ value, bytes })
  }
  return { crossings, unknown }
}
