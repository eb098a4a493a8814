/** A model of one node, made in memory: what it gives for inputs that are constants or only types. */
import { type Dim, dimText, Unknown } from '../../src/graph/dim.ts'
import { parseDim } from '../../src/graph/dim-parse.ts'
import { type DType, dtypeInfo } from '../../src/graph/dtype.ts'
import type { Attribute, Graph, Model, Node, Value } from '../../src/graph/model.ts'
import type { Element, Tensor } from '../../src/graph/tensor.ts'
import { tensorType } from '../../src/graph/type.ts'
import { inferModel } from '../../src/infer/infer.ts'

/** A size: a number, or an expression such as `H` and `2*H + 1`; null: not known. */
type Size = number | string | null
export type Input =
  | { readonly dtype: DType; readonly dims: readonly number[]; readonly elements: readonly Element[] }
  | { readonly dtype: DType; readonly shape: readonly Size[] | null; readonly elements?: undefined }
  | null

export const ints = (...elements: Element[]): Input => ({ dtype: 'int64', dims: [elements.length], elements })
export const floats = (...elements: number[]): Input => ({ dtype: 'float32', dims: [elements.length], elements })
export const one = (element: Element, dtype: DType = 'int64'): Input => ({ dtype, dims: [], elements: [element] })
/** A tensor of which only the type is known; null: not even the rank. */
export const tensor = (shape: readonly Size[] | null, dtype: DType = 'float32'): Input => ({ dtype, shape })

export interface Step {
  readonly op: string
  /** Inputs, or the name of an earlier step's first output. */
  readonly inputs: readonly (Input | string)[]
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined
  readonly outputs?: number
  /** The name by which later steps refer to it. */
  readonly name?: string
}

export interface Answer {
  readonly dtype: string | null
  /** Null: the rank is not known. */
  readonly shape: readonly (number | string | null)[] | null
  /** Elements as text, null for what is not known; null where nothing is known. */
  readonly value: readonly (string | null)[] | null
  readonly why: string | null
}

const sizeOf = (size: Size): Dim =>
  typeof size === 'number' ? size : ((size === null ? null : parseDim(size)) ?? new Unknown('not known'))

const payloadOf = (elements: readonly Element[]): Tensor['payload'] => ({
  where: 'file',
  location: null,
  bytes: 0,
  elements: (limit) => (elements.length <= limit ? elements : null),
  read: () => Promise.resolve(new Uint8Array()),
})

export const tensorOf = (dtype: DType, dims: readonly number[], elements: readonly Element[]): Tensor => ({
  name: '',
  dtype,
  dtypeNumber: dtypeInfo(dtype).number,
  dims,
  sparse: false,
  payload: payloadOf(elements),
})

export interface Inferred {
  readonly outputs: Answer[]
  readonly problems: string[]
  /** Multiply-accumulates of the last node; null where not known. */
  readonly macs: number | string | null
}

/** Infers a chain of nodes; answers are those of the last one. */
export function infer(opset: number, steps: readonly Step[], domain = ''): Inferred {
  const values = new Map<string, Value>()
  const initializers = new Map<string, Tensor>()
  const nodes: Node[] = []
  const graph = { name: 'g', scope: '', owner: null, parent: null, values, initializers, captures: new Set() }
  const inputs: Value[] = []
  const whole = graph as unknown as Graph
  let ids = 0

  const add = (name: string, given: Input, producer: Node | null, index: number): Value => {
    const constant = given?.elements ? tensorOf(given.dtype, given.dims, given.elements) : null
    const declared = given && !given.elements ? tensorType(given.dtype, given.shape?.map(sizeOf) ?? null) : null
    const value: Value = {
      id: ids++,
      name,
      graph: whole,
      producer,
      producerIndex: index,
      uses: [],
      initializer: constant,
      isInput: declared !== null,
      isOutput: false,
      declared,
    }
    values.set(name, value)
    if (constant) initializers.set(name, constant)
    if (declared) inputs.push(value)
    return value
  }

  steps.forEach((step, at) => {
    const outputs: Value[] = []
    const given = step.inputs.map((input, i) => {
      if (typeof input === 'string') return values.get(input) ?? null
      return input && add(`in${at}.${i}`, input, null, -1)
    })
    const node: Node = {
      id: at,
      graph: whole,
      index: at,
      name: step.name ?? '',
      op: step.op,
      domain,
      overload: '',
      inputs: given,
      inputNames: given.map((value) => value?.name ?? ''),
      outputs,
      attributes: new Map(Object.entries(step.attributes ?? {})),
      bodies: new Map(),
    }
    for (let i = 0; i < (step.outputs ?? 1); i++)
      outputs.push(add(i === 0 ? (step.name ?? `out${at}`) : `out${at}.${i}`, null, node, i))
    nodes.push(node)
  })
  const model: Model = {
    path: 'test',
    bytes: 0,
    weightBytes: 0,
    digest: '',
    irVersion: 10,
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    producer: '',
    metadata: new Map(),
    graph: { ...graph, nodes, order: nodes, inputs, outputs: [] } as unknown as Graph,
    functions: new Map(),
    findings: [],
  } as unknown as Model
  const inference = inferModel(model)
  const outputs = (nodes.at(-1)?.outputs ?? []).map((value): Answer => {
    if (!value) return { dtype: null, shape: null, value: null, why: null }
    const { type, why } = inference.facts(value)
    const known = inference.valueOf(value)
    const shape = type?.kind === 'tensor' ? type.shape : null
    return {
      dtype: type?.kind === 'tensor' ? type.dtype : null,
      shape: shape?.map(dimText) ?? null,
      value: known?.elements.map((e) => (typeof e === 'object' ? ('text' in e ? e.text : null) : String(e))) ?? null,
      why,
    }
  })
  const last = nodes.at(-1)
  const macs = last && inference.node(last).macs
  const problems = inference.findings.map(({ id, message }) => `${id}: ${message}`)
  return { outputs, problems, macs: macs == null ? null : dimText(macs) }
}

/** The first output of one node. */
export function node(opset: number, op: string, inputs: readonly Input[], attributes: Step['attributes'] = {}): Answer {
  const { outputs, problems } = infer(opset, [{ op, inputs, attributes }])
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const [first] = outputs
  if (!first) throw new Error('the node has no output')
  return first
}

/** What is found wrong with one node. */
export const problemsOf = (
  opset: number,
  op: string,
  inputs: readonly Input[],
  attributes: Step['attributes'] = {},
  outputs = 1,
): string[] => infer(opset, [{ op, inputs, attributes, outputs }]).problems

export const int = (value: number | bigint): Attribute => ({ type: 'INT', value })
export const list = (...value: number[]): Attribute => ({ type: 'INTS', value })
export const float = (value: number): Attribute => ({ type: 'FLOAT', value })
export const text = (value: string): Attribute => ({ type: 'STRING', value })
