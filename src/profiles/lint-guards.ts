/**
 * What a condition asks although it may not be there: a dimension without a number, a value that is computed at run
 * time, an input or attribute that may be left out. A guard is a call that asks whether it is there (`known`,
 * `static`, `const`, `given`), in the same condition or in one before it.
 */
import { type Ast, type Call, children, isBinder, print, walk } from './condition/ast.ts'
import type { Meaning } from './vocabulary.ts'

/**
 * Unguarded terms, each with the guard that is missing; adds the guards of this condition to `guards`. `loose`: the
 * condition may well be false for what is left out, as that of `fails` and `wrong`.
 */
export function unguarded(
  ast: Ast,
  names: ReadonlyMap<string, Meaning>,
  guards: Set<string>,
  loose: boolean,
): ReadonlyMap<string, string> {
  for (const node of walk(ast)) addGuards(node, guards)
  const search = new Search(names, guards)
  search.visit(ast, loose)
  return search.missing
}

const guardNames: ReadonlySet<string> = new Set(['given', 'known', 'static', 'const', 'initializer', 'count'])

function addGuards(node: Ast, guards: Set<string>): void {
  if (node.kind !== 'call') return
  const [first, second] = node.args
  if (guardNames.has(node.name)) guards.add(print(node))
  if (!first || !second || !isBinder(node)) return
  for (const inner of walk(second)) {
    if (inner.kind !== 'call' || inner.args[0]?.kind !== 'name' || inner.args[0].name !== 'it') continue
    if (inner.name === 'known' && first.kind === 'call' && first.name === 'shape') guards.add(eachKnown(first))
    if (inner.name === 'static' && first.kind === 'name' && first.name === 'inputs') guards.add(inputsStatic)
  }
}

/** Every input is static; every dimension of one shape is known: `all` with these inside. */
const inputsStatic = 'all(inputs, static)'
const eachKnown = (shape: Ast): string => `all(${print(shape)}, known)`

class Search {
  readonly missing = new Map<string, string>()

  constructor(
    private readonly names: ReadonlyMap<string, Meaning>,
    private readonly guards: ReadonlySet<string>,
  ) {}

  /** `loose`: inside of an alternative or a premise, where what is left out may well make it false. */
  visit(ast: Ast, loose: boolean): void {
    if (ast.kind === 'call' && (ast.name === 'given' || ast.name === 'known' || ast.name === 'count')) return
    if (ast.kind === 'compare' && ast.op === '!=') return
    if (ast.kind === 'in' && ast.negated) return
    if (ast.kind === 'index' && ast.of.kind === 'call' && ast.of.name === 'shape') this.dimension(ast, ast.of)
    if (ast.kind === 'call' && ast.name === 'value') this.value(ast)
    const [only] = ast.kind === 'call' && (ast.name === 'const' || ast.name === 'initializer') ? ast.args : []
    if (only?.kind === 'name') {
      if (!loose) this.optional(only.name, ['given'])
      return
    }
    if (ast.kind === 'name' && !loose) this.optional(ast.name, ['given', 'const', 'initializer'])
    // What is left out is an empty list for all and any.
    const parts = isBinder(ast) && children(ast)[0]?.kind === 'name' ? children(ast).slice(1) : children(ast)
    for (const [i, part] of parts.entries())
      this.visit(part, loose || ast.kind === 'or' || (ast.kind === 'implies' && i === 0))
  }

  private guarded(...calls: readonly string[]): boolean {
    return calls.some((call) => this.guards.has(call))
  }

  private dimension(ast: Ast, shape: Call): void {
    const [tensor] = shape.args
    if (!tensor) return
    const [dim, name] = [print(ast), print(tensor)]
    if (this.guarded(`known(${dim})`, `static(${name})`, `const(${name})`, eachKnown(shape), inputsStatic)) return
    this.missing.set(dim, `known(${dim}) or static(${name})`)
  }

  private value(ast: Call): void {
    const [tensor] = ast.args
    if (!tensor) return
    const name = print(tensor)
    if (!this.guarded(`const(${name})`, `initializer(${name})`)) this.missing.set(print(ast), `const(${name})`)
  }

  private optional(name: string, by: readonly string[]): void {
    const meaning = this.names.get(name)
    const guarded = this.guarded('count(inputs)', ...by.map((guard) => `${guard}(${name})`))
    if (meaning && !meaning.always && !guarded) this.missing.set(name, `given(${name})`)
  }
}
