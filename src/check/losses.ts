/** Which refusals come from shapes that the runtime's own inference has lost. */
import type { Node } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import type { Explanation } from '../profiles/condition/explain.ts'
import type { Judge } from '../profiles/judge.ts'
import { UnitFacts } from './facts.ts'
import type { Placed } from './placement.ts'
import { notAsked } from './tensor-facts.ts'
import type { View } from './view.ts'

/** Of one graph as one target sees it. */
export class Losses {
  private known: View | undefined

  constructor(
    private readonly judge: Judge,
    private readonly view: View,
    /** All that follows from the model. */
    private readonly exact: Inference,
  ) {}

  /**
   * The node at which the shape was lost for which the unit is refused; null where it is refused for another reason,
   * or would be refused for an open dimension with all shapes known, too.
   */
  at({ unit, judgement }: Placed, { dynamic }: Explanation): Node | null {
    if (!dynamic || judgement.outcome !== 'refused') return null
    const values = unit.members.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
    for (const value of values) {
      const root = value && this.view.inference.lostAt(value)
      if (root) return this.isOpenAnyway(unit) ? null : root
    }
    return null
  }

  private isOpenAnyway(unit: Placed['unit']): boolean {
    this.known ??= this.view.knowing(this.exact)
    const { outcome, reason } = this.judge.node(new UnitFacts(this.known, unit, notAsked))
    return outcome === 'refused' && reason !== null && reason.explain(true).dynamic
  }
}
