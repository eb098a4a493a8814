/** What happened, in words. */
import type { FirstDiverging, OutputComparison, RuntimePlacement, Stage } from '../result/run.ts'
import type { LaneTally } from './lane-tally.ts'

export interface Standing {
  readonly tally: LaneTally
  readonly reference: string
  readonly samples: number
  readonly attribution: Stage | null
  /** Stages that throw or hang. */
  readonly failing: ReadonlySet<Stage>
  /** Those of the reference. */
  readonly referenceFailing: ReadonlySet<Stage>
  /** The node at which the model's difference begins. */
  readonly begins: string | null
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The sentence of a runtime that was compared. */
export function sentenceOf({
  tally,
  reference,
  samples,
  attribution,
  failing,
  referenceFailing,
  begins,
}: Standing): string {
  const { id } = tally.lane
  if (attribution !== null && failing.has(attribution))
    return `${id} fails at the stage ${attribution}${referenceFailing.has(attribution) ? `, and so does ${reference}` : `, which ${reference} passes`}.`
  const [pre, model, post] = [tally.alone('pre'), tally.alone('model'), tally.alone('post')]
  const [failed] = referenceFailing
  if (failed !== undefined && [model, post].every(({ verdict }) => verdict === 'not-run'))
    return `${id} was compared with nothing: ${reference} fails at the stage ${failed}.`
  const said: string[] = []
  if (isDifferent(pre.verdict))
    said.push(`preprocessing gives other tensors (${worstText(pre.outputs)}): the code or the platform differs`)
  if (isDifferent(model.verdict))
    said.push(
      `on equal inputs the model ${model.verdict === 'drift' ? 'drifts' : 'gives other outputs'} (${worstText(model.outputs)}): the runtime differs${begins === null ? '' : `, from ${begins} on`}`,
    )
  if (isDifferent(post.verdict))
    said.push(
      `on equal outputs postprocessing gives another result (${worstText(post.outputs)}): the code or the platform differs`,
    )
  const change = tally.change
  if (said.length === 0 && change)
    return `${id} matches ${reference} at every stage within tolerance, and still decides otherwise for ${change.sample} (${change.text}): a threshold makes much of a small difference.`
  const decisions =
    tally.decisions === 'change' ? '; a decision changes' : tally.decisions === 'agree' ? '; decisions agree' : ''
  if (said.length === 0) return `${id} matches ${reference} in ${plural(samples, 'sample')}${decisions}.`
  return `${id} parts from ${reference}: ${said.join('; ')}${decisions}.`
}

const isDifferent = (verdict: string): boolean => verdict === 'drift' || verdict === 'mismatch'

/** `Softmax "softmax" (node 5)` */
export const placeText = ({ op, name, node }: FirstDiverging): string =>
  `${op}${name === '' ? '' : ` "${name}"`} (node ${node})`

/** The worst of the outputs, with its figures. */
export function worstText(outputs: readonly OutputComparison[]): string {
  const rank = { 'not-run': 0, match: 0, drift: 1, mismatch: 2 }
  const [worst, ...others] = [...outputs]
    .filter(({ verdict }) => isDifferent(verdict))
    .sort((a, b) => rank[b.verdict] - rank[a.verdict] || (b.maxAbs ?? Infinity) - (a.maxAbs ?? Infinity))
  if (!worst) return 'nothing'
  const { name, why, maxAbs, mismatched, count, firstMismatch: first } = worst
  const facts = [
    why,
    maxAbs !== null && maxAbs > 0 ? `by up to ${short(maxAbs)}` : null,
    mismatched > 0 ? `${mismatched} of ${count} elements beyond the tolerance` : null,
    first && first.expected !== null
      ? `${valueText(first.actual)} in place of ${valueText(first.expected)} in ${elementText(first)}`
      : null,
  ].filter(Boolean)
  const more = others.length === 0 ? '' : `, and ${plural(others.length, 'other')}`
  return `"${name}" ${facts.join(', ')}${more}`
}

const elementText = ({ sample, index }: { sample: string; index: number[] }): string =>
  index.length === 0 ? sample : `${sample} at [${index.join(', ')}]`

const short = (value: number): string => Number(value.toPrecision(3)).toString()

const valueText = (value: number | string | null): string =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)).toString() : String(value)

/** `Round, 3 Cast` */
export const operatorsText = ({ fallback }: RuntimePlacement): string =>
  Object.entries(fallback)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([op, count]) => (count === 1 ? op : `${count} ${op}`))
    .join(', ')
