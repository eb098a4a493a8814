/** What a target answers for every unit of a graph, before grouping. */
import type { Graph } from '../graph/model.ts'
import { isForeign, schemasOf } from '../operators/schema.ts'
import { type Truth, Undetermined } from '../profiles/condition/value.ts'
import { type Judge, type Judgement, taken } from '../profiles/judge.ts'
import { UnitFacts } from './facts.ts'
import type { UnitGraph } from './grouping/unit-graph.ts'
import { Waves } from './grouping/waves.ts'
import { ranBy, takesBody } from './host.ts'
import type { Neighbours } from './tensor-facts.ts'
import { singleUnit, singleUnits, type Unit } from './units.ts'
import { type View, type ViewNode, viewAsIs } from './view.ts'

export class Answer {
  constructor(
    readonly facts: UnitFacts,
    readonly judgement: Judgement,
    /** No schema describes the operator, and the target does not declare it. */
    readonly custom: boolean,
  ) {
    facts.forget()
  }

  get unit(): Unit {
    return this.facts.unit
  }
}

export interface Question {
  readonly judge: Judge
  /** What the target refuses of the whole model: true of every node. */
  readonly whole: Judgement | null
  /** Graphs inside control flow are offered to the target, too. */
  readonly offersBodies: boolean
  /** Functions of the model are judged by their bodies, as a runtime does that inlines them. */
  readonly inlines: boolean
  /** Nodes that stay with the target whatever its rules say: it took them before the layout was changed for it. */
  readonly kept?: ReadonlySet<ViewNode>
}

const undecided = new Undetermined('whether the target takes it hangs on a fact that is not known')

export function answersOf(question: Question, graph: UnitGraph): Answer[] {
  const { judge, kept } = question
  const { view, units } = graph
  const excluded = excludedUnits(judge, graph)
  const supported = takes(question, view)
  const bodies: Bodies = new Map()
  const waves = judge.grouping.strategy === 'waves' ? new Waves(graph) : null
  // They do not come in the order of their numbers: an array that is filled from anywhere has to have its size.
  const answers = new Array<Answer>(units.length)
  const progress: Progress = { graph, waves, answers, supported }
  const everywhere = whyExcluded(question, view)
  // Makers come before what reads of them: groups can be known while they are formed.
  for (const index of graph.order) {
    const unit = units[index] as Unit
    const facts = new UnitFacts(view, unit, new Surroundings(progress, index))
    const custom = isCustom(judge, view, unit.target)
    const whyNot = everywhere ?? excluded.get(index) ?? null
    const judgement =
      question.whole ??
      (kept?.has(unit.target) ? taken : functionJudgement(question, view, unit, bodies)) ??
      asRun(judge, facts, judge.node(facts, whyNot))
    answers[index] = new Answer(facts, judgement, custom)
    waves?.enter(index, judgement.outcome === 'accepted' && !custom)
  }
  return answers
}

/** It executes graphs; not so a flow with tools of its own, which reads the nodes of the main graph and no functions. */
export const isRuntime = ({ profile }: Judge): boolean => profile.prepare === undefined

/** Answers while they are given. */
interface Progress {
  readonly graph: UnitGraph
  readonly waves: Waves | null
  readonly answers: readonly Answer[]
  readonly supported: Neighbours['supported']
}

/** What one unit can ask about the others. */
class Surroundings implements Neighbours {
  constructor(
    private readonly progress: Progress,
    private readonly unit: number,
  ) {}

  supported(node: ViewNode): Truth {
    return this.progress.supported(node)
  }
  /** Only the node whose operator decides counts, not the Q behind it. Source: nnapi_execution_provider.cc, 1.30. */
  inCurrentGroup(node: ViewNode): Truth {
    const { graph, waves, answers } = this.progress
    if (!waves) return noGroups
    const maker = graph.unitOf(node)
    const answer = maker === undefined ? undefined : answers[maker]
    if (maker === undefined || answer?.unit.target !== node) return false
    return answer.judgement.outcome === 'unknown' ? undecided : waves.isOpenAt(this.unit, maker)
  }
  onTarget(node: ViewNode): Truth {
    const { graph, answers } = this.progress
    return isTaken(answers[graph.unitOf(node) ?? -1])
  }
}

const noGroups = new Undetermined('the target forms no groups')

function isTaken(answer: Answer | undefined): Truth {
  if (!answer || answer.custom) return false
  return answer.judgement.outcome === 'unknown' ? undecided : answer.judgement.outcome === 'accepted'
}

/**
 * Nodes without a kernel that run all the same: a runtime that runs everything itself casts float16 to float32, and
 * any runtime expands operators that the specification defines by others, when no provider has a kernel for them.
 */
function asRun({ host, kernels }: Judge, facts: UnitFacts, judgement: Judgement): Judgement {
  if (!kernels || judgement.outcome !== 'refused' || judgement.reason?.phase !== 'kernel') return judgement
  const runs = host === null ? ranBy(kernels, facts) !== 'none' : takesBody(kernels, facts)
  return runs ? { ...judgement, supported: true, outcome: 'accepted', reason: null } : judgement
}

/** Compiling providers are not asked about bodies, nor are flows with tools of their own. */
const whyExcluded = ({ judge, offersBodies }: Question, view: View): string | null =>
  (offersBodies && isRuntime(judge)) || view.graph.owner === null
    ? null
    : `it lies in a body of ${view.graph.owner.op}, which is not offered to the target`

/** Units at which placement stops, and all that is downstream of them. */
function excludedUnits(judge: Judge, graph: UnitGraph): Map<number, string> {
  const { stopAfter } = judge.grouping
  const excluded = new Map<number, string>()
  if (stopAfter.length === 0) return excluded
  const stops = graph.units.flatMap((unit, index) => (stopAfter.includes(unit.target.op) ? [index] : []))
  if (stops.length === 0) return excluded
  const names = [...new Set(stops.map((index) => graph.units[index]?.target.op))].join(' and ')
  const why = `placement stops at ${names}: neither that nor what comes after is offered to the target`
  for (const index of graph.downstream(stops)) excluded.set(index, why)
  return excluded
}

/** Whether the target takes a neighbour; asked about few nodes, and never about itself. */
function takes({ judge, kept }: Question, view: View): Neighbours['supported'] {
  const known = new Map<ViewNode, Truth>()
  const supported = (node: ViewNode): Truth => {
    const before = known.get(node)
    if (before !== undefined) return before
    // While it is worked out the answer is open: a question that comes back to it cannot decide it.
    known.set(node, undecided)
    const neighbours = { supported, inCurrentGroup: () => undecided, onTarget: () => undecided }
    const { outcome } = kept?.has(node) ? taken : judge.node(new UnitFacts(view, singleUnit(node), neighbours))
    const truth: Truth = outcome === 'unknown' ? undecided : outcome === 'accepted'
    known.set(node, truth)
    return truth
  }
  return supported
}

/** What was said of the bodies of functions; null while it is worked out. */
type Bodies = Map<Graph, Judgement | null>

/** A call of a function of the model, judged by the nodes of its body: the weakest of them speaks for all. */
function functionJudgement(question: Question, view: View, { target }: Unit, bodies: Bodies): Judgement | null {
  const { judge, inlines } = question
  const { calls } = view.inference.node(target.source)
  const body = calls === null ? undefined : view.model.functions.get(calls)?.body
  if (!inlines || !isRuntime(judge) || !body) return null
  const before = bodies.get(body)
  if (before !== undefined) return before
  bodies.set(body, null)
  const inside = viewAsIs(view.inference, body)
  const neighbours = {
    supported: takes(question, inside),
    inCurrentGroup: () => undecided,
    onTarget: () => undecided,
  }
  let weakest: Judgement | null = null
  for (const unit of singleUnits(inside)) {
    const judgement =
      functionJudgement(question, inside, unit, bodies) ?? judge.node(new UnitFacts(inside, unit, neighbours))
    if (!weakest || strength[judgement.outcome] < strength[weakest.outcome]) weakest = judgement
  }
  bodies.set(body, weakest)
  return weakest
}

const strength = { fails: 0, refused: 1, unknown: 2, accepted: 3 } as const

/**
 * An operator that no runtime knows. A row for an operator that no specification knows declares it, and a flow that
 * prepares graphs with the qonnx tools knows their operators, also where it refuses them.
 */
function isCustom(judge: Judge, view: View, { op, schema, source }: ViewNode): boolean {
  const known = schema !== null && (!isForeign(schema.domain) || !isRuntime(judge))
  if (known || view.inference.node(source).calls !== null) return false
  const declared = Object.hasOwn(judge.profile.operators ?? {}, op) && schemasOf('', op).length === 0
  return !declared
}
