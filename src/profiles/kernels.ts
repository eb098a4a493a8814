/**
 * Kernel lookup, as ONNX Runtime's kernel registry does it: operator, domain, version and element types must match
 * one registered row. A row without a last version matches its first version only, so that raising a model's opset
 * can lose kernels.
 */

import type { Condition, Scope } from './condition/compile.ts'
import type { Explanation } from './condition/explain.ts'
import type { Truth } from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import { plainMatch, typeMatches, versionMatches, withCasts } from './kernel-match.ts'
import { explainKernels, versionFix } from './kernel-reason.ts'
import type { KernelRow } from './profile.ts'

/** A row as it is looked up. */
interface Registered {
  readonly row: KernelRow
  readonly when: Condition | null
  readonly types: readonly (readonly [parameter: string, allowed: readonly string[]])[]
}

/** Rows by operator, built once per profile. */
export class Kernels {
  private readonly byOperator = new Map<string, { readonly rows: KernelRow[]; readonly registered: Registered[] }>()

  constructor(
    rows: readonly KernelRow[],
    private readonly scope: Scope,
  ) {
    for (const row of rows) {
      const when = row.when === undefined ? null : this.scope.compile(row.when)
      // Its condition hangs on parameters only, and these rule it out: it is not registered at all.
      if (when?.always === false) continue
      const key = operatorKey(row.domain ?? '', row.op)
      const known = this.byOperator.get(key) ?? { rows: [], registered: [] }
      known.rows.push(row)
      known.registered.push({ row, when, types: Object.entries(row.types ?? {}) })
      this.byOperator.set(key, known)
    }
  }

  has(domain: string, op: string): boolean {
    return this.byOperator.has(operatorKey(domain, op))
  }

  rows(domain: string, op: string): readonly KernelRow[] {
    return this.byOperator.get(operatorKey(domain, op))?.rows ?? []
  }

  private registered({ domain, op }: NodeFacts): readonly Registered[] {
    return this.byOperator.get(operatorKey(domain, op))?.registered ?? []
  }

  hasVersion(domain: string, op: string, since: number): boolean {
    return this.rows(domain, op).some((row) => versionMatches(row, since))
  }

  /** The row that takes the node; false: none does; null: that hangs on something unknown. */
  match(facts: NodeFacts): KernelRow | false | null {
    let open = false
    for (const kernel of this.registered(facts)) {
      const truth = matches(kernel, facts)
      if (truth === true) return kernel.row
      if (truth !== false) open = true
    }
    return open ? null : false
  }

  /** The same for a runtime that casts float16 to float32 before a node, and back behind it. */
  matchesWithCasts(facts: NodeFacts): boolean {
    return this.registered(facts).some((kernel) => matches(kernel, facts, withCasts) !== false)
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

  /** Why no row takes the node. */
  explain(facts: NodeFacts): Explanation {
    return explainKernels(this.rows(facts.domain, facts.op), facts, this.scope)
  }

  /** What brings a kernel back that another version of the operator has; null where nothing is known. */
  fix(facts: NodeFacts): string | null {
    return versionFix(this.rows(facts.domain, facts.op), facts)
  }
}

function matches({ row, when, types }: Registered, facts: NodeFacts, allows = plainMatch): Truth {
  if (!versionMatches(row, facts.since)) return false
  let result: Truth = when === null ? true : when.test(facts)
  if (result === false) return false
  for (const [parameter, allowed] of types) {
    const truth = typeMatches(facts.typeParameter(parameter), allowed, allows)
    if (truth === false) return false
    if (truth !== true) result = truth
  }
  return result
}

const operatorKey = (domain: string, op: string): string => (domain === '' ? op : `${domain}::${op}`)
