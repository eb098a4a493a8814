/** Values as text for explanations, and as plain data for findings. */
import { absent, asList, Float32, isTensor, Literal, Symbolic, Undetermined, type Value, Version } from './value.ts'

/** Longer texts are cut: names and attribute values come from the file. */
const maxText = 80
/** More elements of a list are counted, not printed. */
const maxItems = 8

const clip = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)

/** The shortest decimal that is this float32. */
function float32Text(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

/** `'cubic'`, `[1, N, 224]`, `2^40`, `not given`. */
export function format(value: Value): string {
  if (typeof value === 'string') return `'${clip(value)}'`
  if (value instanceof Float32) return float32Text(value.value)
  if (value instanceof Literal) return value.text ?? String(value.value)
  if (value instanceof Version) return value.text
  if (value === absent) return 'not given'
  if (value instanceof Symbolic) return clip(value.text ?? '?')
  if (value instanceof Undetermined) return '?'
  if (isTensor(value)) return `"${clip(value.name)}"`
  const items = asList(value)
  if (!items) return String(value)
  const shown = items.slice(0, maxItems).map(format)
  if (items.length > maxItems) shown.push(`… ${items.length} in all`)
  return `[${shown.join(', ')}]`
}

/** The same as JSON can hold it: null for what is absent or not known. */
export function plain(value: Value): unknown {
  if (typeof value === 'string') return clip(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Float32) return Number(float32Text(value.value))
  if (value instanceof Literal) return typeof value.value === 'bigint' ? String(value.value) : value.value
  if (value instanceof Version) return value.text
  if (value instanceof Symbolic) return value.text && clip(value.text)
  if (value === absent || value instanceof Undetermined) return null
  if (isTensor(value)) return clip(value.name)
  const items = asList(value)
  if (!items) return value
  return items.slice(0, maxItems).map(plain)
}
