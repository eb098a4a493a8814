/** Why kernel lookup finds nothing for a node, in words, and which opset would help. */
import type { Scope } from './condition/compile.ts'
import { type Explanation, explain } from './condition/explain.ts'
import { asList } from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import { typeMatches, versionMatches } from './kernel-match.ts'
import type { KernelRow } from './profile.ts'

export const operatorName = (domain: string, op: string): string => (domain === '' ? op : `${domain}.${op}`)

export const plainly = (text: string, found: Readonly<Record<string, unknown>> = {}): Explanation => ({
  condition: null,
  text,
  found,
  dynamic: false,
  flags: [],
  tensors: [],
})

/** What every row of the operator asks for and the node does not have. Deterministic, in the rows' order. */
export function explainKernels(rows: readonly KernelRow[], facts: NodeFacts, scope: Scope): Explanation {
  const name = operatorName(facts.domain, facts.op)
  const { since } = facts
  if (rows.length === 0) return plainly(`there is no kernel for ${name}`)
  const versioned = rows.filter((row) => versionMatches(row, since))
  if (versioned.length === 0)
    return plainly(`no kernel for ${name} ${since} (there are kernels for ${versionsOf(rows)})`, { since })
  const types = explainTypes(versioned, facts)
  const whens = versioned.flatMap(({ when }) => {
    const condition = when === undefined ? null : scope.compile(when)
    return condition && condition.test(facts) !== true ? [explain(condition, facts, true)] : []
  })
  const texts = new Set([...(types ? [types.text] : []), ...whens.map(({ text }) => text)])
  const found = Object.assign({}, types?.found, ...whens.map((why) => why.found))
  return { ...plainly([...texts].join('; '), found), flags: [...new Set(whens.flatMap(({ flags }) => flags))] }
}

/** The type parameters that are in no row; where each is in some row, but no row has all, all of them. */
function explainTypes(rows: readonly KernelRow[], facts: NodeFacts): Explanation | null {
  const allowed = new Map<string, Set<string>>()
  for (const { types = {} } of rows)
    for (const [parameter, list] of Object.entries(types))
      allowed.set(parameter, new Set([...(allowed.get(parameter) ?? []), ...list]))
  const bound = [...allowed].map(([parameter, list]) => {
    const value = facts.typeParameter(parameter)
    const given = [...new Set(asList(value)?.filter((type) => typeof type === 'string') ?? [])]
    return { parameter, given, list: [...list], fits: typeMatches(value, [...list]) === true }
  })
  const lacking = bound.filter(({ fits }) => !fits)
  const told = lacking.length > 0 ? lacking : bound
  if (told.length === 0 || rows.some(({ types = {} }) => fitsAll(types, facts))) return null
  const texts = told.map(({ parameter, given, list }) =>
    given.length === 0
      ? `the type ${parameter} is not known (there are kernels for ${list.join(', ')})`
      : `no kernel for ${parameter} = ${given.join(', ')} (there are kernels for ${list.join(', ')})`,
  )
  const found = told.map(({ parameter, given }) => [parameter, given.length === 0 ? null : given] as const)
  return plainly(
    lacking.length > 0 ? texts.join('; ') : `no kernel for ${told.map(binding).join(' with ')} together`,
    Object.fromEntries(found),
  )
}

const binding = ({ parameter, given }: { parameter: string; given: readonly string[] }): string =>
  `${parameter} = ${given.join(', ')}`

const fitsAll = (types: NonNullable<KernelRow['types']>, facts: NodeFacts): boolean =>
  Object.entries(types).every(([parameter, list]) => typeMatches(facts.typeParameter(parameter), list) === true)

const lastOf = ({ since: [from, to] }: KernelRow): number => to ?? from

/** `version 21`, `versions 1–10, 11–21`: each range once. */
function versionsOf(rows: readonly KernelRow[]): string {
  const ranges = [...new Set(rows.map((row) => rangeOf(row.since[0], lastOf(row))))]
  return `${ranges.length === 1 && !ranges[0]?.includes('–') ? 'version' : 'versions'} ${ranges.join(', ')}`
}

const rangeOf = (from: number, last: number): string => (from === last ? String(from) : `${from}–${last}`)

/**
 * The node's version is newer than every kernel, or older. A range with an end says itself up to which opset it
 * holds; one without, until the operator's next version.
 */
export function versionFix(rows: readonly KernelRow[], { since, versions = [] }: NodeFacts): string | null {
  if (since === null || rows.length === 0 || rows.some((row) => versionMatches(row, since))) return null
  const older = rows.filter((row) => lastOf(row) < since)
  const opsets = older.map(({ since: [from, to] }) => to ?? (versions.find((version) => version > from) ?? since) - 1)
  if (opsets.length > 0) return `export at opset ${Math.max(...opsets)} or lower`
  return `export at opset ${Math.min(...rows.map((row) => row.since[0]))} or higher`
}
