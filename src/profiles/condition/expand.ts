/**
 * Puts the bodies of shared conditions (`let`) in the place of their calls, so that what is evaluated and explained
 * has only facts in it. Arguments keep their meaning: an `it` inside of one is that of the place of the call.
 */
import { Problem } from '../../result/problem.ts'
import { type Ast, children, isBinder, withChildren } from './ast.ts'
import { keywords, parse } from './parse.ts'

interface Let {
  readonly name: string
  readonly params: readonly string[]
  readonly body: Ast
}

/** More nodes than this after expansion are refused: conditions that double each other would grow without end. */
const maxNodes = 5000

const signature = /^([A-Za-z_][A-Za-z0-9_]*)(?:\(\s*([A-Za-z_][A-Za-z0-9_]*(?:\s*,\s*[A-Za-z_][A-Za-z0-9_]*)*)\s*\))?$/

/** `"one(t)": "const(t) and …"` */
function parseLet(head: string, text: string): Let {
  const [, name, params] = signature.exec(head) ?? []
  if (name === undefined || keywords.has(name))
    throw new Problem('bad-let', `let ${JSON.stringify(head.slice(0, 100))} is not a name, or a name with arguments`, {
      expected: 'such as "large" or "one(t)"',
    })
  return { name, params: params?.split(',').map((param) => param.trim()) ?? [], body: parse(text) }
}

export class Lets {
  private readonly byName = new Map<string, Let>()

  /** From the `let` object of a profile. */
  constructor(lets: Readonly<Record<string, string>>) {
    for (const [head, text] of Object.entries(lets)) {
      const shared = parseLet(head, text)
      this.byName.set(shared.name, shared)
    }
  }

  get(name: string): Let | undefined {
    return this.byName.get(name)
  }

  all(): readonly Let[] {
    return [...this.byName.values()]
  }

  /** The condition without calls of shared conditions. Throws for a cycle, a wrong number of arguments, and bombs. */
  expand(ast: Ast): Ast {
    let nodes = 0
    const visit = (node: Ast, args: ReadonlyMap<string, Ast>, binders: number, open: readonly string[]): Ast => {
      if (++nodes > maxNodes)
        throw new Problem('bad-let', `shared conditions expand to more than ${maxNodes} terms`, {
          fix: 'share less: a let that uses another one twice doubles it',
        })
      const arg = node.kind === 'name' && node.depth === 0 ? args.get(node.name) : undefined
      if (arg) {
        nodes += sizeOf(arg)
        return shift(arg, binders)
      }
      const shared = node.kind === 'name' || node.kind === 'call' ? this.byName.get(node.name) : undefined
      if (shared && (node.kind === 'call' || shared.params.length === 0))
        return body(shared, node.kind === 'call' ? node.args : [], args, binders, open)
      const inner = isBinder(node) ? 1 : 0
      const parts = children(node)
      if (parts.length === 0) return node
      return withChildren(
        node,
        parts.map((part, i) => visit(part, args, binders + (i === 1 ? inner : 0), open)),
      )
    }
    const body = (
      shared: Let,
      given: readonly Ast[],
      args: ReadonlyMap<string, Ast>,
      binders: number,
      open: readonly string[],
    ): Ast => {
      if (open.includes(shared.name))
        throw new Problem('bad-let', `let ${[...open, shared.name].join(' → ')} goes round in a circle`)
      if (given.length !== shared.params.length)
        throw new Problem(
          'bad-let',
          `${shared.name} is called with ${given.length} arguments, its let has ${shared.params.length}`,
        )
      const bound = new Map<string, Ast>()
      for (const [i, param] of shared.params.entries()) {
        const arg = given[i]
        if (arg) bound.set(param, visit(arg, args, binders, open))
      }
      return visit(shared.body, bound, 0, [...open, shared.name])
    }
    return visit(ast, new Map(), 0, [])
  }
}

function sizeOf(ast: Ast): number {
  return children(ast).reduce((sum, child) => sum + sizeOf(child), 1)
}

/** The free `it` and `index` of an argument, seen from inside `by` more `all`/`any`. */
function shift(ast: Ast, by: number, bound = 0): Ast {
  if (by === 0) return ast
  if (ast.kind === 'name')
    return (ast.name === 'it' || ast.name === 'index') && ast.depth >= bound ? { ...ast, depth: ast.depth + by } : ast
  const inner = isBinder(ast) ? 1 : 0
  const parts = children(ast)
  return parts.length === 0
    ? ast
    : withChildren(
        ast,
        parts.map((part, i) => shift(part, by, bound + (i === 1 ? inner : 0))),
      )
}
