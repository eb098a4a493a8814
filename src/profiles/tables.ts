/** What parameters and tables mean to a lint: their types, and whether a table fits its parameter. */
import type { Type } from './condition/functions.ts'
import type { FieldInfo, Parameter, Profile, TableField, TableRow } from './profile.ts'
import type { Meaning } from './vocabulary.ts'

const parameterTypes: Readonly<Record<Parameter['type'], Type>> = {
  integer: 'number',
  version: 'version',
  boolean: 'boolean',
  enum: 'string',
}

const fieldType = (field: TableField): Type => {
  if (Array.isArray(field)) return 'list'
  const type = typeof field
  return type === 'number' || type === 'string' ? type : 'boolean'
}

/** Parameters, and the fields of tables as `arch.depth`. */
export function constantMeanings({ parameters = {}, tables = {} }: Profile): ReadonlyMap<string, Meaning> {
  const found = new Map<string, Meaning>()
  for (const [name, { type }] of Object.entries(parameters))
    found.set(name, { type: parameterTypes[type], always: true })
  for (const [name, rows] of Object.entries(tables))
    for (const row of Object.values(rows))
      for (const [field, content] of Object.entries(row))
        found.set(`${name}.${field}`, { type: fieldType(content), always: true })
  return found
}

/** What is wrong with a table of that parameter; null where nothing is. */
export function tableFault(rows: Readonly<Record<string, TableRow>>, parameter: Parameter | undefined): string | null {
  if (parameter?.type !== 'enum') return 'there is no enum parameter of this name'
  const without = parameter.values.find((value) => !Object.hasOwn(rows, value))
  if (without !== undefined) return `there is no row for ${without}`
  const idle = Object.keys(rows).find((value) => !parameter.values.includes(value))
  if (idle !== undefined) return `the parameter has no value ${idle}`
  const fields = new Set(Object.values(rows).flatMap((row) => Object.keys(row)))
  for (const [value, row] of Object.entries(rows))
    for (const field of fields) if (!Object.hasOwn(row, field)) return `the row ${value} has no field ${field}`
  return null
}

/** What is wrong with the description of a table's fields; null where nothing is. */
export function fieldsFault(
  rows: Readonly<Record<string, TableRow>> | undefined,
  fields: Readonly<Record<string, FieldInfo>>,
): string | null {
  if (!rows) return 'there is no table of this name'
  const known = new Set(Object.values(rows).flatMap((row) => Object.keys(row)))
  for (const name of known) if (!Object.hasOwn(fields, name)) return `the field ${name} is not described`
  const idle = Object.keys(fields).find((name) => !known.has(name))
  return idle === undefined ? null : `no row has a field ${idle}`
}

/** Keys of `sources`. */
export const sourcesOf = ({ source }: FieldInfo): readonly string[] => (typeof source === 'string' ? [source] : source)
