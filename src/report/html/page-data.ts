/** What the picture of a model needs, put together from its graphs and its verdicts. */
import type { GraphPicture } from '../../result/graph.ts'
import type { ModelResult, NodeVerdict, Placement, TargetResult } from '../../result/result.ts'
import { typeText } from '../inspect.ts'
import { type Reason, reasonsOf } from '../reasons.ts'
import { targetName } from '../target.ts'
import { safe, name as shortName } from '../text.ts'
import type { PageGraph, PageModel, PageReason, PageTarget, PlacementLetter } from './page/data.ts'
import { foundList, sourceLine } from './reason.ts'

const letters: Record<Placement, PlacementLetter> = { target: 't', host: 'h', folded: 'f', blocked: 'b', unknown: 'u' }

/** Null where there is no graph to draw. */
export function pageModel(model: ModelResult): PageModel | null {
  const { graphs, targets = [] } = model
  if (!graphs?.length) return null
  return { graphs: graphs.map(pageGraph), targets: targets.map((target) => pageTarget(target, targets, graphs)) }
}

const pageGraph = ({ scope, nodes, values }: GraphPicture): PageGraph => ({
  scope: safe(scope, 200),
  nodes: nodes.map(({ name, op, domain, inputs, outputs, attributes, macs }) => ({
    name: shortName(name, 200),
    op: shortName(domain ? `${domain}::${op}` : op, 80),
    inputs,
    outputs,
    ...(attributes ? { attributes: harmless(attributes) } : {}),
    ...(macs === undefined ? {} : { macs }),
  })),
  values: values.map(({ name, dtype, shape, kind }) => ({
    name: shortName(name, 200),
    type: typeText(dtype, shape),
    ...(kind ? { kind } : {}),
  })),
})

const harmless = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [safe(key, 80), safe(value, 200)]))

function pageTarget(target: TargetResult, all: readonly TargetResult[], graphs: readonly GraphPicture[]): PageTarget {
  const whys = new Map<string, number>()
  const byScope = new Map(graphs.map(({ scope, nodes }) => [scope, new Array<NodeVerdict | undefined>(nodes.length)]))
  for (const node of target.nodes) {
    const verdicts = byScope.get(node.scope)
    if (verdicts && node.index < verdicts.length) verdicts[node.index] = node
  }
  const whyOf = (text: string): number => {
    const known = whys.get(text) ?? whys.size
    whys.set(text, known)
    return known
  }
  return {
    label: shortName(targetName(target, all), 80),
    verdict: target.verdict,
    graphs: graphs.map(({ scope }) => {
      const verdicts = byScope.get(scope) ?? []
      const why: Record<number, number> = {}
      for (const [i, verdict] of verdicts.entries()) if (verdict?.why) why[i] = whyOf(safe(verdict.why, 300))
      return {
        placements: Array.from(verdicts, (verdict) => (verdict ? letters[verdict.placement] : 'u')).join(''),
        partitions: Array.from(verdicts, (verdict) => verdict?.partition ?? -1),
        why,
      }
    }),
    whys: [...whys.keys()],
    reasons: [...reasonsOf(target.findings, target.causes)].map((reason) => pageReason(reason, graphs)),
  }
}

function pageReason(reason: Reason, graphs: readonly GraphPicture[]): PageReason {
  const positions = new Map(graphs.map(({ scope }, position) => [scope, position]))
  const nodes = graphs.map((): number[] => [])
  for (const ref of reason.nodes) {
    const text = String(ref)
    const cut = text.lastIndexOf('/')
    const position = positions.get(cut < 0 ? '' : text.slice(0, cut))
    if (position !== undefined) nodes[position]?.push(Number(text.slice(cut + 1)))
  }
  const lines: [string, string][] = []
  const add = (label: string, text: string | null | undefined) => {
    if (text) lines.push([label, safe(text, 400)])
  }
  add('needs', reason.condition ?? reason.expected)
  add('found', foundList(reason))
  add('fix', reason.fix)
  add('source', sourceLine(reason))
  return { id: safe(reason.id, 160), severity: reason.severity, message: safe(reason.message), lines, nodes }
}
