/**
 * Reads one condition as a reviewer would: do its names mean something, do its calls and types fit, is what may be
 * missing guarded, can it be both true and false?
 */

import { profiles } from '../result/catalogue/profiles.ts'
import type { Finding } from '../result/finding.ts'
import { report } from '../result/finding.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import type { Verb } from './checks.ts'
import { type Ast, type Call, children, isBinder, print, walk } from './condition/ast.ts'
import { truthOf } from './condition/compare.ts'
import { compileTerm, Env } from './condition/compile.ts'
import type { Lets } from './condition/expand.ts'
import { functionNames, functionOf, specialForms, type Type } from './condition/functions.ts'
import { parse } from './condition/parse.ts'
import { modelAsNode } from './facts.ts'
import { unguarded } from './lint-guards.ts'
import type { Meaning } from './vocabulary.ts'

/** What a condition may ask at its place. */
export interface Context {
  /** For messages: `Resize`, `every node`, `the model`. */
  readonly owner: string
  readonly names: ReadonlyMap<string, Meaning>
  /** Names outside of `names` are not judged: no schema is known. */
  readonly open: boolean
  readonly lets: Lets
  /** Guards that hold here, as printed calls: `const(W)`, `static(X)`. Grows with each condition. */
  readonly guards: Set<string>
  /** Names that were used, for the lint of unused ones. */
  readonly used: Set<string>
}

const builtInTypes: readonly (readonly [string, Type])[] = [
  ['op', 'string'],
  ['inputs', 'list'],
  ['outputs', 'list'],
  ['since', 'number'],
  ['opset', 'number'],
  ['ir', 'number'],
  ['domain', 'string'],
  ['quantization', 'string'],
  ['qdq', 'boolean'],
  ['window.kernel', 'list'],
  ['window.strides', 'list'],
  ['window.pads', 'list'],
  ['window.dilations', 'list'],
]
export const builtInMeanings: readonly (readonly [string, Meaning])[] = builtInTypes.map(([name, type]) => [
  name,
  { type, always: !name.startsWith('window.') },
])

export interface ConditionLint {
  readonly findings: readonly Finding[]
  /** The truth of a condition that hangs on nothing, else null. */
  readonly always: boolean | null
}

/** Lints one condition. `at` is its place in the file. */
export function lintCondition(
  text: string,
  at: string,
  context: Context,
  verb: Verb | 'number' = 'that',
): ConditionLint {
  let ast: Ast
  try {
    const written = parse(text)
    for (const node of walk(written)) if (node.kind === 'name' || node.kind === 'call') context.used.add(node.name)
    ast = context.lets.expand(written)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return {
      findings: [report(profiles, 'profile/condition', { at, fault: error.message }, { condition: text })],
      always: null,
    }
  }
  const reader = new Reader(at, text, context)
  if (verb === 'number') reader.number(ast)
  else reader.truth(ast, [])
  const always = reader.failed || verb === 'number' ? null : reader.constants(ast)
  reader.guard(ast, verb === 'number' ? 'that' : verb)
  return { findings: reader.findings, always }
}

/** Comparison of two types has a meaning. */
const comparable = (a: Type, b: Type): boolean =>
  a === b ||
  a === 'any' ||
  b === 'any' ||
  ([a, b].every((type) => type === 'version' || type === 'number' || type === 'string') && [a, b].includes('version'))

const noModel = new Env(modelAsNode({ opset: null, ir: null }))

class Reader {
  readonly findings: Finding[] = []
  failed = false

  constructor(
    private readonly at: string,
    private readonly text: string,
    private readonly context: Context,
  ) {}

  private error(id: 'profile/call' | 'profile/type', fault: string, help: string): Type {
    this.failed = true
    this.findings.push(report(profiles, id, { at: this.at, fault, help }, { condition: this.text }))
    return 'any'
  }

  /** The term must be a truth. */
  truth(ast: Ast, bound: readonly Type[]): void {
    const type = this.type(ast, bound)
    if (type === 'boolean' || type === 'any') return
    this.error('profile/type', `${print(ast)} is a ${type}, not true or false`, 'compare it with something')
  }

  number(ast: Ast): void {
    this.expect(ast, 'number', [])
  }

  /** The type of a term; reports what does not fit inside of it. `bound` are the types of `it`, innermost last. */
  private type(ast: Ast, bound: readonly Type[]): Type {
    switch (ast.kind) {
      case 'number':
        return 'number'
      case 'string':
        return 'string'
      case 'boolean':
        return 'boolean'
      case 'name':
        return this.name(ast.name, bound)
      case 'call':
        return this.call(ast, bound)
      case 'list':
        for (const item of ast.items) this.type(item, bound)
        return 'list'
      case 'index':
        this.expect(ast.of, 'list', bound)
        this.expect(ast.by, 'number', bound)
        return this.elementType(ast.of)
      case 'negate':
      case 'arithmetic':
        for (const part of children(ast)) this.expect(part, 'number', bound)
        return 'number'
      case 'not':
      case 'and':
      case 'or':
      case 'implies':
        for (const part of children(ast)) this.truth(part, bound)
        return 'boolean'
      case 'compare': {
        const [a, b] = [this.type(ast.left, bound), this.type(ast.right, bound)]
        if (!comparable(a, b))
          this.error('profile/type', `${print(ast)} compares a ${a} with a ${b}`, this.hintFor(a, b))
        else if (a === 'list' && ast.op !== '==' && ast.op !== '!=')
          this.error('profile/type', `${print(ast)}: lists have no order`, 'compare elements, or use all')
        return 'boolean'
      }
      case 'in': {
        const left = this.type(ast.left, bound)
        if (ast.to) {
          for (const end of [ast.right, ast.to]) {
            const type = this.type(end, bound)
            if (!comparable(left, type))
              this.error('profile/type', `${print(ast)} compares a ${left} with a ${type}`, this.hintFor(left, type))
          }
        } else this.expect(ast.right, 'list', bound)
        return 'boolean'
      }
    }
  }

  private name(name: string, bound: readonly Type[]): Type {
    if (name === 'it' || name === 'index') {
      if (bound.length === 0)
        this.error(
          'profile/call',
          `"${name}" stands outside of all and any`,
          'use it in the second argument of all or any',
        )
      return name === 'index' ? 'number' : (bound.at(-1) ?? 'any')
    }
    const meaning = this.context.names.get(name)
    if (meaning) return meaning.type
    if (this.context.open && !name.includes('.')) return 'any'
    this.failed = true
    const { owner } = this.context
    const close = nearest(name, this.context.names.keys())
    this.findings.push(
      report(profiles, 'profile/unknown-name', { at: this.at, name, owner, close }, { condition: this.text }),
    )
    return 'any'
  }

  private elementType(list: Ast): Type {
    if (list.kind === 'name' && (list.name === 'inputs' || list.name === 'outputs')) return 'tensor'
    if (list.kind === 'call' && list.name === 'shape') return 'number'
    return 'any'
  }

  private call(ast: Call, bound: readonly Type[]): Type {
    const { name, args } = ast
    const [first, second] = args
    const spec = functionOf(name)
    if (!spec && !specialForms.has(name)) {
      const close = nearest(name, functionNames)
      return this.error(
        'profile/call',
        `there is no function ${name}`,
        close === null ? `the functions are ${functionNames.join(', ')}` : `did you mean ${close}?`,
      )
    }
    const wanted = spec?.params.length ?? (isBinder(ast) ? 2 : 1)
    if (args.length !== wanted)
      return this.error('profile/call', `${name} has ${args.length} arguments`, `it takes ${wanted}`)
    if (spec) for (const [i, param] of spec.params.entries()) this.argument(ast, i, param, bound)
    else if (isBinder(ast) && first && second) {
      this.argument(ast, 0, 'list', bound)
      this.truth(second, [...bound, this.elementType(first)])
    } else if (first) this.type(first, bound)
    return spec?.result ?? 'boolean'
  }

  private argument(call: Call, index: number, wanted: Type, bound: readonly Type[]): void {
    const arg = call.args[index]
    if (!arg) return
    const type = this.type(arg, bound)
    if (wanted === 'any' || type === 'any' || type === wanted) return
    const help = this.hintFor(type, wanted)
    this.error('profile/call', `${print(call)}: ${print(arg)} is a ${type}, ${call.name} takes a ${wanted}`, help)
  }

  private expect(ast: Ast, wanted: Type, bound: readonly Type[]): void {
    const type = this.type(ast, bound)
    if (type === wanted || type === 'any') return
    this.error('profile/type', `${print(ast)} is a ${type}, here stands a ${wanted}`, this.hintFor(type, wanted))
  }

  private hintFor(a: Type, b: Type): string {
    if (a === 'tensor' || b === 'tensor')
      return 'ask for a fact of an input or output: rank(x), shape(x), dtype(x), value(x)'
    return 'compare or pass values of one type'
  }

  /** Reports parts that hang on nothing. The truth of the whole, where it does. */
  constants(ast: Ast): boolean | null {
    const parts = ast.kind === 'and' || ast.kind === 'or' ? ast.parts : [ast]
    for (const part of parts) {
      const term = compileTerm(part, new Map())
      const truth = term.constant ? truthOf(term.run(noModel)) : null
      if (typeof truth !== 'boolean') continue
      this.findings.push(
        report(profiles, 'profile/constant', { at: this.at, part: print(part), truth }, { condition: this.text }),
      )
      if (parts.length === 1 || truth === (ast.kind === 'or')) return truth
    }
    return null
  }

  /** Reports what is asked without a guard in this condition or one before it, and keeps the guards of this one. */
  guard(ast: Ast, verb: Verb): void {
    const { names, guards } = this.context
    for (const [what, guard] of unguarded(ast, names, guards, verb !== 'that'))
      this.findings.push(report(profiles, 'profile/unguarded', { at: this.at, what, guard }, { condition: this.text }))
  }
}
