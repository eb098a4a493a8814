/**
 * Kernel lookup, as ONNX Runtime's kernel registry does it: operator, domain, version and element types must match
 * one registered row. A row without a last version matches its first version only, so that raising a model's opset
 * can lose kernels.
 */

import type { Scope } from './condition/compile.ts'
import type { Explanation } from './condition/explain.ts'
import type { Truth } from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import { plainMatch, typeMatches, versionMatches, withCasts } from './kernel-match.ts'
import { explainKernels, versionFix } from './kernel-reason.ts'
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

  /** Why no row takes the node. */
  explain(facts: NodeFacts): Explanation {
    return explainKernels(this.rows(facts.domain, facts.op), facts, this.scope)
  }

  /** What brings a kernel back that another version of the operator has; null where nothing is known. */
  fix(facts: NodeFacts): string | null {
    return versionFix(this.rows(facts.domain, facts.op), facts)
  }
}

const operatorKey = (domain: string, op: string): string => `${domain}::${op}`
