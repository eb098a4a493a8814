/** Two results side by side, leaf by leaf: numbers to measure, and what is equal or not. */

export interface Leaves {
  /** Numbers that stand at the same place on both sides, in order. */
  readonly expected: number[]
  readonly actual: number[]
  /** Where the numbers are: a place, and the position of its first number. */
  readonly places: { readonly path: string; readonly start: number }[]
  /** Texts, truth values, whole numbers and forms that are not the same. */
  readonly unequal: Unequal[]
  /** Leaves that are compared for equality: texts, truth values, whole numbers. */
  discrete: number
}

interface Unequal {
  readonly path: string
  readonly expected: number | string | null
  readonly actual: number | string | null
  readonly why: string | null
}

const most = 5_000_000

export function leavesOf(expected: unknown, actual: unknown): Leaves {
  const leaves: Leaves = { expected: [], actual: [], places: [], unequal: [], discrete: 0 }
  // No recursion: a result may be nested as deep as somebody likes.
  const open: [string, unknown, unknown][] = [['', expected, actual]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [path, a, b] = next
    if (leaves.expected.length > most) break
    const [listA, listB] = [listOf(a), listOf(b)]
    if (listA && listB) {
      if (listA.length !== listB.length) differ(leaves, path, a, b, `${listB.length} elements, not ${listA.length}`)
      else if (allNumbers(listA) && allNumbers(listB)) addNumbers(leaves, path, listA, listB)
      else for (let i = listA.length - 1; i >= 0; i--) open.push([`${path}[${i}]`, listA[i], listB[i]])
    } else if (isObject(a) && isObject(b) && !listA && !listB) {
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      for (const key of keys.reverse()) open.push([path === '' ? key : `${path}.${key}`, a[key], b[key]])
    } else if (typeof a === 'number' && typeof b === 'number') addNumbers(leaves, path, [a], [b])
    else {
      leaves.discrete++
      if (!Object.is(a, b)) differ(leaves, path, a, b, typeof a === typeof b ? null : `${kindOf(b)}, not ${kindOf(a)}`)
    }
  }
  return leaves
}

function addNumbers(leaves: Leaves, path: string, a: ArrayLike<number>, b: ArrayLike<number>): void {
  leaves.places.push({ path, start: leaves.expected.length })
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    if (Number.isInteger(x) && Number.isInteger(y)) {
      leaves.discrete++
      // A class, a count, a position: being close is not being the same.
      if (x !== y) differ(leaves, a.length === 1 ? path : `${path}[${i}]`, x, y, null)
    }
    leaves.expected.push(x)
    leaves.actual.push(y)
  }
}

function differ(leaves: Leaves, path: string, a: unknown, b: unknown, why: string | null): void {
  leaves.unequal.push({ path, expected: plain(a), actual: plain(b), why })
}

/** The place of a number among all. */
export function placeOf({ places }: Leaves, at: number): string {
  let [low, high] = [0, places.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((places[middle]?.start ?? 0) <= at) low = middle
    else high = middle - 1
  }
  const place = places[low]
  if (!place) return ''
  const length = (places[low + 1]?.start ?? Number.POSITIVE_INFINITY) - place.start
  return length === 1 ? place.path : `${place.path}[${at - place.start}]`
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const listOf = (value: unknown): ArrayLike<unknown> | null =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
    ? (value as unknown as ArrayLike<unknown>)
    : null

function allNumbers(list: ArrayLike<unknown>): list is ArrayLike<number> {
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== 'number') return false
  return true
}

const kindOf = (value: unknown): string =>
  value === undefined ? 'missing' : value === null ? 'null' : listOf(value) ? 'a list' : `a ${typeof value}`

export function plain(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value
  if (value === null || value === undefined) return null
  if (listOf(value)) return `${listOf(value)?.length} elements`
  return isObject(value) ? 'an object' : String(value)
}
