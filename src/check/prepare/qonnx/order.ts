/** The order in which qonnx keeps a graph: by distance from the inputs, then as in the file (SortGraph in general.py). */
import { IdMap } from '../../../graph/id-map.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'

export function orderOf(draft: Draft): ViewNode[] {
  const levels = new IdMap<ViewNode, number>()
  const nodes = draft.order()
  for (const node of nodes) {
    let level = 0
    for (const value of node.reads()) {
      const maker = draft.maker(value)
      if (maker) level = Math.max(level, (levels.get(maker) ?? 0) + 1)
    }
    levels.set(node, level)
  }
  const place = (a: ViewNode, b: ViewNode): number =>
    (levels.get(a) ?? 0) - (levels.get(b) ?? 0) || a.source.index - b.source.index || a.id - b.id
  return [...nodes].sort(place)
}
