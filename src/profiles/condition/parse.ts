/**
 * Text of a condition to its syntax tree, by recursive descent. The grammar:
 *
 *     expr = or ["implies" expr]     or = and {"or" and}     and = not {"and" not}     not = "not" not | cmp
 *     cmp  = sum [("=="|"!="|"<"|"<="|">"|">=") sum | ["not"] "in" (sum | sum ".." sum)]
 *     sum  = term {("+"|"-") term}   term = unary {("*"|"/"|"%") unary}   unary = "-" unary | prim {"[" expr "]"}
 *     prim = number | 'string' | true | false | name | name "(" [list] ")" | "[" [list] "]" | "(" expr ")"
 *     list = expr {"," expr}         name = word {"." word}
 */
import { Problem } from '../../result/problem.ts'
import type { Arithmetic, Ast, Comparison } from './ast.ts'

/** Longer conditions are refused unread. */
export const maxLength = 1000
/** Deeper nesting is refused: it would be unreadable, and could overflow the stack. */
const maxDepth = 40

/** A condition that cannot be read. `at` is the character where it went wrong, counted from 0. */
export class ConditionError extends Problem {
  constructor(
    text: string,
    readonly at: number,
    readonly found: string,
    readonly wanted: string,
  ) {
    super(
      'bad-condition',
      `condition ${JSON.stringify(clip(text))}: found ${found} at character ${at + 1}, expected ${wanted}`,
      { expected: wanted },
    )
  }
}

const clip = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

type Token =
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: string; readonly at: number }

const word = '[A-Za-z_][A-Za-z0-9_]*'
const tokenPattern = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)`,
    `(?<string>'[^']*')`,
    String.raw`(?<name>${word}(?:\.${word})*)`,
    String.raw`(?<sign>\.\.|==|!=|<=|>=|[<>+\-*/%()[\],])`,
  ].join('|'),
  'y',
)

/** Words that are part of the grammar and cannot name anything. */
export const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'implies', 'true', 'false'])

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    tokenPattern.lastIndex = at
    const groups = tokenPattern.exec(text)?.groups
    if (!groups) throw new ConditionError(text, at, ...oddCharacter(text, at))
    const { space, number, string, name, sign } = groups
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1), at })
    else if (name !== undefined) tokens.push({ kind: keywords.has(name) ? 'sign' : 'name', text: name, at })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at })
    at += (space ?? number ?? string ?? name ?? sign ?? ' ').length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function oddCharacter(text: string, at: number): [found: string, wanted: string] {
  const character = text[at] ?? ''
  const found = JSON.stringify(character)
  if (character === "'") return ['a string without end', "a closing '"]
  if (character === '"') return [found, "strings in single quotes, such as 'linear'"]
  if (character === '=') return [found, '== for "equals"']
  if (character === '&' || character === '|' || character === '!') return [found, 'the words and, or, not']
  return [found, 'a name, a number, a string or an operator']
}

const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>='])

class Parser {
  private next = 0
  private depth = 0
  private readonly tokens: readonly Token[]
  private readonly end: Token

  constructor(private readonly text: string) {
    this.tokens = tokenize(text)
    this.end = { kind: 'end', text: '', at: text.length }
  }

  whole(): Ast {
    const ast = this.expr()
    const rest = this.peek()
    if (rest.kind !== 'end') this.fail(this.chained(ast, rest) ?? 'an operator or the end of the condition')
    return ast
  }

  private chained(ast: Ast, rest: Token): string | null {
    const compares = ast.kind === 'compare' || ast.kind === 'in'
    return compares && comparisons.has(rest.text) ? 'the end: comparisons do not chain, write a < b and b < c' : null
  }

  private peek(ahead = 0): Token {
    return this.tokens[this.next + ahead] ?? this.end
  }

  private isNext(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'sign' && token.text === sign
  }

  private take(sign: string): boolean {
    const found = this.isNext(sign)
    if (found) this.next++
    return found
  }

  private expect(sign: string, wanted = `"${sign}"`): void {
    if (!this.take(sign)) this.fail(wanted)
  }

  private fail(wanted: string): never {
    const token = this.peek()
    const found =
      token.kind === 'end' ? 'the end' : token.kind === 'string' ? `'${clip(token.text)}'` : `"${clip(token.text)}"`
    throw new ConditionError(this.text, token.at, found, wanted)
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > maxDepth) this.fail(`at most ${maxDepth} levels of nesting`)
    const result = read()
    this.depth--
    return result
  }

  private expr(): Ast {
    return this.nested(() => {
      const left = this.series('or', () => this.series('and', () => this.not()))
      const { at } = this.peek()
      return this.take('implies') ? { kind: 'implies', left, right: this.expr(), at } : left
    })
  }

  private series(kind: 'and' | 'or', read: () => Ast): Ast {
    const { at } = this.peek()
    const first = read()
    if (!this.isNext(kind)) return first
    const parts = [first]
    while (this.take(kind)) parts.push(read())
    return { kind, parts, at }
  }

  private not(): Ast {
    const { at } = this.peek()
    return this.take('not') ? this.nested(() => ({ kind: 'not', of: this.not(), at })) : this.comparison()
  }

  private comparison(): Ast {
    const left = this.sum()
    const { text: sign, at, kind } = this.peek()
    if (kind !== 'sign') return left
    if (comparisons.has(sign)) {
      this.next++
      return { kind: 'compare', op: sign as Comparison, left, right: this.sum(), at }
    }
    const negated = sign === 'not' && this.isNext('in', 1)
    if (negated) this.next++
    if (!this.take('in')) return left
    const right = this.sum()
    return { kind: 'in', negated, left, right, to: this.take('..') ? this.sum() : null, at }
  }

  private sum(): Ast {
    return this.chain(['+', '-'], () => this.chain(['*', '/', '%'], () => this.unary()))
  }

  private chain(signs: readonly Arithmetic[], read: () => Ast): Ast {
    let left = read()
    for (;;) {
      const { at } = this.peek()
      const op = signs.find((sign) => this.take(sign))
      if (op === undefined) return left
      left = { kind: 'arithmetic', op, left, right: read(), at }
    }
  }

  private unary(): Ast {
    const { at } = this.peek()
    if (this.take('-')) return this.nested(() => ({ kind: 'negate', of: this.unary(), at }))
    let of = this.primary()
    while (this.isNext('[')) {
      const start = this.peek().at
      this.next++
      const by = this.expr()
      this.expect(']')
      of = { kind: 'index', of, by, at: start }
    }
    return of
  }

  private primary(): Ast {
    const token = this.peek()
    const { at, text } = token
    if (token.kind === 'number') {
      this.next++
      return { kind: 'number', value: numberOf(text), text, at }
    }
    if (token.kind === 'string') {
      this.next++
      return { kind: 'string', value: text, at }
    }
    if (token.kind === 'name') {
      this.next++
      if (!this.take('(')) return { kind: 'name', name: text, depth: 0, at }
      return { kind: 'call', name: text, args: this.list(')'), at }
    }
    if (this.take('true')) return { kind: 'boolean', value: true, at }
    if (this.take('false')) return { kind: 'boolean', value: false, at }
    if (this.take('[')) return { kind: 'list', items: this.list(']'), at }
    if (this.take('(')) {
      const inner = this.expr()
      this.expect(')')
      return inner
    }
    return this.fail('a value: a name, a number, a string, a list or a condition in parentheses')
  }

  /** Up to and with the closing bracket. */
  private list(close: ')' | ']'): Ast[] {
    const items: Ast[] = []
    if (this.take(close)) return items
    do items.push(this.expr())
    while (this.take(','))
    this.expect(close, `"," or "${close}"`)
    return items
  }
}

const numberOf = (text: string): number | bigint => {
  const value = Number(text)
  return /^\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value
}

/** The tree of a condition. Throws ConditionError, naming the place and what was expected there. */
export function parse(text: string): Ast {
  if (text.length > maxLength)
    throw new ConditionError(
      text,
      maxLength,
      `a condition of ${text.length} characters`,
      `at most ${maxLength}: split it, or share parts in "let"`,
    )
  return new Parser(text).whole()
}
