/** The grouping of a profile, with its conditions on parameters decided. */

import type { Scope } from './condition/compile.ts'
import { modelAsNode } from './facts.ts'
import type { Conditional, Grouping, PullBack, Strategy } from './profile.ts'

export interface ResolvedGrouping {
  readonly strategy: Strategy
  readonly units: 'node' | 'qdq'
  readonly stopAfter: readonly string[]
  readonly dropIfOnly: readonly string[]
  readonly dropSingle: readonly string[]
  readonly dropAllConst: boolean
  readonly pullBack: PullBack
  /** Null: any number of partitions is as good. */
  readonly most: number | null
  readonly bodies: boolean
}

type Alternatives<T> = readonly { readonly when?: string; readonly value: T }[]

const noModel = modelAsNode({ opset: null, ir: null })

/** The value, or that of the first alternative whose condition on parameters holds. */
export function resolve<T>(written: Conditional<T> | undefined, otherwise: T, scope: Scope): T {
  if (written === undefined) return otherwise
  if (!isAlternatives(written)) return written
  const holds = (when: string | undefined) => when === undefined || scope.compile(when).test(noModel) === true
  const chosen = written.find(({ when }) => holds(when))
  return chosen ? chosen.value : otherwise
}

export function resolveGrouping(grouping: Grouping | undefined, scope: Scope): ResolvedGrouping {
  const value = <T>(written: Conditional<T> | undefined, otherwise: T): T => resolve(written, otherwise, scope)
  const strategy = value(grouping?.strategy, 'perNode')
  return {
    strategy,
    units: value(grouping?.units, 'node'),
    stopAfter: value(grouping?.stopAfter, []),
    dropIfOnly: value(grouping?.dropIfOnly, []),
    dropSingle: value(grouping?.dropSingle, []),
    dropAllConst: value(grouping?.dropAllConst, false),
    pullBack: value(grouping?.pullBack, 'never'),
    most: grouping?.most ?? null,
    bodies: value(grouping?.bodies, strategy !== 'waves'),
  }
}

const isAlternatives = <T>(written: Conditional<T>): written is Alternatives<T> =>
  Array.isArray(written) && written.some((item) => typeof item === 'object')
