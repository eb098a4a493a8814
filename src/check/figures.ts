/** What an engineer asks next about the layers that a target takes, as its profile says what that is. */
import { nodeRef } from '../graph/model.ts'
import type { Judge } from '../profiles/judge.ts'
import type { LayerFigures } from '../result/result.ts'
import type { Placements } from './placement.ts'

export const layersOf = (judge: Judge, { units }: Placements): LayerFigures[] =>
  units.flatMap(({ placement, judgement, unit, facts }) => {
    if (placement !== 'target' || !judgement.row?.figures) return []
    const figures = judge.figures(judgement.row, facts)
    const { source } = unit.target
    return [{ node: nodeRef(source), name: source.name, op: source.op, figures }]
  })
