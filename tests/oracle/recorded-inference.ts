/**
 * Inference whose types and shapes are those that ONNX Runtime itself had, so that rules are measured apart from our
 * own shape inference. What is constant, and its values, come from the model.
 */
import { type Dim, symbol, Unknown } from '../../src/graph/dim.ts'
import { dtypeFromNumber } from '../../src/graph/dtype.ts'
import type { Graph, Model, Node, Value } from '../../src/graph/model.ts'
import { tensorType, type ValueType } from '../../src/graph/type.ts'
import type { Inference, NodeFacts, ValueFacts } from '../../src/infer/facts.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { schemasOf } from '../../src/operators/schema.ts'
import { count, type KnownValue, valueLimit } from '../../src/operators/value.ts'
import type { GraphRecord } from './recordings.ts'

const lost = 'ONNX Runtime does not know it'

export class RecordedInference implements Inference {
  private readonly ours: Inference
  private readonly types = new Map<string, ValueType>()

  constructor(
    readonly model: Model,
    private readonly record: GraphRecord,
  ) {
    this.ours = inferModel(model)
    for (const [name, [elementType, dims]] of Object.entries(record.values))
      this.types.set(name, typeOf(elementType, dims))
  }

  get options() {
    return this.ours.options
  }
  get findings() {
    return this.ours.findings
  }
  facts(value: Value): ValueFacts {
    const facts = this.ours.facts(value)
    const constant = facts.origin === 'initializer' || facts.origin === 'constant'
    const type = constant && !value.isInput ? facts.type : this.recorded(value)
    return { type, origin: constant ? facts.origin : null, value: constant ? facts.value : null, why: lost }
  }
  private recorded(value: Value): ValueType | null {
    if (value.graph !== this.model.graph) return this.ours.facts(value).type
    return this.types.get(value.name) ?? (value.initializer ? this.ours.facts(value).type : null)
  }
  node(node: Node): NodeFacts {
    const facts = this.ours.node(node)
    const since = node.graph === this.model.graph ? this.record.nodes[node.index]?.[4] : undefined
    if (since === undefined || facts.schema?.since === since) return facts
    const schema = schemasOf(node.domain, node.op).find((candidate) => candidate.since === since)
    return { ...facts, schema: schema ?? null }
  }
  valueOf(value: Value): KnownValue | null {
    return this.ours.valueOf(value) ?? missingWeights(value)
  }
  lostAt(): null {
    return null
  }
  isConst(value: Value): boolean {
    return this.facts(value).origin !== null
  }
  opset(graph: Graph, domain: string): number {
    return this.ours.opset(graph, domain)
  }
}

function typeOf(elementType: number, dims: readonly (number | string)[] | null): ValueType {
  // No type at all, or no tensor: providers ask for neither rank nor element type then.
  if (elementType < 0) return { kind: 'sequence', element: null }
  return tensorType(dtypeFromNumber(elementType), dims?.map(dimOf) ?? null)
}

const dimOf = (dim: number | string): Dim => {
  if (typeof dim === 'string') return symbol(dim)
  return dim < 0 ? new Unknown(lost) : dim
}

/** Weights that were not at hand were loaded as zeros. */
function missingWeights(value: Value): KnownValue | null {
  const { initializer } = value
  if (initializer?.payload.where !== 'external' || initializer.dtype === null) return null
  const elements = count(initializer.dims)
  if (elements > valueLimit) return null
  return { dtype: initializer.dtype, dims: initializer.dims, elements: new Array(elements).fill(0) }
}
