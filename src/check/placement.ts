/** Where the nodes of one graph run: answers, pull-back, groups, and the host for what is left. */
import type { Node } from '../graph/model.ts'
import type { Judge, Judgement } from '../profiles/judge.ts'
import type { Placement } from '../result/result.ts'
import { Answer, answersOf, isRuntime, type Question } from './answers.ts'
import { expand, isDefined } from './expand.ts'
import { UnitFacts } from './facts.ts'
import { type Drop, partition } from './grouping/partition.ts'
import { UnitGraph } from './grouping/unit-graph.ts'
import { type Host, hostNamed, noKernel, type Refusal, ranBy } from './host.ts'
import { channelsLast } from './prepare/layout.ts'
import { pulledBack } from './pullback.ts'
import { qdqUnits } from './qdq.ts'
import { notAsked } from './tensor-facts.ts'
import { singleUnit, singleUnits, type Unit } from './units.ts'
import { channelsLastDomain, type View, type ViewNode } from './view.ts'

/** Why a unit that the target takes runs elsewhere. */
export type GivenBack = Drop | 'pulled-back'

/** Nodes that nothing runs, and why the host does not. */
export type Homeless = ReadonlyMap<ViewNode, Refusal>

export class Placed {
  constructor(
    private readonly answer: Answer,
    readonly placement: Placement,
    readonly givenBack: GivenBack | null,
    /** Members that the target refuses and that the host does not run either. */
    readonly homeless: Homeless,
    /** It lies in the domain of channels last, and is not taken there: nothing else can run it. */
    readonly stranded = false,
    /** Taken in the second round, after operators were expanded: it joins no group of the first. */
    readonly late = false,
  ) {}

  stranding(): Placed {
    return new Placed(this.answer, 'blocked', null, withoutKernel(this.unit.members), true)
  }
  get unit(): Unit {
    return this.answer.unit
  }
  get judgement(): Judgement {
    return this.answer.judgement
  }
  get custom(): boolean {
    return this.answer.custom
  }
  get facts(): UnitFacts {
    return this.answer.facts
  }
}

export interface Placements {
  readonly graph: UnitGraph
  readonly units: readonly Placed[]
  /** Units of each partition. */
  readonly groups: readonly (readonly number[])[]
  /** Nodes of the file that a change of the layout took out, and why. */
  readonly gone: ReadonlyMap<Node, string>
}

export interface Rules extends Question {
  /** `domain::Op` that the user registers. */
  readonly customOps: ReadonlySet<string>
  /** The layout is changed for a target that runs on channels last, as its profile says. */
  readonly relaid: boolean
}

/**
 * Where the nodes of a graph run once the target was asked, a second time where the layout is changed for it, and again
 * where operators were expanded that nobody has. `graph`: the units of the view, where they are at hand.
 */
export const placementsOf = (
  rules: Rules,
  view: View,
  graph = unitGraph(view, rules.judge.grouping.units),
): Placements => secondRound(rules, firstRound(rules, view, graph))

function firstRound(rules: Rules, view: View, graph: UnitGraph): Placements {
  const first = claimsOn(rules, graph)
  const { relayout, grouping } = rules.judge
  if (!rules.relaid || relayout === 'never' || first.groups.length === 0) return placed(rules, first)
  const relaid = channelsLast(view, new Set(first.groups.flat().flatMap((unit) => graph.units[unit]?.members ?? [])))
  if (!relaid) return placed(rules, first)
  const again = relayout === 'keeps' ? { ...rules, kept: relaid.kept } : rules
  const second = placed(again, claimsOn(again, unitGraph(relaid.view, grouping.units)))
  return { ...second, units: second.units.map(orStranded), gone: relaid.gone }
}

/** What the target takes of a graph, before it is said where the rest runs. */
interface Claims {
  readonly graph: UnitGraph
  readonly answers: readonly Answer[]
  readonly taken: readonly boolean[]
  /** What it takes and the runtime pulls back. */
  readonly back: ReadonlySet<ViewNode>
  readonly groups: Placements['groups']
  readonly dropped: ReadonlyMap<number, Drop>
}

const orStranded = (unit: Placed): Placed =>
  unit.unit.target.domain === channelsLastDomain && unit.placement !== 'target' ? unit.stranding() : unit

function claimsOn(rules: Rules, graph: UnitGraph): Claims {
  const { grouping } = rules.judge
  const answers = answersOf(rules, graph)
  const taken = answers.map(({ judgement, custom }) => judgement.outcome === 'accepted' && !custom)
  const back = grouping.pullBack === 'never' ? nobody : pullBack(graph.view, answers, grouping.pullBack)
  const onTarget = answers.map(({ unit }, i) => taken[i] === true && !unit.members.some((node) => back.has(node)))
  return { graph, answers, taken, back, ...partition(graph, onTarget, grouping) }
}

function placed(rules: Rules, { graph, answers, taken, back, groups, dropped }: Claims): Placements {
  const units = answers.map((answer, i) => {
    if (answer.unit.members.some((node) => back.has(node))) return new Placed(answer, 'host', 'pulled-back', noNodes)
    if (taken[i]) {
      const givenBack = dropped.get(i) ?? null
      return new Placed(answer, givenBack ? 'host' : 'target', givenBack, noNodes)
    }
    const homeless = homelessOf(rules, graph.view, answer)
    return new Placed(answer, placementOf(answer, homeless), null, homeless)
  })
  return { graph, units, groups, gone: nothingGone }
}

/**
 * What neither the target nor the host has a kernel for is expanded, and the target is asked about the parts: they form
 * groups of their own, since all around them is placed by then.
 * Source: graph_partitioner.cc, PartitionOnnxFormatModel and InlineNodes of ONNX Runtime 1.30.
 */
function secondRound(rules: Rules, first: Placements): Placements {
  const { judge, inlines } = rules
  // Where kernels are looked up the body was asked about in the first round.
  if (!inlines || !isRuntime(judge) || judge.host === null || judge.kernels) return first
  const open = first.units.filter((placed) => isExpanded(placed, hostNamed(judge.host ?? '')))
  if (open.length === 0) return first
  const { view, parts } = expand(first.graph.view, new Set(open.map(({ unit }) => unit.target)))
  const placed = first.units.flatMap((old): readonly (Placed | Unit)[] => {
    const inner = old.unit.members.length === 1 ? parts.get(old.unit.target) : undefined
    return inner ? inner.map(singleUnit) : [old]
  })
  const graph = new UnitGraph(
    view,
    placed.map((one) => (one instanceof Placed ? one.unit : one)),
  )
  const answers = placed.map((one) =>
    one instanceof Placed ? null : answerFor(judge, new UnitFacts(view, one, notAsked)),
  )
  const { groups, dropped } = partition(
    graph,
    answers.map((answer) => answer?.judgement.outcome === 'accepted'),
    judge.grouping,
  )
  const late = new Set(groups.flat())
  const units = placed.map((one, i) => {
    const answer = answers[i]
    if (one instanceof Placed || !answer) return one as Placed
    if (late.has(i)) return new Placed(answer, 'target', null, noNodes, false, true)
    const homeless = homelessOf(rules, view, answer)
    return new Placed(answer, placementOf(answer, homeless), dropped.get(i) ?? null, homeless)
  })
  const now = new Map(units.map((one, i) => [one, i]))
  const before = first.groups.map((group) => group.map((unit) => now.get(first.units[unit] as Placed) ?? -1))
  const all = [...before, ...groups].sort(([a = 0], [b = 0]) => a - b)
  return { ...first, graph, units, groups: all }
}

const answerFor = (judge: Judge, facts: UnitFacts): Answer => new Answer(facts, judge.node(facts), false)

const isExpanded = (placed: Placed, host: Host): boolean =>
  placed.placement === 'host' &&
  isDefined(placed.unit.target) &&
  placed.unit.members.length === 1 &&
  placed.judgement.outcome === 'refused' &&
  ranBy(host.kernels, placed.facts) === 'body'

/** The units by which a target judges, with the edges between them. */
export const unitGraph = (view: View, units: 'node' | 'qdq'): UnitGraph =>
  new UnitGraph(view, units === 'qdq' ? qdqUnits(view) : singleUnits(view))

const nobody: ReadonlySet<ViewNode> = new Set()
const noNodes: Homeless = new Map()
const withoutKernel = (nodes: readonly ViewNode[]): Homeless => new Map(nodes.map((node) => [node, noKernel]))
const nothingGone: ReadonlyMap<Node, string> = new Map()

function pullBack(view: View, answers: readonly Answer[], times: 'once' | 'twice'): ReadonlySet<ViewNode> {
  // A kernel that will fail is claimed like any other; what has none is expanded later.
  const claimed = answers.filter(({ judgement, custom }) => judgement.supported === true && judgement.kernel && !custom)
  const kernels = claimed.flatMap(({ unit, judgement }) =>
    unit.members.map((node) => [node, judgement.kernel] as const),
  )
  return pulledBack(view, new Map(kernels), times)
}

function placementOf({ judgement, custom }: Answer, homeless: Homeless): Placement {
  if (judgement.outcome === 'fails' || homeless.size > 0) return 'blocked'
  return judgement.outcome === 'unknown' && !custom ? 'unknown' : 'host'
}

/** The nodes of a refused unit that nothing in the runtime runs. */
function homelessOf(rules: Rules, view: View, { unit, judgement, custom }: Answer): Homeless {
  if (custom) {
    const isRegistered = rules.customOps.has(`${unit.target.domain}::${unit.target.op}`)
    return isRegistered ? noNodes : withoutKernel(unit.members)
  }
  if (judgement.outcome !== 'refused') return noNodes
  const homeless = new Map<ViewNode, Refusal>()
  for (const node of unit.members) {
    const refusal = refusalOf(rules, view, node)
    if (refusal) homeless.set(node, refusal)
  }
  // One for all: large models have hundreds of thousands of units.
  return homeless.size === 0 ? noNodes : homeless
}

/** Why nothing runs a node that the target refuses. */
function refusalOf({ judge }: Rules, view: View, node: ViewNode): Refusal | null {
  // A call of a function of the model is inlined; what its body holds was judged there.
  if (isRuntime(judge) && view.inference.node(node.source).calls !== null) return null
  if (judge.host === null) return noKernel
  // Broken nodes are findings of the model; a kernel cannot be looked up for them.
  return node.schema === null ? null : hostNamed(judge.host).refusal(view, node)
}
