/** Findings of one target, each made once: the nodes that share id, condition and source are listed in it. */
import { IdMap } from '../graph/id-map.ts'
import { type Node, nodeRef } from '../graph/model.ts'
import type { Explanation } from '../profiles/condition/explain.ts'
import { dynamicShapeId, type Reason } from '../profiles/reason.ts'
import { check as catalogue } from '../result/catalogue/check.ts'
import { type Finding, type NodeRef, report, type Severity } from '../result/finding.ts'
import type { Remedies } from './remedies.ts'

type Kind = keyof typeof catalogue
type Args = { subject: string; why: string; how?: string; operator?: string; flags?: readonly string[] }

interface Entry {
  readonly id: string
  readonly kind: Kind
  readonly nodes: Map<NodeRef, Node>
  readonly severity: Severity
  readonly reason: Reason | null
  readonly explanation: Explanation | null
  readonly flags: Set<string>
  readonly tensors: Set<string>
  readonly args: Omit<Args, 'subject'>
}

/** How a provider fails, in words. */
const how = {
  throws: 'the provider claims it and throws',
  aborts: 'the provider ends the whole application',
  build: 'the provider claims it and cannot build its part',
} as const

const severities: readonly Severity[] = ['error', 'warning', 'note']

/** Nodes for which a reason is told with the values found. */
const fullyTold = 200
/** Tensors that a finding names. */
const mostTensors = 50

export class TargetFindings {
  private readonly entries = new Map<string, Entry>()
  private readonly idsOf = new IdMap<Node, string[]>()
  private readonly extra: Finding[] = []
  private readonly told = new Map<string, number>()

  constructor(
    readonly target: string,
    /** The target is a flow that converts models, and says which tensors of the file a reason is about. */
    private readonly flow = false,
  ) {}

  /** Whether so many nodes were told the same reason in full that the values of one more say nothing. */
  isTold({ id }: Reason): boolean {
    const count = (this.told.get(id) ?? 0) + 1
    this.told.set(id, count)
    return count > fullyTold
  }

  /** Why a rule of the target decided as it did; gives the id of the finding. */
  addReason(
    nodes: readonly Node[],
    reason: Reason,
    as: 'refused' | 'fails' | 'wrong' | 'unsure',
    severity: Severity,
    explanation = reason.explain(),
  ): string {
    // A flow takes an open dimension for 0 and fails at it later.
    const dynamic = explanation.dynamic && (as === 'refused' || (this.flow && as === 'fails'))
    const id = dynamic ? dynamicShapeId(this.target) : reason.id
    const kind = kindOf(reason, as, dynamic)
    const key = `${id} ${as} ${severity} ${dynamic ? '' : reason.condition} ${reason.source?.path ?? ''}`
    const args = { why: explanation.text, ...(reason.how ? { how: how[reason.how] } : {}) }
    const tensors = this.flow ? explanation.tensors : []
    return this.add(key, { id, kind, severity, reason, explanation, args }, nodes, explanation.flags, tensors)
  }

  /** Anything else: `kind` without the target is the id. `reason`: whose fix and source count, where there is one. */
  addKind(
    nodes: readonly Node[],
    kind: Kind,
    args: Omit<Args, 'subject'>,
    severity?: Severity,
    reason: Reason | null = null,
  ): string {
    const [first] = nodes
    const id = kind.replace('<target>', this.target).replace('<Op>', first?.op ?? '')
    const entry = { id, kind, severity: severity ?? catalogue[kind].severity, reason, explanation: null, args }
    return this.add(`${id} ${args.operator ?? ''} ${args.why}`, entry, nodes, [])
  }

  private add(
    key: string,
    entry: Omit<Entry, 'nodes' | 'flags' | 'tensors'>,
    nodes: readonly Node[],
    flags: readonly string[],
    tensors: readonly string[] = [],
  ): string {
    let known = this.entries.get(key)
    if (!known) {
      known = { ...entry, nodes: new Map(), flags: new Set(), tensors: new Set() }
      this.entries.set(key, known)
    }
    for (const flag of flags) known.flags.add(flag)
    for (const tensor of tensors) if (known.tensors.size < mostTensors) known.tensors.add(tensor)
    for (const node of nodes) {
      known.nodes.set(nodeRef(node), node)
      const ids = this.idsOf.get(node)
      if (!ids) this.idsOf.set(node, [known.id])
      else if (!ids.includes(known.id)) ids.push(known.id)
    }
    return known.id
  }

  /** A finding that is not about single nodes. */
  push(finding: Finding): void {
    this.extra.push(finding)
  }

  /** Ids of the findings that concern a node. */
  of(node: Node): string[] {
    return [...(this.idsOf.get(node) ?? [])]
  }

  /** Errors first; within a severity in the order of the first node. */
  list(remedies: Remedies): Finding[] {
    const made = [...this.entries.values()].map((entry) => finish(entry, remedies))
    const all = [...this.extra, ...made]
    return severities.flatMap((severity) => all.filter((finding) => finding.severity === severity))
  }
}

function kindOf(reason: Reason, as: string, dynamic: boolean): Kind {
  if (dynamic) return '<target>/dynamic-shape'
  if (as === 'fails') return '<target>/<Op>/fails'
  if (as === 'wrong') return '<target>/<Op>/wrong'
  if (as === 'unsure') return '<target>/unsure'
  if (reason.phase === 'operator') return '<target>/<Op>/unsupported'
  return reason.phase === 'exclude' ? '<target>/excluded' : '<target>/<Op>/<condition>'
}

function finish(entry: Entry, remedies: Remedies): Finding {
  const { id, kind, nodes, severity, reason, explanation, flags, tensors, args } = entry
  const subject = subjectOf([...nodes.values()])
  const made = report(catalogue, kind, { how: '', operator: '', ...args, subject, flags: [...flags] } as never, {
    nodes: [...nodes.keys()],
    values: [...tensors],
    severity,
  })
  const refusal = reason && explanation && { nodes: [...nodes.values()], reason, explanation }
  const fix =
    fixOf(kind, [...flags].slice(0, 4).join(' '), reason) ?? made.fix ?? (refusal && remedies.of(refusal)) ?? undefined
  return {
    ...made,
    id,
    ...(explanation?.condition ? { condition: explanation.condition } : {}),
    ...(explanation && Object.keys(explanation.found).length > 0 ? { found: explanation.found } : {}),
    ...(reason?.source ? { source: reason.source } : {}),
    ...(reason?.evidence ? { evidence: reason.evidence } : {}),
    ...(fix === undefined ? {} : { fix }),
  }
}

/** For what hangs on open dimensions the flags that settle it come first: they are the shortest way to an answer. */
function fixOf(kind: Kind, flags: string, reason: Reason | null): string | undefined {
  if (kind !== '<target>/dynamic-shape' || flags === '') return reason?.fix ?? (flags || undefined)
  return reason?.fix ? `${flags}: ${reason.fix}` : flags
}

/** `Resize "up1"` for one node, `3 Resize nodes` or `7 nodes (Resize, Gather, …)` for several. */
export function subjectOf(nodes: readonly Node[]): string {
  const [first] = nodes
  if (!first) return 'the model'
  if (nodes.length === 1) return first.name ? `${first.op} "${first.name}"` : `${first.op} node`
  const operators = [...new Set(nodes.map((node) => node.op))]
  if (operators.length === 1) return `${nodes.length} ${first.op} nodes`
  return `${nodes.length} nodes (${operators.slice(0, 4).join(', ')}${operators.length > 4 ? ', …' : ''})`
}
