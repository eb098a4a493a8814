import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  ceilDiv,
  type Dim,
  dimText,
  divideExactly,
  equal,
  floorDiv,
  isKnown,
  isUnknown,
  lowerBound,
  max,
  min,
  mod,
  mul,
  same,
  sub,
  substitute,
  symbol,
  Unknown,
} from '../../src/graph/dim.ts'
import { declaredDim, parseDim } from '../../src/graph/dim-parse.ts'

const n = symbol('N')
const h = symbol('H')

describe('expressions over symbols', () => {
  it('have one text, whatever way they were made', () => {
    expect(dimText(add(n, 1, n))).toBe('2*N + 1')
    expect(dimText(mul(add(n, 1), sub(n, 1)))).toBe('N*N - 1')
    expect(dimText(sub(mul(n, h), mul(h, n)))).toBe(0)
    expect(dimText(mul(n, 12))).toBe('12*N')
  })

  it('divide exactly where they can, and keep a floor where they cannot', () => {
    expect(dimText(floorDiv(mul(n, 12), 4))).toBe('3*N')
    expect(dimText(floorDiv(mul(n, h, 64), mul(h, 8)))).toBe('8*N')
    expect(dimText(add(floorDiv(sub(h, 1), 2), 1))).toBe('floor((H + 1)/2)')
    expect(dimText(floorDiv(add(mul(n, 4), 6), 4))).toBe('N + 1')
    expect(divideExactly(add(mul(n, n), mul(n, h)), n)).toEqual(add(n, h))
    expect(dimText(mod(mul(n, 8), 4))).toBe(0)
  })

  it('fold nested halvings into one', () => {
    const half = (dim: Dim) => floorDiv(sub(dim, 1), 2)
    const twice = add(half(add(half(h), 1)), 1)
    expect(dimText(substitute(twice, () => 224))).toBe(56)
    expect(dimText(twice)).toBe('floor((H + 3)/4)')
  })

  it('know that a limit is no more than what it limits', () => {
    expect(dimText(max(n, min(n, 128)))).toBe('N')
    expect(dimText(min(n, max(n, h)))).toBe('N')
    expect(dimText(max(n, min(h, 128)))).toBe('max(N, min(128, H))')
  })

  it('compare in three values', () => {
    expect(same(n, n)).toBe(true)
    expect(same(n, add(n, 1))).toBe(false)
    expect(same(n, h)).toBeNull()
    expect(same(n, 1)).toBeNull()
    expect(same(new Unknown('a'), new Unknown('a'))).toBeNull()
  })

  it('pass on why something is unknown', () => {
    const unknown = add(n, new Unknown('the number of boxes is known only when it runs'))
    expect(isUnknown(unknown) && unknown.why).toContain('boxes')
    expect(isUnknown(floorDiv(n, 0))).toBe(true)
  })

  it('write names that are no identifiers in backticks', () => {
    expect(dimText(symbol('batch size'))).toBe('`batch size`')
    expect(dimText(symbol('x.0'))).toBe('`x.0`')
    expect(dimText(symbol('floor'))).toBe('`floor`')
  })
})

describe('declared names', () => {
  it.each([
    ['N', 'N'],
    ['4*h4', '4*h4'],
    ['floor((H-1)/2)+1', 'floor((H + 1)/2)'],
    ['batch size', '`batch size`'],
    ['past+1', 'past + 1'],
    ['a//b', '`a//b`'],
    ['max(0, N)', 'N'],
    ['max(1, N)', 'max(1, N)'],
    ['min(10, M)', 'min(10, M)'],
    ['unk__6', 'unk__6'],
  ])('%s is %s', (name, text) => {
    expect(dimText(declaredDim(name))).toBe(text)
  })

  it('are bounded in length and depth', () => {
    expect(parseDim('('.repeat(900))).toBeNull()
    expect(parseDim(`${'N+'.repeat(5000)}1`)).toBeNull()
  })
})

type Op = (...dims: Dim[]) => Dim
const ops: readonly (readonly [string, Op, (a: number, b: number) => number])[] = [
  ['add', add, (a, b) => a + b],
  ['sub', sub as Op, (a, b) => a - b],
  ['mul', mul, (a, b) => a * b],
  ['floor', floorDiv as Op, (a, b) => Math.floor(a / b)],
  ['ceil', ceilDiv as Op, (a, b) => Math.ceil(a / b)],
  ['mod', mod as Op, (a, b) => a - Math.floor(a / b) * b],
  ['min', min, (a, b) => Math.min(a, b)],
  ['max', max, (a, b) => Math.max(a, b)],
]
type Tree = number | 'N' | 'H' | readonly [number, Tree, Tree]
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -9, max: 40 }),
    fc.constantFrom<Tree>('N', 'H'),
    fc.tuple(fc.nat(ops.length - 1), tie('tree'), tie('tree')),
  ),
})).tree
const build = (t: Tree): Dim =>
  typeof t === 'number' ? t : t === 'N' ? n : t === 'H' ? h : (ops[t[0]]?.[1](build(t[1]), build(t[2])) ?? 0)
const work = (t: Tree, N: number, H: number): number =>
  typeof t === 'number' ? t : t === 'N' ? N : t === 'H' ? H : (ops[t[0]]?.[2](work(t[1], N, H), work(t[2], N, H)) ?? 0)

it('every expression gives what arithmetic gives, before and after it was written and read', () => {
  fc.assert(
    fc.property(tree, fc.nat(300), fc.nat(300), (t, N, H) => {
      const dim = build(t)
      const want = work(t, N, H)
      if (isUnknown(dim) || !Number.isSafeInteger(want)) return
      const values = new Map([
        ['N', N],
        ['H', H],
      ])
      const got = substitute(dim, (name) => values.get(name))
      expect(isKnown(got) ? got + 0 : dimText(got)).toBe(want + 0)
      const text = dimText(dim)
      const again = typeof text === 'string' ? parseDim(text) : text
      expect(again !== null && dimText(substitute(again, (name) => values.get(name)))).toBe(want + 0)
      expect(lowerBound(dim)).toBeLessThanOrEqual(want)
      expect(equal(dim, dim)).toBe(true)
    }),
    { numRuns: 2000, seed: 7 },
  )
})

it('a symbol of any name is read as it was written', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('floor', 'a`b', 'a\\', '`', '\\`', '__proto__', 'batch size', '\\x80'),
  )
  fc.assert(
    fc.property(name, name, (a, b) => {
      const dim = floorDiv(add(mul(symbol(a), symbol(b)), symbol(a), -1), add(symbol(b), symbol(a)))
      const text = dimText(dim)
      expect(dimText(parseDim(String(text)) ?? new Unknown('no expression'))).toBe(text)
    }),
    { numRuns: 500, seed: 7 },
  )
})
