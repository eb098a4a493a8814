/** For a runtime that differs on equal inputs: the node where it begins, and that node as a model of its own. */
import type { Inference } from '../../infer/facts.ts'
import { run as catalogue } from '../../result/catalogue/run.ts'
import { type Finding, report } from '../../result/finding.ts'
import { isProblem } from '../../result/problem.ts'
import type { FirstDiverging } from '../../result/run.ts'
import type { Lane } from '../lane.ts'
import type { LaneTally } from '../lane-tally.ts'
import { type Divergence, firstDiverging } from './first-diverging.ts'
import { saveRepro } from './repro.ts'

export interface Inside {
  readonly place: FirstDiverging | null
  readonly findings: readonly Finding[]
}

export async function lookInside(
  tally: LaneTally,
  reference: Lane,
  inference: Inference,
  saveTo: string | null,
): Promise<Inside> {
  const { lane, worstFeeds, rules } = tally
  if (!worstFeeds) return { place: null, findings: [] }
  const note = (why: string) =>
    report(catalogue, 'run/not-inside', { runtime: lane.id, why }, { found: { runtime: lane.id } })
  try {
    const { feeds, outputs: plain } = worstFeeds
    const divergence = await firstDiverging(inference, { reference, other: lane, rules, feeds, plain })
    if (!divergence)
      return { place: null, findings: [note('no value inside leaves its tolerance while one looks at it')] }
    const place = saveTo === null ? divergence.place : await saved(divergence, tally, reference, saveTo)
    return { place, findings: [] }
  } catch (error) {
    if (!isProblem(error) || error.code === 'interrupted') throw error
    return { place: null, findings: [note(error.message)] }
  }
}

async function saved(
  divergence: Divergence,
  { lane, worstFeeds, rules }: LaneTally,
  reference: Lane,
  folder: string,
): Promise<FirstDiverging> {
  const repro = await saveRepro(divergence, { reference, other: lane, rules, sample: worstFeeds?.sample ?? '' }, folder)
  return { ...divergence.place, repro }
}
