/** Facts written down by hand, for tests of conditions and of judgement. */
import {
  absent,
  asList,
  isUnknown,
  type Maker,
  Symbolic,
  type Tensor,
  type Truth,
  type User,
  type Value,
} from '../../src/profiles/condition/value.ts'
import type { NodeFacts, Quantization, WindowPart } from '../../src/profiles/facts.ts'

/** A dimension given as text is a symbol. */
export const dims = (...shape: readonly (number | string)[]): Value[] =>
  shape.map((dim) => (typeof dim === 'number' ? dim : new Symbolic(dim, null, `--dim ${dim}=1`)))

interface TensorParts extends Partial<Omit<Tensor, 'kind' | 'shape' | 'users' | 'maker'>> {
  readonly shape?: Value
  readonly users?: readonly User[]
  readonly maker?: Partial<Maker>
}

const nobody: Maker = {
  op: '',
  channelsLast: false,
  supported: () => false,
  inCurrentGroup: () => false,
  onTarget: () => false,
  added: false,
  reads: () => null,
}

export function tensor(name: string, parts: TensorParts = {}): Tensor {
  const shape = parts.shape ?? []
  const constant: Truth = parts.constant ?? parts.value !== undefined
  return {
    kind: 'tensor',
    name,
    shape,
    rank: asList(shape)?.length ?? (isUnknown(shape) ? shape : absent),
    dtype: 'float32',
    constant,
    initializer: constant,
    storedRaw: false,
    scale: absent,
    zeroPoint: absent,
    annotation: absent,
    users: [],
    isOutput: false,
    isOptional: false,
    origin: constant === true ? 'a constant' : `graph input "${name}"`,
    ...parts,
    maker: parts.maker ? { ...nobody, ...parts.maker } : null,
    value: parts.value ?? new Symbolic(null, 'it is computed at run time'),
  }
}

export interface LiteralNode {
  readonly op?: string
  readonly domain?: string
  readonly since?: number | null
  readonly opset?: number
  readonly ir?: number
  readonly quantization?: Quantization
  readonly qdq?: boolean
  readonly inputs?: Readonly<Record<string, Value>>
  readonly outputs?: Readonly<Record<string, Value>>
  /** Written in the file. */
  readonly attributes?: Readonly<Record<string, Value>>
  /** Not written: the schema's defaults. */
  readonly defaults?: Readonly<Record<string, Value>>
  readonly window?: Partial<Record<WindowPart, Value>>
  readonly types?: Readonly<Record<string, Value>>
  /** Of other nodes of the graph. */
  readonly domains?: readonly string[]
}

export function node({
  op = 'Test',
  domain = '',
  since = 13,
  opset = 17,
  ir = 8,
  quantization = 'float',
  qdq = false,
  inputs = {},
  outputs = {},
  attributes = {},
  defaults = {},
  window = {},
  types = {},
  domains = [],
}: LiteralNode): NodeFacts {
  const named = new Map([...Object.entries(inputs), ...Object.entries(outputs), ...Object.entries(attributes)])
  const fallback = new Map(Object.entries(defaults))
  return {
    op,
    domain,
    since,
    opset,
    ir,
    quantization,
    qdq,
    inputs: Object.values(inputs),
    outputs: Object.values(outputs),
    lookup: (name) => named.get(name) ?? fallback.get(name) ?? absent,
    given: (name) => (named.get(name) ?? absent) !== absent,
    graphHolds: (other) => domains.includes(other),
    window: (part) => window[part] ?? absent,
    typeParameter: (name) => types[name] ?? absent,
  }
}
