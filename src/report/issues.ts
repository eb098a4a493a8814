/**
 * A result as a list of problems, one per kind of finding, model and target: what code scanning, code quality and
 * annotations are made of. The worst first, so that a limit cuts off the least.
 */
import type { Accepted } from '../result/acceptance.ts'
import type { Finding, NodeRef, Severity } from '../result/finding.ts'
import { fingerprint, portablePath } from '../result/fingerprint.ts'
import { isFailure, type ModelFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import { type Reason, reasonsOf, refOf } from './reasons.ts'
import { targetName, targetReasons } from './target.ts'

export interface Issue {
  /** Path of the model; of what is about the question, the file that says it. */
  readonly model: string
  /** Target or runtime, as people tell it apart; null where it is about the model itself. */
  readonly target: string | null
  /** Whether it counts for the exit code: errors of a model, and what stands at a target that decides. */
  readonly decides: boolean
  readonly reason: Reason
  /** Somebody looked at it and lives with it. */
  readonly accepted: Accepted | null
  /** Nodes by name; those without a name by their operator. */
  readonly nodes: readonly IssueNode[]
  /** Stable across commits, and unique in its list. */
  readonly fingerprint: string
}

export interface IssueNode {
  readonly ref: NodeRef
  readonly name: string
  readonly op: string
}

type Draft = Omit<Issue, 'fingerprint'>

const severities: readonly Severity[] = ['error', 'warning', 'note']

const rank = ({ reason, decides, accepted }: Draft): number =>
  (accepted ? 10 : 0) + severities.indexOf(reason.severity) * 2 + (decides ? 0 : 1)

export function issuesOf(result: Result): Issue[] {
  const drafts = [
    ...result.models.flatMap((model) => (isFailure(model) ? [unreadable(model)] : ofModel(model))),
    ...ofRuns(result),
    ...ofQuestion(result),
  ]
  const seen = new Map<string, number>()
  const issues = drafts.map((draft): Issue => {
    const { model, target, reason } = draft
    const words = [portablePath(model), target ?? '', reason.id, reason.severity]
    const key = words.join('\n')
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return { ...draft, fingerprint: fingerprint(...words, ...(times > 1 ? [String(times)] : [])) }
  })
  return issues.sort((a, b) => rank(a) - rank(b))
}

/** As a reason, so that what reads reasons reads this, too. */
const unreadable = ({ path, error }: ModelFailure): Draft => ({
  model: path,
  target: null,
  decides: true,
  accepted: null,
  nodes: [],
  reason: {
    id: `error/${error.code}`,
    severity: 'error',
    message: error.message + (error.offset === null ? '' : ` (at byte ${error.offset})`),
    condition: undefined,
    expected: error.expected,
    found: [],
    nodes: [],
    source: undefined,
    evidence: undefined,
    fix: error.fix,
    effect: null,
    together: [],
  },
})

function ofModel(model: ModelResult): Draft[] {
  const targets = model.targets ?? []
  const own = byAcceptance(model.findings, (findings) => reasonsOf(findings)).map(
    ([reason, accepted]): Draft => ({
      model: model.path,
      target: null,
      decides: true,
      accepted,
      reason,
      nodes: nodesOf(reason, targets[0]),
    }),
  )
  const others = targets.flatMap((target) =>
    byAcceptance(target.findings, (findings) => targetReasons({ ...bare(target), findings: [...findings] })).map(
      ([reason, accepted]): Draft => ({
        model: model.path,
        target: targetName(target, targets),
        decides: target.decides,
        accepted,
        reason,
        nodes: nodesOf(reason, target),
      }),
    ),
  )
  return [...own, ...others]
}

/** What targetReasons looks at. */
const bare = ({ id, causes }: TargetResult): Pick<TargetResult, 'id' | 'causes'> => ({ id, causes })

/** Of one kind some findings may be accepted and others not: those are two problems. */
function byAcceptance(
  findings: readonly Finding[],
  reasons: (findings: readonly Finding[]) => Reason[],
): [Reason, Accepted | null][] {
  const open = findings.filter(({ accepted }) => !accepted)
  const taken = findings.filter(({ accepted }) => accepted)
  const why = new Map(taken.map(({ id, accepted }) => [id, accepted ?? null]))
  return [
    ...reasons(open).map((reason): [Reason, null] => [reason, null]),
    ...reasons(taken).map((reason): [Reason, Accepted | null] => [reason, why.get(reason.id) ?? null]),
  ]
}

/** The findings of a run stand for themselves: two of a kind are about two runtimes. */
const ofRuns = ({ runs = [] }: Result): Draft[] =>
  runs.flatMap(({ model, findings }) =>
    findings.flatMap((finding) =>
      reasonsOf([finding]).map(
        (reason): Draft => ({
          model,
          target: typeof finding.found?.runtime === 'string' ? finding.found.runtime : null,
          decides: true,
          accepted: finding.accepted ?? null,
          reason,
          nodes: nodesOf(reason),
        }),
      ),
    ),
  )

/** About what was asked: it stands in the file with the entry. */
const ofQuestion = ({ findings = [], tool }: Result): Draft[] =>
  findings.flatMap((finding) =>
    reasonsOf([finding]).map(
      (reason): Draft => ({
        model: typeof finding.found?.file === 'string' ? finding.found.file : tool.name,
        target: null,
        decides: true,
        accepted: null,
        reason,
        nodes: [],
      }),
    ),
  )

function nodesOf({ nodes }: Reason, target?: TargetResult): IssueNode[] {
  if (nodes.length === 0) return []
  const wanted = new Set<NodeRef>(nodes)
  const known = new Map<NodeRef, { name: string; op: string }>()
  for (const node of target?.nodes ?? []) if (wanted.has(refOf(node))) known.set(refOf(node), node)
  return nodes.map((ref) => ({ ref, name: known.get(ref)?.name ?? '', op: known.get(ref)?.op ?? '' }))
}
