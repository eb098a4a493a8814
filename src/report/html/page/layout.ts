/**
 * Boxes and arrows in layers, from top to bottom. Linear but for sorting within a layer: long arrows get a waypoint per
 * layer only while those are few. Cycles, which groups of nodes can form, are cut at the box that comes first.
 */

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Layout {
  /** Centres of the boxes. */
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Waypoints of each arrow, its ends included, from the bottom of one box to the top of the other. */
  readonly routes: readonly (readonly (readonly [number, number])[])[]
  readonly width: number
  readonly height: number
  /** Layer of each box. */
  readonly rank: readonly number[]
}

const gapX = 26
const gapY = 46
const waypointWidth = 10
const sweeps = 4

export function layered(sizes: readonly Size[], arrows: readonly (readonly [number, number])[]): Layout {
  const rank = ranksOf(sizes.length, arrows)
  const grid = new Grid(sizes, arrows, rank)
  for (let sweep = 0; sweep < sweeps; sweep++) grid.order(sweep % 2 === 0)
  grid.place()
  return grid.layout(rank)
}

/** The longest way from a source; sources as far down as those who read them allow. */
function ranksOf(count: number, arrows: readonly (readonly [number, number])[]): number[] {
  const next = lists(count)
  const waiting = new Array<number>(count).fill(0)
  for (const [from, to] of arrows) {
    next[from]?.push(to)
    waiting[to] = (waiting[to] ?? 0) + 1
  }
  const sources = waiting.map((number) => number === 0)
  const rank = new Array<number>(count).fill(0)
  const done = new Array<boolean>(count).fill(false)
  const ready = [...sources.keys()].filter((box) => sources[box])
  let first = 0
  for (let left = count; left > 0; left--) {
    let box = ready.pop()
    // Only cycles are left: the first box of one goes ahead.
    if (box === undefined) {
      while (done[first]) first++
      box = first
    }
    done[box] = true
    for (const to of next[box] ?? []) {
      if (done[to]) continue
      rank[to] = Math.max(rank[to] ?? 0, (rank[box] ?? 0) + 1)
      const still = (waiting[to] ?? 0) - 1
      waiting[to] = still
      if (still === 0) ready.push(to)
    }
  }
  for (let box = 0; box < count; box++) {
    const readers = (next[box] ?? []).map((to) => rank[to] ?? 0).filter((one) => one > 0)
    if (sources[box] && readers.length > 0) rank[box] = readers.reduce((least, one) => Math.min(least, one)) - 1
  }
  return rank
}

const lists = (count: number): number[][] => Array.from({ length: count }, () => [])

/** Boxes and waypoints by layer. */
class Grid {
  private readonly widths: number[]
  private readonly layers: number[][] = []
  private readonly above: number[][]
  private readonly below: number[][]
  private readonly chains: number[][] = []
  private readonly at: number[] = []
  private readonly xs: number[] = []

  constructor(
    private readonly sizes: readonly Size[],
    private readonly arrows: readonly (readonly [number, number])[],
    private readonly rank: readonly number[],
  ) {
    this.widths = sizes.map(({ width }) => width)
    this.above = lists(sizes.length)
    this.below = lists(sizes.length)
    for (const [box, layer] of rank.entries()) this.add(box, layer)
    const spans = arrows.map(([from, to]) => (rank[to] ?? 0) - (rank[from] ?? 0))
    const waypoints = spans.reduce((sum, span) => sum + Math.max(0, span - 1), 0)
    const affordable = waypoints <= sizes.length * 4 + 2000
    for (const [i, [from, to]] of arrows.entries()) this.chain(from, to, affordable ? (spans[i] ?? 0) : 1)
  }

  private add(item: number, layer: number): void {
    while (this.layers.length <= layer) this.layers.push([])
    const items = this.layers[layer] ?? []
    this.at[item] = items.length
    items.push(item)
  }

  private chain(from: number, to: number, span: number): void {
    const items = [from]
    for (let step = 1; step < span; step++) {
      const item = this.widths.length
      this.widths.push(waypointWidth)
      this.above.push([])
      this.below.push([])
      this.add(item, (this.rank[from] ?? 0) + step)
      items.push(item)
    }
    items.push(to)
    this.chains.push(items)
    // An arrow that goes back up pulls nothing.
    if ((this.rank[to] ?? 0) <= (this.rank[from] ?? 0)) return
    for (let i = 1; i < items.length; i++) {
      const [upper, lower] = [items[i - 1] ?? from, items[i] ?? to]
      this.below[upper]?.push(lower)
      this.above[lower]?.push(upper)
    }
  }

  /** Sorts each layer by where its neighbours stand in the layer before. */
  order(down: boolean): void {
    const layers = down ? this.layers : [...this.layers].reverse()
    for (const items of layers) {
      const key = new Map(items.map((item) => [item, this.barycentre(item, down)]))
      items.sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0) || (this.at[a] ?? 0) - (this.at[b] ?? 0))
      for (const [position, item] of items.entries()) this.at[item] = position
    }
  }

  private barycentre(item: number, down: boolean): number {
    const neighbours = (down ? this.above : this.below)[item] ?? []
    if (neighbours.length === 0) return this.at[item] ?? 0
    return neighbours.reduce((sum, other) => sum + (this.at[other] ?? 0), 0) / neighbours.length
  }

  /** Moves every item towards its neighbours, as far as the others in its layer let it. */
  place(): void {
    for (const items of this.layers) {
      let x = 0
      for (const item of items) {
        const half = (this.widths[item] ?? 0) / 2
        this.xs[item] = x + half
        x += half * 2 + gapX
      }
      for (const item of items) this.xs[item] = (this.xs[item] ?? 0) - x / 2
    }
    for (let sweep = 0; sweep < sweeps * 2; sweep++) {
      const down = sweep % 2 === 0
      for (const items of down ? this.layers : [...this.layers].reverse()) this.settle(items, down)
    }
  }

  private settle(items: readonly number[], down: boolean): void {
    const wanted = items.map((item) => {
      const near = this.pullers(item, down)
      if (near.length === 0) return this.xs[item] ?? 0
      return near.reduce((sum, other) => sum + (this.xs[other] ?? 0), 0) / near.length
    })
    const space = (i: number) => ((this.widths[items[i - 1] ?? 0] ?? 0) + (this.widths[items[i] ?? 0] ?? 0)) / 2 + gapX
    // A constant makes way for what lies on the way.
    const weights = items.map((item) => (this.above[item]?.length === 0 && !down ? 0.01 : 1))
    const places = spread(wanted, weights, space)
    for (const [i, item] of items.entries()) this.xs[item] = places[i] ?? 0
  }

  /** What draws an item to itself; a constant stands beside the way, and must not bend it. */
  private pullers(item: number, down: boolean): readonly number[] {
    const near = (down ? this.above : this.below)[item] ?? []
    if (!down || near.length < 2) return near
    const onTheWay = near.filter((other) => (this.above[other]?.length ?? 0) > 0)
    return onTheWay.length > 0 ? onTheWay : near
  }

  layout(rank: readonly number[]): Layout {
    const heights = this.layers.map((items) =>
      items.reduce((most, item) => Math.max(most, this.sizes[item]?.height ?? 0), 0),
    )
    const tops: number[] = []
    let y = 0
    for (const height of heights) {
      tops.push(y)
      y += height + gapY
    }
    let [low, high] = [0, 0]
    for (const [item, x] of this.xs.entries()) {
      low = Math.min(low, x - (this.widths[item] ?? 0) / 2)
      high = Math.max(high, x + (this.widths[item] ?? 0) / 2)
    }
    const middle = (layer: number): number => (tops[layer] ?? 0) + (heights[layer] ?? 0) / 2
    const xs = this.xs.map((x) => x - low)
    const routes = this.chains.map((items, i) => this.route(items, xs, middle, this.arrows[i]?.[0] ?? 0))
    const boxes = this.sizes.keys()
    return {
      x: xs.slice(0, this.sizes.length),
      y: [...boxes].map((box) => middle(rank[box] ?? 0)),
      routes,
      width: high - low,
      height: Math.max(0, y - gapY),
      rank,
    }
  }

  private route(items: readonly number[], xs: readonly number[], middle: (layer: number) => number, from: number) {
    const start = this.rank[from] ?? 0
    return items.map((item, step): readonly [number, number] => {
      const layer = item < this.sizes.length ? (this.rank[item] ?? 0) : start + step
      const half = (this.sizes[item]?.height ?? 0) / 2
      const side = step === 0 ? half : step === items.length - 1 ? -half : 0
      return [xs[item] ?? 0, middle(layer) + side]
    })
  }
}

/**
 * The places nearest to those wanted, by weighted squares, that keep the order and the room between neighbours: items
 * that would overlap form a block that stands at the mean of what they want (pool adjacent violators).
 */
function spread(wanted: readonly number[], weights: readonly number[], space: (i: number) => number): number[] {
  const offsets = [0]
  for (let i = 1; i < wanted.length; i++) offsets.push((offsets[i - 1] ?? 0) + space(i))
  const blocks: { at: number; weight: number; count: number }[] = []
  for (const [i, one] of wanted.entries()) {
    let block = { at: one - (offsets[i] ?? 0), weight: weights[i] ?? 1, count: 1 }
    for (let before = blocks.at(-1); before && before.at > block.at; before = blocks.at(-1)) {
      blocks.pop()
      const weight = before.weight + block.weight
      const at = (before.at * before.weight + block.at * block.weight) / weight
      block = { at, weight, count: before.count + block.count }
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ at, count }) => new Array<number>(count).fill(at)).map((at, i) => at + (offsets[i] ?? 0))
}
