/** One input or output of a node as conditions see it: every property is worked out when it is asked for. */
import { type Dim, isKnown, isUnknown } from '../graph/dim.ts'
import type { Value as GraphValue } from '../graph/model.ts'
import { typeString } from '../graph/type.ts'
import { notInferred } from '../infer/context.ts'
import type { ValueFacts } from '../infer/facts.ts'
import { count, type KnownValue, type Scalar, smallDims, toDim, valueLimit } from '../operators/value.ts'
import {
  absent,
  dimValue,
  Float32,
  type Maker,
  Symbolic,
  type Tensor,
  type Truth,
  Undetermined,
  type User,
  type Value,
} from '../profiles/condition/value.ts'
import { channelsLastDomain, type Quantized, type View, type ViewNode } from './view.ts'

/** What conditions can ask about the nodes beside the one that is judged. */
export interface Neighbours {
  /** Whether the target takes it. */
  supported(node: ViewNode): Truth
  /** Whether it is in the group that is being formed. */
  inCurrentGroup(node: ViewNode): Truth
  /** What the target has answered about it, which is asked about the nodes before this one first. */
  onTarget(node: ViewNode): Truth
}

const notAnswered = new Undetermined('neighbours are not asked')
export const notAsked: Neighbours = {
  supported: () => notAnswered,
  inCurrentGroup: () => notAnswered,
  onTarget: () => notAnswered,
}

/** A type, rank or dimension that is not known: because no rule says it (we cannot tell), or for a reason in the model. */
const notKnown = (why: string | null): Symbolic | Undetermined =>
  why === notInferred ? new Undetermined(why) : new Symbolic(null, why)

export class TensorFacts implements Tensor {
  readonly kind = 'tensor'
  private readonly facts: ValueFacts

  constructor(
    private readonly view: View,
    readonly graphValue: GraphValue,
    private readonly neighbours: Neighbours,
    /** Scale and zero point; null where it has none. */
    private readonly quantization: { scale: GraphValue | null; zeroPoint: GraphValue | null } | null,
  ) {
    this.facts = view.facts(graphValue)
  }

  get name(): string {
    return this.graphValue.name
  }
  private get tensor() {
    const { type } = this.facts
    return type?.kind === 'tensor' || type?.kind === 'sparse' ? type : null
  }
  get rank(): Value {
    const { type, why } = this.facts
    if (!type) return notKnown(why)
    if (!this.tensor) return absent
    return this.tensor.shape ? this.tensor.shape.length : notKnown(why)
  }
  get shape(): Value {
    const { type, why } = this.facts
    if (!type) return notKnown(why)
    if (!this.tensor) return absent
    return this.tensor.shape ? this.tensor.shape.map(dimFact) : notKnown(why)
  }
  get dtype(): Value {
    const { type, why } = this.facts
    if (!type) return new Undetermined(why ?? 'its type is not known')
    if (!this.tensor) return absent
    return this.tensor.dtype ?? new Undetermined(why ?? 'its element type is not known')
  }
  get value(): Value {
    if (!this.view.constant(this.graphValue)) return new Symbolic(null, 'it is computed when the model runs')
    const known = this.view.valueOf(this.graphValue)
    if (known) return elements(known)
    const type = this.tensor
    const small = type ? smallDims(type.shape) !== null : true
    return new Undetermined(
      small ? 'the values of this constant were not read' : `it has more than ${valueLimit} elements`,
    )
  }
  get constant(): Truth {
    return this.view.constant(this.graphValue) !== null
  }
  get initializer(): Truth {
    const ours = this.graphValue.graph === this.view.graph
    return ours && (this.graphValue.initializer !== null || this.view.constant(this.graphValue) !== null)
  }
  get storedRaw(): Truth {
    const { initializer } = this.graphValue
    if (!initializer) return new Undetermined('it is not stored in the file')
    return initializer.payload.raw ?? new Undetermined('how it is stored was not read')
  }
  get scale(): Value {
    return this.parameter((this.quantization ?? this.quantized)?.scale)
  }
  get zeroPoint(): Value {
    return this.parameter((this.quantization ?? this.quantized)?.zeroPoint)
  }
  get annotation(): Value {
    return this.quantized?.dtype.toUpperCase() ?? absent
  }
  private get quantized(): Quantized | undefined {
    return this.view.overlay.quantized?.get(this.graphValue)
  }
  private parameter(value: GraphValue | null | undefined): Value {
    return value ? new TensorFacts(this.view, value, this.neighbours, null) : absent
  }
  get maker(): Maker | null {
    const node = this.view.maker(this.graphValue)
    if (!node) return null
    const { op, domain } = node
    return {
      op,
      channelsLast: domain === channelsLastDomain,
      supported: () => this.neighbours.supported(node),
      inCurrentGroup: () => this.neighbours.inCurrentGroup(node),
      onTarget: () => this.neighbours.onTarget(node),
      added: node.carries.length === 0,
      reads: (input) => {
        const value = node.inputs[input]
        return value ? new TensorFacts(this.view, value, this.neighbours, null) : null
      },
    }
  }
  get isOutput(): Truth {
    return this.view.isOutput(this.graphValue)
  }
  get isOptional(): Truth {
    const { type, why } = this.facts
    return type ? type.kind === 'optional' : new Undetermined(why ?? 'its type is not known')
  }
  get users(): readonly User[] {
    return this.view.readings(this.graphValue).map(({ node }) => ({ op: node.op, castsTo: castsTo(this.view, node) }))
  }
  get origin(): string {
    const node = this.view.maker(this.graphValue)
    if (node) return `${node.source.name ? `node "${node.source.name}"` : 'node'} (${node.op})`
    if (this.graphValue.initializer) {
      const { dims } = this.graphValue.initializer
      const overridable = this.view.constant(this.graphValue) ? '' : ' that an input overrides'
      return `initializer [${dims.join(', ')}] of ${count(dims)} elements${overridable}`
    }
    if (this.view.constant(this.graphValue)) return 'constant'
    return this.graphValue.isInput ? 'input of the model' : 'value of the graph around'
  }
}

const dimFact = (dim: Dim): Value => {
  if (isKnown(dim)) return dim
  return isUnknown(dim) ? notKnown(dim.why) : dimValue(dim)
}

/** The element type that a Cast gives; null for other operators. */
function castsTo(view: View, node: ViewNode): string | null {
  if (node.op !== 'Cast') return null
  const [output] = node.outputs
  const type = output ? view.facts(output).type : null
  return type ? (typeString(type) && type.kind === 'tensor' ? type.dtype : null) : null
}

const floats = new Set(['float32', 'float16', 'bfloat16', 'float64'])

/** Elements as conditions compute with them. */
export function elements(known: KnownValue): Value {
  const float = floats.has(known.dtype) && known.dtype !== 'float64'
  return known.elements.map((element) => scalarFact(element, float))
}

function scalarFact(element: Scalar, float: boolean): Value {
  if (typeof element === 'number') return float ? new Float32(element) : element
  if (typeof element === 'bigint' || typeof element === 'string') return element
  return dimFact(toDim(element))
}
