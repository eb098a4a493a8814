/** What the names of an operator mean to a lint: asked from the operator schemas through this interface. */
import type { Type } from './condition/functions.ts'

/** Versions of operators as the schemas have them. */
export interface Vocabulary {
  /** All versions of an operator type, in all domains. */
  versions(op: string): readonly OperatorVersion[]
  /** All operator types, for suggestions. */
  operators(): Iterable<string>
}

export interface OperatorVersion {
  readonly domain: string
  readonly since: number
  /** Inputs and outputs. */
  readonly formals: readonly { readonly name: string; readonly option: 'single' | 'optional' | 'variadic' }[]
  /** `type`: `INT`, `FLOATS`, … `always`: required, or with a default. */
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly always: boolean }[]
}

/** One name in a range of versions. */
export interface Meaning {
  readonly type: Type
  /** It has a value in every version of the range, whatever the model leaves out. */
  readonly always: boolean
}

const attributeTypes: Readonly<Record<string, Type>> = {
  INT: 'number',
  FLOAT: 'number',
  STRING: 'string',
  INTS: 'list',
  FLOATS: 'list',
  STRINGS: 'list',
}

/** Meanings of all names that some of the versions have. */
export function meanings(versions: readonly OperatorVersion[]): ReadonlyMap<string, Meaning> {
  const found = new Map<string, { types: Set<Type>; always: number }>()
  const note = (name: string, type: Type, always: boolean): void => {
    const entry = found.get(name) ?? { types: new Set<Type>(), always: 0 }
    entry.types.add(type)
    if (always) entry.always++
    found.set(name, entry)
  }
  for (const { formals, attributes } of versions) {
    const own = new Set<string>()
    for (const { name, option } of formals) {
      if (own.has(name)) continue
      own.add(name)
      note(name, option === 'variadic' ? 'list' : 'tensor', option !== 'optional')
    }
    for (const { name, type, always } of attributes)
      if (!own.has(name)) note(name, attributeTypes[type] ?? 'any', always)
  }
  return new Map(
    [...found].map(([name, { types, always }]) => {
      const [type = 'any'] = types
      return [name, { type: types.size === 1 ? type : 'any', always: always === versions.length }]
    }),
  )
}
