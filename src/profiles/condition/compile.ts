/**
 * Syntax trees to closures. Names are resolved once: parameters and table fields become constants, everything that
 * hangs on constants only is computed here, and what remains asks the facts of a node.
 */
import { Problem } from '../../result/problem.ts'
import type { BuiltInName, NodeFacts } from '../facts.ts'
import { calculate, elementAt, negate } from './arithmetic.ts'
import { type Ast, type Call, children, type Name } from './ast.ts'
import { compare, isBetween, isIn, not, truthOf } from './compare.ts'
import type { Lets } from './expand.ts'
import { functionNames, functionOf } from './functions.ts'
import { parse } from './parse.ts'
import { absent, asList, asNumber, isUnknown, Literal, type Truth, Undetermined, unknown, type Value } from './value.ts'

/** Where a term is evaluated: the facts, and the element that the innermost `all` or `any` is at. */
export class Env {
  it: Value = absent
  index = 0
  constructor(
    readonly facts: NodeFacts,
    readonly outer: Env | null = null,
  ) {}
}

/** A part of a condition that can be evaluated on its own; explanations walk these. */
export interface Term {
  readonly ast: Ast
  readonly parts: readonly Term[]
  /** Hangs on no fact. */
  readonly constant: boolean
  readonly run: (env: Env) => Value
}

/** A compiled condition. */
export class Condition {
  constructor(
    /** As written in the profile. */
    readonly text: string,
    readonly term: Term,
  ) {}

  test(facts: NodeFacts): Truth {
    return truthOf(this.term.run(new Env(facts)))
  }

  /** Of an expression that is no condition. */
  value(facts: NodeFacts): Value {
    return this.term.run(new Env(facts))
  }

  /** The truth of a condition that hangs on parameters only; null for others. */
  get always(): boolean | null {
    const truth = this.term.constant ? truthOf(this.term.run(nowhere)) : null
    return typeof truth === 'boolean' ? truth : null
  }
}

/** What a profile with chosen parameters gives to its conditions. */
export class Scope {
  private readonly compiled = new Map<string, Condition>()

  constructor(
    /** Parameters by name, and table fields as `arch.depth`. */
    readonly constants: ReadonlyMap<string, Value>,
    readonly lets: Lets,
  ) {}

  /** Compiles once per text. Throws ConditionError, or Problem for a bad `let`. */
  compile(text: string): Condition {
    const known = this.compiled.get(text)
    if (known) return known
    const condition = new Condition(text, compileTerm(this.lets.expand(parse(text)), this.constants))
    this.compiled.set(text, condition)
    return condition
  }
}

const builtIns: Readonly<Record<BuiltInName, (facts: NodeFacts) => Value>> = {
  op: (facts) => facts.op,
  inputs: (facts) => facts.inputs,
  outputs: (facts) => facts.outputs,
  since: (facts) => facts.since ?? noSchema,
  opset: (facts) => facts.opset ?? absent,
  ir: (facts) => facts.ir ?? absent,
  domain: (facts) => facts.domain,
  quantization: (facts) => facts.quantization,
  qdq: (facts) => facts.qdq,
  'window.kernel': (facts) => facts.window('kernel'),
  'window.strides': (facts) => facts.window('strides'),
  'window.pads': (facts) => facts.window('pads'),
  'window.dilations': (facts) => facts.window('dilations'),
}
const builtInOf: ReadonlyMap<string, (facts: NodeFacts) => Value> = new Map(Object.entries(builtIns))
const noSchema = new Undetermined('no definition of this operator is known')

/** Never asked: constants have no facts in them. */
const nowhere = new Env(undefined as unknown as NodeFacts)

export function compileTerm(ast: Ast, constants: ReadonlyMap<string, Value>): Term {
  const parts = children(ast).map((child) => compileTerm(child, constants))
  const run = runOf(ast, parts, constants)
  const constant = isConstant(ast, parts, constants)
  if (!constant) return { ast, parts, constant, run }
  const value = foldable(ast) ? literal(run(nowhere)) : run(nowhere)
  return { ast, parts, constant, run: () => value }
}

/** Arithmetic on literals is a literal, too: `1 / 256` beside a float32 is rounded. */
const foldable = (ast: Ast): boolean => ast.kind === 'arithmetic' || ast.kind === 'negate'
const literal = (value: Value): Value => {
  const number = asNumber(value)
  return number === null || value instanceof Literal ? value : new Literal(number, null)
}

function isConstant(ast: Ast, parts: readonly Term[], constants: ReadonlyMap<string, Value>): boolean {
  if (ast.kind === 'name') return !isBound(ast.name) && constants.has(ast.name)
  if (ast.kind === 'call' && functionOf(ast.name)?.pure !== true) return false
  return parts.every((part) => part.constant)
}

function runOf(ast: Ast, parts: readonly Term[], constants: ReadonlyMap<string, Value>): Term['run'] {
  const [a = none, b = none, c = none] = parts.map((part) => part.run)
  switch (ast.kind) {
    case 'number': {
      const value = new Literal(ast.value, ast.text)
      return () => value
    }
    case 'string':
    case 'boolean': {
      const { value } = ast
      return () => value
    }
    case 'name':
      return runName(ast, constants)
    case 'call':
      return runCall(ast, parts)
    case 'list': {
      const items = parts.map((part) => part.run)
      return (env) => items.map((item) => item(env))
    }
    case 'index':
      return (env) => elementAt(a(env), b(env))
    case 'negate':
      return (env) => negate(a(env))
    case 'not':
      return (env) => not(truthOf(a(env)))
    case 'and':
      return (env) => firstThat(false, parts, env)
    case 'or':
      return (env) => firstThat(true, parts, env)
    case 'implies':
      return (env) => {
        const premise = truthOf(a(env))
        if (premise === false) return true
        const conclusion = truthOf(b(env))
        return premise === true || conclusion === true ? conclusion : unknown
      }
    case 'compare': {
      const { op } = ast
      return (env) => compare(op, a(env), b(env))
    }
    case 'arithmetic': {
      const { op } = ast
      return (env) => calculate(op, a(env), b(env))
    }
    case 'in': {
      const inside: Term['run'] = ast.to ? (env) => isBetween(a(env), b(env), c(env)) : (env) => isIn(a(env), b(env))
      return ast.negated ? (env) => not(truthOf(inside(env))) : inside
    }
  }
}

const none: Term['run'] = () => absent

/** `or` stops at the first true, `and` at the first false; otherwise unknown if one part is. */
function firstThat(stop: boolean, parts: readonly Term[], env: Env): Truth {
  let result: Truth = !stop
  for (const part of parts) {
    const truth = truthOf(part.run(env))
    if (truth === stop) return stop
    if (typeof truth !== 'boolean') result = truth
  }
  return result
}

function runName({ name, depth }: Name, constants: ReadonlyMap<string, Value>): Term['run'] {
  if (isBound(name))
    return (env) => {
      const at = envAt(env, depth)
      return at?.outer ? at[name] : outside
    }
  const constant = constants.get(name)
  if (constant !== undefined) return () => constant
  const builtIn = builtInOf.get(name)
  if (builtIn) return (env) => builtIn(env.facts)
  return (env) => env.facts.lookup(name)
}

const isBound = (name: string): name is 'it' | 'index' => name === 'it' || name === 'index'

const outside = new Undetermined('"it" and "index" have a meaning only inside of all and any')

const envAt = (env: Env, depth: number): Env | null => {
  let at: Env | null = env
  for (let i = 0; i < depth && at; i++) at = at.outer
  return at
}

function runCall(ast: Call, parts: readonly Term[]): Term['run'] {
  const [first, second] = parts
  if (ast.name === 'given' && first && parts.length === 1) return runGiven(first)
  if ((ast.name === 'all' || ast.name === 'any') && first && second && parts.length === 2)
    return runEach(ast.name === 'any', first, second)
  const spec = functionOf(ast.name)
  if (!spec)
    throw new Problem('bad-condition', `there is no function ${ast.name}`, { expected: functionNames.join(', ') })
  if (spec.params.length !== parts.length)
    throw new Problem('bad-condition', `${ast.name} has ${spec.params.length} arguments, here it has ${parts.length}`)
  const { run } = spec
  if (first && parts.length === 1) return (env) => run(env.facts, [first.run(env)])
  return (env) =>
    run(
      env.facts,
      parts.map((part) => part.run(env)),
    )
}

/** A name is asked as a name, since an attribute that is left out may have a default; other terms by their value. */
function runGiven(term: Term): Term['run'] {
  const { ast } = term
  if (ast.kind === 'name' && !isBound(ast.name) && !term.constant && !builtInOf.has(ast.name))
    return (env) => env.facts.given(ast.name)
  return (env) => {
    const value = term.run(env)
    return value === absent ? false : isUnknown(value) ? unknown : true
  }
}

function runEach(stop: boolean, list: Term, condition: Term): Term['run'] {
  return (env) => {
    const value = list.run(env)
    if (value === absent) return !stop
    const items = asList(value)
    if (!items) return unknown
    const inner = new Env(env.facts, env)
    let result: Truth = !stop
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? absent
      if (item === absent) continue
      inner.it = item
      inner.index = i
      const truth = truthOf(condition.run(inner))
      if (truth === stop) return stop
      if (typeof truth !== 'boolean') result = truth
    }
    return result
  }
}
