/** The suite that holds a target's rules against the recorded answers of the real provider. */
import { expect, test } from 'vitest'
import { describeData } from '../data.ts'
import { byOperator, compare, judgeOf, Tally } from './agreement.ts'
import { RecordedInference } from './recorded-inference.ts'
import { answers, graphRecords, models, type SetName, sets } from './recordings.ts'
import { targetOf } from './variants.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'
/** A fixed part in the fast run: about 40 real models and 170 of the specification's tests. */
const step: Record<SetName, number> = { corpus: 10, conformance: 20, 'conformance-const': 20 }

/** Rules on the shapes that ONNX Runtime itself had, so that only the rules can differ. */
export function rulesAgree(provider: string, releases: readonly string[]): void {
  describeData(`${provider}: the rules give the answers of the real provider`, () => {
    const cases = releases.flatMap((ort) => sets.map((set) => ({ ort, set })))
    test.each(cases)('ONNX Runtime $ort, $set', { timeout: 900_000 }, async ({ ort, set }) => {
      const tallies = await talliesOf(set, provider, ort)
      for (const tally of tallies) console.log(`${set.padEnd(18)} ${tally.line()}`)
      const differences = tallies.flatMap((tally) => tally.differences)
      expect(tallies.every(({ nodes }) => nodes > 0)).toBe(true)
      expect(differences.slice(0, 20), byOperator(differences)).toEqual([])
    })
  })
}

async function talliesOf(set: SetName, provider: string, ort: string): Promise<readonly Tally[]> {
  const records = graphRecords(set)
  const readers = models(set)
  const targets = new Map<string, { tally: Tally; judge: ReturnType<typeof judgeOf> }>()
  let position = 0
  for (const [model, variants] of answers(set, provider, ort)) {
    if (!everything && position++ % step[set] !== 0) continue
    const record = records.get(model)
    const read = readers.get(model)
    if (!record || !read) throw new Error(`the recorded model ${model} is missing`)
    const inference = new RecordedInference(await read(), record)
    for (const [variant, recorded] of variants) {
      const id = targetOf(variant, ort)
      const target = targets.get(id) ?? { tally: new Tally(id), judge: judgeOf(id) }
      targets.set(id, target)
      compare(target.tally, target.judge, model, inference, recorded)
    }
  }
  return [...targets.values()].map(({ tally }) => tally)
}
