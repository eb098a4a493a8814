/** Boxes against boxes: each one of the reference with the one that overlaps it most, none used twice. */

/** [x0, y0, x1, y1] */
type Box = readonly [number, number, number, number]

/** Intersection over union. Two boxes without an area are equal or they are not. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const [width, height] = [overlap(a[0], a[2], b[0], b[2]), overlap(a[1], a[3], b[1], b[3])]
  const shared = width * height
  const union = area(a) + area(b) - shared
  if (union > 0) return shared / union
  return a.every((value, i) => value === b[i]) ? 1 : 0
}

const overlap = (a0: number, a1: number, b0: number, b1: number): number =>
  Math.max(0, Math.min(a1, b1) - Math.max(a0, b0))
const area = ([x0, y0, x1, y1]: Box): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0)

/** The boxes of a field: a list of lists of four numbers, or one list of numbers four by four; null where it is neither. */
export function boxesOf(value: unknown): Box[] | null {
  const list = value instanceof Object && 'data' in value ? value.data : value
  if (ArrayBuffer.isView(list) || (Array.isArray(list) && list.length > 0 && typeof list[0] === 'number')) {
    const numbers = Array.from(list as unknown as ArrayLike<number>, Number)
    if (numbers.length % 4 !== 0) return null
    return Array.from({ length: numbers.length / 4 }, (_, i) => numbers.slice(i * 4, i * 4 + 4) as unknown as Box)
  }
  if (!Array.isArray(list)) return null
  const boxes = list.map((one) => (one instanceof Object && 'box' in one ? one.box : one) as unknown)
  const flat = boxes.map((one) =>
    ArrayBuffer.isView(one) || Array.isArray(one) ? Array.from(one as unknown as ArrayLike<number>, Number) : [],
  )
  return flat.every((one) => one.length === 4) ? (flat as unknown as Box[]) : null
}

/** A box of the reference and its partner, or -1 where none is left. */
export interface Pair {
  readonly expected: number
  readonly actual: number
  readonly iou: number
}

/** So many pairs are looked at; of longer lists each box is held against that of its position. */
const mostPairs = 4_000_000

/** The best overlaps first, as detections are matched everywhere. */
export function pairBoxes(expected: readonly Box[], actual: readonly Box[]): Pair[] {
  if (expected.length * actual.length > mostPairs)
    return expected.map((box, i) => {
      const other = actual[i]
      return { expected: i, actual: other ? i : -1, iou: other ? intersectionOverUnion(box, other) : 0 }
    })
  const all = expected.flatMap((a, i) =>
    actual.map((b, j) => ({ expected: i, actual: j, iou: intersectionOverUnion(a, b) })),
  )
  // Equal overlaps: the same position first.
  const distance = ({ expected: i, actual: j }: Pair) => Math.abs(i - j)
  all.sort((a, b) => b.iou - a.iou || distance(a) - distance(b))
  const [left, right] = [new Set(expected.keys()), new Set(actual.keys())]
  const pairs: Pair[] = []
  for (const pair of all) {
    if (!left.has(pair.expected) || !right.has(pair.actual)) continue
    left.delete(pair.expected)
    right.delete(pair.actual)
    pairs.push(pair)
  }
  for (const i of left) pairs.push({ expected: i, actual: -1, iou: 0 })
  return pairs.sort((a, b) => a.expected - b.expected)
}
