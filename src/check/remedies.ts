/**
 * What a user can change where a profile says nothing itself: another form of the operator that the target has, fixed
 * dimensions, another type or rank.
 */
import type { Graph, Node, Value } from '../graph/model.ts'
import type { Explanation } from '../profiles/condition/explain.ts'
import type { Judge } from '../profiles/judge.ts'
import type { Reason } from '../profiles/reason.ts'
import data from './rewrites.json' with { type: 'json' }

interface Rewrite {
  /** Operators that the target must have for it. */
  readonly with?: readonly string[]
  readonly how: string
}

/** By operator of the default domain; the first whose operators the target has is taken. */
const rewrites: Readonly<Record<string, readonly Rewrite[]>> = data

export interface Refusal {
  readonly nodes: readonly Node[]
  readonly reason: Reason
  readonly explanation: Explanation
}

const fixDimensions = "fix the dimensions of the model's inputs: it computes with shapes only, and is folded then"

export class Remedies {
  constructor(private readonly judge: Judge) {}

  /** Null where nothing is known that would help. */
  of({ nodes, reason, explanation }: Refusal): string | null {
    // Of a QDQ unit the operator inside, which the rule is about.
    const node = nodes.find(({ op }) => reason.id.split('/')[1] === op) ?? nodes[0]
    if (!node) return null
    if (nodes.every((one) => shapeArithmeticOf(one.graph).has(one))) return fixDimensions
    if (reason.phase === 'operator' || (reason.phase === 'kernel' && !this.judge.has(node.domain, node.op)))
      return this.otherForm(node) ?? this.judge.profile.instead?.['*'] ?? null
    if (reason.phase === 'kernel') return this.otherType(node, explanation)
    return reason.how === null ? (otherRank(node, explanation) ?? otherTypeOf(explanation) ?? otherArity(node)) : null
  }

  private otherForm({ domain, op }: Node): string | null {
    if (/^QLinear|^QGemm$|^(MatMul|Conv)Integer$/.test(op)) return this.otherQuantisation()
    if (op === 'MatMulNBits') return 'ship the float model, or one quantised to 8 bits, for this target'
    if (domain === 'com.microsoft') return "export or optimise the model without ONNX Runtime's own fused operators"
    const forms = domain === '' && Object.hasOwn(rewrites, op) ? rewrites[op] : []
    return forms?.find(({ with: needed = [] }) => needed.every((name) => this.judge.has('', name)))?.how ?? null
  }

  private otherQuantisation(): string {
    const { grouping, profile } = this.judge
    if (grouping.units === 'qdq')
      return 'quantise statically in QDQ form (QuantizeLinear, DequantizeLinear) in place of integer operators'
    return profile.host === null
      ? "give the flow the float model, or one with QONNX's Quant"
      : 'ship the float model, or a float16 one, for this target'
  }

  /** A kernel takes other types than those of the node. */
  private otherType({ domain, op }: Node, { found }: Explanation): string | null {
    for (const row of this.judge.kernels?.rows(domain, op) ?? [])
      for (const [parameter, list] of Object.entries(row.types ?? {})) {
        const given = found[parameter]
        const cast = Array.isArray(given) && given.length === 1 ? castText(String(given[0]), list) : null
        if (cast) return cast
      }
    return null
  }
}

/** The types that a value may be cast to, best first, and what has to be said of it. */
const casts: Readonly<Record<string, readonly (readonly [type: string, proviso: string])[]>> = {
  int64: [
    ['int32', ', where its values fit'],
    ['float32', ', where its values fit'],
  ],
  uint64: [['uint32', ', where its values fit']],
  int32: [['float32', ', where its values fit']],
  bool: [
    ['int32', ''],
    ['float32', ''],
    ['uint8', ''],
  ],
  uint8: [
    ['int32', ''],
    ['float32', ''],
  ],
  int8: [
    ['int32', ''],
    ['float32', ''],
  ],
  float64: [['float32', '']],
  float16: [['float32', ', or ship the float32 model for this target']],
  bfloat16: [['float32', '']],
}

function castText(given: string, allowed: readonly string[]): string | null {
  const cast = casts[given]?.find(([type]) => allowed.includes(type))
  return cast ? `Cast from ${given} to ${cast[0]} before it and back behind it${cast[1]}` : null
}

/** The condition asks for types of a value, and nothing else decided. */
function otherTypeOf({ condition, found }: Explanation): string | null {
  const [first, ...others] = Object.entries(found)
  const asked = /^dtype\((.+)\)$/.test(first?.[0] ?? '')
  if (!asked || typeof first?.[1] !== 'string' || others.some(([term]) => !term.startsWith('dtype('))) return null
  const allowed = [...(condition ?? '').matchAll(/'(\w+)'/g)].map(([, type = '']) => type)
  return castText(first[1], allowed)
}

/** Operators that do the same to each element, or to one axis: axes beside it can be merged, or put in. */
const freeOfRank = new Set(
  'Abs Add Cast Ceil Clip Concat Cos Div Elu Erf Exp Expand Floor Gelu HardSigmoid HardSwish LayerNormalization LeakyRelu Log LogSoftmax Max Min Mul Neg Pad Pow PRelu Reciprocal ReduceMax ReduceMean ReduceMin ReduceSum Relu Round Sigmoid Sin Slice Softmax Softplus Split Sqrt Sub Tanh Transpose Where'.split(
    ' ',
  ),
)

function otherRank({ op }: Node, { found }: Explanation): string | null {
  const [first, ...others] = Object.entries(found)
  if (!first || others.length > 0 || !/^rank\(.+\)$/.test(first[0]) || typeof first[1] !== 'number') return null
  if (!freeOfRank.has(op)) return null
  return first[1] > 4
    ? 'merge axes that it treats alike by a Reshape before it, and take them apart behind it'
    : 'Reshape to the rank that is asked for before it, and back behind it'
}

/** What has one part joins or takes apart nothing. */
const otherArity = ({ op, inputs, outputs }: Node): string | null =>
  (op === 'Concat' && inputs.length === 1) || (op === 'Split' && outputs.length === 1)
    ? 'leave it out: it gives what it gets'
    : null

const shapeArithmetic = new WeakMap<Graph, ReadonlySet<Node>>()

/** Nodes that read constants and the shapes of values, and nothing of the values themselves. */
function shapeArithmeticOf(graph: Graph): ReadonlySet<Node> {
  const known = shapeArithmetic.get(graph)
  if (known) return known
  const found = new Set<Node>()
  const isFree = ({ graph: home, producer, initializer, isInput }: Value): boolean => {
    if (!producer) return initializer !== null && !isInput
    return producer.op === 'Constant' || (home === graph ? found : shapeArithmeticOf(home)).has(producer)
  }
  for (const node of graph.order)
    if (
      node.op === 'Shape' ||
      node.op === 'Size' ||
      (node.bodies.size === 0 &&
        node.inputs.some((value) => value?.producer) &&
        node.inputs.every((value) => value === null || isFree(value)))
    )
      found.add(node)
  shapeArithmetic.set(graph, found)
  return found
}
