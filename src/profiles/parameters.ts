/** Parameters of a target: values given by a user against what the profile declares. */

import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { absent, compareVersions, type Value, Version } from './condition/value.ts'
import type { Parameter, ParameterValue, Profile } from './profile.ts'

export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** `integer from 27 to 36`, for people. */
export function describeParameter(parameter: Parameter): string {
  const { type } = parameter
  if (type === 'boolean') return 'true or false'
  if (type === 'enum') return `one of ${parameter.values.join(', ')}`
  const { min, max } = parameter
  const word = type === 'integer' ? 'a whole number' : 'a version'
  if (min !== undefined && max !== undefined) return `${word} from ${min} to ${max}`
  if (min !== undefined) return `${word} from ${min} on`
  return max === undefined ? word : `${word} up to ${max}`
}

/**
 * Every declared parameter with its value, defaults filled in; without those that another one takes the place of.
 * @throws Problem `unknown-parameter`, `bad-parameter`
 */
export function parameterValues(profile: Profile, given: Readonly<Record<string, string>>): ParameterValues {
  const declared = new Map(Object.entries(profile.parameters ?? {}))
  for (const name of Object.keys(given)) if (!declared.has(name)) throw unknownParameter(profile.id, name, declared)
  const replaced = new Map<string, string>()
  for (const [name, { insteadOf }] of declared)
    if (insteadOf !== undefined && Object.hasOwn(given, name)) replaced.set(insteadOf, name)
  const values: Record<string, ParameterValue> = {}
  for (const [name, parameter] of declared) {
    const text = Object.hasOwn(given, name) ? given[name] : undefined
    const rival = replaced.get(name)
    if (rival !== undefined && text !== undefined)
      throw new Problem('bad-parameter', `${profile.id}: ${name} and ${rival} are two ways to say one thing`, {
        fix: `take ${name} or ${rival} out`,
      })
    const value = text === undefined ? parameter.default : read(profile.id, name, parameter, text)
    if (rival === undefined && value !== undefined) values[name] = value
  }
  return values
}

function unknownParameter(id: string, name: string, declared: ReadonlyMap<string, Parameter>): Problem {
  const names = [...declared.keys()]
  const close = nearest(name, names)
  return new Problem('unknown-parameter', `the target ${id} has no parameter ${JSON.stringify(name)}`, {
    expected: names.length === 0 ? 'no parameters' : names.join(', '),
    ...(close === null ? {} : { fix: `did you mean ${close}?` }),
  })
}

function read(id: string, name: string, parameter: Parameter, text: string): ParameterValue {
  const value = parseValue(parameter, text)
  if (value !== null) return value
  const expected = describeParameter(parameter)
  throw new Problem('bad-parameter', `${id}@${name}=${text}: ${name} (${parameter.title}) is ${expected}`, {
    expected,
    fix: `such as ${id}@${name}=${parameter.default ?? ('min' in parameter ? parameter.min : '…')}`,
  })
}

/** Null where the text is not a value of the parameter. */
function parseValue(parameter: Parameter, text: string): ParameterValue | null {
  switch (parameter.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : null
    case 'enum':
      return parameter.values.includes(text) ? text : null
    case 'integer': {
      const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = parameter
      return Number.isSafeInteger(number) && number >= min && number <= max ? number : null
    }
    case 'version': {
      const version = Version.from(text)
      const { min, max } = parameter
      if (!version || (min !== undefined && compareVersions(version, new Version(min)) < 0)) return null
      return max !== undefined && compareVersions(version, new Version(max)) > 0 ? null : text
    }
  }
}

/** Parameters, and the fields of the table rows that they select, as conditions see them: `api`, `arch.depth`. */
export function constantsOf(profile: Profile, values: ParameterValues): Map<string, Value> {
  const constants = new Map<string, Value>()
  for (const [name, parameter] of Object.entries(profile.parameters ?? {})) {
    const value = values[name]
    if (value === undefined) {
      constants.set(name, absent)
      continue
    }
    constants.set(name, parameter.type === 'version' ? new Version(String(value)) : value)
    const table = profile.tables?.[name]
    const row = table && Object.hasOwn(table, String(value)) ? table[String(value)] : undefined
    for (const [field, content] of Object.entries(row ?? {})) constants.set(`${name}.${field}`, content)
  }
  return constants
}
