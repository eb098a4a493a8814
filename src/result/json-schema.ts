/**
 * The part of JSON Schema that our schemas of users' files use, interpreted: a profile or a config is checked without
 * loading a schema library. The tests hold it against a complete one.
 */
import { nearest } from './nearest.ts'

type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object'

export interface Schema {
  readonly $schema?: string
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: JsonType | readonly JsonType[]
  readonly const?: string | boolean
  readonly enum?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** One thing that is wrong in a file. */
export interface Fault {
  /** `operators.Resize[0].checks[2].that` */
  readonly path: string
  readonly message: string
  readonly expected: string
  /** The known word that was probably meant. */
  readonly near?: string
}

type Definitions = Readonly<Record<string, Schema>>

export function faults(value: unknown, schema: Schema, definitions: Definitions): readonly Fault[] {
  const found: Fault[] = []
  new Checker(definitions, found).check(value, schema, '')
  return found
}

const typeOf = (value: unknown): JsonType => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object'
}

const keyText = (key: string): string => (/^[\w$-]+$/.test(key) ? key : JSON.stringify(key.slice(0, 60)))
export const joinPath = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? keyText(key) : `${path}.${keyText(key)}`

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

class Checker {
  constructor(
    private readonly definitions: Definitions,
    private readonly found: Fault[],
  ) {}

  check(value: unknown, written: Schema, path: string): void {
    const schema = this.resolve(written)
    if (schema.anyOf) this.anyOf(value, schema.anyOf, path)
    if (schema.type !== undefined && !this.hasType(value, schema.type)) {
      this.fault(path, `found ${show(value)}`, describe(schema))
      return
    }
    if (schema.const !== undefined && value !== schema.const)
      this.fault(path, `found ${show(value)}`, String(schema.const))
    if (schema.enum && !schema.enum.some((item) => item === value))
      this.fault(path, `found ${show(value)}`, `one of ${schema.enum.join(', ')}`, nearestTo(value, schema.enum))
    if (typeof value === 'string') this.text(value, schema, path)
    else if (typeof value === 'number') this.number(value, schema, path)
    else if (Array.isArray(value)) this.list(value, schema, path)
    else if (typeof value === 'object' && value !== null) this.object(value as Record<string, unknown>, schema, path)
  }

  private resolve(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1)
    return (name !== undefined && this.definitions[name]) || schema
  }

  private fault(path: string, message: string, expected: string, near: string | null = null): void {
    this.found.push({ path, message, expected, ...(near === null ? {} : { near }) })
  }

  private hasType(value: unknown, types: JsonType | readonly JsonType[]): boolean {
    const type = typeOf(value)
    return [types].flat().some((wanted) => wanted === type || (wanted === 'integer' && Number.isInteger(value)))
  }

  private text(value: string, { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: Schema, path: string) {
    if (value.length < minLength) this.fault(path, 'found an empty text', 'a text')
    else if (value.length > maxLength)
      this.fault(path, `found ${value.length} characters`, `at most ${maxLength} characters`)
    else if (pattern !== undefined && !new RegExp(pattern).test(value))
      this.fault(path, `found ${show(value)}`, `text of the form ${pattern}`)
  }

  private number(value: number, { minimum, maximum }: Schema, path: string): void {
    if (minimum !== undefined && value < minimum) this.fault(path, `found ${value}`, `at least ${minimum}`)
    if (maximum !== undefined && value > maximum) this.fault(path, `found ${value}`, `at most ${maximum}`)
  }

  private list(value: readonly unknown[], schema: Schema, path: string): void {
    const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
    if (value.length < minItems || value.length > maxItems)
      this.fault(path, `found ${value.length} elements`, maxItems === minItems ? `${minItems}` : `at least ${minItems}`)
    if (items) for (const [i, item] of value.entries()) this.check(item, items, joinPath(path, i))
  }

  private object(value: Readonly<Record<string, unknown>>, schema: Schema, path: string): void {
    const { required = [], properties = {}, additionalProperties } = schema
    for (const key of required)
      if (!Object.hasOwn(value, key)) this.fault(path, `${keyText(key)} is missing`, `the key ${key}`)
    for (const [key, item] of Object.entries(value)) {
      const own = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
      if (own === false) {
        const known = Object.keys(properties)
        this.fault(joinPath(path, key), 'this key is not known', `one of ${known.join(', ')}`, nearest(key, known))
      } else if (own) this.check(item, own, joinPath(path, key))
    }
  }

  /** Where no alternative holds, the faults of the nearest one are told. */
  private anyOf(value: unknown, alternatives: readonly Schema[], path: string): void {
    let nearest: readonly Fault[] | null = null
    for (const alternative of alternatives) {
      const found: Fault[] = []
      new Checker(this.definitions, found).check(value, alternative, path)
      if (found.length === 0) return
      if (nearest === null || weight(found, path) < weight(nearest, path)) nearest = found
    }
    this.found.push(...(nearest ?? []))
  }
}

const nearestTo = (value: unknown, words: readonly string[]): string | null =>
  typeof value === 'string' ? nearest(value, words) : null

/** A fault of the whole value (its type is another one) says less than faults inside of it. */
const weight = (found: readonly Fault[], path: string): number =>
  found.reduce((sum, fault) => sum + (fault.path === path ? 10 : 1), 0)

function describe({ type, description }: Schema): string {
  const types = [type ?? 'anything'].flat().join(' or ')
  return description ? `${types} (${description.replace(/\.$/, '')})` : types
}
