/** Boxes of detectors: [x0, y0, x1, y1], edges as they are, so that a box of one pixel is one wide. */

export type Corners = readonly [x0: number, y0: number, x1: number, y1: number]

/** `[centre x, centre y, width, height]` → corners. */
export const cornersOf = ([x, y, width, height]: Corners): Corners => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
]

const area = ([x0, y0, x1, y1]: Corners): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0)

/** Intersection over union; 0 for two boxes without an area. */
export function iou(a: Corners, b: Corners): number {
  const shared = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])])
  const union = area(a) + area(b) - shared
  return union > 0 ? shared / union : 0
}

export interface NmsOptions {
  /** A box that overlaps a better one by more than this is dropped. */
  readonly iou: number
  /** Boxes of a lower score are not looked at. */
  readonly score: number
  /** By default as many as there are. */
  readonly limit?: number
  /** The class of each box: only boxes of one class drop each other. By default all are of one. */
  readonly classes?: ArrayLike<number>
}

/** Indices of the boxes that stay, best first; of equal scores the first box first. */
export function nms(boxes: readonly Corners[], scores: ArrayLike<number>, options: NmsOptions): number[] {
  const { limit = Number.POSITIVE_INFINITY, classes } = options
  const order = boxes
    .map((_, i) => i)
    .filter((i) => (scores[i] as number) >= options.score)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
  const kept: number[] = []
  for (const i of order) {
    if (kept.length >= limit) break
    const isCovered = kept.some(
      (k) => classes?.[k] === classes?.[i] && iou(boxes[k] as Corners, boxes[i] as Corners) > options.iou,
    )
    if (!isCovered) kept.push(i)
  }
  return kept
}
