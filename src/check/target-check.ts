/** One model against one target: placements of all graphs, then findings, costs, causes and the verdict. */
import { IdMap } from '../graph/id-map.ts'
import { type Graph, type Model, type Node, nodeRef, type Value } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import type { ValueType } from '../graph/type.ts'
import type { Inference } from '../infer/facts.ts'
import { Judge, type Judgement } from '../profiles/judge.ts'
import type { Reason } from '../profiles/reason.ts'
import type { Target } from '../profiles/targets.ts'
import { check as catalogue } from '../result/catalogue/check.ts'
import { type NodeRef, report } from '../result/finding.ts'
import type { LayerFigures, NodeVerdict, Partition, Placement, TargetResult, Verdict } from '../result/result.ts'
import { causesOf } from './causes.ts'
import type { CheckOptions } from './check.ts'
import { total, traffic, unitMacs } from './cost.ts'
import { cutFinding } from './cuts.ts'
import { layersOf } from './figures.ts'
import { hls4mlLayers } from './hls4ml-layers.ts'
import { Losses } from './losses.ts'
import { modelFacts } from './model-facts.ts'
import { contradictsItself, loadingFaults } from './model-faults.ts'
import { type GivenBack, type Homeless, type Placed, type Placements, placementsOf, type Rules } from './placement.ts'
import type { Prepared } from './prepare.ts'
import { Remedies } from './remedies.ts'
import type { Sight } from './sight.ts'
import { TargetFindings } from './target-findings.ts'
import { carriedBy } from './units.ts'
import { ortUsability, verdictOf } from './verdict.ts'
import { isConstant, type View, type ViewNode } from './view.ts'

/** What is said about a node of the file on this target. */
interface NodeState {
  readonly supported: boolean | null
  readonly placement: Placement
  readonly partition: number | null
  /** Nodes of the file that do the work. */
  readonly carriers: readonly Node[]
  readonly why: string | null
}

/** What an outcome means for a finding. */
const readings = {
  accepted: { as: 'refused', severity: 'note' },
  refused: { as: 'refused', severity: 'warning' },
  unknown: { as: 'unsure', severity: 'warning' },
  fails: { as: 'fails', severity: 'error' },
} as const

const hostLacks = (host: string): string =>
  host === 'cpu'
    ? 'the runtime has no CPU kernel for it, and the target refuses it'
    : `the target refuses it, and ${host} has no kernel for it either`

const hostFails = (host: string, rule: Reason): string =>
  `the target leaves it to ${host === 'cpu' ? 'the CPU' : host}, which fails at it: ${rule.explain().text}`

/** From the weakest: a node whose work several carry takes the first that one of them has. */
const weakest: readonly Placement[] = ['blocked', 'unknown', 'host', 'target', 'folded']

const givenBackWhy: Record<GivenBack, string> = {
  'only-trivial': 'the group that it is in holds only operators that are not worth a partition',
  'single-trivial': 'it would be a partition of its own, which is not worth it',
  'all-constant': 'all inputs of the group that it is in are constants',
  'pulled-back': 'all that it reads lies in CPU memory, so the runtime leaves it there',
}

export class TargetCheck {
  private readonly prepared: Prepared
  private readonly judge: Judge
  private readonly findings: TargetFindings
  /** What the target does not accept of the model as a whole. */
  private readonly whole: Judgement | null
  private readonly placements: readonly Placements[]
  /** How often a node of the file is carried out, and where. */
  private readonly states = new IdMap<Node, NodeState>()
  private readonly invalid: ReadonlyMap<NodeRef, string> | null

  constructor(
    private readonly model: Model,
    private readonly inference: Inference,
    sight: Sight,
    private readonly target: Target,
    private readonly options: CheckOptions,
  ) {
    this.prepared = sight.prepared(target.profile, options.asIs === true)
    this.judge = new Judge(target.profile, target.parameters)
    this.findings = new TargetFindings(target.id, target.profile.prepare !== undefined)
    const whole = this.judge.model(modelFacts(model), options.asIs !== true)
    this.whole = whole.outcome === 'accepted' ? null : whole
    const rules = this.rules()
    const { units } = this.judge.grouping
    this.placements = this.prepared.views.map((view) => placementsOf(rules, view, sight.unitGraph(view, units)))
    this.invalid = this.modelFaults()
    this.placements.forEach((placements, i) => {
      this.reportGraph(placements, i === 0)
    })
    if (this.whole) this.reportWhole(this.whole)
    else this.reportAdvice()
    this.reportPreparation()
  }

  private rules(): Rules {
    return {
      judge: this.judge,
      // Where nothing runs then, nodes keep the placement that they would have.
      whole: this.whole && !this.refusesModel ? this.whole : null,
      offersBodies: this.judge.grouping.bodies,
      inlines: this.options.asIs !== true,
      relaid: this.options.asIs !== true,
      customOps: new Set(this.options.customOps),
    }
  }

  // Findings.

  /** Faults for which every runtime refuses to load the model: node → message. Null where there are none. */
  private modelFaults(): ReadonlyMap<NodeRef, string> | null {
    const faults = loadingFaults(this.model, this.inference, this.target.id)
    if (faults) this.findings.push(faults.finding)
    return faults?.nodes ?? null
  }

  private reportPreparation(): void {
    const { rewritten, unquantised, gone } = this.prepared
    if (!rewritten) return
    for (const [node, why] of rewritten) this.findings.addKind([node], '<target>/prepared', { why })
    for (const [node, why] of gone)
      if (!isConstant(node)) this.findings.addKind([node], '<target>/prepared', { why: `taken out by qonnx: ${why}` })
    if (unquantised)
      this.findings.push({
        ...report(catalogue, '<target>/default-precision', undefined),
        id: `${this.target.id}/default-precision`,
      })
  }

  private reportWhole(whole: Judgement): void {
    const { reason } = whole
    if (!reason) return
    const explanation = reason.explain()
    this.findings.push({
      ...report(catalogue, '<target>/whole-model', { why: explanation.text }),
      id: reason.id,
      severity: this.refusesModel ? 'error' : 'warning',
      ...(explanation.condition ? { condition: explanation.condition } : {}),
      found: explanation.found,
      ...(reason.source ? { source: reason.source } : {}),
      ...(reason.evidence ? { evidence: reason.evidence } : {}),
      ...(reason.fix ? { fix: reason.fix } : {}),
    })
  }

  /** Nothing in the runtime can run the model. */
  private get refusesModel(): boolean {
    const outcome = this.whole?.outcome
    return outcome === 'fails' || (outcome === 'refused' && !this.hasHost)
  }

  private get hasHost(): boolean {
    return this.judge.host !== null
  }

  private reportGraph({ graph, units, groups }: Placements, main: boolean): void {
    const losses = new Losses(this.judge, graph.view, this.inference)
    const partitionOf = new Int32Array(units.length).fill(-1)
    groups.forEach((group, id) => {
      for (const unit of group) partitionOf[unit] = id
    })
    units.forEach((placed, i) => {
      const nodes = carriedBy(placed.unit)
      // What the runtime itself has added is no finding.
      const why = nodes.length > 0 ? this.reportUnit(placed, nodes, losses) : null
      placed.facts.forget()
      // Partitions are those of the main graph; inside of bodies nodes run one by one.
      const group = partitionOf[i] ?? -1
      const partition = main && group >= 0 ? group : null
      for (const member of placed.unit.members)
        for (const node of member.carries) {
          const blockedHere = placed.homeless.size > 0 && !placed.homeless.has(member)
          const placement = blockedHere ? 'host' : placed.placement
          this.addState(node, { supported: this.supported(placed), placement, partition, carriers: member.alone, why })
        }
    })
  }

  private supported({ judgement, custom }: Placed): boolean | null {
    return custom ? false : judgement.supported
  }

  /** A node whose work several carry takes the weakest of their placements. */
  private addState(node: Node, state: NodeState): void {
    const before = this.states.get(node)
    if (!before) {
      this.states.set(node, state)
      return
    }
    const worse = weakest.indexOf(state.placement) < weakest.indexOf(before.placement) ? state : before
    this.states.set(node, { ...worse, carriers: [...before.carriers, ...state.carriers] })
  }

  /** Why the unit is where it is; null on the target. */
  private reportUnit(placed: Placed, nodes: readonly Node[], losses: Losses) {
    const { judgement, custom, placement, givenBack, homeless, unit, stranded, late } = placed
    const { findings } = this
    if (late) findings.addKind(nodes, '<target>/<Op>/expanded', { why: '' })
    if (stranded) {
      const why = judgement.reason?.explain().text ?? 'the group that it is in then is given back'
      findings.addKind(nodes, '<target>/<Op>/layout-refused', { why })
      return why
    }
    if (custom) {
      const operator = `${unit.target.domain}::${unit.target.op}`
      if (placement === 'host') return 'a custom operator that the application registers'
      if (!this.isBroken(unit.target)) findings.addKind(nodes, '<target>/custom-operator', { operator, why: '' })
      return 'a custom operator'
    }
    for (const reason of judgement.wrong) findings.addReason(nodes, reason, 'wrong', 'error')
    for (const reason of judgement.maybeWrong) findings.addReason(nodes, reason, 'unsure', 'note')
    if (givenBack) {
      const kind = givenBack === 'pulled-back' ? '<target>/pulled-back' : '<target>/dropped-group'
      findings.addKind(nodes, kind, { why: givenBackWhy[givenBack] })
      return givenBackWhy[givenBack]
    }
    const { reason } = judgement
    if (!reason) return null
    const explanation = reason.explain(findings.isTold(reason))
    const { text } = explanation
    // A condition on the whole model is one finding, not one per node.
    if (reason.phase === 'model') return text
    const { as, severity } = readings[judgement.outcome]
    const heavier = homeless.size > 0 && !this.hasHost ? 'error' : severity
    const lost = losses.at(placed, explanation)
    if (lost) findings.addKind(nodes, '<target>/runtime-loses-shape', { operator: nodeText(lost), why: '' }, heavier)
    else findings.addReason(nodes, reason, as, heavier, explanation)
    const { host } = this.judge
    return host === null ? text : [text, ...this.reportHomeless(homeless, host)].join('; ')
  }

  /** What the target refuses and its host cannot run either; gives the reasons. */
  private reportHomeless(homeless: Homeless, host: string): string[] {
    const whys = new Set<string>()
    for (const [{ source }, { rule }] of homeless) {
      const fails = rule !== null && rule.how !== null
      const why = fails ? hostFails(host, rule) : hostLacks(host)
      this.findings.addKind(
        [source],
        fails ? '<target>/<Op>/host-fails' : '<target>/<Op>/no-kernel',
        { why },
        undefined,
        rule,
      )
      whys.add(why)
    }
    return [...whys]
  }

  /** The fault is one of the model and stands there. */
  private isBroken({ source }: ViewNode): boolean {
    return this.invalid?.has(nodeRef(source)) ?? false
  }

  // The result.

  result(): TargetResult {
    const { profile, id, group, decides, parameters } = this.target
    const nodes = this.nodeVerdicts()
    const verdict = this.invalid || this.refusesModel ? 'blocked' : this.doubted(verdictOf(nodes))
    const blocked = verdict === 'blocked'
    const [main] = this.placements
    const partitions = main && !blocked ? this.partitions(main) : []
    if (main && !blocked) this.reportCuts(main)
    if (blocked) for (const node of nodes) node.partition = null
    const coverage = this.coverage(nodes)
    const layers = this.layers(blocked)
    if (this.options.ortVerdict) this.addUsability(coverage.nodes, partitions.length)
    if (verdict === 'ready' && profile.notes?.length)
      this.findings.push({
        ...report(catalogue, '<target>/not-covered', { notes: profile.notes }),
        id: `${id}/not-covered`,
      })
    return {
      id,
      group,
      decides,
      parameters: { ...parameters },
      verdict,
      coverage,
      partitions,
      nodes,
      findings: this.findings.list(new Remedies(this.judge)),
      causes: main && !blocked ? causesOf(this.judge.grouping, main, (node) => this.findings.of(node)) : [],
      title: profile.title,
      host: this.judge.host,
      ...(layers.length > 0 ? { layers } : {}),
      ...(profile.status ? { status: statusOf(profile.status) } : {}),
      ...(profile.notes?.length ? { limits: [...profile.notes] } : {}),
    }
  }

  private layers(blocked: boolean): LayerFigures[] {
    const [main] = this.placements
    if (main && this.target.profile.prepare === 'hls4ml') return hls4mlLayers(main.graph.view)
    return main && !blocked ? layersOf(this.judge, main) : []
  }

  /** More partitions than the target's flow can run as one. */
  private reportCuts(main: Placements): void {
    const { most } = this.judge.grouping
    if (most === null || main.groups.length <= most) return
    this.findings.push({ ...cutFinding(main, most), id: `${this.target.id}/cut` })
  }

  private reportAdvice(): void {
    for (const { id, text, fix, source } of this.judge.advice(modelFacts(this.model))) {
      const known = source === undefined ? null : this.target.profile.sources?.[source]
      const where = { ...(fix === undefined ? {} : { fix }), ...(known ? { source: known } : {}) }
      this.findings.push({
        ...report(catalogue, '<target>/advice', { text }, where),
        id: `${this.target.id}/${id}`,
      })
    }
  }

  /** A model that contradicts itself may run in one way or another, or not: which, hangs on the release. */
  private doubted(verdict: Verdict): Verdict {
    return verdict !== 'blocked' && contradictsItself(this.model, this.inference) ? 'unknown' : verdict
  }

  /** Every node of the main graph in file order, then those of bodies. */
  private nodeVerdicts(): NodeVerdict[] {
    const verdicts: NodeVerdict[] = []
    const graphs: Graph[] = [this.model.graph]
    for (const graph of graphs)
      for (const node of graph.nodes) {
        verdicts.push(this.nodeVerdict(node))
        if (node.bodies.size > 0) graphs.push(...node.bodies.values())
      }
    return verdicts
  }

  private nodeVerdict(node: Node): NodeVerdict {
    const { index, name, op, domain } = node
    const { scope } = node.graph
    const findings = this.findings.of(node)
    const fault = this.invalid?.get(nodeRef(node))
    const state = this.states.get(node)
    if (fault !== undefined) {
      findings.unshift(`${this.target.id}/model-invalid`)
      const blocked = { supported: false, placement: 'blocked', partition: null, why: fault } as const
      return { index, scope, name, op, domain, ...blocked, findings }
    }
    if (!state) {
      const why = this.gone(node) ?? 'it lies in a body that is not there any more'
      return { index, scope, name, op, domain, supported: null, placement: 'folded', partition: null, why, findings }
    }
    const { supported, placement, carriers } = state
    const partition = placement === 'target' ? state.partition : null
    const verdict: NodeVerdict = { index, scope, name, op, domain, supported, placement, partition, findings }
    if (state.why !== null && placement !== 'target') verdict.why = state.why
    const others = carriers.filter((carrier) => carrier !== node)
    if (others.length > 0) verdict.fusedInto = [...new Set(others.map(nodeRef))]
    return verdict
  }

  private gone(node: Node): string | null {
    const relaid = this.placements.find(({ graph }) => graph.view.graph === node.graph)
    return relaid?.gone.get(node) ?? this.prepared.gone.get(node) ?? null
  }

  private partitions({ graph, units, groups }: Placements): Partition[] {
    const { strategy } = this.judge.grouping
    // Kernel providers keep values in their memory from node to node: only the way to the host costs.
    const near =
      strategy === 'perNode'
        ? new Set(units.flatMap((placed) => (placed.placement === 'target' ? placed.unit.members : [])))
        : undefined
    return groups.map((group, id) => {
      const members = group.flatMap((index) => units[index]?.unit ?? [])
      return {
        id,
        nodes: [...new Set(members.flatMap(carriedBy))].sort((a, b) => a.index - b.index).map(nodeRef),
        macs: total(members.map((unit) => unitMacs(this.inference, unit))),
        // What crosses is known even where the runtime has lost it.
        ...traffic(graph.view, members, (value) => this.typeOf(graph.view, value), near),
      }
    })
  }

  private typeOf(view: View, value: Value): ValueType | null {
    return view.overlay.made.get(value)?.type ?? this.inference.facts(value).type ?? view.facts(value).type
  }

  /** Of the main graph, without what is folded. */
  private coverage(nodes: readonly NodeVerdict[]): TargetResult['coverage'] {
    const counted = nodes.filter(({ scope, placement }) => scope === '' && placement !== 'folded')
    const taken = counted.filter(({ placement }) => placement === 'target')
    const [main] = this.placements
    const macs = (placed: readonly Placed[]): number | null =>
      total(placed.map(({ unit }) => unitMacs(this.inference, unit)))
    const all = macs(main?.units ?? [])
    const ours = macs((main?.units ?? []).filter(({ placement }) => placement === 'target'))
    return {
      nodes: counted.length === 0 ? null : taken.length / counted.length,
      macs: all === null || ours === null || all === 0 ? null : ours / all,
    }
  }

  private addUsability(share: number | null, partitions: number): void {
    const args = {
      answer: ortUsability(share ?? 0, partitions),
      share: Math.round((share ?? 0) * 100),
      partitions,
    }
    this.findings.push({ ...report(catalogue, '<target>/ort-usability', args), id: `${this.target.id}/ort-usability` })
  }
}

export const statusOf = ({ state, since, instead }: NonNullable<Target['profile']['status']>) => ({
  state,
  ...(since === undefined ? {} : { since }),
  ...(instead === undefined ? {} : { instead: [...instead] }),
})
