/**
 * Dimensions and symbolic integer arithmetic.
 *
 * A dimension is a number, an expression over symbols, or unknown with a reason. Expressions are polynomials with
 * integer coefficients over atoms (symbols and calls of floor, ceil, mod, min, max), kept in one normal form, so
 * that equal expressions have equal text. Symbols stand for sizes: they are at least 0.
 */

export type Dim = number | Expr | Unknown

/** Not known, and why. Two unknowns are never equal. */
export class Unknown {
  constructor(readonly why: string) {}
}

type Call = 'floor' | 'ceil' | 'mod' | 'min' | 'max'

/** A symbol, or a call that cannot be worked out: `floor(a/b)`, `mod(a,b)`, `min(a,b)`. */
type Atom = { readonly text: string; readonly symbol?: string; readonly call?: Call; readonly args?: readonly Dim[] }

/** Product of atoms, sorted by text, with its integer coefficient. */
interface Term {
  readonly atoms: readonly Atom[]
  readonly coefficient: number
}

/** A polynomial in normal form. Never a plain number: those are numbers. */
export class Expr {
  /** The normal form as text; equal text means equal expression. */
  readonly text: string
  constructor(readonly terms: readonly Term[]) {
    this.text = termsText(terms)
  }
  toString(): string {
    return this.text
  }
}

export const isKnown = (dim: Dim): dim is number => typeof dim === 'number'
export const isUnknown = (dim: Dim): dim is Unknown => dim instanceof Unknown
export const isSymbolic = (dim: Dim): dim is Expr => dim instanceof Expr

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The symbol `name`. */
export const symbol = (name: string): Expr =>
  new Expr([{ atoms: [{ text: symbolText(name), symbol: name }], coefficient: 1 }])

const reserved = new Set(['floor', 'ceil', 'mod', 'min', 'max'])
const symbolText = (name: string): string =>
  identifier.test(name) && !reserved.has(name) ? name : `\`${name.replace(/[`\\]/g, '\\$&')}\``

/** `4*h4 + 1`, or null for an unknown dimension: how the JSON writes it. */
export const dimText = (dim: Dim): number | string | null =>
  typeof dim === 'number' ? dim : dim instanceof Expr ? dim.text : null

const termText = ({ atoms, coefficient }: Term): string => {
  const factors = atoms.map((atom) => atom.text).join('*')
  if (factors === '') return String(coefficient)
  if (coefficient === 1) return factors
  return coefficient === -1 ? `-${factors}` : `${coefficient}*${factors}`
}

function termsText(terms: readonly Term[]): string {
  let text = ''
  for (const term of terms) {
    const part = termText(term)
    text += text === '' ? part : part.startsWith('-') ? ` - ${part.slice(1)}` : ` + ${part}`
  }
  return text
}

/** An expression longer than this is not worth carrying: it becomes unknown. */
const maxTerms = 64
/** Nor one with a product of more factors, more arguments of min and max, or a longer text: each step may double it. */
const maxFactors = 16
const maxArguments = 16
const maxText = 4000
const tooLong = () => new Unknown('the expression of this size is too long')

const key = (term: Term): string => term.atoms.map((atom) => atom.text).join('*')

/** Brings terms into normal form: like terms added, zero terms dropped, constant last. */
function normal(terms: readonly Term[]): Dim {
  const sums = new Map<string, Term>()
  for (const term of terms) {
    const k = key(term)
    const before = sums.get(k)
    sums.set(k, before ? { atoms: term.atoms, coefficient: before.coefficient + term.coefficient } : term)
  }
  const kept = [...sums.values()].filter((term) => term.coefficient !== 0)
  if (kept.length === 0) return 0
  if (kept.length === 1 && kept[0]?.atoms.length === 0) return kept[0].coefficient
  if (kept.length > maxTerms) return new Unknown('the expression of this size has too many terms')
  if (kept.some((term) => term.atoms.length > maxFactors || !Number.isSafeInteger(term.coefficient))) return tooLong()
  if (kept.length > 1) kept.sort((a, b) => b.atoms.length - a.atoms.length || (key(a) < key(b) ? -1 : 1))
  return short(new Expr(kept))
}

const short = (dim: Expr): Expr | Unknown => (dim.text.length > maxText ? tooLong() : dim)

const termsOf = (dim: number | Expr): readonly Term[] =>
  typeof dim === 'number' ? [{ atoms: [], coefficient: dim }] : dim.terms

/** The first unknown operand, if any: it makes the result unknown, too. */
const unknownOf = (...dims: readonly Dim[]): Unknown | undefined => dims.find(isUnknown)

export function add(...dims: readonly Dim[]): Dim {
  let numbers = 0
  let open: Expr[] | undefined
  for (const dim of dims) {
    if (isUnknown(dim)) return dim
    if (isKnown(dim)) numbers += dim
    else if (open) open.push(dim)
    else open = [dim]
  }
  if (!open) return numbers
  const [first] = open
  if (first && open.length === 1 && numbers === 0) return first
  return normal([...open.flatMap(termsOf), ...termsOf(numbers)])
}

export const negate = (dim: Dim): Dim => mul(-1, dim)
export const sub = (a: Dim, b: Dim): Dim => add(a, negate(b))

export function mul(...dims: readonly Dim[]): Dim {
  let numbers = 1
  let unknown: Unknown | undefined
  let first: Expr | undefined
  let others: Expr[] | undefined
  for (const dim of dims) {
    // Nothing times anything is nothing, even where the other is unknown.
    if (dim === 0) return 0
    if (isKnown(dim)) numbers *= dim
    else if (isUnknown(dim)) unknown ??= dim
    else if (!first) first = dim
    else if (others) others.push(dim)
    else others = [dim]
  }
  if (unknown) return unknown
  if (!first) return numbers
  const multiple = scale(first, numbers)
  return !others || isUnknown(multiple) ? multiple : multiplyOut(multiple, others)
}

/** A multiple by a number other than 0 keeps the order of the terms, and so the normal form. */
function scale(dim: Expr, factor: number): Expr | Unknown {
  if (factor === 1) return dim
  const terms = dim.terms.map(({ atoms, coefficient }) => ({ atoms, coefficient: coefficient * factor }))
  return terms.every((term) => Number.isSafeInteger(term.coefficient)) ? short(new Expr(terms)) : tooLong()
}

function multiplyOut(first: Expr, others: readonly Expr[]): Dim {
  let terms = first.terms
  for (const dim of others) {
    const next: Term[] = []
    for (const a of terms) for (const b of dim.terms) next.push(timesTerm(a, b))
    if (next.length > maxTerms * 4) return new Unknown('the expression of this size has too many terms')
    if (next.some((term) => term.atoms.length > maxFactors)) return tooLong()
    terms = next
  }
  return normal(terms)
}

const byText = (a: Atom, b: Atom): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)
const timesTerm = (a: Term, b: Term): Term => ({
  atoms: [...a.atoms, ...b.atoms].sort(byText),
  coefficient: a.coefficient * b.coefficient,
})

/** The number of elements of a shape. */
export function product(dims: readonly Dim[]): Dim {
  let numbers = 1
  let rest: Dim = 1
  for (const dim of dims) {
    if (dim === 0) return 0
    if (isKnown(dim)) numbers *= dim
    else rest = mul(rest, dim)
  }
  return rest === 1 ? numbers : mul(numbers, rest)
}

/** `a / b` where it comes out even for every value of the symbols, else null. */
export function divideExactly(a: Dim, b: Dim): Dim | null {
  if (isUnknown(a) || isUnknown(b) || b === 0) return null
  if (isKnown(a) && isKnown(b)) return a % b === 0 ? a / b + 0 : null
  if (isSymbolic(a) && isSymbolic(b) && a.text === b.text) return 1
  const divisors = termsOf(b)
  const divisor = divisors[0]
  if (divisors.length !== 1 || !divisor) return quotientByGuess(a, b)
  const terms: Term[] = []
  for (const term of termsOf(a)) {
    const atoms = [...term.atoms]
    for (const atom of divisor.atoms) {
      const at = atoms.findIndex((candidate) => candidate.text === atom.text)
      if (at < 0) return null
      atoms.splice(at, 1)
    }
    if (term.coefficient % divisor.coefficient !== 0) return null
    terms.push({ atoms, coefficient: term.coefficient / divisor.coefficient })
  }
  return normal(terms)
}

/** Division by a sum: the quotient is a single term if there is one, found from the leading terms and checked. */
function quotientByGuess(a: Dim, b: Dim): Dim | null {
  if (!isSymbolic(a) || !isSymbolic(b)) return null
  const lead = b.terms[0]
  if (!lead) return null
  for (const term of a.terms) {
    const candidate = divideExactly(normal([term]), normal([lead]))
    if (candidate !== null && equal(mul(candidate, b), a)) return candidate
  }
  return null
}

function call(name: Call, args: readonly Dim[]): Dim {
  if (args.length > maxArguments) return tooLong()
  const texts = args.map((arg) => (typeof arg === 'number' ? String(arg) : (arg as Expr).text))
  const [a = '', b = ''] = args.map((arg, i) => {
    const text = texts[i] ?? ''
    const simple =
      typeof arg === 'number' ? arg >= 0 : isSymbolic(arg) && arg.terms.length === 1 && !text.startsWith('-')
    return simple && !(i === 1 && text.includes('*')) ? text : `(${text})`
  })
  const text = name === 'floor' || name === 'ceil' ? `${name}(${a}/${b})` : `${name}(${texts.join(', ')})`
  return text.length > maxText ? tooLong() : new Expr([{ atoms: [{ text, call: name, args }], coefficient: 1 }])
}

/** Splits `a` into the part that `b` divides and the rest: floor((b*x + r)/b) = x + floor(r/b). */
function split(a: Dim, b: number): [Dim, Dim] {
  const whole: Term[] = []
  const rest: Term[] = []
  for (const term of termsOf(a as number | Expr)) {
    if (term.atoms.length > 0 && term.coefficient % b === 0) whole.push({ ...term, coefficient: term.coefficient / b })
    else if (term.atoms.length === 0) {
      const quotient = Math.floor(term.coefficient / b)
      whole.push({ atoms: [], coefficient: quotient })
      rest.push({ atoms: [], coefficient: term.coefficient - quotient * b })
    } else rest.push(term)
  }
  return [normal(whole), normal(rest)]
}

export function floorDiv(a: Dim, b: Dim): Dim {
  if (isKnown(a) && isKnown(b) && b !== 0) return Math.floor(a / b) + 0
  const unknown = unknownOf(a, b)
  if (unknown) return unknown
  if (b === 0) return new Unknown('division by zero in shape arithmetic')
  if (b === 1) return a
  const exact = divideExactly(a, b)
  if (exact !== null) return exact
  if (isKnown(b) && b > 0) {
    const [whole, rest] = split(a, b)
    if (isKnown(rest)) return add(whole, Math.floor(rest / b))
    const nested = nestedFloor(rest, b)
    if (nested) return add(whole, nested)
    return add(whole, call('floor', [rest, b]))
  }
  return call('floor', [a, b])
}

/** floor((floor(x/a) + r)/b) = floor((x + a*r)/(a*b)) for whole r and positive a, b. */
function nestedFloor(rest: Dim, b: number): Dim | null {
  if (!isSymbolic(rest)) return null
  const inner = rest.terms.find((term) => term.atoms.length === 1 && term.atoms[0]?.call === 'floor')
  const atom = inner?.atoms[0]
  if (!inner || !atom || inner.coefficient !== 1) return null
  const [x, a] = atom.args ?? []
  if (x === undefined || !isKnown(a ?? 0) || typeof a !== 'number' || a <= 0) return null
  const others = normal(rest.terms.filter((term) => term !== inner))
  if (!isKnown(others)) return null
  return floorDiv(add(x, a * others), a * b)
}

export function ceilDiv(a: Dim, b: Dim): Dim {
  if (isKnown(b) && b > 0) return floorDiv(add(a, b - 1), b)
  const unknown = unknownOf(a, b)
  if (unknown) return unknown
  if (b === 0) return new Unknown('division by zero in shape arithmetic')
  if (isKnown(a) && isKnown(b)) return Math.ceil(a / b) + 0
  return divideExactly(a, b) ?? call('ceil', [a, b])
}

/** Remainder with the sign of the divisor, as ONNX's Mod for integers. */
export function mod(a: Dim, b: Dim): Dim {
  const unknown = unknownOf(a, b)
  if (unknown) return unknown
  if (b === 0) return new Unknown('division by zero in shape arithmetic')
  if (isKnown(a) && isKnown(b)) return a - Math.floor(a / b) * b + 0
  if (divideExactly(a, b) !== null) return 0
  if (isKnown(b) && b > 0) {
    const [, rest] = split(a, b)
    return isKnown(rest) ? rest : call('mod', [rest, b])
  }
  return call('mod', [a, b])
}

const extreme = (name: 'min' | 'max', dims: readonly Dim[]): Dim => {
  const unknown = unknownOf(...dims)
  if (unknown) return unknown
  const numbers = dims.filter(isKnown)
  const kept = new Map<string, Dim>()
  for (const dim of dims) {
    if (isKnown(dim)) continue
    const atom = isSymbolic(dim) && dim.terms.length === 1 && dim.terms[0]?.coefficient === 1 ? dim.terms[0].atoms : []
    const nested = atom.length === 1 && atom[0]?.call === name ? (atom[0].args ?? []) : [dim]
    for (const part of nested)
      if (isKnown(part)) numbers.push(part)
      else kept.set((part as Expr).text, part)
  }
  let parts = [...kept.values()]
  if (parts.length > maxArguments) return tooLong()
  if (numbers.length > 0) {
    const bound = name === 'min' ? Math.min(...numbers) : Math.max(...numbers)
    if (parts.length === 0) return bound
    if (parts.every((part) => lowerBound(part) >= bound)) {
      if (name === 'min') return bound
    } else parts.push(bound)
  }
  parts = parts.filter((part) => !parts.some((other) => other !== part && beats(name, other, part)))
  if (parts.length === 1) return parts[0] as Dim
  parts.sort((a, b) => (String(dimText(a)) < String(dimText(b)) ? -1 : 1))
  return call(name, parts)
}

/** Whether `a` wins over `b` for every value of the symbols: max(N, min(N, 128)) is N. */
const beats = (name: 'min' | 'max', a: Dim, b: Dim): boolean =>
  lowerBound(name === 'max' ? sub(a, b) : sub(b, a)) >= 0 || bounds(name === 'max' ? 'min' : 'max', a, b)

/** Whether `b` is the call `name` of `a` and others, and so never beyond `a`. */
function bounds(name: 'min' | 'max', a: Dim, b: Dim): boolean {
  if (!isSymbolic(b) || b.terms.length !== 1) return false
  const [term] = b.terms
  const [atom] = term?.atoms ?? []
  if (!term || !atom || term.coefficient !== 1 || term.atoms.length !== 1 || atom.call !== name) return false
  return (atom.args ?? []).some((arg) => equal(arg, a))
}

export const min = (...dims: readonly Dim[]): Dim => extreme('min', dims)
export const max = (...dims: readonly Dim[]): Dim => extreme('max', dims)

/** A number that the dimension never falls below, given that symbols are at least 0. -Infinity: none known. */
export function lowerBound(dim: Dim): number {
  if (isKnown(dim)) return dim
  if (isUnknown(dim)) return Number.NEGATIVE_INFINITY
  let bound = 0
  for (const { atoms, coefficient } of dim.terms) {
    if (atoms.length === 0) {
      bound += coefficient
      continue
    }
    if (coefficient < 0) return Number.NEGATIVE_INFINITY
    const low = atoms.reduce((product, atom) => product * Math.max(atomBound(atom), -1), 1)
    if (atoms.some((atom) => atomBound(atom) < 0)) return Number.NEGATIVE_INFINITY
    bound += coefficient * low
  }
  return bound
}

function atomBound(atom: Atom): number {
  if (atom.symbol !== undefined) return 0
  const [a = 0, b = 1] = atom.args ?? []
  switch (atom.call) {
    case 'floor':
      return isKnown(b) && b > 0 ? Math.floor(lowerBound(a) / b) : Number.NEGATIVE_INFINITY
    case 'ceil':
      return isKnown(b) && b > 0 ? Math.ceil(lowerBound(a) / b) : Number.NEGATIVE_INFINITY
    case 'mod':
      return isKnown(b) && b > 0 ? 0 : Number.NEGATIVE_INFINITY
    case 'min':
      return Math.min(...(atom.args ?? []).map(lowerBound))
    case 'max':
      return Math.max(...(atom.args ?? []).map(lowerBound))
    default:
      return Number.NEGATIVE_INFINITY
  }
}

/** Equal for every value of the symbols: true, false, or null where it depends on them or is unknown. */
export function same(a: Dim, b: Dim): boolean | null {
  if (isUnknown(a) || isUnknown(b)) return null
  if (isKnown(a) && isKnown(b)) return a === b
  const difference = sub(a, b)
  if (isKnown(difference)) return difference === 0
  return lowerBound(difference) > 0 || lowerBound(negate(difference)) > 0 ? false : null
}

/** Certainly equal. */
export const equal = (a: Dim, b: Dim): boolean => same(a, b) === true

/** Puts numbers or other dimensions in the place of symbols. */
export function substitute(dim: Dim, sizeOf: (symbol: string) => Dim | undefined): Dim {
  if (!isSymbolic(dim)) return dim
  return add(
    ...dim.terms.map(({ atoms, coefficient }) =>
      mul(coefficient, ...atoms.map((atom) => substituteAtom(atom, sizeOf))),
    ),
  )
}

function substituteAtom(atom: Atom, sizeOf: (symbol: string) => Dim | undefined): Dim {
  if (atom.symbol !== undefined) return sizeOf(atom.symbol) ?? symbol(atom.symbol)
  const args = (atom.args ?? []).map((arg) => substitute(arg, sizeOf))
  const [a = 0, b = 1] = args
  switch (atom.call) {
    case 'floor':
      return floorDiv(a, b)
    case 'ceil':
      return ceilDiv(a, b)
    case 'mod':
      return mod(a, b)
    case 'min':
      return min(...args)
    default:
      return max(...args)
  }
}

/** The names of all symbols in a dimension. */
export function symbolsOf(dim: Dim, into = new Set<string>()): Set<string> {
  if (isSymbolic(dim))
    for (const { atoms } of dim.terms)
      for (const atom of atoms) {
        if (atom.symbol !== undefined) into.add(atom.symbol)
        for (const arg of atom.args ?? []) symbolsOf(arg, into)
      }
  return into
}
