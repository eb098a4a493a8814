/** Which part of a graph is shown: the groups that are open, the boxes that this gives, and the arrows between them. */
import type { PageGraph } from './data.ts'
import { type Group, hierarchyOf } from './hierarchy.ts'

export type Item =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'value'; readonly value: number; readonly input: boolean }

/** Groups are opened from the start until so many boxes are shown. */
const startBoxes = 48
/** Never more boxes than a browser moves smoothly. */
const mostBoxes = 2500
const mostValues = 24

export class View {
  readonly root: Group
  items: readonly Item[] = []
  /** Positions in `items`. */
  arrows: readonly (readonly [number, number])[] = []
  /** Position in `items` of the box that a node is, or lies in. */
  readonly boxOf: number[] = []
  private readonly open = new Set<Group>()
  private readonly home: (Group | undefined)[] = []

  constructor(private readonly graph: PageGraph) {
    this.root = hierarchyOf(graph)
    this.open.add(this.root)
    for (const group of groupsOf(this.root))
      for (const child of group.children) if (typeof child === 'number') this.home[child] = group
    this.openSome(startBoxes)
    this.update()
  }

  /** Opens groups level by level while that many boxes are enough. */
  openSome(boxes: number): void {
    let shown = this.shownBoxes()
    const queue = groupsOf(this.root)
    for (const group of queue) {
      if (this.open.has(group) || (group.parent && !this.open.has(group.parent))) continue
      if (shown + group.children.length - 1 > boxes) continue
      this.open.add(group)
      shown += group.children.length - 1
    }
  }

  private shownBoxes(): number {
    let count = 0
    for (const group of groupsOf(this.root))
      if (this.isShownOpen(group))
        count += group.children.filter((child) => typeof child === 'number' || !this.open.has(child)).length
    return count
  }

  private isShownOpen(group: Group): boolean {
    for (let at: Group | null = group; at; at = at.parent) if (!this.open.has(at)) return false
    return true
  }

  /** False where it would be more than can be shown. */
  expand(group: Group): boolean {
    if (this.shownBoxes() + group.children.length > mostBoxes) return false
    this.open.add(group)
    this.update()
    return true
  }

  /** Closes the group that a box lies in, and gives it; null at the top. */
  collapseAround(item: Item): Group | null {
    const group = item.kind === 'node' ? this.home[item.node] : item.kind === 'group' ? item.group.parent : null
    if (!group || group === this.root) return null
    this.open.delete(group)
    this.update()
    return group
  }

  expandAll(): void {
    this.openSome(mostBoxes)
    this.update()
  }

  collapseAll(): void {
    this.open.clear()
    this.open.add(this.root)
    this.openSome(startBoxes)
    this.update()
  }

  /** Opens what a node lies in. */
  reveal(node: number): void {
    for (let group: Group | null = this.home[node] ?? null; group; group = group.parent) this.open.add(group)
    this.update()
  }

  private update(): void {
    const items: Item[] = []
    const stack: (Group | number)[] = [...this.root.children].reverse()
    for (let child = stack.pop(); child !== undefined; child = stack.pop()) {
      if (typeof child === 'number') {
        this.boxOf[child] = items.length
        items.push({ kind: 'node', node: child })
      } else if (this.open.has(child)) for (const inner of [...child.children].reverse()) stack.push(inner)
      else {
        for (const node of child.nodes) this.boxOf[node] = items.length
        items.push({ kind: 'group', group: child })
      }
    }
    this.arrows = this.connect(items)
    this.items = items
  }

  /** One arrow between two boxes, however many values flow; inputs and outputs get boxes while they are few. */
  private connect(items: Item[]): [number, number][] {
    const { nodes, values } = this.graph
    const makers = new Map<number, number>()
    for (const [node, { outputs }] of nodes.entries()) for (const value of outputs) makers.set(value, node)
    const ends = values.flatMap(({ kind }, value) => (kind === 'input' || kind === 'output' ? [value] : []))
    const boxes = new Map<number, number>()
    if (ends.length <= mostValues)
      for (const value of ends) {
        boxes.set(value, items.length)
        items.push({ kind: 'value', value, input: values[value]?.kind === 'input' })
      }
    const seen = new Set<string>()
    const arrows: [number, number][] = []
    const add = (from: number | undefined, to: number | undefined) => {
      if (from === undefined || to === undefined || from === to || seen.has(`${from} ${to}`)) return
      seen.add(`${from} ${to}`)
      arrows.push([from, to])
    }
    for (const [node, { inputs, outputs }] of nodes.entries()) {
      for (const value of inputs) {
        const maker = makers.get(value)
        add(maker === undefined ? boxes.get(value) : this.boxOf[maker], this.boxOf[node])
      }
      for (const value of outputs) add(this.boxOf[node], boxes.get(value))
    }
    return arrows
  }
}

/** Level by level, from the top. */
function groupsOf(root: Group): Group[] {
  const groups = [root]
  for (const group of groups) for (const child of group.children) if (typeof child !== 'number') groups.push(child)
  return groups
}
