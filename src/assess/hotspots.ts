/** Which layers dominate what a model costs: the first places to look at when it is too slow or too large. */
import { type Model, type Node, nodeRef } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import { design as catalogue } from '../result/catalogue/design.ts'
import { type Finding, report } from '../result/finding.ts'
import type { Hotspot, Hotspots, NodeCost } from '../result/result.ts'
import { nodeCosts } from './costs.ts'
import type { PeakMemory } from './peak-memory.ts'

const shown = 5

export function hotspotsOf(model: Model, inference: Inference, peak: PeakMemory | null): Hotspots {
  const costs = nodeCosts(model, inference)
  return {
    macs: largest(costs, ({ macs }) => macs),
    params: largest(costs, ({ params }) => params),
    activations: (peak?.live ?? []).slice(0, shown).map(({ value, bytes }) => ({
      node: value.producer && nodeRef(value.producer),
      name: value.name,
      op: value.producer?.op ?? 'input',
      amount: bytes,
      share: bytes / (peak?.bytes ?? bytes),
    })),
  }
}

function largest(costs: readonly NodeCost[], of: (cost: NodeCost) => number | null): Hotspot[] {
  const known = costs.flatMap((cost) => {
    const amount = of(cost)
    return amount ? [{ cost, amount }] : []
  })
  const total = known.reduce((sum, { amount }) => sum + amount, 0)
  return known
    .sort((a, b) => b.amount - a.amount || a.cost.index - b.cost.index)
    .slice(0, shown)
    .map(({ cost: { index, name, op }, amount }) => ({ node: index, name, op, amount, share: amount / total }))
}

/** From this share on one layer decides, in a model that is large enough to be worth it. */
const dominant = {
  macs: { share: 0.4, least: 10e6 },
  params: { share: 0.5, least: 250e3 },
  activations: { share: 0.5, least: 4e6 },
} as const

/** Notes on what dominates. */
export function hotspotFindings({ macs, params, activations }: Hotspots, peak: PeakMemory | null): Finding[] {
  const findings: Finding[] = []
  const [work, weights, value] = [macs[0], params[0], activations[0]]
  if (work && decides(work, dominant.macs))
    findings.push(report(catalogue, 'model/dominant-macs', work, { nodes: nodesOf(work) }))
  if (weights && decides(weights, dominant.params))
    findings.push(report(catalogue, 'model/dominant-parameters', weights, { nodes: nodesOf(weights) }))
  if (value && peak && decides(value, dominant.activations))
    findings.push(
      report(
        catalogue,
        'model/dominant-activation',
        { ...value, during: duringText(peak.node) },
        {
          nodes: nodesOf(value),
          values: [value.name],
        },
      ),
    )
  return findings
}

const decides = ({ amount, share }: Hotspot, { share: from, least }: { share: number; least: number }): boolean =>
  share >= from && amount >= least

const nodesOf = ({ node }: Hotspot) => (node === null ? [] : [node])

const duringText = (node: Node | null): string => (node === null ? 'before the first node' : `while ${node.op} runs`)
