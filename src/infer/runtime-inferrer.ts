/**
 * What ONNX Runtime's own shape inference knows of a model: less than ours. Our rules run a second time on what it
 * would know: values of constants and of the few shape computations that it follows (runtime-values.ts), sizes that
 * are numbers or names of the file. Whatever has to be worked out of a name is lost, and so is what its rules do not
 * cover (runtime-losses.ts); what the file declares of a value is kept.
 * Source: core/graph/graph.cc of ONNX Runtime 1.30 (InferAndVerifyTypeMatch, MergeShapeInfo).
 */
import { type Dim, type Expr, equal, isKnown, isSymbolic, isUnknown, substitute, Unknown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import { IdMap } from '../graph/id-map.ts'
import type { Graph, Node, Value } from '../graph/model.ts'
import { type Shape, tensorType, type ValueType } from '../graph/type.ts'
import type { OperatorSchema } from '../operators/schema.ts'
import type { KnownValue } from '../operators/value.ts'
import { NodeContext, notInferred, type Output } from './context.ts'
import type { Reconciled } from './declared.ts'
import { Inferrer } from './engine.ts'
import type { Inference } from './facts.ts'
import { fusedShape } from './reshape-fusion.ts'
import { lose, losesAlways, losesOnNames } from './runtime-losses.ts'
import { follow } from './runtime-values.ts'

export class RuntimeInferrer extends Inferrer {
  private readonly followed = new IdMap<Value, KnownValue>()
  private readonly roots = new IdMap<Value, Node>()

  constructor(
    /** What we know. */
    private readonly exact: Inference,
    /** Constants have been folded before shapes are asked for. */
    private readonly folds: boolean,
  ) {
    super(exact.model, exact.options)
  }

  /** The node at which the shape of a value was lost; null where the runtime knows all that we know. */
  override lostAt(value: Value): Node | null {
    return this.roots.get(value) ?? null
  }

  override isConst(value: Value): boolean {
    const { origin } = this.facts(value)
    return origin === 'folded' ? this.folds : origin !== null
  }

  override valueOf(value: Value): KnownValue | null {
    if (this.isConst(value)) return super.valueOf(value)
    return this.followed.get(value) ?? null
  }

  /** Where nothing is open and nothing hangs on values, what follows is what the runtime knows. */
  protected override inferNode(node: Node): void {
    if (!this.isPlain(node)) super.inferNode(node)
    else for (const output of node.outputs) if (output) this.values.set(output, this.exact.facts(output))
  }
  private isPlain(node: Node): boolean {
    // Bodies are walked many times, and what we know of them is that of the last time.
    if (node.graph !== this.model.graph || node.bodies.size > 0 || losesAlways(node)) return false
    const { schema, wrong } = this.exact.node(node)
    if (!schema || wrong || !node.inputs.every((input) => !input || this.isFixed(input, !losesOnNames(node))))
      return false
    return node.outputs.every((output) => isKept(this.exact, output))
  }
  private isFixed(input: Value, names: boolean): boolean {
    const { type, origin } = this.facts(input)
    if (origin === 'initializer' || origin === 'constant') return true
    return isFixedFloat(type, names) && !this.roots.has(input)
  }

  /** Both branches of an If count, whatever its condition is, until constants have been folded. */
  protected override context(node: Node, schema: OperatorSchema | null, opset: number): NodeContext {
    if (this.folds && node.op === 'Reshape' && node.domain === '') this.fuseShape(node)
    const branches = node.op === 'If' && !this.folds
    return branches ? new WithoutValues(this, node, schema, opset) : super.context(node, schema, opset)
  }

  private fuseShape(reshape: Node): void {
    const fused = fusedShape(reshape, {
      shape: (value) => shapeOf(this.facts(value).type),
      constant: (value) => (this.isConst(value) ? this.valueOf(value) : null),
    })
    if (!fused) return
    const { output, value } = fused
    const type = tensorType(value.dtype, value.dims)
    this.values.set(output, { type, origin: 'folded', value, why: null })
    this.roots.delete(output)
  }

  /** What a Loop carries may change its shape: its body starts with what it declares itself. */
  override inferBody(graph: Graph, inputs: readonly (ValueType | null)[], values: readonly (KnownValue | null)[]) {
    if (graph.owner?.op !== 'Loop') return super.inferBody(graph, inputs, values)
    const types = graph.inputs.map(({ declared }, i) => {
      const given = inputs[i] ?? null
      if (given?.kind !== 'tensor') return given ?? declared
      const shape = declared?.kind === 'tensor' ? declared.shape : null
      return tensorType(given.dtype, shape)
    })
    return super.inferBody(graph, types, [])
  }

  /** What there is to say of the model has been said. */
  protected override report(): void {}

  protected override inferred(context: NodeContext, failed: boolean): void {
    if (!failed) lose(context)
    const { node } = context
    const [output] = node.outputs
    if (!output) return
    const followed = (input: number) => {
      const value = node.inputs[input]
      return (value && this.followed.get(value)) ?? null
    }
    const known = follow({ context, followed })
    if (known) this.followed.set(output, known)
  }

  protected override settle(node: Node, value: Value, result: Output, known: boolean): Reconciled {
    const settled = super.settle(node, value, result, known)
    const { type } = settled
    if (type?.kind !== 'tensor') return settled
    const declared = this.trustDeclared && value.declared?.kind === 'tensor' ? value.declared.shape : null
    const shape = merged(type.shape?.map(plain) ?? null, declared?.map((dim) => this.given(dim)) ?? null)
    const ours = this.exact.facts(value).type
    if (isWeaker(shape, ours?.kind === 'tensor' ? ours.shape : null)) this.roots.set(value, this.rootOf(node))
    return { type: tensorType(type.dtype, shape), why: settled.why, findings: [] }
  }

  private given(dim: Dim): Dim {
    return substitute(dim, (name) => this.options.dims?.get(name))
  }

  /** The loss may have come with an input. */
  private rootOf(node: Node): Node {
    const inside = [...node.bodies.values()].flatMap((body) => body.outputs)
    for (const value of [...node.inputs, ...inside]) {
      const root = value && this.roots.get(value)
      if (root) return root
    }
    return node
  }
}

class WithoutValues extends NodeContext {
  override value(): null {
    return null
  }
}

/** A number or a name stays; what would have to be worked out does not. */
const plain = (dim: Dim): Dim => (isSymbolic(dim) && !isName(dim) ? lost : dim)
const lost = new Unknown(notInferred)

const isName = ({ terms: [term, ...more] }: Expr): boolean =>
  more.length === 0 && term?.coefficient === 1 && term.atoms.length === 1 && term.atoms[0]?.symbol !== undefined

/**
 * Numbers count before names, declared names before inferred ones. Shapes that contradict each other keep what was
 * merged before the contradiction and what they agree on after it.
 */
function merged(inferred: Shape | null, declared: Shape | null): Shape | null {
  if (!inferred || !declared) return inferred ?? declared
  if (inferred.length !== declared.length) return null
  let contradicts = false
  return declared.map((dim, i) => {
    const other = inferred[i] ?? dim
    contradicts ||= isKnown(dim) && isKnown(other) && other !== dim
    if (contradicts) return equal(dim, other) ? dim : lost
    return isKnown(dim) || (!isKnown(other) && !isUnknown(dim)) ? dim : other
  })
}

const floats: ReadonlySet<DType | null> = new Set(['float32', 'float16', 'float64', 'bfloat16'])

const isFixedFloat = (type: ValueType | null, names: boolean): boolean =>
  type?.kind === 'tensor' &&
  floats.has(type.dtype) &&
  type.shape?.every((dim) => isKnown(dim) || (names && isSymbolic(dim) && isName(dim))) === true

/** A fixed output of floats, to which the file adds nothing. */
function isKept(exact: Inference, output: Value | null): boolean {
  if (!output) return true
  const { type } = exact.facts(output)
  const declared = output.declared?.kind === 'tensor' ? output.declared.shape : null
  const shape = shapeOf(type)
  const agrees =
    !declared || (declared.length === shape?.length && declared.every((dim, i) => !isKnown(dim) || dim === shape[i]))
  return isFixedFloat(type, true) && agrees
}

const shapeOf = (type: ValueType | null): Shape | null => (type?.kind === 'tensor' ? type.shape : null)

/** A rank or a number that we know is missing. */
const isWeaker = (theirs: Shape | null, ours: Shape | null): boolean =>
  ours !== null && (theirs === null || ours.some((dim, i) => isKnown(dim) && !isKnown(theirs[i] ?? 0)))
