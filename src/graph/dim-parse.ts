/** Reads a dimension as `dimText` writes it: `4*h4`, `floor((H-1)/2)+1`, `` `batch size`*12 ``. */
import { add, ceilDiv, type Dim, floorDiv, isUnknown, max, min, mod, mul, negate, sub, symbol } from './dim.ts'

type Token = { readonly kind: 'number' | 'name' | 'quoted' | 'sign'; readonly text: string }

const pattern = /\s*(?:(\d+)|([A-Za-z_][A-Za-z0-9_]*)|`((?:[^`\\]|\\.)*)`|(.))/suy

function tokens(text: string): Token[] | null {
  const out: Token[] = []
  pattern.lastIndex = 0
  const trimmed = text.trim()
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed)
    if (!match) return null
    const [, number, name, quoted, sign] = match
    if (number !== undefined) out.push({ kind: 'number', text: number })
    else if (name !== undefined) out.push({ kind: 'name', text: name })
    else if (quoted !== undefined) out.push({ kind: 'quoted', text: quoted.replace(/\\(.)/gsu, '$1') })
    else if (sign && '+-*/(),'.includes(sign)) out.push({ kind: 'sign', text: sign })
    else return null
  }
  return out
}

/** Longer declared names are names, not arithmetic; a bound on the depth of parentheses, too. */
const maxLength = 1000

/** The dimension that `text` says; null where it is no expression. */
export function parseDim(text: string): Dim | null {
  if (text.length > maxLength) return null
  const list = tokens(text)
  if (!list || list.length === 0) return null
  let at = 0
  const take = (sign: string): boolean => {
    if (list[at]?.kind !== 'sign' || list[at]?.text !== sign) return false
    at++
    return true
  }

  function sum(depth: number): Dim | null {
    let left = product(depth)
    while (left !== null) {
      const plus = take('+')
      if (!plus && !take('-')) return left
      const right = product(depth)
      left = right === null ? null : plus ? add(left, right) : sub(left, right)
    }
    return null
  }
  function product(depth: number): Dim | null {
    let left = unary(depth)
    while (left !== null && take('*')) {
      const right = unary(depth)
      left = right === null ? null : mul(left, right)
    }
    return left
  }
  function unary(depth: number): Dim | null {
    if (!take('-')) return primary(depth)
    const operand = unary(depth + 1)
    return operand === null ? null : negate(operand)
  }
  function primary(depth: number): Dim | null {
    if (depth > 50) return null
    const token = list?.[at++]
    if (!token) return null
    if (token.kind === 'number') return Number(token.text)
    if (token.kind === 'quoted') return symbol(token.text)
    if (token.kind === 'name') return take('(') ? callOf(token.text, depth + 1) : symbol(token.text)
    if (token.text !== '(') return null
    const inner = sum(depth + 1)
    return inner !== null && take(')') ? inner : null
  }
  function callOf(name: string, depth: number): Dim | null {
    const args: Dim[] = []
    const divided = name === 'floor' || name === 'ceil'
    do {
      const arg = sum(depth)
      if (arg === null) return null
      args.push(arg)
    } while (take(divided ? '/' : ','))
    const [a, b] = args
    if (!take(')') || a === undefined || b === undefined) return null
    if (name === 'min') return min(...args)
    if (name === 'max') return max(...args)
    if (args.length !== 2) return null
    if (name === 'floor') return floorDiv(a, b)
    if (name === 'ceil') return ceilDiv(a, b)
    return name === 'mod' ? mod(a, b) : null
  }

  const result = sum(0)
  return result === null || at < list.length || isUnknown(result) ? null : result
}

/** A declared dimension name: the expression it says, else the symbol of this name. */
export function declaredDim(name: string): Dim {
  const parsed = parseDim(name)
  return parsed ?? symbol(name)
}
