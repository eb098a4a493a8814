/** One model against FINN: the whole flow on paper, then what became of every node of the user's file. */
import { dimText, isKnown } from '../../graph/dim.ts'
import { type Graph, type Model, type Node, nodeRef } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import { sourceOf } from '../../profiles/reason.ts'
import type { Target } from '../../profiles/targets.ts'
import { check as catalogue } from '../../result/catalogue/check.ts'
import { report } from '../../result/finding.ts'
import type { NodeVerdict, Placement, TargetResult, Verdict } from '../../result/result.ts'
import { nodeMacsOf, total } from '../cost.ts'
import { contradictsItself, loadingFaults } from '../model-faults.ts'
import { statusOf } from '../target-check.ts'
import { verdictOf } from '../verdict.ts'
import { type Carried, carriersOf, leadOf, products } from './carriers.ts'
import { FlowFindings } from './findings.ts'
import { type FlowOptions, runFlow } from './flow.ts'
import { layersOf } from './layers.ts'
import type { Network, Operation, Stop } from './network.ts'
import { borderBytes, breakers } from './partition.ts'
import { quantisationOf } from './quantisation.ts'
import { ruleOf } from './rules.ts'
import { bitsOfQuantiser, isTooWide, ruleOfSoftware, whySoftware } from './software.ts'
import { remedyOfSoftware } from './software-remedies.ts'

/** Nodes that only move data: they break a partition only where nothing else does. */
const movers: ReadonlySet<string> = new Set(['Transpose', 'Flatten', 'Reshape'])
/** What is usual at the border of an accelerator. */
const usualAtBorder: ReadonlySet<string> = new Set([...movers, 'MultiThreshold', 'Mul', 'Add'])

const foldedWhy = 'it is computed when the model is converted, or goes into its neighbours'

export class FinnCheck {
  private readonly network: Network
  private readonly options: FlowOptions
  private readonly carried: ReadonlyMap<Node, Carried>
  private readonly guilty: ReadonlySet<Operation>
  /** Nodes at which the flow stops, and why. */
  private readonly stopped = new Map<Node, string>()
  private readonly doubted = new Map<Node, string>()
  private readonly findings = new FlowFindings()
  private readonly invalid: ReadonlyMap<number | string, string> | null

  constructor(
    private readonly model: Model,
    private readonly inference: Inference,
    private readonly target: Target,
  ) {
    const { version, steps } = target.parameters
    this.options = { version: version === 'dev' ? 'dev' : '0.10', steps: steps === 'extended' ? 'extended' : 'default' }
    this.network = runFlow(inference, model.graph, this.options)
    this.carried = carriersOf(this.network)
    const between = breakers(this.network)
    const working = new Set([...between].filter(({ op }) => !movers.has(op)))
    this.guilty = working.size > 0 ? working : between
    const faults = loadingFaults(model, inference, target.id)
    if (faults) this.findings.push(faults.finding)
    this.invalid = faults?.nodes ?? null
    this.reportStops()
    this.reportShapes()
    this.reportSoftware()
  }

  // Findings.

  private reportStops(): void {
    for (const stop of this.network.stops) this.reportStop(stop, this.stopped, '<target>/<Op>/stops')
    for (const doubt of this.network.doubts) this.reportStop(doubt, this.doubted, '<target>/unsure')
    for (const { rule, nodes, why } of this.network.faults)
      this.findings.add('<target>/<Op>/wrong', { id: rule, why, nodes }, this.knownFrom(rule))
  }
  private reportStop(
    { rule, nodes, why, values }: Stop,
    into: Map<Node, string>,
    kind: '<target>/<Op>/stops' | '<target>/unsure',
  ): void {
    this.findings.add(kind, { id: rule, why, nodes, values }, this.knownFrom(rule))
    for (const node of nodes) if (!into.has(node)) into.set(node, why)
  }
  private knownFrom(name: string) {
    const { condition, source, evidence, fix } = ruleOf(this.target.profile, name)
    return {
      ...(condition === null ? {} : { condition }),
      ...(source === null ? {} : { source }),
      ...(evidence === null ? {} : { evidence }),
      ...(fix === null ? {} : { fix }),
    }
  }

  /** FINN takes a symbolic size for 0 and goes on. */
  private reportShapes(): void {
    const flags = new Set<string>()
    const values: string[] = []
    for (const input of this.model.graph.inputs) {
      const { type } = this.inference.facts(input)
      if (input.initializer || type?.kind !== 'tensor' || type.shape?.every(isKnown)) continue
      values.push(input.name)
      for (const dim of type.shape ?? []) {
        const text = dimText(dim)
        if (typeof text === 'string') flags.add(`--dim ${text}=1`)
      }
    }
    if (values.length === 0) return
    const why = 'FINN takes a size that is no number for 0, without a message, and builds layers for no data'
    const fix =
      flags.size > 0
        ? `${[...flags].slice(0, 4).join(' ')}: fix the shapes of the inputs`
        : 'fix the shapes of the inputs'
    this.findings.add(
      '<target>/dynamic-shape',
      { id: 'dynamic-shape', why, values },
      { severity: 'error', evidence: 'oracle', fix },
    )
  }

  private reportSoftware(): void {
    const { hardware, software } = this.split()
    const root = quantisationOf(this.model.graph)
    const unquantised = software.filter(({ op }) => products.has(op) || op === 'MatMul')
    if (root !== 'qonnx' && unquantised.length > 0) {
      const nodes = unquantised.flatMap(({ origins }) => [...origins])
      const count = root === 'qdq' ? this.model.graph.nodes.filter(isQdq).length : unquantised.length
      const id = root === 'qdq' ? 'qdq' : 'not-quantised'
      this.findings.add(`<target>/${id}`, { id, why: '', nodes }, { evidence: 'oracle' }, { count })
      return
    }
    if (hardware.length === 0) {
      const nodes = software.flatMap(({ origins }) => [...origins])
      this.findings.add('<target>/no-hardware', { id: 'no-hardware', why: '', nodes }, {}, { nodes: software.length })
    }
    for (const operation of software) {
      if (this.isMover(operation)) continue
      const usual = usualAtBorder.has(operation.op)
      const kind = this.guilty.has(operation) ? 'breaks-partition' : usual ? 'at-the-border' : 'in-software'
      const why = whySoftware(operation, this.options)
      const about = { why, nodes: operation.origins }
      const rule = ruleOfSoftware(operation, this.options)
      if (rule !== null) {
        const values = [operation.inputs[0], operation.inputs[3]].flatMap((tensor) => tensor?.value?.name ?? [])
        const severity = kind === 'breaks-partition' ? 'error' : 'warning'
        const found = isTooWide(operation) ? { found: { bitwidth: bitsOfQuantiser(operation) } } : {}
        const where = { ...this.knownFrom(rule), severity, ...found } as const
        this.findings.add(`<target>/${kind}`, { id: rule, ...about, values: isTooWide(operation) ? values : [] }, where)
      } else this.findings.add(`<target>/${kind}`, { id: kind, ...about }, this.whereOf(operation, usual))
    }
  }

  /** What is usual at the border needs no remedy there. */
  private whereOf(operation: Operation, usual: boolean) {
    const { op } = operation
    const source = sourceOf(this.target.profile, op === 'Mul' || op === 'Add' ? 'reorder' : 'hw')
    const fix = usual && !this.guilty.has(operation) ? null : remedyOfSoftware(operation, this.options)
    return { evidence: 'oracle', ...(source ? { source } : {}), ...(fix === null ? {} : { fix }) } as const
  }

  /** A Transpose between others that break the partition is there because of them. */
  private isMover(operation: Operation): boolean {
    return movers.has(operation.op) && !this.guilty.has(operation)
  }

  private split(): { readonly hardware: Operation[]; readonly software: Operation[] } {
    const all = this.network.all()
    return {
      hardware: all.filter((operation) => operation.hardware),
      software: all.filter((operation) => !operation.hardware),
    }
  }

  // The result.

  result(): TargetResult {
    const { id, group, decides, parameters, profile } = this.target
    const { list, of } = this.findings.finish(id)
    const nodes = this.nodeVerdicts(of)
    const verdict = this.verdict(nodes)
    const blocked = verdict === 'blocked'
    if (blocked) for (const node of nodes) node.partition = null
    if (verdict === 'ready' && profile.notes?.length)
      list.push({ ...report(catalogue, '<target>/not-covered', { notes: profile.notes }), id: `${id}/not-covered` })
    return {
      id,
      group,
      decides,
      parameters: { ...parameters },
      verdict,
      coverage: this.coverage(nodes),
      partitions: blocked ? [] : this.partitions(nodes),
      nodes,
      findings: list,
      causes: [],
      title: profile.title,
      host: null,
      ...(profile.status ? { status: statusOf(profile.status) } : {}),
      ...(profile.notes?.length ? { limits: [...profile.notes] } : {}),
      layers: layersOf(this.network),
    }
  }

  private verdict(nodes: readonly NodeVerdict[]): Verdict {
    const { hardware, software } = this.split()
    const nothing = hardware.length === 0 && software.length > 0
    if (this.invalid || this.stopped.size > 0 || this.guilty.size > 0 || nothing) return 'blocked'
    return contradictsItself(this.model, this.inference) ? 'unknown' : verdictOf(nodes)
  }

  /** Every node of the main graph in file order, then those of bodies. */
  private nodeVerdicts(findingsOf: (node: Node) => string[]): NodeVerdict[] {
    const verdicts: NodeVerdict[] = []
    const graphs: Graph[] = [this.model.graph]
    for (const graph of graphs)
      for (const node of graph.nodes) {
        verdicts.push(this.nodeVerdict(node, findingsOf(node)))
        graphs.push(...node.bodies.values())
      }
    return verdicts
  }

  private nodeVerdict(node: Node, findings: string[]): NodeVerdict {
    const { index, name, op, domain } = node
    const { placement, supported, why } = this.placementOf(node)
    const partition = placement === 'target' ? 0 : null
    const { scope } = node.graph
    const verdict: NodeVerdict = { index, scope, name, op, domain, supported, placement, partition, findings }
    if (why !== null && placement !== 'target') verdict.why = why
    const fused = placement === 'folded' ? [] : this.fusedInto(node)
    if (fused.length > 0) verdict.fusedInto = fused
    return verdict
  }

  private placementOf(node: Node): { placement: Placement; supported: boolean | null; why: string | null } {
    const fault = this.invalid?.get(nodeRef(node))
    if (fault !== undefined) return { placement: 'blocked', supported: false, why: fault }
    const stop = this.stopped.get(node)
    if (stop !== undefined) return { placement: 'blocked', supported: false, why: stop }
    if (node.graph.owner !== null || node.graph !== this.model.graph)
      return { placement: 'host', supported: false, why: 'FINN does not look into bodies' }
    const carried = this.carried.get(node)
    if (!carried) return { placement: 'folded', supported: null, why: foldedWhy }
    const doubt = this.doubted.get(node)
    if (doubt !== undefined) return { placement: 'unknown', supported: null, why: doubt }
    const supported = carried.main.every(({ hardware }) => hardware)
    const culprit = [...carried.main, ...carried.aside].find((operation) => this.guilty.has(operation))
    const left = culprit ?? carried.main.find(({ hardware }) => !hardware)
    const why = left ? whySoftware(left, this.options) : null
    if (culprit || (!supported && this.isBlame(carried))) return { placement: 'blocked', supported, why }
    return { placement: supported ? 'target' : 'host', supported, why }
  }

  /** Where nothing becomes hardware, the products are to blame, or everything where there is none. */
  private isBlame({ main }: Carried): boolean {
    const { hardware, software } = this.split()
    if (hardware.length > 0) return false
    const blamed = software.filter(({ op }) => products.has(op))
    return blamed.length === 0 || main.some((operation) => blamed.includes(operation))
  }

  private fusedInto(node: Node) {
    const carried = this.carried.get(node)
    const leads = (carried?.main ?? []).flatMap(({ origins }) => leadOf(origins) ?? [])
    return [...new Set(leads.filter((lead) => lead !== node).map(nodeRef))]
  }

  private coverage(nodes: readonly NodeVerdict[]): TargetResult['coverage'] {
    const counted = nodes.filter(({ scope, placement }) => scope === '' && placement !== 'folded')
    const taken = counted.filter(({ placement }) => placement === 'target')
    const [all, ours] = [this.macs(counted), this.macs(taken)]
    return {
      nodes: counted.length === 0 ? null : taken.length / counted.length,
      macs: all === null || ours === null || all === 0 ? null : ours / all,
    }
  }
  private macs(nodes: readonly NodeVerdict[]): number | null {
    return total(nodes.map(({ index }) => nodeMacsOf(this.inference, this.model.graph.nodes[index] as Node)))
  }

  private partitions(nodes: readonly NodeVerdict[]): TargetResult['partitions'] {
    const taken = nodes.filter(({ placement }) => placement === 'target')
    if (taken.length === 0) return []
    const refs = taken.map(({ index }) => index)
    return [{ id: 0, nodes: refs, macs: this.macs(taken), ...borderBytes(this.network) }]
  }
}

const isQdq = ({ op }: Node): boolean => op === 'QuantizeLinear' || op === 'DequantizeLinear'
