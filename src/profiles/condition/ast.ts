/**
 * The syntax tree of a condition, and its way back to text. Printing can put something in the place of a name, so
 * that an explanation says `shape(X)[-1]` where the condition says `shape(X)[it]`.
 */

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Arithmetic = '+' | '-' | '*' | '/' | '%'

export type Ast =
  /** `text` as written: beside a version it is compared by parts. */
  | { readonly kind: 'number'; readonly value: number | bigint; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  /** `depth` counts the `all`/`any` to skip: an argument of a shared condition keeps its own `it`. */
  | { readonly kind: 'name'; readonly name: string; readonly depth: number; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Ast[]; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Ast[]; readonly at: number }
  | { readonly kind: 'index'; readonly of: Ast; readonly by: Ast; readonly at: number }
  | { readonly kind: 'negate'; readonly of: Ast; readonly at: number }
  | { readonly kind: 'not'; readonly of: Ast; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Ast[]; readonly at: number }
  | { readonly kind: 'implies'; readonly left: Ast; readonly right: Ast; readonly at: number }
  | {
      readonly kind: 'compare'
      readonly op: Comparison
      readonly left: Ast
      readonly right: Ast
      readonly at: number
    }
  | {
      readonly kind: 'arithmetic'
      readonly op: Arithmetic
      readonly left: Ast
      readonly right: Ast
      readonly at: number
    }
  /** `to` given: a range with both ends. */
  | {
      readonly kind: 'in'
      readonly negated: boolean
      readonly left: Ast
      readonly right: Ast
      readonly to: Ast | null
      readonly at: number
    }

export type Kind = Ast['kind']
export type Call = Extract<Ast, { kind: 'call' }>
export type Name = Extract<Ast, { kind: 'name' }>

/** `all` and `any` bind `it` and `index` in their second argument. */
export const isBinder = (ast: Ast): boolean => ast.kind === 'call' && (ast.name === 'all' || ast.name === 'any')

/** Direct parts, in the order in which they are written. */
export function children(ast: Ast): readonly Ast[] {
  switch (ast.kind) {
    case 'call':
      return ast.args
    case 'list':
      return ast.items
    case 'index':
      return [ast.of, ast.by]
    case 'negate':
    case 'not':
      return [ast.of]
    case 'and':
    case 'or':
      return ast.parts
    case 'implies':
    case 'compare':
    case 'arithmetic':
      return [ast.left, ast.right]
    case 'in':
      return ast.to ? [ast.left, ast.right, ast.to] : [ast.left, ast.right]
    default:
      return []
  }
}

/** The same node with other parts. */
export function withChildren(ast: Ast, parts: readonly Ast[]): Ast {
  const part = (i: number): Ast => parts[i] ?? ast
  switch (ast.kind) {
    case 'call':
      return { ...ast, args: parts }
    case 'list':
      return { ...ast, items: parts }
    case 'index':
      return { ...ast, of: part(0), by: part(1) }
    case 'negate':
    case 'not':
      return { ...ast, of: part(0) }
    case 'and':
    case 'or':
      return { ...ast, parts }
    case 'implies':
    case 'compare':
    case 'arithmetic':
      return { ...ast, left: part(0), right: part(1) }
    case 'in':
      return { ...ast, left: part(0), right: part(1), to: ast.to && part(2) }
    default:
      return ast
  }
}

/** Binding strength; an operand that binds weaker than its place is put in parentheses. */
const strength: Record<Kind, number> = {
  implies: 0,
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  in: 4,
  arithmetic: 5,
  negate: 7,
  index: 8,
  call: 9,
  list: 9,
  name: 9,
  number: 9,
  string: 9,
  boolean: 9,
}
const strengthOf = (ast: Ast): number =>
  ast.kind === 'arithmetic' && ast.op !== '+' && ast.op !== '-' ? 6 : strength[ast.kind]

/** What stands in the place of a name, or null to print the name itself. */
export type Rename = (name: Name, binders: number) => string | null

const asWritten: Rename = () => null

/** The condition as text, in one normal form. */
export function print(ast: Ast, rename: Rename = asWritten, binders = 0): string {
  const sub = (part: Ast, least: number, inside = binders): string => {
    const text = print(part, rename, inside)
    return strengthOf(part) < least ? `(${text})` : text
  }
  const own = strengthOf(ast)
  switch (ast.kind) {
    case 'number':
      return ast.text
    case 'string':
      return `'${ast.value}'`
    case 'boolean':
      return String(ast.value)
    case 'name':
      return rename(ast, binders) ?? ast.name
    case 'call': {
      const args = ast.args.map((arg, i) => print(arg, rename, isBinder(ast) && i === 1 ? binders + 1 : binders))
      return `${ast.name}(${args.join(', ')})`
    }
    case 'list':
      return `[${ast.items.map((item) => print(item, rename, binders)).join(', ')}]`
    case 'index':
      return `${sub(ast.of, own)}[${print(ast.by, rename, binders)}]`
    case 'negate':
      return `-${sub(ast.of, own)}`
    case 'not':
      return `not ${sub(ast.of, own)}`
    case 'and':
    case 'or':
      return ast.parts.map((part) => sub(part, own + 1)).join(` ${ast.kind} `)
    case 'implies':
      return `${sub(ast.left, own + 1)} implies ${sub(ast.right, own)}`
    case 'compare':
      return `${sub(ast.left, own + 1)} ${ast.op} ${sub(ast.right, own + 1)}`
    case 'arithmetic':
      return `${sub(ast.left, own)} ${ast.op} ${sub(ast.right, own + 1)}`
    case 'in': {
      const right = sub(ast.right, own + 1) + (ast.to ? `..${sub(ast.to, own + 1)}` : '')
      return `${sub(ast.left, own + 1)} ${ast.negated ? 'not in' : 'in'} ${right}`
    }
  }
}

/** Every node of the tree, outermost first. */
export function* walk(ast: Ast): Generator<Ast> {
  yield ast
  for (const child of children(ast)) yield* walk(child)
}
