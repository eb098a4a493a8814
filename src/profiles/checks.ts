/** Checks of a profile, compiled: verb, condition, and the reason that they give when they decide. */

import { type Ast, children, isBinder } from './condition/ast.ts'
import type { Condition, Scope } from './condition/compile.ts'
import { type Explanation, explain } from './condition/explain.ts'
import { parse } from './condition/parse.ts'
import type { NodeFacts } from './facts.ts'
import type { Check, CheckObject, Profile, Row } from './profile.ts'
import { type Reason, sourceOf } from './reason.ts'

export type Verb = 'that' | 'fails' | 'wrong'

export interface CompiledCheck {
  readonly verb: Verb
  readonly condition: Condition
  readonly reason: (facts: NodeFacts) => Reason
}

/** The operator and row that a check belongs to; null for those of every node and of the model. */
export type Owner = { readonly op: string; readonly row: Row } | null

export type Compiler = (checks: readonly Check[], phase: string, owner: Owner) => readonly CompiledCheck[]

/** `{ that: … }` for a plain string. */
export const checkObject = (check: Check): CheckObject => (typeof check === 'string' ? { that: check } : check)

/** The verb of a check and its condition. */
export function verbOf(check: CheckObject): readonly [Verb, string] {
  if ('that' in check) return ['that', check.that]
  return 'fails' in check ? ['fails', check.fails] : ['wrong', check.wrong]
}

export const checkCompiler =
  (profile: Profile, scope: Scope): Compiler =>
  (checks, phase, owner) =>
    checks.map((written) => {
      const check = checkObject(written)
      const [verb, text] = verbOf(check)
      const condition = scope.compile(text)
      const name = check.id ?? checkName(parse(text))
      const said: Said = {
        id: [profile.id, owner?.op ?? phase, name].join('/'),
        phase,
        condition: text,
        how: 'how' in check ? check.how : null,
        fix: check.fix ?? null,
        issue: check.issue ?? null,
        source: sourceOf(profile, check.source ?? owner?.row.source),
        evidence: check.evidence ?? owner?.row.evidence ?? profile.evidence ?? null,
      }
      const explains: Explains = (facts, brief) => explain(condition, facts, verb === 'that', brief)
      return { verb, condition, reason: (facts) => new CheckReason(said, facts, explains) }
    })

/** What a check says of every node that it decides. */
type Said = Omit<Reason, 'explain'>
type Explains = (facts: NodeFacts, brief?: boolean) => Explanation

/** What is the same for all nodes is there once: a check may refuse every node of a large model. */
class CheckReason implements Reason {
  constructor(
    private readonly said: Said,
    private readonly facts: NodeFacts,
    private readonly explains: Explains,
  ) {}

  get id() {
    return this.said.id
  }
  get phase() {
    return this.said.phase
  }
  get condition() {
    return this.said.condition
  }
  get how() {
    return this.said.how
  }
  get fix() {
    return this.said.fix
  }
  get issue() {
    return this.said.issue
  }
  get source() {
    return this.said.source
  }
  get evidence() {
    return this.said.evidence
  }
  explain(brief?: boolean): Explanation {
    return this.explains(this.facts, brief)
  }
}

/** A name for a check that has none: the first thing that it asks. `rank(X) in 3..5` → `rank-x`. */
function checkName(ast: Ast): string {
  const words = firstWords(ast) ?? ['check']
  return words.join('-').replaceAll(/[_.]/g, '-').toLowerCase()
}

function firstWords(ast: Ast): string[] | null {
  if (ast.kind === 'name') return ast.name === 'it' || ast.name === 'index' ? null : [ast.name]
  if (ast.kind === 'call' && !isBinder(ast)) {
    const [arg] = ast.args
    return arg?.kind === 'name' && arg.name !== 'it' ? [ast.name, arg.name] : [ast.name]
  }
  // Of "all inputs are static" the second part says more.
  for (const child of isBinder(ast) ? children(ast).toReversed() : children(ast)) {
    const words = firstWords(child)
    if (words) return words
  }
  return null
}
