/**
 * What we know of a model, less the shapes that ONNX Runtime has lost: what its providers are asked with. Sizes that
 * are open for us, too, keep our expressions, which say more than "unknown".
 */
import { type Dim, isKnown, Unknown } from '../graph/dim.ts'
import { IdMap } from '../graph/id-map.ts'
import type { Graph, Model, Node, Value } from '../graph/model.ts'
import { type Shape, tensorType } from '../graph/type.ts'
import type { KnownValue } from '../operators/value.ts'
import { whyOf } from './declared.ts'
import type { Inference, InferOptions, NodeFacts, ValueFacts } from './facts.ts'
import { RuntimeInferrer } from './runtime-inferrer.ts'

/** `folds`: shapes are asked for after constants have been folded, as a session does; else as the file is loaded. */
export const runtimeView = (exact: Inference, folds: boolean): Inference => new RuntimeView(exact, folds)

class RuntimeView implements Inference {
  private readonly runtime: RuntimeInferrer
  private readonly lessened = new IdMap<Value, ValueFacts>()

  constructor(
    private readonly exact: Inference,
    folds: boolean,
  ) {
    this.runtime = new RuntimeInferrer(exact, folds).run()
  }

  get model(): Model {
    return this.exact.model
  }
  get options(): InferOptions {
    return this.exact.options
  }
  get findings() {
    return this.exact.findings
  }
  node(node: Node): NodeFacts {
    return this.exact.node(node)
  }
  opset(graph: Graph, domain: string): number {
    return this.exact.opset(graph, domain)
  }
  valueOf(value: Value): KnownValue | null {
    return this.runtime.isConst(value) ? this.runtime.valueOf(value) : null
  }
  isConst(value: Value): boolean {
    return this.runtime.isConst(value)
  }
  lostAt(value: Value): Node | null {
    return this.runtime.lostAt(value)
  }
  facts(value: Value): ValueFacts {
    const ours = this.exact.facts(value)
    if (this.runtime.facts(value) === ours) return ours
    let facts = this.lessened.get(value)
    if (!facts) {
      facts = this.less(value)
      this.lessened.set(value, facts)
    }
    return facts
  }

  private less(value: Value): ValueFacts {
    const ours = this.exact.facts(value)
    const theirs = this.runtime.facts(value)
    if (theirs.origin === 'folded' && ours.origin === null) return theirs
    const known = theirs.origin === ours.origin ? ours : { ...ours, origin: theirs.origin }
    if (ours.type?.kind !== 'tensor' || theirs.type?.kind !== 'tensor') return known
    const root = this.runtime.lostAt(value)
    const lost = root && lostBy(root)
    const shape = lesser(ours.type.shape, theirs.type.shape, lost)
    if (shape === ours.type.shape) return known
    const type = tensorType(ours.type.dtype ?? theirs.type.dtype, shape)
    return { ...known, type, why: shape ? whyOf(type) : lost }
  }
}

const lostBy = ({ op, name, index }: Node): string =>
  `the shape inference of ONNX Runtime loses it at ${op} ${name === '' ? index : `"${name}"`}`

/** Our shape where the runtime knows as much; `lost` says why it does not. */
function lesser(ours: Shape | null, theirs: Shape | null, lost: string | null): Shape | null {
  // What the file declares may be more than what follows.
  if (!ours || !theirs || ours.length !== theirs.length) return lost === null ? (theirs ?? ours) : theirs
  let same = true
  const dims = ours.map((dim, i): Dim => {
    const other = theirs[i] ?? dim
    if (isKnown(dim) === isKnown(other)) return dim
    same = false
    return isKnown(other) ? other : new Unknown(lost ?? 'ONNX Runtime does not know it')
  })
  return same ? ours : dims
}
