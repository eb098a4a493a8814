/** Values of flags: what was asked, what was found, what to write instead. */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'

const wrong = (flag: string, value: string, expected: string, example: string): Problem =>
  new Problem('bad-flag', `--${flag} ${value}: ${expected}`, { expected, fix: `for example: ${example}` })

/** `name=value`, split at the last `=`: names of a model may hold one. */
function assignment(flag: string, text: string, example: string): [string, string] {
  const at = text.lastIndexOf('=')
  if (at <= 0) throw wrong(flag, text, 'a name, =, and a value are expected', example)
  return [text.slice(0, at).replace(/^`(.*)`$/s, '$1'), text.slice(at + 1).trim()]
}

type Into<T> = ReadonlyMap<string, T>

/** `--dim N=1` */
export function dim(text: string, before: Into<number> = new Map()): Into<number> {
  const example = '--dim N=1'
  const [name, value] = assignment('dim', text, example)
  const size = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(size))
    throw wrong('dim', text, `a size is a whole number, not '${value}'`, example)
  return new Map(before).set(name, size)
}

/** `--input-shape x=1,3,H,W` */
export function inputShape(text: string, before: Into<(number | string)[]> = new Map()): Into<(number | string)[]> {
  const example = '--input-shape x=1,3,224,224'
  const [name, value] = assignment('input-shape', text, example)
  const inner = value.replace(/^\[(.*)\]$/s, '$1').trim()
  const dims = (inner === '' ? [] : inner.split(',')).map((part) => {
    const one = part.trim()
    if (/^\d+$/.test(one) && Number.isSafeInteger(Number(one))) return Number(one)
    if (one === '' || /^[-+.\d]/.test(one))
      throw wrong('input-shape', text, `a dimension is a whole number or a name, not '${one}'`, example)
    return one.replace(/^`(.*)`$/s, '$1')
  })
  return new Map(before).set(name, dims)
}

/** `--input-value shape=[1,3]` */
export function inputValue(text: string, before: Into<(number | bigint)[]> = new Map()): Into<(number | bigint)[]> {
  const example = '--input-value shape=[1,3]'
  const [name, value] = assignment('input-value', text, example)
  const inner = value.replace(/^\[(.*)\]$/s, '$1').trim()
  const elements = (inner === '' ? [] : inner.split(',')).map((part) => {
    const one = part.trim()
    if (!/^-?\d+$/.test(one)) throw wrong('input-value', text, `values are whole numbers, not '${one}'`, example)
    const exact = BigInt(one)
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact
  })
  return new Map(before).set(name, elements)
}

/** `--custom-op com.acme::Frobnicate` */
export function customOp(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[^:]+::[^:]+$/.test(text))
    throw wrong('custom-op', text, 'a domain, ::, and an operator are expected', '--custom-op com.acme::Frobnicate')
  return [...before, text]
}

/** Any flag that repeats. */
export const each = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** One of a few words. */
export const oneOf =
  <Word extends string>(flag: string, words: readonly Word[]) =>
  (text: string): Word => {
    const found = words.find((word) => word === text)
    if (found !== undefined) return found
    const near = nearest(text, words)
    const expected = `one of ${words.join(', ')} is expected`
    throw new Problem('bad-flag', `--${flag} ${text}: ${expected}`, {
      expected,
      fix: near ? `did you mean --${flag} ${near}?` : `for example: --${flag} ${words[0]}`,
    })
  }

/** `--min-coverage 90`, `90%` */
export function percentage(text: string): number {
  const value = Number(text.replace(/%$/, ''))
  if (!/^\d+(\.\d+)?%?$/.test(text) || value > 100)
    throw wrong('min-coverage', text, 'a percentage from 0 to 100 is expected', '--min-coverage 90')
  return value
}

/** `--max-partitions 3` */
export function partitionCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw wrong('max-partitions', text, 'a whole number is expected', '--max-partitions 3')
  return Number(text)
}
