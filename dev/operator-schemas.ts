/**
 * Writes src/operators/schemas.json from the operator schemas of the ONNX specification and of ONNX Runtime
 * (schemas/ops.json.gz, schemas/contrib.json.gz of the data folder). Run: `npx tsx dev/operator-schemas.ts`.
 *
 * The output is made to be loaded fast: type lists are kept once, in a table, and every schema is a short array.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { CompactAttribute, CompactFormal, CompactSchema, CompactSchemas } from '../src/operators/schema.ts'

interface Formal {
  name: string
  type: string
  option?: 'optional' | 'variadic'
  homogeneous?: boolean
}
interface Published {
  domain: string
  name: string
  since: number
  deprecated?: boolean
  minIn: number
  maxIn: number | null
  minOut: number
  maxOut: number | null
  inputs: Formal[]
  outputs: Formal[]
  attributes: Record<string, { type: string; required?: boolean; default?: unknown }>
  types: Record<string, string[]>
  determinism?: string
  function?: Record<string, unknown>
  contextFunction?: unknown
}

const data = process.env.DEPLOYCHECK_DATA ?? '../shared'
const read = (file: string) =>
  JSON.parse(gunzipSync(readFileSync(`${data}/schemas/${file}`)).toString('utf8')) as {
    source: string
    opset?: number
    ops: Published[]
  }

const onnx = read('ops.json.gz')
const contrib = read('contrib.json.gz')

/**
 * ONNX Runtime registers old experimental operators and its own inner ones under the empty domain, too. For a model
 * they do not exist unless ONNX itself has a schema; only those that ONNX Runtime's optimisers write count.
 */
const written = new Set(['SimplifiedLayerNormalization', 'LayerNormalization'])
const published = [...onnx.ops, ...contrib.ops.filter((op) => op.domain !== '' || written.has(op.name))]

const typeSets: string[][] = []
const typeSetIndex = new Map<string, number>()
/** `map(int64, float)` as a type of ONNX is written everywhere else. */
const plain = (type: string): string => type.replace(/map\((\w+), ?(\w+)\)/, 'map($1,tensor($2))')

const typeSet = (types: readonly string[]): number => {
  const sorted = types.map(plain).sort()
  const key = sorted.join()
  let index = typeSetIndex.get(key)
  if (index === undefined) {
    index = typeSets.push(sorted) - 1
    typeSetIndex.set(key, index)
  }
  return index
}

const formal = ({ name, type, option, homogeneous }: Formal): CompactFormal => {
  const flag = option === 'optional' ? 1 : option === 'variadic' ? (homogeneous === false ? 3 : 2) : 0
  return flag === 0 ? [name, type] : [name, type, flag]
}

const attribute = (spec: Published['attributes'][string]): CompactAttribute => {
  if (spec.required) return [spec.type, 1]
  return spec.default === undefined ? [spec.type] : [spec.type, 0, spec.default]
}

const operators: Record<string, CompactSchema[]> = {}
for (const op of published.sort((a, b) => a.since - b.since)) {
  const row: CompactSchema = [
    op.since,
    (op.deprecated ? 1 : 0) |
      (op.determinism === 'NonDeterministic' ? 2 : 0) |
      (op.function || op.contextFunction ? 4 : 0),
    [op.minIn, op.maxIn, op.minOut, op.maxOut],
    op.inputs.map(formal),
    op.outputs.map(formal),
    Object.fromEntries(Object.entries(op.attributes).map(([name, spec]) => [name, attribute(spec)])),
    Object.fromEntries(Object.entries(op.types).map(([name, types]) => [name, typeSet(types)])),
  ]
  const key = `${op.domain}::${op.name}`
  const versions = operators[key] ?? []
  operators[key] = versions
  // A schema that ONNX and ONNX Runtime both publish: ONNX's own comes first.
  if (!versions.some(([since]) => since === op.since)) versions.push(row)
}

// A version that is deprecated in favour of a later one still runs; only where nothing follows it is removed.
for (const versions of Object.values(operators)) for (const row of versions.slice(0, -1)) row[1] &= ~1

const newest: Record<string, number> = {}
for (const [key, versions] of Object.entries(operators)) {
  const domain = key.slice(0, key.indexOf('::'))
  newest[domain] = Math.max(newest[domain] ?? 0, ...versions.map(([since]) => since))
}
if (onnx.opset) newest[''] = onnx.opset

const sorted = Object.fromEntries(Object.entries(operators).sort(([a], [b]) => (a < b ? -1 : 1)))
const out: CompactSchemas = { sources: [onnx.source, contrib.source], newest, typeSets, operators: sorted }
writeFileSync('src/operators/schemas.json', `${JSON.stringify(out)}\n`)
