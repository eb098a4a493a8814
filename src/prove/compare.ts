/**
 * The answer of a real provider beside the static one: each node gets `verified`, and what the provider contradicts
 * becomes a finding. The static placement stays as it is.
 */
import { prove as catalogue } from '../result/catalogue/prove.ts'
import { type Finding, type NodeRef, report } from '../result/finding.ts'
import { Problem } from '../result/problem.ts'
import type { NodeVerdict, TargetResult } from '../result/result.ts'
import { refOf, withNodes } from './copy.ts'
import type { Question } from './questions.ts'
import type { Proof } from './task.ts'

export function notProved(target: TargetResult, { message, details: { fix } }: Problem): TargetResult {
  const finding = report(catalogue, '<target>/not-proved', { why: message }, fix === undefined ? {} : { fix })
  return {
    ...target,
    verified: null,
    nodes: target.nodes.map((node) => ({ ...node, verified: null })),
    findings: [...target.findings, { ...finding, id: `${target.id}/not-proved` }],
  }
}

/** What speaks of the machine, not of the model: memory, a language that is not installed. */
const ofTheMachine =
  /out of memory|bad_alloc|allocation failed|ENOMEM|memory access out of bounds|Aborted\(\)|failed to construct locale/i
/** The runtime has made the session, and its JavaScript has no name for the type of an input or output. */
const ofTheBinding = /^unsupported data type/i

export function compared(target: TargetResult, question: Question, proof: Proof): TargetResult {
  const { error } = proof
  if (error !== null && ofTheMachine.test(error))
    return notProved(target, new Problem('runtime-unavailable', `this machine is in the way: ${error}`))
  if (error !== null && ofTheBinding.test(error))
    return notProved(target, new Problem('runtime-unavailable', `${question.runtime} in JavaScript: ${error}`))
  if (error !== null && question.weakerHost)
    return notProved(
      target,
      new Problem('runtime-unavailable', `${question.runtime} refuses the model, and runs less beside WebGPU`, {
        fix: 'ask for webgpu@platform=browser, which is about that runtime',
      }),
    )
  const answer = new Answer(question, proof)
  const nodes = target.nodes.map((node) => ({ ...node, verified: answer.agrees(node) }))
  const agree = nodes.filter(({ verified }) => verified === true).length
  const differ = nodes.filter(({ verified }) => verified === false).length
  const asked = agree + differ > 0 || error !== null
  return {
    ...target,
    nodes,
    findings: [...target.findings, ...contradictions(target, nodes, question, proof)],
    verified: asked ? differ === 0 && isExpected(target, question, proof) : null,
    proof: { runtime: question.runtime, agree, differ },
  }
}

/** Whether a session was made, or refused, as the verdict says. What fails when it runs has a session first. */
const isExpected = ({ verdict }: TargetResult, { provider }: Question, { error }: Proof): boolean =>
  error === null ? provider !== null || verdict !== 'blocked' : verdict === 'blocked' || verdict === 'unknown'

/** What fails when it runs is claimed like any other; what nothing runs is not. */
const isClaimed = ({ placement, supported }: NodeVerdict): boolean =>
  placement === 'target' || (placement === 'blocked' && supported === true)

const refOfVerdict = ({ scope, index }: NodeVerdict): NodeRef => (scope === '' ? index : `${scope}/${index}`)

class Answer {
  private readonly providers = new Map<NodeRef, string>()
  private readonly blamed: ReadonlySet<NodeRef>

  constructor(
    private readonly question: Question,
    private readonly proof: Proof,
  ) {
    for (const [name, provider] of Object.entries(proof.placement)) {
      const ref = refOf(name)
      if (ref !== null) this.providers.set(ref, provider)
    }
    this.blamed = refsIn(proof.error ?? '')
  }

  /** Whether the provider says the same of a node; null where it says nothing, or we do not. */
  agrees(node: NodeVerdict): boolean | null {
    if (node.placement === 'folded' || node.placement === 'unknown') return null
    const ref = refOfVerdict(node)
    if (this.question.provider === null) {
      if (this.proof.error === null) return node.placement !== 'blocked'
      return this.blamed.has(ref) ? node.placement === 'blocked' : null
    }
    const provider = this.providers.get(ref)
    return provider === undefined ? null : (provider === this.question.provider) === isClaimed(node)
  }
}

function refsIn(message: string): ReadonlySet<NodeRef> {
  const refs = new Set<NodeRef>()
  withNodes(message, (ref) => {
    refs.add(ref)
    return ''
  })
  return refs
}

function contradictions(
  target: TargetResult,
  nodes: readonly NodeVerdict[],
  question: Question,
  proof: Proof,
): Finding[] {
  const { id } = target
  const { runtime, provider } = question
  const { error } = proof
  const byRef = new Map(nodes.map((node) => [refOfVerdict(node), node]))
  const named = (ref: NodeRef): string => {
    const node = byRef.get(ref)
    return node?.name ? `${node.op} "${node.name}"` : `${node?.op ?? 'node'} #${ref}`
  }
  const findings: Finding[] = []
  if (error !== null && !isExpected(target, question, proof)) {
    const args = { runtime, error: withNodes(error, named) }
    const finding = report(catalogue, '<target>/refused-in-fact', args, { nodes: [...refsIn(error)] })
    findings.push({ ...finding, id: `${id}/refused-in-fact` })
  }
  if (error === null && !isExpected(target, question, proof))
    findings.push({ ...report(catalogue, '<target>/loaded-in-fact', { runtime }), id: `${id}/loaded-in-fact` })
  const wrong = provider === null ? [] : nodes.filter(({ verified }) => verified === false)
  for (const taken of [true, false]) {
    const some = wrong.filter((node) => isClaimed(node) !== taken).map(refOfVerdict)
    const [first] = some
    if (first === undefined) continue
    const subject = some.length === 1 ? named(first) : `${some.length} nodes`
    const finding = report(catalogue, '<target>/contradicted', { subject, runtime, taken }, { nodes: some })
    findings.push({ ...finding, id: `${id}/contradicted` })
  }
  return findings
}
