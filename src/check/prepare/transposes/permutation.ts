/** Permutations of axes: output axis `i` of a Transpose is input axis `perm[i]`. */

export type Permutation = readonly number[]

export function inverse(perm: Permutation): number[] {
  const inverted = new Array<number>(perm.length)
  perm.forEach((axis, i) => {
    inverted[axis] = i
  })
  return inverted
}

/** First `a`, then `b`. */
export const compose = (a: Permutation, b: Permutation): number[] => b.map((axis) => a[axis] ?? 0)

export const isIdentity = (perm: Permutation): boolean => perm.every((axis, i) => axis === i)

export const areEqual = (a: Permutation, b: Permutation): boolean =>
  a.length === b.length && a.every((axis, i) => axis === b[i])

/** `[0, rank - 1, 1, 2, …]`: NHWC to NCHW; empty below rank 2. */
export const lastToFirst = (rank: number): number[] =>
  rank < 2 ? [] : [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]

/** NCHW to NHWC. */
export const firstToLast = (rank: number): number[] => inverse(lastToFirst(rank))

/** NCHW to NHWC, or back. */
export function isLayoutChange(perm: Permutation): boolean {
  const last = perm.length - 1
  if (last < 1 || perm[0] !== 0) return false
  const toLast = (axis: number, i: number) => i === 0 || axis === (i === last ? 1 : i + 1)
  const toFirst = (axis: number, i: number) => i === 0 || axis === (i === 1 ? last : i - 1)
  return perm.every(toLast) || perm.every(toFirst)
}

export const permuted = <T>(list: readonly T[], perm: Permutation): T[] => perm.map((axis) => list[axis] as T)

/** Axis counted from the front; null where it is outside. */
export function axisAt(axis: number, rank: number): number | null {
  const at = axis < 0 ? axis + rank : axis
  return at >= 0 && at < rank ? at : null
}

/** The same for several; null where one is outside or twice there. */
export function axesAt(axes: readonly number[], rank: number): number[] | null {
  const found = axes.map((axis) => axisAt(axis, rank)).filter((axis) => axis !== null)
  return found.length === axes.length && new Set(found).size === found.length ? found : null
}

/** The permutation of what is left when the axes of the input are taken out. */
export function squeezed(axes: readonly number[], perm: Permutation): number[] {
  const left = perm.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  return perm.filter((axis) => !axes.includes(axis)).map((axis) => left.indexOf(axis))
}

/** The permutation when axes of size 1 are put in, which stay where they are. */
export function unsqueezed(axes: readonly number[], perm: Permutation): number[] {
  const rank = perm.length + axes.length
  const old = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis))
  const rest = [...perm]
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? axis : (old[rest.shift() ?? 0] ?? 0)))
}

/** Sizes with 1 put in at the axes. */
export function withOnes<T>(sizes: readonly T[], axes: readonly number[], one: T): T[] {
  const rest = [...sizes]
  return Array.from({ length: sizes.length + axes.length }, (_, axis) =>
    axes.includes(axis) ? one : (rest.shift() as T),
  )
}
