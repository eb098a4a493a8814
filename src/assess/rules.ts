/** Every rule of a profile as plain data, as written or as it stands with chosen parameters. */

import { checkObject, verbOf } from '../profiles/checks.ts'
import { type Ast, print } from '../profiles/condition/ast.ts'
import { compileTerm, Env } from '../profiles/condition/compile.ts'
import { Lets } from '../profiles/condition/expand.ts'
import { parse } from '../profiles/condition/parse.ts'
import { modelAsNode } from '../profiles/facts.ts'
import { orderOf } from '../profiles/judge.ts'
import { constantsOf, type ParameterValues } from '../profiles/parameters.ts'
import { type Check, type KernelRow, type Profile, type Row, rowKeys } from '../profiles/profile.ts'
import { sourceOf } from '../profiles/reason.ts'
import type { Rule } from '../result/answers.ts'

/** Rules of the whole model, of every node, then by operator; each operator's in the order in which they are asked. */
export const rulesOf = (profile: Profile): Rule[] => [
  ...checksOf(
    profile,
    [...(profile.model ?? []), ...(profile.layout?.model ?? [])],
    { op: '(model)', since: '', phase: 'model' },
    null,
  ),
  ...everyNodeRules(profile),
  ...operatorsOf(profile).flatMap((op) => operatorRules(profile, op)),
]

export const everyNodeRules = (profile: Profile): Rule[] =>
  Object.entries(profile.everyNode ?? {}).flatMap(([phase, checks]) =>
    checksOf(profile, checks, { op: '*', since: '', phase }, null),
  )

/** Operators that the profile has a rule or a kernel for: `Op` or `domain::Op`. */
export function operatorsOf({ operators = {}, kernels = [] }: Profile): string[] {
  const names = new Set(Object.keys(operators).filter((op) => operators[op]))
  for (const kernel of kernels) names.add(kernelName(kernel))
  return [...names].sort()
}

const kernelName = ({ domain = '', op }: KernelRow): string => (domain === '' ? op : `${domain}::${op}`)

/** Rules of one operator: kernels first, as they are looked up first. */
export function operatorRules(profile: Profile, name: string): Rule[] {
  const { operators = {}, kernels = [] } = profile
  const rows = (Object.hasOwn(operators, name) ? operators[name] : null) ?? []
  return [
    ...kernels.filter((kernel) => kernelName(kernel) === name).map((kernel) => kernelRule(profile, kernel)),
    ...rows.flatMap((row) => rowRules(profile, name, row)),
  ]
}

/** Rules of one row, phase by phase. */
export function rowRules(profile: Profile, op: string, row: Row): Rule[] {
  const order = orderOf(profile)
  const phases = Object.keys(row).filter((key) => !rowKeys.has(key))
  phases.sort((a, b) => order.indexOf(a) - order.indexOf(b))
  const base = { op, since: row.since ?? '', ...(row.when === undefined ? {} : { when: row.when }) }
  const rules = phases.flatMap((phase) =>
    checksOf(profile, (row[phase] ?? []) as readonly Check[], { ...base, phase }, row),
  )
  if (rules.length > 0) return rules
  return [{ ...base, phase: 'operator', verb: 'that', condition: 'true', ...knownFrom(profile, row, {}) }]
}

const checksOf = (
  profile: Profile,
  checks: readonly Check[],
  base: Pick<Rule, 'op' | 'since' | 'when' | 'phase'>,
  row: Row | null,
): Rule[] =>
  checks.map((written) => {
    const check = checkObject(written)
    const [verb, condition] = verbOf(check)
    const { fix, issue } = check
    return {
      ...base,
      verb,
      condition,
      ...(fix === undefined ? {} : { fix }),
      ...(issue === undefined ? {} : { issue }),
      ...knownFrom(profile, row, check),
    }
  })

function knownFrom(
  profile: Profile,
  row: Pick<Row, 'source' | 'evidence'> | null,
  check: Pick<Row, 'source' | 'evidence'>,
): Pick<Rule, 'source' | 'evidence'> {
  const source = sourceOf(profile, check.source ?? row?.source)
  const evidence = check.evidence ?? row?.evidence ?? profile.evidence
  return { ...(source ? { source } : {}), ...(evidence ? { evidence } : {}) }
}

export function kernelRule(profile: Profile, kernel: KernelRow): Rule {
  const [from, to] = kernel.since
  const types = Object.entries(kernel.types ?? {}).map(([parameter, names]) => `${parameter} in [${names.join(', ')}]`)
  return {
    op: kernelName(kernel),
    since: to === null ? `${from}` : `${from}..${to}`,
    ...(kernel.when === undefined ? {} : { when: kernel.when }),
    phase: 'kernel',
    verb: 'kernel',
    condition: types.join('; ') || 'any types',
    ...knownFrom(profile, null, kernel.source === undefined ? {} : { source: kernel.source }),
  }
}

/** A rule as it stands with these parameters; null where it then says nothing. */
export function settle(profile: Profile, parameters: ParameterValues): (rule: Rule) => Rule | null {
  const scope = { constants: constantsOf(profile, parameters), lets: new Lets(profile.let ?? {}) }
  const settled = (text: string): Ast => simplify(parse(text), scope)
  return (rule) => {
    const when = rule.when === undefined ? null : settled(rule.when)
    if (when && isConstant(when, false)) return null
    const { when: _, ...rest } = rule
    const shown = when && !isConstant(when, true) ? { ...rest, when: print(when) } : rest
    if (rule.verb === 'kernel') return shown
    const condition = settled(rule.condition)
    // That an operator has a row at all says something, also where nothing is asked.
    const idle = isConstant(condition, rule.verb === 'that') && rule.phase !== 'operator'
    return idle ? null : { ...shown, condition: print(condition) }
  }
}

const isConstant = (ast: Ast, value: boolean): boolean => ast.kind === 'boolean' && ast.value === value

interface Given {
  readonly constants: ReturnType<typeof constantsOf>
  readonly lets: Lets
}

/** Puts in what hangs on parameters only, and drops what does not matter then. */
function simplify(ast: Ast, given: Given): Ast {
  const expanded = given.lets.expand(ast)
  const term = compileTerm(expanded, given.constants)
  if (term.constant) {
    const value = term.run(new Env(noFacts))
    return typeof value === 'boolean' ? { kind: 'boolean', value, at: ast.at } : ast
  }
  switch (ast.kind) {
    case 'and':
    case 'or': {
      const neutral = ast.kind === 'and'
      const parts = ast.parts.map((part) => simplify(part, given)).filter((part) => !isConstant(part, neutral))
      const settled = parts.find((part) => isConstant(part, !neutral))
      const [only] = parts
      if (!only) return { kind: 'boolean', value: neutral, at: ast.at }
      return settled ?? (parts.length === 1 ? only : { ...ast, parts })
    }
    case 'not':
      return { ...ast, of: simplify(ast.of, given) }
    case 'implies': {
      const left = simplify(ast.left, given)
      const right = simplify(ast.right, given)
      if (isConstant(left, true)) return right
      return isConstant(left, false) || isConstant(right, true)
        ? { kind: 'boolean', value: true, at: ast.at }
        : { ...ast, left, right }
    }
    case 'name':
    case 'call': {
      // A shared condition keeps its name, unless the parameters change what it says.
      if (print(expanded) === print(ast)) return ast
      const inner = simplify(expanded, given)
      return print(inner) === print(expanded) ? ast : inner
    }
    default:
      return ast
  }
}

const noFacts = modelAsNode({ opset: null, ir: null })

/** Shared conditions that some rules name, and those that these name in turn. */
export function sharedBy(profile: Profile, rules: readonly Rule[]): { name: string; condition: string }[] {
  const all = Object.entries(profile.let ?? {})
  const named = new Set<string>()
  const open = rules.flatMap(({ when = '', condition }) => [when, condition])
  for (let text = open.pop(); text !== undefined; text = open.pop())
    for (const [head, body] of all) {
      const word = /^\w+/.exec(head)?.[0] ?? head
      if (named.has(head) || !new RegExp(`\\b${word}\\b`).test(text)) continue
      named.add(head)
      open.push(body)
    }
  return all.filter(([head]) => named.has(head)).map(([name, condition]) => ({ name, condition }))
}
