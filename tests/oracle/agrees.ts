/** The suite that holds a target's rules against the recorded answers of the real provider. */
import { expect, test } from 'vitest'
import type { Model } from '../../src/graph/model.ts'
import type { Inference } from '../../src/infer/facts.ts'
import type { Judge } from '../../src/profiles/judge.ts'
import { describeData } from '../data.ts'
import { byOperator, compare, judgeOf, Subject, Tally } from './agreement.ts'
import { RecordedInference } from './recorded-inference.ts'
import { type Answers, answers, type GraphRecord, graphRecords, models, type SetName, sets } from './recordings.ts'
import { targetOf } from './variants.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'
/** A fixed part in the fast run: about 40 real models and 170 of the specification's tests. */
const step: Record<SetName, number> = { corpus: 10, conformance: 20, 'conformance-const': 20 }
const isChosen = (set: SetName, position: number): boolean => everything || position % step[set] === 0

/** Rules on the shapes that ONNX Runtime itself had, so that only the rules can differ. */
export function rulesAgree(provider: string, releases: readonly string[]): void {
  describeData(`${provider}: the rules give the answers of the real provider`, () => {
    const cases = releases.flatMap((ort) => sets.map((set) => ({ ort, set })))
    test.each(cases)('ONNX Runtime $ort, $set', { timeout: 900_000 }, async ({ ort, set }) => {
      const tallies = await talliesOf(set, provider, ort)
      console.log(report(set, tallies))
      const differences = tallies.flatMap((tally) => tally.differences)
      expect(tallies.length > 0 && tallies.every(({ nodes }) => nodes > 0)).toBe(true)
      expect(differences.slice(0, 20), byOperator(differences)).toEqual([])
    })
  })
}

/** A line per target; in the fast run one for all. */
function report(set: SetName, tallies: readonly Tally[]): string {
  if (everything) return tallies.map((tally) => `${set.padEnd(18)} ${tally.line()}`).join('\n')
  const count = (of: (tally: Tally) => number) => tallies.reduce((sum, tally) => sum + of(tally), 0)
  return `${set}: ${count((tally) => tally.wrongNodes)} of ${count((tally) => tally.nodes)} nodes differ, ${tallies.length} variants`
}

async function talliesOf(set: SetName, provider: string, ort: string): Promise<readonly Tally[]> {
  const targets = new Map<string, { tally: Tally; judge: Judge }>()
  for await (const [subject, variants] of subjects(set, provider, ort))
    for (const [variant, recorded] of variants) {
      const id = targetOf(variant, ort)
      const target = targets.get(id) ?? { tally: new Tally(id), judge: judgeOf(id) }
      targets.set(id, target)
      compare(target.tally, target.judge, subject, recorded)
    }
  return [...targets.values()].map(({ tally }) => tally)
}

type Infer = (model: Model, record: GraphRecord) => Inference
const asRecorded: Infer = (model, record) => new RecordedInference(model, record)

/** The chosen models of a set, with what the provider answered per variant. */
export async function* subjects(
  set: SetName,
  provider: string,
  ort: string,
  infer = asRecorded,
): AsyncGenerator<readonly [Subject, ReadonlyMap<string, Answers>]> {
  for await (const [name, model, record, variants] of chosen(set, provider, ort))
    yield [new Subject(name, infer(model, record)), variants]
}

export async function* chosen(
  set: SetName,
  provider: string,
  ort: string,
): AsyncGenerator<readonly [string, Model, GraphRecord, ReadonlyMap<string, Answers>]> {
  const records = graphRecords(set)
  const readers = models(set)
  let position = 0
  for (const [name, variants] of answers(set, provider, ort)) {
    if (!isChosen(set, position++)) continue
    const record = records.get(name)
    const read = readers.get(name)
    if (!record || !read) throw new Error(`the recorded model ${name} is missing`)
    yield [name, await read(), record, variants]
  }
}
