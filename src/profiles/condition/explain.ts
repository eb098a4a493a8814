/**
 * Why a condition is not true, or why it is: the terms that decide, with the values found.
 *
 *     mode in ['linear', 'nearest']: mode is 'cubic'
 *
 * Of `and` the first false part, else the unknown ones; of `or` all; of `a implies b` "since a: b"; of `all` three
 * failing elements; `not` turns the question round.
 */
import type { NodeFacts } from '../facts.ts'
import { type Ast, isBinder, type Name, print, walk } from './ast.ts'
import { truthOf } from './compare.ts'
import { type Condition, compileTerm, Env, type Term } from './compile.ts'
import { format, plain } from './format.ts'
import { functionOf } from './functions.ts'
import { parse } from './parse.ts'
import { absent, asList, isTensor, isUnknown, Symbolic, type Truth, Undetermined, type Value } from './value.ts'

export interface Explanation {
  /** The condition as written in the profile; null where none decided. */
  readonly condition: string | null
  /** The deciding terms with their values: one line. */
  readonly text: string
  /** Terms and the values found, as plain data. */
  readonly found: Readonly<Record<string, unknown>>
  /** It is decided by a dimension, or a rank, that is no number: setting it would help. */
  readonly dynamic: boolean
  /** Flags that would make unknown values known: `--dim N=1`. */
  readonly flags: readonly string[]
  /** Names of the tensors that the deciding terms ask about. */
  readonly tensors: readonly string[]
}

/** Remembers what follows from a condition alone: conditions are few, and the nodes that they refuse are many. */
function remembered<K extends object, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = work(key)
      known.set(key, value)
    }
    return value
  }
}

/** It asks for nothing but the place of an element. */
const onlyIndex = remembered((ast: Ast): boolean =>
  [...walk(ast)].every((part) => part.kind !== 'call' && (part.kind !== 'name' || part.name === 'index')),
)

const plainText = remembered((ast: Ast): string => print(ast))

/** The largest parts of a leaf that have a value of their own: names, calls and indexed lists. */
const subTerms: (term: Term) => readonly Term[] = remembered(({ ast, parts }: Term): readonly Term[] =>
  parts.slice(0, isBinder(ast) ? 1 : parts.length).flatMap((part) => {
    const own = part.ast.kind === 'name' || part.ast.kind === 'index' || part.ast.kind === 'call'
    return own && !isBinder(part.ast) ? [part] : subTerms(part)
  }),
)

const namesIn: (term: Term) => readonly Term[] = remembered(({ ast, parts }: Term): readonly Term[] =>
  isBinder(ast) ? [] : parts.flatMap((part) => (part.ast.kind === 'name' && !part.constant ? [part] : namesIn(part))),
)

/** Elements of `all` and `any` that an explanation shows. */
const maxElements = 3

/**
 * Why the condition does not hold (or, for `wanted` false, why it does). `brief`: without the values found, for the
 * thousandth node of which the same is to be said.
 */
export function explain(condition: Condition, facts: NodeFacts, wanted: boolean, brief = false): Explanation {
  const writer = new Writer(brief)
  const told = writer.explain(condition.term, new Env(facts), [], wanted)
  const text = brief ? `${wanted ? 'needs' : 'for'} ${condition.text}` : told
  return {
    condition: condition.text,
    text,
    found: Object.fromEntries(writer.found),
    dynamic: writer.dynamic,
    flags: [...writer.flags],
    tensors: [...writer.tensors],
  }
}

/** What stands for `it` and `index` of each enclosing `all` and `any`, innermost last. */
interface Element {
  readonly it: string
  readonly index: number
}
type Path = readonly Element[]

class Writer {
  readonly found = new Map<string, unknown>()
  readonly flags = new Set<string>()
  readonly tensors = new Set<string>()
  dynamic = false

  constructor(private readonly brief: boolean) {}

  /** `wanted`: the truth that the reader expected. */
  explain(term: Term, env: Env, path: Path, wanted: boolean): string {
    const { ast, parts } = term
    const [first, second] = parts
    switch (ast.kind) {
      case 'and':
      case 'or':
        return this.series(ast.kind === 'or', parts, env, path, wanted)
      case 'not':
        return first ? this.explain(first, env, path, !wanted) : ''
      case 'implies':
        return first && second ? this.implication(first, second, env, path, wanted) : ''
      case 'call':
        if (isBinder(ast) && first && second) return this.elements(term, first, second, env, path, wanted)
        return this.leaf(term, env, path)
      default:
        return this.leaf(term, env, path)
    }
  }

  /** `and` stops at the first false, `or` at the first true; otherwise all that are not as wanted are shown. */
  private series(stop: boolean, parts: readonly Term[], env: Env, path: Path, wanted: boolean): string {
    const open: Term[] = []
    for (const part of parts) {
      const truth = truthOf(part.run(env))
      if (truth === stop) return this.explain(part, env, path, wanted)
      if (truth !== wanted) open.push(part)
    }
    // That an index is not 0 explains nothing beside a fact.
    const telling = open.filter((part) => !onlyIndex(part.ast))
    const shown = telling.length > 0 ? telling : open
    return shown.map((part) => this.explain(part, env, path, wanted)).join('; ')
  }

  private implication(premise: Term, conclusion: Term, env: Env, path: Path, wanted: boolean): string {
    if (!wanted) {
      const holds = truthOf(conclusion.run(env)) === true
      return holds ? this.explain(conclusion, env, path, false) : this.explain(premise, env, path, true)
    }
    const unsure = truthOf(premise.run(env)) !== true
    const since = unsure ? this.explain(premise, env, path, false) : this.text(premise.ast, path)
    return `since ${since}: ${this.explain(conclusion, env, path, true)}`
  }

  private elements(term: Term, list: Term, body: Term, env: Env, path: Path, wanted: boolean): string {
    const items = asList(list.run(env))
    if (!items) return this.leaf(term, env, path)
    if (!this.brief) this.noteTensors(list, env)
    const inner = new Env(env.facts, env)
    const truthAt = (index: number): Truth => {
      inner.it = items[index] ?? absent
      inner.index = index
      return truthOf(body.run(inner))
    }
    const open: number[] = []
    const decided: number[] = []
    for (let index = 0; index < items.length; index++) {
      const truth = items[index] === absent ? wanted : truthAt(index)
      if (truth !== wanted) open.push(index)
      if (truth === !wanted) decided.push(index)
    }
    const deciding = decided.length > 0 ? decided : open
    if (deciding.length === 0) return this.leaf(term, env, path)
    const shown = deciding.slice(0, maxElements).map((index) => {
      truthAt(index)
      const here = this.brief ? path : [...path, { it: this.elementText(list, index, path), index }]
      return this.explain(body, inner, here, wanted)
    })
    const more = deciding.length - shown.length
    return shown.join('; ') + (more > 0 ? `; and ${more} more` : '')
  }

  private elementText(list: Term, index: number, path: Path): string {
    const item = list.ast.kind === 'list' ? list.ast.items[index] : undefined
    return item ? this.text(item, path) : `${this.text(list.ast, path)}[${index}]`
  }

  private text(ast: Ast, path: Path): string {
    if (this.brief) return ''
    if (path.length === 0) return plainText(ast)
    const rename = ({ name, depth }: Name, binders: number): string | null => {
      if (name !== 'it' && name !== 'index') return null
      const element = depth >= binders ? path[path.length - 1 - (depth - binders)] : undefined
      return element ? String(element[name]) : null
    }
    return print(ast, rename)
  }

  private leaf(term: Term, env: Env, path: Path): string {
    const { ast } = term
    if (!this.brief) this.noteTensors(term, env)
    if (ast.kind === 'name') return this.valueText(term, env, path)
    const text = this.text(ast, path)
    if (ast.kind === 'call') {
      const special = this.callLeaf(term, ast.name, env, path)
      if (special !== null) return `${text}: ${special}`
    }
    const values: string[] = []
    for (const part of subTerms(term))
      if (!part.constant || part.ast.kind === 'name') {
        const value = part.run(env)
        const name = this.text(part.ast, path)
        // An index, or an element of a written list, stands there as its own value.
        if (this.brief || name !== format(value)) values.push(this.valueOf(name, value))
      }
    if (this.brief) return ''
    const unique = [...new Set(values)]
    return unique.length === 0 ? `${text} is ${format(term.run(env))}` : `${text}: ${unique.join(', ')}`
  }

  /** `static` prints the shape, `const` the maker, `given` what is (not) there. */
  private callLeaf(term: Term, name: string, env: Env, path: Path): string | null {
    const [arg] = term.parts
    if (!arg) return this.predicateLeaf(name, env)
    const value = arg.run(env)
    const argText = this.text(arg.ast, path)
    const told = functionOf(name)?.tells?.([value])
    if (told && isTensor(value)) {
      this.tensors.add(value.name)
      if (!this.brief) this.found.set(argText, told)
      return told
    }
    if (name === 'given') {
      const given = term.run(env)
      if (!this.brief) this.found.set(argText, given === true ? plain(value) : null)
      if (typeof given !== 'boolean') return this.unknownText(argText, isUnknown(value) ? value : unknownGiven)
      return `${argText} is ${given ? 'given' : 'not given'}`
    }
    if (name === 'known') {
      this.noteDynamic(value)
      return this.valueOf(argText, value)
    }
    if (!isTensor(value)) {
      if (value === absent || isUnknown(value)) return this.valueOf(argText, value)
      return null
    }
    if (name === 'static') {
      if (value.rank instanceof Symbolic) this.noteDynamic(value.rank)
      for (const dim of asList(value.shape) ?? [value.shape]) this.noteDynamic(dim)
      return this.valueOf(`shape(${argText})`, value.shape)
    }
    if (name === 'const' || name === 'initializer') {
      this.found.set(argText, value.origin)
      return `${argText} is ${value.origin}`
    }
    return functionOf(name)?.meaning === undefined ? null : this.predicateLeaf(name, env)
  }

  private predicateLeaf(name: string, env: Env): string | null {
    const spec = functionOf(name)
    if (!spec?.meaning) return null
    if (this.brief) return ''
    const read = (spec.reads ?? []).map((text) => {
      const value = compileTerm(parse(text), new Map()).run(env)
      return value === absent ? '' : this.valueOf(text, value)
    })
    return [`asks whether ${spec.meaning}`, ...read.filter(Boolean)].join('; ')
  }

  private valueText(term: Term, env: Env, path: Path): string {
    return this.valueOf(this.text(term.ast, path), term.run(env))
  }

  /** `mode is 'cubic'`, or why the value is not known, and which flag helps. */
  private valueOf(text: string, value: Value): string {
    if (!this.brief) this.found.set(text, plain(value))
    for (const part of asList(value) ?? []) if (isUnknown(part) && part.flag !== null) this.flags.add(part.flag)
    if (isUnknown(value)) return this.unknownText(text, value)
    if (this.brief) return ''
    return `${text} is ${format(value)}`
  }

  private unknownText(text: string, value: Symbolic | Undetermined): string {
    if (value.flag !== null) this.flags.add(value.flag)
    if (this.brief) return ''
    const help = value.flag === null ? '' : ` (${value.flag})`
    if (value instanceof Undetermined) return `${text} is not known: ${value.why}${help}`
    if (value.text !== null) return `${text} is ${format(value)}, which has no number${help}`
    return `${text} has no number${value.why === null ? '' : `: ${value.why}`}${help}`
  }

  private noteTensors(term: Term, env: Env): void {
    for (const name of namesIn(term)) {
      const value = name.run(env)
      if (isTensor(value)) this.tensors.add(value.name)
    }
  }

  private noteDynamic(value: Value): void {
    if (!(value instanceof Symbolic)) return
    this.dynamic = true
    if (value.flag !== null) this.flags.add(value.flag)
  }
}

const unknownGiven = new Undetermined('it cannot be told whether it is written')
