/**
 * Why a target's verdict is what it is: its findings of one kind joined to one reason, the decisive ones first.
 * Findings that stand node by node in the result become one line with a count, examples and the values found.
 */
import type { Evidence, Finding, NodeRef, Severity, Source } from '../result/finding.ts'
import type { Cause, NodeVerdict, TargetResult } from '../result/result.ts'

export interface Reason {
  readonly id: string
  readonly severity: Severity
  readonly message: string
  readonly condition: string | undefined
  readonly expected: string | undefined
  /** The values found, each with the number of findings that show it, most frequent first. */
  readonly found: readonly { readonly text: string; readonly times: number }[]
  readonly nodes: readonly NodeRef[]
  readonly source: Source | undefined
  readonly evidence: Evidence | undefined
  readonly fix: string | undefined
  /** What is gained when it is solved; null where it makes no difference alone. */
  readonly effect: string | null
  /** Ids that have to be solved with it for that effect. */
  readonly together: readonly string[]
}

const severities: readonly Severity[] = ['error', 'warning', 'note']

/** One reason per kind of finding. `causes` says what each costs, and orders them. */
export function reasonsOf(findings: readonly Finding[], causes: readonly Cause[] = []): Reason[] {
  const groups = new Map<string, [Finding, ...Finding[]]>()
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.id}`
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  const rank = new Map<string, number>()
  for (const [position, cause] of causes.entries())
    for (const id of cause.findings) if (!rank.has(id)) rank.set(id, position)
  const rankOf = (id: string): number => rank.get(id) ?? causes.length
  return [...groups.values()]
    .map((group) => join(group, causes))
    .sort(
      (a, b) =>
        severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
        rankOf(a.id) - rankOf(b.id) ||
        b.nodes.length - a.nodes.length,
    )
}

/** The findings of a run one by one, the worst first: two of a kind are about two runtimes. */
export const reasonsApart = (findings: readonly Finding[]): Reason[] =>
  findings
    .flatMap((finding) => reasonsOf([finding]))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))

function join(group: readonly [Finding, ...Finding[]], causes: readonly Cause[]): Reason {
  const [first] = group
  const found = new Map<string, number>()
  const nodes = new Set<NodeRef>()
  for (const finding of group) {
    for (const node of finding.nodes) nodes.add(node)
    const text = finding.found === undefined ? '' : foundText(finding.found)
    if (text !== '') found.set(text, (found.get(text) ?? 0) + 1)
  }
  const cause = causes.find(({ findings }) => findings.includes(first.id))
  return {
    id: first.id,
    severity: first.severity,
    message: first.message,
    condition: first.condition,
    expected: first.expected,
    found: [...found].map(([text, times]) => ({ text, times })).sort((a, b) => b.times - a.times),
    nodes: [...nodes],
    source: first.source,
    evidence: first.evidence,
    fix: first.fix,
    effect: cause?.effect || null,
    together: cause ? cause.findings.filter((id) => id !== first.id) : [],
  }
}

/** `mode = 'cubic', rank(X) = 5` */
const foundText = (found: Readonly<Record<string, unknown>>): string =>
  Object.entries(found)
    .map(([term, value]) => `${term} = ${valueText(value)}`)
    .join(', ')

function valueText(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (value !== null && typeof value === 'object') return `{${foundText(value as Record<string, unknown>)}}`
  return String(value)
}

/** How a node is written in lists: its number first, since names may be missing or equal. */
export const refOf = ({ scope, index }: NodeVerdict): NodeRef => (scope === '' ? index : `${scope}/${index}`)

/** Node counts that a sentence about a target needs. */
export function tally(target: TargetResult): Record<NodeVerdict['placement'], number> & { active: number } {
  const counts = { target: 0, host: 0, folded: 0, blocked: 0, unknown: 0 }
  for (const { placement } of target.nodes) counts[placement]++
  return { ...counts, active: target.nodes.length - counts.folded }
}

/** The most frequent `why` of the nodes at a placement, for targets whose findings do not say it. */
export function commonWhy(target: TargetResult, placement: NodeVerdict['placement']): string | null {
  const times = new Map<string, number>()
  let best: string | null = null
  for (const node of target.nodes) {
    if (node.placement !== placement || !node.why) continue
    const seen = (times.get(node.why) ?? 0) + 1
    times.set(node.why, seen)
    if (best === null || seen > (times.get(best) ?? 0)) best = node.why
  }
  return best
}
