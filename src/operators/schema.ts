/**
 * Operator schemas: what an operator takes and gives at each version. Data generated from the ONNX specification and
 * ONNX Runtime's contrib schemas by dev/operator-schemas.ts.
 */
import { qonnxSchemas } from './qonnx-schemas.ts'
import compact from './schemas.json' with { type: 'json' }

/** `[name, type parameter or type string, 1 optional | 2 variadic | 3 variadic of different types]` */
export type CompactFormal = [name: string, type: string, flag?: 1 | 2 | 3]
/** `[type, 1 when required, default]` */
export type CompactAttribute = [type: string, required?: 0 | 1, fallback?: unknown]
/** Flags: 1 deprecated, 2 non-deterministic, 4 has a function body. */
export type CompactSchema = [
  since: number,
  flags: number,
  arity: [minIn: number, maxIn: number | null, minOut: number, maxOut: number | null],
  inputs: CompactFormal[],
  outputs: CompactFormal[],
  attributes: Record<string, CompactAttribute>,
  types: Record<string, number>,
]
export interface CompactSchemas {
  sources: string[]
  newest: Record<string, number>
  typeSets: string[][]
  operators: Record<string, CompactSchema[]>
}

const data = compact as unknown as CompactSchemas

export interface FormalParameter {
  readonly name: string
  /** Key of `types`, or a literal type string such as `tensor(int64)`. */
  readonly type: string
  readonly option: 'single' | 'optional' | 'variadic'
  /** Variadic: whether all share one type. */
  readonly homogeneous: boolean
}

export interface AttributeSchema {
  /** `INT`, `FLOATS`, …: AttributeProto.AttributeType. */
  readonly type: string
  readonly required: boolean
  /** Undefined: the operator has its own rule for absence. */
  readonly fallback: unknown
}

export interface OperatorSchema {
  readonly domain: string
  readonly name: string
  readonly since: number
  readonly deprecated: boolean
  readonly deterministic: boolean
  /** The specification defines it by other operators. */
  readonly hasBody: boolean
  readonly minIn: number
  readonly maxIn: number
  readonly minOut: number
  readonly maxOut: number
  readonly inputs: readonly FormalParameter[]
  readonly outputs: readonly FormalParameter[]
  readonly attributes: ReadonlyMap<string, AttributeSchema>
  /** Names of the attributes that have to be written. */
  readonly required: readonly string[]
  /** Type parameter → allowed type strings. */
  readonly types: ReadonlyMap<string, ReadonlySet<string>>
}

const typeSets = new Map<number, ReadonlySet<string>>()
const typeSet = (index: number): ReadonlySet<string> => {
  let set = typeSets.get(index)
  if (!set) {
    set = new Set(data.typeSets[index])
    typeSets.set(index, set)
  }
  return set
}

const formal = ([name, type, flag]: CompactFormal): FormalParameter => ({
  name,
  type,
  option: flag === 1 ? 'optional' : flag ? 'variadic' : 'single',
  homogeneous: flag !== 3,
})

function expand(domain: string, name: string, row: CompactSchema): OperatorSchema {
  const [since, flags, [minIn, maxIn, minOut, maxOut], inputs, outputs, attributes, types] = row
  return {
    domain,
    name,
    since,
    deprecated: (flags & 1) !== 0,
    deterministic: (flags & 2) === 0,
    hasBody: (flags & 4) !== 0,
    minIn,
    maxIn: maxIn ?? Number.POSITIVE_INFINITY,
    minOut,
    maxOut: maxOut ?? Number.POSITIVE_INFINITY,
    inputs: inputs.map(formal),
    outputs: outputs.map(formal),
    attributes: new Map(
      Object.entries(attributes).map(([key, [type, required, fallback]]) => [
        key,
        { type, required: required === 1, fallback },
      ]),
    ),
    required: Object.entries(attributes).flatMap(([key, [, required]]) => (required === 1 ? [key] : [])),
    types: new Map(Object.entries(types).map(([key, index]) => [key, typeSet(index)])),
  }
}

const expanded = new Map<CompactSchema, OperatorSchema>()

/** By domain, then name: every node asks, and putting a key together costs more than looking twice. */
const rows = new Map<string, Map<string, readonly CompactSchema[]>>()
for (const [key, versions] of Object.entries(data.operators)) {
  const at = key.indexOf('::')
  const domain = rows.get(key.slice(0, at)) ?? new Map<string, readonly CompactSchema[]>()
  rows.set(key.slice(0, at), domain.set(key.slice(at + 2), versions))
}
const rowsOf = (domain: string, name: string): readonly CompactSchema[] => rows.get(domain)?.get(name) ?? []

const once = (domain: string, name: string, row: CompactSchema): OperatorSchema => {
  let schema = expanded.get(row)
  if (!schema) {
    schema = expand(domain, name, row)
    expanded.set(row, schema)
  }
  return schema
}

/**
 * The schema in force: the newest one not above `opset`. Null where the operator does not exist at that opset; a
 * deprecated schema means that it no longer exists.
 */
export function schemaAt(domain: string, name: string, opset: number): OperatorSchema | null {
  let found: CompactSchema | undefined
  for (const row of rowsOf(domain, name)) if (row[0] <= opset) found = row
  return found ? once(domain, name, found) : (qonnxSchemas.get(domain)?.get(name) ?? null)
}

/** Every version of an operator, oldest first. */
export const schemasOf = (domain: string, name: string): readonly OperatorSchema[] => {
  const foreign = qonnxSchemas.get(domain)?.get(name)
  return foreign ? [foreign] : rowsOf(domain, name).map((row) => once(domain, name, row))
}

/** The definition is known, but of no runtime: a custom operator for whoever does not declare it. */
export const isForeign = (domain: string): boolean => qonnxSchemas.has(domain)

/** Whether schemas of this domain are known at all. */
export const isKnownDomain = (domain: string): boolean => Object.hasOwn(data.newest, domain)

/** `[domain, name]` of every known operator. */
export const allOperators = (): readonly (readonly [domain: string, name: string])[] =>
  [...rows, ...qonnxSchemas].flatMap(([domain, operators]) =>
    [...operators.keys()].map((name) => [domain, name] as const),
  )
