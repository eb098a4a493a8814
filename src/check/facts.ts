/**
 * The facts of a node, or of a QDQ unit, that conditions of a profile ask for (profiles/facts.ts), made from what
 * inference knows and from the graph that the target sees.
 */
import type { Attribute, Value as GraphValue } from '../graph/model.ts'
import { typeString } from '../graph/type.ts'
import { tensorElements } from '../infer/context.ts'
import { isForeign, type OperatorSchema, schemasOf } from '../operators/schema.ts'
import { absent, Float32, type Tensor, type Truth, Undetermined, type Value } from '../profiles/condition/value.ts'
import type { NodeFacts, Quantization, WindowPart } from '../profiles/facts.ts'
import { quantizationOf } from './model-facts.ts'
import { elements, type Neighbours, TensorFacts } from './tensor-facts.ts'
import type { Unit } from './units.ts'
import type { View, ViewNode } from './view.ts'
import { windowOf } from './window.ts'

type Name =
  | { readonly kind: 'input' | 'output'; readonly index: number; readonly variadic: boolean }
  | { readonly kind: 'attribute' }

/** The formal names of an operator's version. */
const namesOf = new WeakMap<OperatorSchema, ReadonlyMap<string, Name>>()
function formalNames(schema: OperatorSchema): ReadonlyMap<string, Name> {
  let names = namesOf.get(schema)
  if (!names) {
    const made = new Map<string, Name>()
    for (const name of schema.attributes.keys()) made.set(name, { kind: 'attribute' })
    schema.outputs.forEach(({ name, option }, index) => {
      made.set(name, { kind: 'output', index, variadic: option === 'variadic' })
    })
    // An operator may call an input and its output alike (`X` of Identity-like ones): the input is meant.
    schema.inputs.forEach(({ name, option }, index) => {
      made.set(name, { kind: 'input', index, variadic: option === 'variadic' })
    })
    names = made
    namesOf.set(schema, names)
  }
  return names
}

/** Which inputs give the scale and the zero point of an input or output; -1 where none does. */
interface OwnQuantization {
  readonly scale: number
  readonly zeroPoint: number
}
interface OwnQuantizations {
  readonly input: readonly (OwnQuantization | null)[]
  readonly output: readonly (OwnQuantization | null)[]
}

/** `x_scale` and `x_zero_point` of operators that take them as inputs. */
const quantizationsOf = new WeakMap<OperatorSchema, OwnQuantizations>()
function ownQuantizations(schema: OperatorSchema): OwnQuantizations {
  let known = quantizationsOf.get(schema)
  if (!known) {
    const names = formalNames(schema)
    const of = ({ name }: { readonly name: string }): OwnQuantization | null => {
      const find = (suffix: string): number => {
        // QLinearAveragePool and QLinearSoftmax call their input X and its scale x_scale.
        const formal = names.get(`${name}_${suffix}`) ?? names.get(`${name.toLowerCase()}_${suffix}`)
        return formal?.kind === 'input' ? formal.index : -1
      }
      const scale = find('scale')
      return scale < 0 ? null : { scale, zeroPoint: find('zero_point') }
    }
    known = { input: schema.inputs.map(of), output: schema.outputs.map(of) }
    quantizationsOf.set(schema, known)
  }
  return known
}

const noDefinition = new Undetermined('no definition of this operator is known')

export class UnitFacts implements NodeFacts {
  private readonly target: ViewNode
  private inputList: readonly Value[] | undefined
  private outputList: readonly Value[] | undefined

  constructor(
    readonly view: View,
    readonly unit: Unit,
    private readonly neighbours: Neighbours,
  ) {
    this.target = unit.target
  }

  /** Lets go of what was worked out, as it can be again: a large model has no room for all that of all its nodes. */
  forget(): void {
    this.inputList = undefined
    this.outputList = undefined
  }

  get op(): string {
    return this.target.op
  }
  get domain(): string {
    return this.target.domain
  }
  get since(): number | null {
    return this.target.schema?.since ?? null
  }
  get versions(): readonly number[] {
    return schemasOf(this.target.schema?.domain ?? this.domain, this.op).map(({ since }) => since)
  }
  get opset(): number | null {
    const { source, domain, schema } = this.target
    return this.view.inference.opset(source.graph, schema?.domain ?? domain) || null
  }
  get ir(): number | null {
    return this.view.model.irVersion
  }
  get quantization(): Quantization {
    return quantizationOf(this.view.model)
  }
  get qdq(): boolean {
    return this.unit.qdq
  }

  get inputs(): readonly Value[] {
    this.inputList ??= this.target.inputs.map((value, index) => {
      const dequantize = this.unit.before.get(index)
      const outside = dequantize ? (dequantize.inputs[0] ?? null) : value
      if (outside) return this.tensor(outside, dequantize ?? null, 'input', index)
      return this.target.inputNames[index] ? new Undetermined('nothing makes this input') : absent
    })
    return this.inputList
  }
  get outputs(): readonly Value[] {
    this.outputList ??= this.target.outputs.map((value, index) => {
      const quantize = this.unit.behind.get(index)
      const outside = quantize ? (quantize.outputs[0] ?? null) : value
      return outside ? this.tensor(outside, quantize ?? null, 'output', index) : absent
    })
    return this.outputList
  }
  private tensor(value: GraphValue, quantizer: ViewNode | null, kind: 'input' | 'output', index: number): Tensor {
    const by = quantizer ?? this.quantiser(value)
    const quantization = by
      ? { scale: by.inputs[1] ?? null, zeroPoint: by.inputs[2] ?? null }
      : this.ownQuantization(kind, index)
    return new TensorFacts(this.view, value, this.neighbours, quantization)
  }

  /** The quantiser of QONNX that makes the value; a BipolarQuant has no zero point. */
  private quantiser(value: GraphValue): ViewNode | null {
    const maker = this.view.maker(value)
    return maker?.schema && isForeign(maker.schema.domain) && maker !== this.target ? maker : null
  }

  private ownQuantization(kind: 'input' | 'output', index: number) {
    const { schema, inputs } = this.target
    const own = schema && ownQuantizations(schema)[kind][index]
    const scale = own && inputs[own.scale]
    return scale ? { scale, zeroPoint: inputs[own.zeroPoint] ?? null } : null
  }

  lookup(name: string): Value {
    const { schema } = this.target
    if (!schema) {
      const written = this.target.attributes.get(name)
      return written ? attributeFact(written) : noDefinition
    }
    const formal = formalNames(schema).get(name)
    if (!formal) return absent
    if (formal.kind !== 'attribute') {
      const list = formal.kind === 'input' ? this.inputs : this.outputs
      return formal.variadic ? list.slice(formal.index) : (list[formal.index] ?? absent)
    }
    const written = this.target.attributes.get(name)
    if (written) return attributeFact(written)
    const attribute = schema.attributes.get(name)
    return attribute ? defaultFact(attribute.type, attribute.fallback) : absent
  }

  given(name: string): Truth {
    const { schema } = this.target
    if (!schema) return this.target.attributes.has(name) || noDefinition
    const formal = formalNames(schema).get(name)
    if (!formal) return false
    if (formal.kind === 'attribute') return this.target.attributes.has(name)
    return formal.kind === 'input'
      ? (this.target.inputNames[formal.index] ?? '') !== ''
      : this.target.outputs[formal.index] != null
  }

  graphHolds(domain: string): Truth {
    return this.view.domains.has(domain)
  }

  window(part: WindowPart): Value {
    return windowOf(this, part)
  }

  typeParameter(name: string): Value {
    const { schema } = this.target
    if (!schema) return noDefinition
    const types: Value[] = []
    let found = false
    const collect = (values: readonly (GraphValue | null)[], formals: OperatorSchema['inputs']) => {
      formals.forEach((formal, index) => {
        if (formal.type !== name && formal.name !== name) return
        found = true
        const last = formal.option === 'variadic' ? values.length - 1 : index
        for (let i = index; i <= last; i++) {
          const value = values[i]
          if (value) types.push(this.typeOf(value))
        }
      })
    }
    collect(this.target.inputs, schema.inputs)
    collect(this.target.outputs, schema.outputs)
    return found ? types : absent
  }
  private typeOf(value: GraphValue): Value {
    const { type, why } = this.view.facts(value)
    const text = type?.kind === 'tensor' ? type.dtype : type && typeString(type)
    return text ?? new Undetermined(why ?? 'its type is not known')
  }
}

function attributeFact(attribute: Attribute): Value {
  switch (attribute.type) {
    case 'FLOAT':
      return new Float32(attribute.value)
    case 'INT':
    case 'STRING':
      return attribute.value
    case 'FLOATS':
      return attribute.value.map((value) => new Float32(value))
    case 'INTS':
    case 'STRINGS':
      return attribute.value
    case 'TENSOR': {
      const known = tensorElements(attribute.value)
      return known ? elements(known) : new Undetermined('the values of this tensor were not read')
    }
    case 'REFERENCE':
      return new Undetermined('the call of the function gives it')
    default:
      return new Undetermined('an attribute of this kind has no value to compare')
  }
}

/** The schema's default; absent where the operator has its own rule for absence. */
function defaultFact(type: string, fallback: unknown): Value {
  const scalar = (value: unknown): Value =>
    typeof value === 'number'
      ? type.startsWith('FLOAT')
        ? new Float32(value)
        : value
      : typeof value === 'string'
        ? value
        : absent
  return Array.isArray(fallback) ? fallback.map(scalar) : scalar(fallback)
}
