/** Whether a registered row fits a node: version ranges and element types, as in ONNX Runtime's kernel registry. */
import { absent, asList, isUnknown, type Truth, unknown, type Value } from './condition/value.ts'
import type { KernelRow } from './profile.ts'

export function versionMatches({ since: [from, to] }: KernelRow, since: number | null): boolean {
  if (since === null) return false
  return to === null ? since === from : since >= from && since <= to
}

type Match = (type: string, allowed: readonly string[]) => boolean
export const plainMatch: Match = (type, allowed) => allowed.includes(type)
export const withCasts: Match = (type, allowed) =>
  plainMatch(type === 'float16' ? 'float32' : type, allowed) || plainMatch(type, allowed)

/** All element types that the parameter is bound to are allowed; one that the schema does not have is free. */
export function typeMatches(value: Value, allowed: readonly string[], allows = plainMatch): Truth {
  if (value === absent) return true
  const types = asList(value)
  if (!types) return isUnknown(value) ? unknown : false
  let result: Truth = true
  for (const type of types) {
    if (isUnknown(type)) result = unknown
    else if (typeof type !== 'string' || !allows(type, allowed)) return false
  }
  return result
}
