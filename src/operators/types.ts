/** What holds whichever of two types comes: for the branches of an If, the rounds of a Loop, sequences. */
import { dimText } from '../graph/dim.ts'
import { typeString, type ValueType } from '../graph/type.ts'
import { union } from './shapes.ts'

/** Null: they have nothing in common, not even the kind. Differing dimensions become unknown, with `why`. */
export function unionType(a: ValueType | null, b: ValueType | null, why: string): ValueType | null {
  if (!a || !b) return null
  if (a.kind === 'tensor' && b.kind === 'tensor')
    return { kind: 'tensor', dtype: a.dtype === b.dtype ? a.dtype : null, shape: union(a.shape, b.shape, why) }
  if ((a.kind === 'sequence' || a.kind === 'optional') && a.kind === b.kind)
    return { kind: a.kind, element: unionType(a.element, b.element, why) }
  return sameType(a, b) ? a : null
}

/** Whether two types could be the same: nothing that is known of both differs in kind or element type. */
export function compatible(a: ValueType | null, b: ValueType | null): boolean {
  if (!a || !b) return true
  if (a.kind === 'optional' && b.kind !== 'optional') return compatible(a.element, b)
  if (b.kind === 'optional' && a.kind !== 'optional') return compatible(a, b.element)
  if (a.kind === 'tensor' && b.kind === 'tensor') return !a.dtype || !b.dtype || a.dtype === b.dtype
  if ((a.kind === 'sequence' || a.kind === 'optional') && a.kind === b.kind) return compatible(a.element, b.element)
  return a.kind === b.kind
}

export const sameType = (a: ValueType | null, b: ValueType | null): boolean => typeKey(a) === typeKey(b)

const typeKey = (type: ValueType | null): string => {
  if (!type) return '?'
  if (type.kind === 'tensor' || type.kind === 'sparse')
    return `${type.kind} ${type.dtype} ${type.shape ? type.shape.map((dim) => dimText(dim) ?? '?').join() : '-'}`
  if (type.kind === 'sequence' || type.kind === 'optional') return `${type.kind}(${typeKey(type.element)})`
  return typeString(type) ?? type.kind
}
