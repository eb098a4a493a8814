/** Our answers beside those of the real providers: node by node, partition by partition, failure by failure. */

import type { UnitGraph } from '../../src/check/grouping/unit-graph.ts'
import { type Placements, placementsOf, unitGraph } from '../../src/check/placement.ts'
import { type View, viewAsIs } from '../../src/check/view.ts'
import type { Model } from '../../src/graph/model.ts'
import type { Inference } from '../../src/infer/facts.ts'
import { Judge } from '../../src/profiles/judge.ts'
import { Registry } from '../../src/profiles/load.ts'
import type { How } from '../../src/profiles/profile.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { Answers } from './recordings.ts'

const registry = new Registry()

/** The target as on the command line: `nnapi@api=29`. */
export function judgeOf(target: string): Judge {
  const [resolved] = resolveTargets([target], registry)
  if (!resolved) throw new Error(`no target ${target}`)
  return new Judge(resolved.profile, resolved.parameters)
}

/** A model as in the file; what does not hang on the variant is worked out once. */
export class Subject {
  readonly model: Model
  private readonly view: View
  private readonly graphs = new Map<string, UnitGraph>()

  constructor(
    readonly name: string,
    inference: Inference,
  ) {
    this.model = inference.model
    this.view = viewAsIs(inference, this.model.graph)
  }

  /** `relaid`: asked a second time where the layout is changed for the target. */
  placements(judge: Judge, relaid = false): Placements {
    const { units } = judge.grouping
    const graph = this.graphs.get(units) ?? unitGraph(this.view, units)
    this.graphs.set(units, graph)
    const rules = { judge, whole: null, offersBodies: false, inlines: false, customOps: nobody, relaid }
    return placementsOf(rules, this.view, graph)
  }
}
const nobody: ReadonlySet<string> = new Set()

/** How nodes fail that the provider claims, or already while it is asked. */
export const failuresOf = ({ units }: Placements): ReadonlySet<How> =>
  new Set(units.flatMap(({ judgement }) => judgement.reason?.how ?? []))

/** A node, or a whole model, on which we and the provider differ. */
export interface Difference {
  readonly target: string
  readonly model: string
  /** Node in file order; null for the model. */
  readonly node: number | null
  readonly op: string
  readonly text: string
}

/** Counts of one target over many models. */
export class Tally {
  nodes = 0
  models = 0
  readonly differences: Difference[] = []

  constructor(readonly target: string) {}

  get wrongNodes(): number {
    return this.differences.filter(({ node }) => node !== null).length
  }
  /** Share of the nodes with the provider's answer. */
  get agreement(): number {
    return this.nodes === 0 ? 1 : 1 - this.wrongNodes / this.nodes
  }
  line(): string {
    const share = `${(this.agreement * 100).toFixed(3)} %`
    const wholes = this.differences.length - this.wrongNodes
    return `${this.target.padEnd(56)} ${share.padStart(10)} of ${this.nodes} nodes; partitions and failures: ${wholes} of ${this.models} models differ`
  }
}

/** One model against one variant of one provider. */
export function compare(tally: Tally, judge: Judge, subject: Subject, recorded: Answers): void {
  const placements = subject.placements(judge)
  const differ = (text: string, node: number | null = null, op = '') =>
    tally.differences.push({ target: tally.target, model: subject.name, node, op, text })

  for (const { unit, judgement } of placements.units)
    for (const { source, op } of unit.members) {
      const theirs = recorded.supported[source.index] ?? -1
      if (theirs < 0) continue
      tally.nodes++
      if (judgement.supported === (theirs === 1)) continue
      const ours = judgement.supported === null ? 'unknown' : judgement.supported ? 'taken' : 'refused'
      const why = judgement.reason ? ` by ${judgement.reason.id}: ${judgement.reason.explain().text}` : ''
      differ(`${theirs === 1 ? 'taken' : 'refused'}, here ${ours}${why}`, source.index, op)
    }

  tally.models++
  const failures = failuresOf(placements)
  if (recorded.fatal === null ? failures.has('throws') || failures.has('aborts') : !failures.has(recorded.fatal))
    differ(`${recorded.fatal ?? 'no failure'}, here ${[...failures].join(' and ') || 'no failure'}`)
  // Where the build of a partition fails nothing runs, and we show no partitions.
  else if (recorded.partitions && !failures.has('build') && !samePartitions(placements, recorded.partitions))
    differ('other partitions')
}

function samePartitions({ units, groups }: Placements, recorded: readonly number[]): boolean {
  const ours = new Map<number, number>()
  groups.forEach((group, id) => {
    for (const unit of group) for (const member of units[unit]?.unit.members ?? []) ours.set(member.source.index, id)
  })
  return recorded.every((partition, node) => (ours.get(node) ?? -1) === partition)
}

/** Operators with the most differences, for people. */
export function byOperator(differences: readonly Difference[]): string {
  const counts = new Map<string, number>()
  for (const { op } of differences) counts.set(op, (counts.get(op) ?? 0) + 1)
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return sorted.map(([op, n]) => `${op} ${n}`).join(', ')
}
