/** The view of one node that an operator's entry gets: see `Context` in operators/operator.ts. */
import { type Dim, Unknown } from '../graph/dim.ts'
import { type DType, dtypeFromTypeString } from '../graph/dtype.ts'
import type { Attribute, Graph, Node, Value } from '../graph/model.ts'
import type { Tensor } from '../graph/tensor.ts'
import { type Shape, tensorType, type ValueType } from '../graph/type.ts'
import { type BodyResult, type Context, Mismatch, type MismatchId, type WarningId } from '../operators/operator.ts'
import type { OperatorSchema } from '../operators/schema.ts'
import { count, type KnownValue, valueLimit } from '../operators/value.ts'
import type { ValueFacts } from './facts.ts'

/** What the context needs of the engine around it. */
export interface Engine {
  facts(value: Value): ValueFacts
  valueOf(value: Value): KnownValue | null
  isConst(value: Value): boolean
  /** An attribute, references to the calling function's attributes resolved. */
  attribute(node: Node, name: string): Attribute | undefined
  warn(node: Node, id: WarningId, message: string): void
  inferBody(graph: Graph, inputs: readonly (ValueType | null)[], values: readonly (KnownValue | null)[]): BodyResult
  inferDeadBody(graph: Graph): void
}

/** What an operator said about one output. */
export interface Output {
  type: ValueType | null
  why: string | null
  value: KnownValue | null
}

const isNumber = (element: unknown): element is number => typeof element === 'number'

const absent = 'the input is left out'
export const notInferred = 'no rule says what this operator gives'

export class NodeContext implements Context {
  readonly results: (Output | undefined)[] = []
  /** Of each input, once asked: rules ask several times, and each look into a large map costs. */
  private readonly inputFacts: (ValueFacts | null | undefined)[] = []

  constructor(
    private readonly engine: Engine,
    readonly node: Node,
    readonly schema: OperatorSchema | null,
    readonly opset: number,
  ) {}

  get since(): number {
    return this.schema?.since ?? 0
  }
  get inputCount(): number {
    return this.node.inputNames.length
  }
  get outputCount(): number {
    return this.node.outputs.length
  }
  given(input: number): boolean {
    return (this.node.inputNames[input] ?? '') !== ''
  }
  wanted(output: number): boolean {
    return this.node.outputs[output] != null
  }

  private factsOf(input: number): ValueFacts | null {
    const before = this.inputFacts[input]
    if (before !== undefined) return before
    const value = this.node.inputs[input]
    const facts = value ? this.engine.facts(value) : null
    if (value) this.inputFacts[input] = facts
    return facts
  }
  type(input: number): ValueType | null {
    return this.factsOf(input)?.type ?? null
  }
  private tensorOf(input: number) {
    const type = this.type(input)
    return type?.kind === 'tensor' || type?.kind === 'sparse' ? type : null
  }
  dtype(input: number): DType | null {
    return this.tensorOf(input)?.dtype ?? null
  }
  shape(input: number): Shape | null {
    return this.tensorOf(input)?.shape ?? null
  }
  rank(input: number): number | null {
    return this.shape(input)?.length ?? null
  }
  value(input: number): KnownValue | null {
    const value = this.node.inputs[input]
    return value ? this.engine.valueOf(value) : null
  }
  isConst(input: number): boolean {
    const value = this.node.inputs[input]
    return value ? this.engine.isConst(value) : false
  }
  why(input: number): string {
    const value = this.node.inputs[input]
    if (!value) return this.given(input) ? `nothing makes ${this.node.inputNames[input]}` : absent
    return this.factsOf(input)?.why ?? `the values of ${value.name} are not known before it runs`
  }
  outputShape(output: number): Shape | null {
    const type = this.results[output]?.type
    return type?.kind === 'tensor' ? type.shape : null
  }
  outputDType(output: number): DType | null {
    const type = this.results[output]?.type
    return type?.kind === 'tensor' ? type.dtype : this.boundDType(output)
  }

  private attribute(name: string): Attribute | undefined {
    return this.engine.attribute(this.node, name)
  }
  private fallback(name: string): unknown {
    return this.schema?.attributes.get(name)?.fallback
  }
  written(name: string): boolean {
    return this.attribute(name) !== undefined
  }
  int(name: string): number | undefined
  int(name: string, fallback: number): number
  int(name: string, fallback?: number): number | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'INT') return Number(attribute.value)
    const preset = this.fallback(name)
    return typeof preset === 'number' ? preset : fallback
  }
  float(name: string): number | undefined
  float(name: string, fallback: number): number
  float(name: string, fallback?: number): number | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'FLOAT') return attribute.value
    const preset = this.fallback(name)
    return typeof preset === 'number' ? preset : fallback
  }
  string(name: string): string | undefined
  string(name: string, fallback: string): string
  string(name: string, fallback?: string): string | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'STRING') return attribute.value
    const preset = this.fallback(name)
    return typeof preset === 'string' ? preset : fallback
  }
  ints(name: string): readonly number[] | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'INTS')
      return attribute.value.every(isNumber) ? attribute.value : attribute.value.map(Number)
    const preset = this.fallback(name)
    return Array.isArray(preset) ? (preset as number[]) : undefined
  }
  floats(name: string): readonly number[] | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'FLOATS') return attribute.value
    const preset = this.fallback(name)
    return Array.isArray(preset) ? (preset as number[]) : undefined
  }
  strings(name: string): readonly string[] | undefined {
    const attribute = this.attribute(name)
    if (attribute?.type === 'STRINGS') return attribute.value
    const preset = this.fallback(name)
    return Array.isArray(preset) ? (preset as string[]) : undefined
  }
  tensor(name: string): Tensor | undefined {
    const attribute = this.attribute(name)
    return attribute?.type === 'TENSOR' || attribute?.type === 'SPARSE_TENSOR' ? attribute.value : undefined
  }
  typeAttribute(name: string): ValueType | undefined {
    const attribute = this.attribute(name)
    return attribute?.type === 'TYPE_PROTO' ? attribute.value : undefined
  }
  tensorValue(name: string): KnownValue | null {
    const tensor = this.tensor(name)
    return tensor ? tensorElements(tensor) : null
  }
  body(name: string): Graph | undefined {
    return this.node.bodies.get(name)
  }

  /** The element type that the schema's type parameter, or its literal type, gives an output. */
  private boundDType(output: number): DType | null {
    const formal = this.formalOutput(output)
    if (!formal) return null
    const literal = dtypeFromTypeString(formal)
    if (literal) return literal
    const bound = this.boundType(formal)
    if (bound) return bound.kind === 'tensor' || bound.kind === 'sparse' ? bound.dtype : null
    const allowed = this.schema?.types.get(formal)
    const only = allowed?.size === 1 ? [...allowed][0] : undefined
    return only ? dtypeFromTypeString(only) : null
  }
  private formalOutput(output: number): string | undefined {
    const outputs = this.schema?.outputs
    if (!outputs) return undefined
    const last = outputs.at(-1)
    return (outputs[output] ?? (last?.option === 'variadic' ? last : undefined))?.type
  }
  /** The type of the first input whose formal type is this parameter and whose type is known. */
  private boundType(parameter: string): ValueType | null {
    const formals = this.schema?.inputs ?? []
    for (let input = 0; input < this.inputCount; input++) {
      const formal = formals[input] ?? (formals.at(-1)?.option === 'variadic' ? formals.at(-1) : undefined)
      if (formal?.type !== parameter || (formal.option === 'variadic' && !formal.homogeneous)) continue
      const type = this.type(input)
      if (type && (type.kind !== 'tensor' || type.dtype)) return type
    }
    return null
  }

  output(index: number, shape: Shape | Unknown, dtype?: DType | null): void {
    const element = dtype === undefined ? this.boundDType(index) : dtype
    if (shape instanceof Unknown) this.set(index, tensorType(element, null), shape.why)
    else this.set(index, tensorType(element, shape), firstWhy(shape))
  }
  outputType(index: number, type: ValueType | Unknown): void {
    if (type instanceof Unknown) this.set(index, null, type.why)
    else this.set(index, type, type.kind === 'tensor' && type.shape ? firstWhy(type.shape) : null)
  }
  outputValue(index: number, value: KnownValue): void {
    const result = this.results[index]
    if (result && value.elements.length <= valueLimit) result.value = value
  }
  private set(index: number, type: ValueType | null, why: string | null): void {
    this.results[index] = { type, why, value: null }
  }
  /** Outputs that no rule has set: the element type that the schema gives, and an unknown rank. */
  complete(why: string): void {
    for (let output = 0; output < this.outputCount; output++)
      if (!this.results[output]) {
        const element = this.boundDType(output)
        this.set(output, element ? tensorType(element, null) : null, why)
      }
  }

  mismatch(message: string, inputs: readonly number[] = [], id: MismatchId = 'shape-mismatch'): never {
    throw new Mismatch(message, inputs, id)
  }
  warn(id: WarningId, message: string): void {
    this.engine.warn(this.node, id, message)
  }
  inferBody(
    graph: Graph,
    inputs: readonly (ValueType | null)[],
    values: readonly (KnownValue | null)[] = [],
  ): BodyResult {
    return this.engine.inferBody(graph, inputs, values)
  }
  inferDeadBody(graph: Graph): void {
    this.engine.inferDeadBody(graph)
  }
}

const firstWhy = (shape: readonly Dim[]): string | null => {
  for (const dim of shape) if (dim instanceof Unknown) return dim.why
  return null
}

/** The elements of a tensor of the file, if it is small, sound and at hand. */
export function tensorElements(tensor: Tensor): KnownValue | null {
  const { dtype, dims } = tensor
  if (!dtype || tensor.sparse || dims.some((dim) => dim < 0) || count(dims) > valueLimit) return null
  const elements = tensor.payload.elements(valueLimit)
  return elements && elements.length === count(dims) ? { dtype, dims, elements } : null
}
