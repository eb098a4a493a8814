/** A model and what inference knows of it, as plain data. */
import { isUnknown } from '../graph/dim.ts'
import type { Graph, Model, Value } from '../graph/model.ts'
import type { ValueType } from '../graph/type.ts'
import type { Inference } from '../infer/facts.ts'
import type { ModelResult, ValueDetail, ValueInfo } from '../result/result.ts'
import { nodeCosts, totalsOf } from './costs.ts'
import { hotspotFindings, hotspotsOf } from './hotspots.ts'
import { memoryFits, modelCeilings } from './memory-fit.ts'
import { peakMemory } from './peak-memory.ts'
import { picturesOf } from './picture.ts'
import { typeInfo } from './type-info.ts'

/** What both `check` and `inspect` say about a model. */
export function describeModel(model: Model, inference: Inference, { graphs = false } = {}): ModelResult {
  const info = (value: Value): ValueInfo => ({ name: value.name, ...typeInfo(inference.facts(value).type) })
  const peak = peakMemory(model.graph, inference)
  const hotspots = hotspotsOf(model, inference, peak)
  const memory = memoryFits(model, inference, peak)
  return {
    path: model.path,
    digest: model.digest,
    sha256: model.sha256 ?? null,
    bytes: model.bytes,
    weightBytes: model.weightBytes,
    irVersion: model.irVersion,
    opsets: Object.fromEntries(model.opsets),
    producer: model.producer,
    inputs: model.graph.inputs.filter(isFed).map(info),
    outputs: model.graph.outputs.map(info),
    totals: totalsOf(model, inference, peak),
    findings: [...model.findings, ...inference.findings, ...modelCeilings(memory), ...hotspotFindings(hotspots, peak)],
    hotspots,
    memory,
    ...(graphs ? { graphs: picturesOf(model, inference) } : {}),
  }
}

/** Before IR 4 every initializer was listed among the inputs, too; nobody feeds those. */
const isFed = (value: Value): boolean => value.initializer === null

/** What only `inspect` says: every value, every body, the cost of each node. */
export function describeInside(
  model: Model,
  inference: Inference,
): Required<Pick<ModelResult, 'values' | 'scopes' | 'nodes'>> {
  const scopes: [string, { values: Record<string, ValueDetail> }][] = []
  const open: Graph[] = [model.graph]
  for (let graph = open.pop(); graph; graph = open.pop()) {
    const inner: Graph[] = []
    for (const node of graph.nodes) inner.push(...node.bodies.values())
    for (const body of inner) scopes.push([body.scope, { values: valuesOf(body, inference) }])
    open.push(...inner.reverse())
  }
  return {
    values: valuesOf(model.graph, inference),
    scopes: Object.fromEntries(scopes),
    nodes: nodeCosts(model, inference),
  }
}

/** `fromEntries` defines own properties, whatever a model calls its values (`__proto__`). */
function valuesOf(graph: Graph, inference: Inference): Record<string, ValueDetail> {
  const entries: [string, ValueDetail][] = []
  for (const value of graph.values.values()) {
    if (!value.producer && !value.initializer && !value.isInput) continue
    const { type, why } = inference.facts(value)
    entries.push([value.name, { ...typeInfo(type), const: inference.isConst(value), why: why ?? whyUnknown(type) }])
  }
  return Object.fromEntries(entries)
}

function whyUnknown(type: ValueType | null): string | null {
  if (type?.kind !== 'tensor') return null
  return type.shape?.find(isUnknown)?.why ?? null
}
