/** Multiply-accumulates of an operator from the sizes that they are a product of. */
import { add, type Dim, isUnknown, product } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'

/** The product of these sizes; null where one of them is not known. */
export function macsOf(...sizes: readonly (Dim | null | undefined)[]): Dim | null {
  const known: Dim[] = []
  for (const size of sizes) {
    if (size === null || size === undefined || isUnknown(size)) return null
    known.push(size)
  }
  const macs = product(known)
  return isUnknown(macs) ? null : macs
}

/** Elements of a shape, as a factor of `macsOf`. */
export const elementsOf = (shape: Shape | null): Dim | null => shape && product(shape)

/** The sum of costs; null where one of them is not known. */
export function macsSum(...parts: readonly (Dim | null)[]): Dim | null {
  const known = parts.filter((part) => part !== null)
  if (known.length < parts.length) return null
  const sum = add(0, ...known)
  return isUnknown(sum) ? null : sum
}
