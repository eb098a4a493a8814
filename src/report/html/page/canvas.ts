/**
 * The picture itself: boxes and arrows as SVG, of which only what is in sight exists. Moved by mouse, finger, wheel and
 * keyboard; every box can have the focus and says what it is.
 */
import { type Colouring, drawBox, sizeOf } from './boxes.ts'
import { svg } from './dom.ts'
import { type Layout, layered } from './layout.ts'
import type { Answers } from './model.ts'
import type { Item } from './view.ts'

export interface Events {
  /** A box was chosen. */
  choose(item: Item): void
  /** Enter or a double click on a box. */
  activate(item: Item): void
  /** Escape or Backspace: out of the group. */
  leave(item: Item): void
}

interface Scene {
  readonly items: readonly Item[]
  readonly arrows: readonly (readonly [number, number])[]
  readonly answers: Answers
  readonly colouring: Colouring
}

const margin = 60
const scales = { least: 0.02, most: 3, start: 0.8, text: 0.35 } as const

/** Ids are unique in a document. */
let pictures = 0

export class Canvas {
  readonly element: SVGSVGElement
  private readonly arrowLayer = svg('g', { 'aria-hidden': true })
  private readonly boxLayer = svg('g')
  private readonly content = svg('g', {}, this.arrowLayer, this.boxLayer)
  private scene: Scene | null = null
  private layout: Layout | null = null
  private readonly boxes = new Map<number, SVGGElement>()
  private readonly lines = new Map<number, SVGPathElement>()
  private chosen: number | null = null
  private found: ReadonlySet<number> = new Set()
  private scale = 1
  private x = 0
  private y = 0
  private pending = false
  private readonly marker: string

  constructor(
    private readonly holder: HTMLElement,
    label: string,
    private readonly events: Events,
  ) {
    this.marker = `arrow-${++pictures}`
    const head = svg('marker', {
      id: this.marker,
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerUnits: 'userSpaceOnUse',
      markerWidth: 9,
      markerHeight: 9,
      orient: 'auto',
    })
    head.append(svg('path', { d: 'M0 0L8 4L0 8z', class: 'tip' }))
    this.element = svg(
      'svg',
      { role: 'group', 'aria-label': `${label}: boxes and arrows` },
      svg('defs', {}, head),
      this.content,
    )
    holder.append(this.element)
    this.listen()
    new ResizeObserver(() => this.draw()).observe(holder)
  }

  /** `keep`: the item whose place on the screen stays. */
  show(scene: Scene, keep: Item | null = null): void {
    const before = keep ? this.screenOf(keep) : null
    this.scene = scene
    this.layout = layered(scene.items.map(sizeOf), scene.arrows)
    this.chosen = null
    this.found = new Set()
    this.clear()
    const after = keep ? this.indexOf(keep) : -1
    if (before && after >= 0) {
      this.x = before[0] - (this.layout.x[after] ?? 0) * this.scale
      this.y = before[1] - (this.layout.y[after] ?? 0) * this.scale
      this.draw()
    } else this.fit()
  }

  recolour(answers: Answers, colouring: Colouring): void {
    if (!this.scene) return
    this.scene = { ...this.scene, answers, colouring }
    this.clear()
    this.draw()
  }

  private clear(): void {
    this.boxes.clear()
    this.lines.clear()
    this.boxLayer.replaceChildren()
    this.arrowLayer.replaceChildren()
  }

  private indexOf(item: Item): number {
    return this.scene?.items.findIndex((other) => same(other, item)) ?? -1
  }

  private screenOf(item: Item): [number, number] | null {
    const index = this.indexOf(item)
    if (index < 0 || !this.layout) return null
    return [(this.layout.x[index] ?? 0) * this.scale + this.x, (this.layout.y[index] ?? 0) * this.scale + this.y]
  }

  private size(): [number, number] {
    return [this.holder.clientWidth || 800, this.holder.clientHeight || 500]
  }

  /** All of it, but never so small that nothing can be read: then its beginning. */
  fit(whole = false): void {
    if (!this.layout) return
    const [width, height] = this.size()
    const { width: w, height: h } = this.layout
    const scale = Math.min(1, width / (w + margin * 2), height / (h + margin * 2))
    this.scale = Math.max(whole ? scales.least : scales.start, scale)
    // What is wider than the window begins with the first box in its middle.
    const first = this.layout.rank.indexOf(0)
    const middle = w * this.scale > width ? (this.layout.x[first] ?? 0) : w / 2
    this.x = width / 2 - middle * this.scale
    this.y = h * this.scale > height ? margin / 2 : (height - h * this.scale) / 2
    this.draw()
  }

  zoom(factor: number, at: readonly [number, number] = [this.size()[0] / 2, this.size()[1] / 2]): void {
    const scale = Math.min(scales.most, Math.max(scales.least, this.scale * factor))
    this.x = at[0] - ((at[0] - this.x) * scale) / this.scale
    this.y = at[1] - ((at[1] - this.y) * scale) / this.scale
    this.scale = scale
    this.draw()
  }

  /** Marks what a search has found. */
  mark(indices: ReadonlySet<number>): void {
    this.found = indices
    for (const [index, box] of this.boxes) box.classList.toggle('found', indices.has(index))
  }

  choose(index: number, focus: boolean): void {
    const { layout, scene } = this
    const item = scene?.items[index]
    if (!layout || !item) return
    this.chosen = index
    const [width, height] = this.size()
    const [x, y] = [(layout.x[index] ?? 0) * this.scale + this.x, (layout.y[index] ?? 0) * this.scale + this.y]
    if (x < margin || y < margin || x > width - margin || y > height - margin) {
      this.x += width / 2 - x
      this.y += height / 2 - y
    }
    this.drawNow()
    if (focus) this.boxes.get(index)?.focus({ preventScroll: true })
    this.events.choose(item)
  }

  chooseItem(item: Item, focus: boolean): void {
    const index = this.indexOf(item)
    if (index >= 0) this.choose(index, focus)
  }

  private draw(): void {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => this.drawNow())
  }

  private drawNow(): void {
    this.pending = false
    const { layout, scene } = this
    if (!layout || !scene) return
    this.content.setAttribute('transform', `translate(${this.x} ${this.y}) scale(${this.scale})`)
    this.element.classList.toggle('far', this.scale < scales.text)
    const [width, height] = this.size()
    const sight = {
      left: -this.x / this.scale - margin * 2,
      right: (width - this.x) / this.scale + margin * 2,
      top: -this.y / this.scale - margin,
      bottom: (height - this.y) / this.scale + margin,
    }
    const inSight = (x: number, y: number) => x >= sight.left && x <= sight.right && y >= sight.top && y <= sight.bottom
    const first = this.chosen ?? 0
    for (const [index, item] of scene.items.entries()) {
      const [x, y] = [layout.x[index] ?? 0, layout.y[index] ?? 0]
      const known = this.boxes.get(index)
      // What has the focus stays, wherever the picture is moved to; one box can always be reached by Tab.
      const wanted = inSight(x, y) || index === first || document.activeElement === known
      if (!wanted && known) {
        known.remove()
        this.boxes.delete(index)
      }
      if (!wanted) continue
      const box = known ?? this.addBox(index, item, x, y)
      box.setAttribute('tabindex', index === first ? '0' : '-1')
      box.classList.toggle('chosen', index === this.chosen)
    }
    for (const [index, route] of layout.routes.entries()) this.drawArrow(index, route, sight)
  }

  private addBox(index: number, item: Item, x: number, y: number): SVGGElement {
    const scene = this.scene as Scene
    const box = drawBox(item, scene.answers, scene.colouring)
    box.setAttribute('transform', `translate(${x} ${y})`)
    box.setAttribute('data-index', String(index))
    box.classList.toggle('found', this.found.has(index))
    this.boxes.set(index, box)
    this.boxLayer.append(box)
    return box
  }

  private drawArrow(
    index: number,
    route: readonly (readonly [number, number])[],
    sight: { left: number; right: number; top: number; bottom: number },
  ): void {
    const xs = route.map(([x]) => x)
    const ys = route.map(([, y]) => y)
    const wanted =
      Math.min(...xs) <= sight.right &&
      Math.max(...xs) >= sight.left &&
      Math.min(...ys) <= sight.bottom &&
      Math.max(...ys) >= sight.top
    const known = this.lines.get(index)
    if (!wanted) {
      known?.remove()
      this.lines.delete(index)
      return
    }
    const line = known ?? svg('path', { d: curve(route), 'marker-end': `url(#${this.marker})` })
    const [from, to] = this.scene?.arrows[index] ?? [-1, -1]
    line.setAttribute('class', from === this.chosen || to === this.chosen ? 'edge on' : 'edge')
    if (known) return
    this.lines.set(index, line)
    this.arrowLayer.append(line)
  }

  private listen(): void {
    const { element } = this
    const indexOf = (event: Event): number | null => {
      const box = event.target instanceof Element ? event.target.closest<SVGGElement>('.box') : null
      return box ? Number(box.dataset.index) : null
    }
    let drag: { x: number; y: number; moved: boolean } | null = null
    element.addEventListener('pointerdown', (event) => {
      drag = { x: event.clientX, y: event.clientY, moved: false }
    })
    element.addEventListener('pointermove', (event) => {
      if (!drag || event.buttons === 0) return
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
      if (!drag.moved && Math.hypot(dx, dy) < 4) return
      if (!drag.moved) element.setPointerCapture(event.pointerId)
      this.holder.classList.add('dragging')
      drag = { x: event.clientX, y: event.clientY, moved: true }
      this.x += dx
      this.y += dy
      this.draw()
    })
    element.addEventListener('pointerup', () => this.holder.classList.remove('dragging'))
    element.addEventListener('click', (event) => {
      const index = indexOf(event)
      if (index !== null && !drag?.moved) this.choose(index, true)
      drag = null
    })
    element.addEventListener('dblclick', (event) => {
      const item = this.scene?.items[indexOf(event) ?? -1]
      if (item) this.events.activate(item)
    })
    // Without a key the wheel scrolls the page, as everywhere.
    element.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey && !element.contains(document.activeElement)) return
        event.preventDefault()
        const { left, top } = element.getBoundingClientRect()
        this.zoom(Math.exp(-event.deltaY * 0.0015), [event.clientX - left, event.clientY - top])
      },
      { passive: false },
    )
    element.addEventListener('focusin', (event) => {
      const index = indexOf(event)
      if (index !== null && index !== this.chosen) this.choose(index, false)
    })
    element.addEventListener('keydown', (event) => this.key(event, indexOf(event)))
  }

  private key(event: KeyboardEvent, index: number | null): void {
    const item = this.scene?.items[index ?? -1]
    if (index === null || !item || event.ctrlKey || event.metaKey || event.altKey) return
    const acts: Record<string, () => void> = {
      ArrowDown: () => this.go(this.neighbour(index, 1)),
      ArrowUp: () => this.go(this.neighbour(index, 0)),
      ArrowRight: () => this.go(this.beside(index, 1)),
      ArrowLeft: () => this.go(this.beside(index, -1)),
      Enter: () => this.events.activate(item),
      ' ': () => this.events.activate(item),
      Escape: () => this.events.leave(item),
      Backspace: () => this.events.leave(item),
      '+': () => this.zoom(1.25),
      '=': () => this.zoom(1.25),
      '-': () => this.zoom(0.8),
      '0': () => this.fit(true),
    }
    const act = acts[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  private go(index: number | null): void {
    if (index !== null) this.choose(index, true)
  }

  /** The nearest box at the other end (1: that reads it, 0: that feeds it). */
  private neighbour(index: number, end: 0 | 1): number | null {
    const near = (this.scene?.arrows ?? []).filter((arrow) => arrow[1 - end] === index).map((arrow) => arrow[end] ?? 0)
    return this.nearest(index, near)
  }

  private beside(index: number, side: 1 | -1): number | null {
    const { layout } = this
    if (!layout) return null
    const here = layout.x[index] ?? 0
    const row = [...layout.rank.keys()].filter(
      (other) => layout.rank[other] === layout.rank[index] && ((layout.x[other] ?? 0) - here) * side > 0,
    )
    return this.nearest(index, row)
  }

  private nearest(index: number, others: readonly number[]): number | null {
    const { layout } = this
    const distance = (other: number) =>
      Math.hypot((layout?.x[other] ?? 0) - (layout?.x[index] ?? 0), (layout?.y[other] ?? 0) - (layout?.y[index] ?? 0))
    return [...others].sort((a, b) => distance(a) - distance(b))[0] ?? null
  }
}

const same = (a: Item, b: Item): boolean =>
  (a.kind === 'node' && b.kind === 'node' && a.node === b.node) ||
  (a.kind === 'group' && b.kind === 'group' && a.group === b.group) ||
  (a.kind === 'value' && b.kind === 'value' && a.value === b.value)

/** Through all waypoints, leaving and arriving from above. */
function curve(route: readonly (readonly [number, number])[]): string {
  let path = ''
  for (const [i, [x, y]] of route.entries()) {
    const before = route[i - 1]
    if (!before) path = `M${round(x)} ${round(y)}`
    else {
      const bend = (y - before[1]) / 2
      path += `C${round(before[0])} ${round(before[1] + bend)} ${round(x)} ${round(y - bend)} ${round(x)} ${round(y)}`
    }
  }
  return path
}

const round = (value: number): number => Math.round(value * 10) / 10
