/**
 * The result as JSON. One entry per line where lists are long (nodes, values, findings), so that a file of a hundred
 * thousand nodes stays readable, greppable and can be compared line by line. The same result gives the same bytes.
 */
import { isFailure, type ModelFailure, type ModelResult, type Result } from '../result/result.ts'

/** Order of the keys of each object; keys that are not named here follow in their own order. */
const order: readonly string[] = [
  'schemaVersion',
  'tool',
  'exitCode',
  'partial',
  'error',
  'gates',
  'models',
  'model',
  'node',
  'path',
  'digest',
  'sha256',
  'bytes',
  'weightBytes',
  'irVersion',
  'opsets',
  'producer',
  'inputs',
  'outputs',
  'totals',
]
const rank = new Map(order.map((key, position) => [key, position]))

/** Lists and records whose entries stand on a line each. */
const spread = new Set(
  `models targets gates inputs outputs attributes findings values scopes nodes partitions causes
  conditions rules shared onlyA onlyB cases groups runtimes`.split(/\s+/),
)
/** Entries that are spread themselves. */
const deep = new Set(['models', 'targets', 'scopes'])

/** JSON has no such numbers, and an integer beyond 2^53 must not lose digits. */
const plainValue = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value
}

const compact = (value: unknown): string => JSON.stringify(value, plainValue) ?? 'null'

function keysOf(value: object): string[] {
  const keys = Object.keys(value)
  const rankOf = (key: string): number => rank.get(key) ?? order.length
  return keys.sort((a, b) => rankOf(a) - rankOf(b))
}

function writeObject(value: Readonly<Record<string, unknown>>, indent: string): string {
  const inner = `${indent}  `
  const parts: string[] = []
  for (const key of keysOf(value)) {
    const entry = value[key]
    if (entry === undefined) continue
    parts.push(`${inner}${JSON.stringify(key)}: ${writeEntry(key, entry, inner)}`)
  }
  return parts.length === 0 ? '{}' : `{\n${parts.join(',\n')}\n${indent}}`
}

function writeEntry(key: string, value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object' || !spread.has(key)) return compact(value)
  const inner = `${indent}  `
  const one = (entry: unknown): string =>
    deep.has(key) && entry !== null && typeof entry === 'object'
      ? writeObject(entry as Record<string, unknown>, inner)
      : compact(entry)
  if (Array.isArray(value)) {
    if (value.every((entry) => entry === null || typeof entry !== 'object')) return compact(value)
    return `[\n${value.map((entry) => inner + one(entry)).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  if (entries.length === 0) return '{}'
  return `{\n${entries.map(([name, entry]) => `${inner}${JSON.stringify(name)}: ${one(entry)}`).join(',\n')}\n${indent}}`
}

/** Any of our answers as JSON text, with a newline at its end. */
export const jsonText = (value: object): string => logged(`${writeObject(value as Record<string, unknown>, '')}\n`)

/** Without the graphs as they are drawn: those are in the model, and for pictures only. */
export const jsonReport = (result: Result): string => jsonText({ ...result, models: result.models.map(withoutPicture) })

const withoutPicture = (model: ModelResult | ModelFailure): ModelResult | ModelFailure => {
  if (isFailure(model) || !model.graphs) return model
  const { graphs: _, ...rest } = model
  return rest
}

/** JSON of another format, in `indent` spaces or one line. */
export const jsonOf = (value: unknown, indent = 2): string => logged(`${JSON.stringify(value, plainValue, indent)}\n`)

/** The log of a CI system takes `##[…]` and the like for a command, wherever it stands. In JSON this means the same. */
const logged = (text: string): string => text.replace(/##(?=\w*\[)/g, '\\u0023#')
