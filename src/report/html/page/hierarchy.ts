/**
 * A graph as a tree of groups, so that thousands of nodes can be looked at: scopes that the nodes' names tell, and where
 * names tell nothing, runs of nodes that are cut where the fewest values cross. Linear in nodes and edges.
 */
import type { PageGraph, PageNode } from './data.ts'

export interface Group {
  readonly id: number
  label: string
  parent: Group | null
  /** Groups, and nodes by their number. */
  children: (Group | number)[]
  /** Nodes inside, at any depth. */
  readonly nodes: number[]
}

/** More children than this are grouped further. */
const most = 40

export function hierarchyOf(graph: PageGraph): Group {
  const builder = new Builder(graph)
  const separator = separatorOf(graph.nodes)
  const root = builder.group('', null)
  if (separator === null) root.children.push(...graph.nodes.keys())
  else builder.byScope(root, separator)
  return builder.finished(root)
}

/** What most names are parted by; null where they are flat. */
function separatorOf(nodes: readonly PageNode[]): string | null {
  for (const separator of ['/', '.']) {
    const parted = nodes.filter(({ name }) => scopesOf(name, separator).length > 0).length
    if (parted * 2 > nodes.length) return separator
  }
  return null
}

/** `/encoder/layer.0/Add` lies in `encoder` and there in `layer.0`. */
const scopesOf = (name: string, separator: string): string[] => {
  const parts = name.split(separator).filter((part) => part !== '')
  return parts.slice(0, -1)
}

class Builder {
  private count = 0
  private readonly readers: readonly (readonly number[])[]

  constructor(private readonly graph: PageGraph) {
    const makers = new Map(graph.nodes.flatMap(({ outputs }, node) => outputs.map((value) => [value, node] as const)))
    const readers = graph.nodes.map((): number[] => [])
    for (const [node, { inputs }] of graph.nodes.entries())
      for (const value of inputs) {
        const maker = makers.get(value)
        if (maker !== undefined && maker !== node) readers[maker]?.push(node)
      }
    this.readers = readers
  }

  group(label: string, parent: Group | null): Group {
    return { id: this.count++, label, parent, children: [], nodes: [] }
  }

  byScope(root: Group, separator: string): void {
    const known = new Map<string, Group>()
    for (const [node, { name }] of this.graph.nodes.entries()) {
      let group = root
      let path = ''
      for (const scope of scopesOf(name, separator)) {
        path += `\n${scope}`
        const inner = known.get(path) ?? this.group(scope, group)
        if (!known.has(path)) {
          known.set(path, inner)
          group.children.push(inner)
        }
        group = inner
      }
      group.children.push(node)
    }
  }

  /** With long lists grouped, chains of single groups joined, and the nodes of every group counted. */
  finished(root: Group): Group {
    const order: Group[] = []
    const open = [root]
    for (let group = open.pop(); group; group = open.pop()) {
      joinSingles(group)
      while (group.children.length > most) this.split(group)
      order.push(group)
      for (const child of group.children) if (typeof child !== 'number') open.push(child)
    }
    for (const group of order.reverse())
      for (const child of group.children) {
        if (typeof child === 'number') group.nodes.push(child)
        else for (const node of child.nodes) group.nodes.push(node)
      }
    return root
  }

  /** Cuts a long list into runs, each at the place near its wanted end where the fewest values cross. */
  private split(group: Group): void {
    const { children } = group
    const crossing = this.crossings(children)
    const size = Math.min(most, Math.max(8, Math.ceil(Math.sqrt(children.length))))
    const runs: (Group | number)[][] = []
    for (let start = 0; start < children.length; ) {
      let end = Math.min(children.length, start + size)
      if (children.length - start > size * 1.5) {
        const first = start + Math.ceil(size / 2)
        const last = Math.min(children.length - 1, start + Math.floor(size * 1.5))
        end = first
        for (let at = first; at <= last; at++) if ((crossing[at] ?? 0) <= (crossing[end] ?? 0)) end = at
      } else end = children.length
      runs.push(children.slice(start, end))
      start = end
    }
    const labels = this.labelsOf(runs)
    group.children = runs.map((run, i) => {
      const [only] = run
      if (only !== undefined && run.length === 1) return only
      const inner = this.group(labels[i] ?? '', group)
      adopt(inner, run)
      return inner
    })
  }

  /** Before each child: values that are made before it and read from it on. */
  private crossings(children: readonly (Group | number)[]): number[] {
    const place = new Map<number, number>()
    for (const [at, child] of children.entries()) for (const node of nodesIn(child)) place.set(node, at)
    const change = new Array<number>(children.length + 1).fill(0)
    for (const [node, at] of place) {
      const last = (this.readers[node] ?? []).reduce((most, reader) => Math.max(most, place.get(reader) ?? at), at)
      if (last > at) {
        change[at + 1] = (change[at + 1] ?? 0) + 1
        change[last + 1] = (change[last + 1] ?? 0) - 1
      }
    }
    let open = 0
    return change.map((one) => {
      open += one
      return open
    })
  }

  /** `Conv … Add`; runs of the same operators are told apart by their number. */
  private labelsOf(runs: readonly (readonly (Group | number)[])[]): string[] {
    const nameOf = (child: Group | number | undefined): string =>
      child === undefined ? '' : typeof child === 'number' ? (this.graph.nodes[child]?.op ?? '') : child.label
    const shapes = runs.map((run) => run.map(nameOf).join(' '))
    const total = new Map<string, number>()
    for (const shape of shapes) total.set(shape, (total.get(shape) ?? 0) + 1)
    const seen = new Map<string, number>()
    return runs.map((run, i) => {
      const shape = shapes[i] ?? ''
      const label = run.length === 1 ? nameOf(run[0]) : `${nameOf(run[0])} … ${nameOf(run.at(-1))}`
      const times = total.get(shape) ?? 1
      if (times === 1) return label
      const number = (seen.get(shape) ?? 0) + 1
      seen.set(shape, number)
      return `${label}, block ${number} of ${times}`
    })
  }
}

function adopt(group: Group, children: readonly (Group | number)[]): void {
  group.children = [...children]
  for (const child of children) if (typeof child !== 'number') child.parent = group
}

function nodesIn(child: Group | number): number[] {
  if (typeof child === 'number') return [child]
  const nodes: number[] = []
  const open: Group[] = [child]
  for (let group = open.pop(); group; group = open.pop())
    for (const inner of group.children) {
      if (typeof inner === 'number') nodes.push(inner)
      else open.push(inner)
    }
  return nodes
}

/** A group with one group in it and nothing else is that group, with both names. */
function joinSingles(group: Group): void {
  for (;;) {
    const [only, ...others] = group.children
    if (only === undefined || typeof only === 'number' || others.length > 0) return
    group.label = [group.label, only.label].filter(Boolean).join('/')
    adopt(group, only.children)
  }
}
