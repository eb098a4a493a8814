/** The picture of a graph: groups that follow what is there, boxes that do not overlap, in time that grows with the graph. */
import { describe, expect, test } from 'vitest'
import type { PageGraph } from '../../src/report/html/page/data.ts'
import { type Group, hierarchyOf } from '../../src/report/html/page/hierarchy.ts'
import { layered } from '../../src/report/html/page/layout.ts'
import { View } from '../../src/report/html/page/view.ts'

/** A chain of nodes with these names, each reading the one before and, every third, one further back. */
const chain = (names: readonly string[]): PageGraph => ({
  scope: '',
  nodes: names.map((name, i) => ({
    name,
    op: name.split('/').at(-1) ?? '',
    inputs: i % 3 === 2 ? [i, i - 2] : [i],
    outputs: [i + 1],
  })),
  values: Array.from({ length: names.length + 1 }, (_, i) => ({ name: `v${i}`, type: 'float32 [1]' })),
})

const everyGroup = (group: Group): Group[] => [
  group,
  ...group.children.flatMap((child) => (typeof child === 'number' ? [] : everyGroup(child))),
]

const layers = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => ['Conv', 'Relu', 'Add'].map((op) => `/net/layer.${i}/${op}`)).flat()

describe('groups', () => {
  test('follow the scopes in the names', () => {
    const root = hierarchyOf(
      chain(['/encoder/layer.0/Conv', '/encoder/layer.0/Relu', '/encoder/layer.1/Conv', '/head/Gemm']),
    )
    const labels = everyGroup(root).map(({ label, nodes }) => `${label}: ${[...nodes].sort().join()}`)
    expect(labels).toEqual([': 0,1,2,3', 'encoder: 0,1,2', 'layer.0: 0,1', 'layer.1: 2', 'head: 3'])
  })

  test.each([
    ['scopes', layers(3000)],
    ['flat names', layers(3000).map((name, i) => `${name.split('/').at(-1)}_${i}`)],
    ['no names', layers(3000).map(() => '')],
  ])('with %s: every node once, no list longer than a screen', (_, names) => {
    const root = hierarchyOf(chain(names))
    expect([...root.nodes].sort((a, b) => a - b)).toEqual([...names.keys()])
    for (const group of everyGroup(root)) expect(group.children.length).toBeLessThanOrEqual(40)
  })

  test('names that are the same as their scope, or empty parts, are no trouble', () => {
    expect(hierarchyOf(chain(['a', 'a/a', 'a//a', '/', '//x/'])).nodes).toHaveLength(5)
  })
})

describe('the view', () => {
  test('shows a screenful at first, opens, closes, and finds what is inside', () => {
    const view = new View(chain(layers(1000)))
    const first = view.items.length
    expect(first).toBeGreaterThan(3)
    expect(first).toBeLessThan(60)
    view.reveal(1500)
    const item = view.items[view.boxOf[1500] ?? -1]
    expect(item).toEqual({ kind: 'node', node: 1500 })
    if (item) expect(view.collapseAround(item)?.nodes).toContain(1500)
    view.expandAll()
    expect(view.items.length).toBeLessThanOrEqual(2500)
    view.collapseAll()
    expect(view.items).toHaveLength(first)
  })

  test('joins arrows between closed groups', () => {
    const view = new View(chain(layers(1000)))
    expect(new Set(view.arrows.map(String)).size).toBe(view.arrows.length)
    expect(view.arrows.every(([from, to]) => from !== to)).toBe(true)
  })
})

const boxes = (count: number) => Array.from({ length: count }, () => ({ width: 100, height: 40 }))

describe('the layout', () => {
  test('puts readers below what they read, and no box on another', () => {
    const arrows = [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 4],
      [2, 4],
      [3, 4],
      [5, 4],
      [0, 4],
    ] as const
    const { x, y, routes } = layered(boxes(6), arrows)
    for (const [from, to] of arrows) expect(y[to]).toBeGreaterThan(y[from] ?? 0)
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < a; b++)
        if (y[a] === y[b]) expect(Math.abs((x[a] ?? 0) - (x[b] ?? 0))).toBeGreaterThanOrEqual(100)
    // The long arrow goes around what lies between.
    expect(routes[7]?.length).toBe(3)
  })

  test('a constant beside the way does not bend it', () => {
    const { x } = layered(boxes(6), [
      [0, 1],
      [1, 2],
      [2, 3],
      [4, 2],
      [5, 3],
    ])
    for (const box of [1, 2, 3]) expect(Math.abs((x[box] ?? 0) - (x[0] ?? 0))).toBeLessThan(10)
  })

  test('cycles, which groups can form, end', () => {
    const { rank } = layered(boxes(3), [
      [0, 1],
      [1, 2],
      [2, 0],
      [2, 2],
    ])
    expect(rank).toHaveLength(3)
  })

  test('is there for 2,500 boxes with skips across all of them', () => {
    const arrows = Array.from({ length: 2499 }, (_, i): [number, number] => [i, i + 1])
    for (let i = 0; i < 2000; i++) arrows.push([0, 2499 - (i % 400)])
    const { x, routes } = layered(boxes(2500), arrows)
    expect(x.every(Number.isFinite)).toBe(true)
    expect(routes.flat().length).toBeLessThan(20_000)
  })
})
