/**
 * Kernel lookup, as ONNX Runtime's kernel registry does it: operator, domain, version and element types must match
 * one registered row. A row without a last version matches its first version only, so that raising a model's opset
 * can lose kernels.
 */

import type { Scope } from './condition/compile.ts'
import { type Explanation, explain } from './condition/explain.ts'
import { absent, asList, isUnknown, type Truth, unknown, type Value } from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import type { KernelRow } from './profile.ts'

/** Rows by operator, built once per profile. */
export class Kernels {
  private readonly byOperator = new Map<string, KernelRow[]>()

  constructor(
    rows: readonly KernelRow[],
    private readonly scope: Scope,
  ) {
    for (const row of rows) {
      if (this.neverHolds(row)) continue
      const key = operatorKey(row.domain ?? '', row.op)
      const before = this.byOperator.get(key)
      if (before) before.push(row)
      else this.byOperator.set(key, [row])
    }
  }

  /** Its condition hangs on parameters only, and these rule it out: it is not registered at all. */
  private neverHolds({ when }: KernelRow): boolean {
    const condition = when === undefined ? null : this.scope.compile(when)
    return condition?.always === false
  }

  has(domain: string, op: string): boolean {
    return this.byOperator.has(operatorKey(domain, op))
  }

  rows(domain: string, op: string): readonly KernelRow[] {
    return this.byOperator.get(operatorKey(domain, op)) ?? []
  }

  hasVersion(domain: string, op: string, since: number): boolean {
    return this.rows(domain, op).some((row) => versionMatches(row, since))
  }

  /** The row that takes the node; false: none does; null: that hangs on something unknown. */
  match(facts: NodeFacts): KernelRow | false | null {
    let open = false
    for (const row of this.rows(facts.domain, facts.op)) {
      const truth = this.matches(row, facts)
      if (truth === true) return row
      if (truth !== false) open = true
    }
    return open ? null : false
  }

  /** The same for a runtime that casts float16 to float32 before a node, and back behind it. */
  matchesWithCasts(facts: NodeFacts): boolean {
    return this.rows(facts.domain, facts.op).some((row) => this.matches(row, facts, withCasts) !== false)
  }

  /**
   * Whether an operator of this version can run on tensors of this element type, as far as types are alike in its
   * rows: an operator that takes no floats at all is not asked about them.
   */
  takes(domain: string, op: string, since: number, dtype: string): boolean {
    const rows = this.rows(domain, op).filter((row) => versionMatches(row, since))
    const floats = rows.filter(({ types }) => !types || Object.values(types).some((list) => list.includes('float32')))
    return (
      floats.length === 0 ||
      floats.some(({ types }) => !types || Object.values(types).some((list) => list.includes(dtype)))
    )
  }

  private matches(row: KernelRow, facts: NodeFacts, allows = plainMatch): Truth {
    if (!versionMatches(row, facts.since)) return false
    let result: Truth = row.when === undefined ? true : this.scope.compile(row.when).test(facts)
    if (result === false) return false
    for (const [parameter, allowed] of Object.entries(row.types ?? {})) {
      const truth = typeMatches(facts.typeParameter(parameter), allowed, allows)
      if (truth === false) return false
      if (truth !== true) result = truth
    }
    return result
  }

  /** What every row of the operator asks for and the node does not have. Deterministic, in the rows' order. */
  explain(facts: NodeFacts): Explanation {
    const rows = this.rows(facts.domain, facts.op)
    const name = operatorName(facts.domain, facts.op)
    if (rows.length === 0) return plainly(`there is no kernel for ${name}`)
    const versioned = rows.filter((row) => versionMatches(row, facts.since))
    if (versioned.length === 0) {
      const ranges = [...new Set(rows.map(({ since: [from, to] }) => kernelRange(from, to)))]
      return plainly(`kernels of ${name} are for version ${ranges.join(', ')}: the node is version ${facts.since}`, {
        since: facts.since,
      })
    }
    const found: Record<string, unknown> = {}
    const texts = new Set<string>()
    const flags = new Set<string>()
    for (const row of versioned) {
      for (const [parameter, allowed] of Object.entries(row.types ?? {})) {
        const value = facts.typeParameter(parameter)
        if (typeMatches(value, allowed) === true) continue
        const types = asList(value)?.filter((type) => typeof type === 'string') ?? []
        found[parameter] = types.length === 0 ? null : types
        texts.add(`${parameter} in [${allowed.join(', ')}]: ${parameter} is ${types.join(', ') || 'not known'}`)
      }
      if (row.when === undefined) continue
      const condition = this.scope.compile(row.when)
      if (condition.test(facts) === true) continue
      const why = explain(condition, facts, true)
      Object.assign(found, why.found)
      for (const flag of why.flags) flags.add(flag)
      texts.add(why.text)
    }
    return { ...plainly([...texts].join('; '), found), flags: [...flags] }
  }
}

const operatorKey = (domain: string, op: string): string => `${domain}::${op}`

export const operatorName = (domain: string, op: string): string => (domain === '' ? op : `${domain}.${op}`)

export const plainly = (text: string, found: Readonly<Record<string, unknown>> = {}): Explanation => ({
  condition: null,
  text,
  found,
  dynamic: false,
  flags: [],
})

const kernelRange = (from: number, to: number | null): string =>
  to === null || to === from ? String(from) : `${from} to ${to}`

function versionMatches({ since: [from, to] }: KernelRow, since: number | null): boolean {
  if (since === null) return false
  return to === null ? since === from : since >= from && since <= to
}

type Match = (type: string, allowed: readonly string[]) => boolean
const plainMatch: Match = (type, allowed) => allowed.includes(type)
const withCasts: Match = (type, allowed) =>
  plainMatch(type === 'float16' ? 'float32' : type, allowed) || plainMatch(type, allowed)

/** All element types that the parameter is bound to are allowed; one that the schema does not have is free. */
function typeMatches(value: Value, allowed: readonly string[], allows = plainMatch): Truth {
  if (value === absent) return true
  const types = asList(value)
  if (!types) return isUnknown(value) ? unknown : false
  let result: Truth = true
  for (const type of types) {
    if (isUnknown(type)) result = unknown
    else if (typeof type !== 'string' || !allows(type, allowed)) return false
  }
  return result
}
