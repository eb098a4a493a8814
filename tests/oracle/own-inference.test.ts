/**
 * The whole way from the file: our own shape inference, then the rules. ONNX Runtime's inference is weaker than ours,
 * so that it refuses nodes whose shape it has lost; those are counted apart.
 */
import { expect, test } from 'vitest'
import { inferModel } from '../../src/infer/infer.ts'
import { describeData } from '../data.ts'
import { byOperator, compare, type Difference, judgeOf, Tally } from './agreement.ts'
import { subjects } from './agrees.ts'
import { type SetName, sets } from './recordings.ts'
import { targetOf } from './variants.ts'

/** One variant each; the others differ in rules, which have tests of their own. */
const variants = [
  ['coreml-mlprogram', 'coreml-mlprogram-v8'],
  ['coreml-neuralnetwork', 'coreml-neuralnetwork-v8'],
  ['nnapi', 'nnapi-api31'],
] as const

const least: Record<SetName, number> = { corpus: 0.999, conformance: 0.995, 'conformance-const': 0.995 }

describeData('own shapes: the answers of the real provider, but for the shapes that it has lost', () => {
  const cases = variants.flatMap(([provider, variant]) => sets.map((set) => ({ provider, variant, set })))
  test.each(cases)('$variant, $set', { timeout: 300_000 }, async ({ provider, variant, set }) => {
    const judge = judgeOf(targetOf(variant, '1.30'))
    let asked = 0
    let lost = 0
    const wrong: Difference[] = []
    for await (const [subject, answers] of subjects(set, provider, '1.30', (model) => inferModel(model))) {
      const recorded = answers.get(variant)
      if (!recorded) throw new Error(`${subject.name} has no variant ${variant}`)
      const tally = new Tally(variant)
      compare(tally, judge, subject, recorded)
      const differences = tally.differences.filter(({ node }) => node !== null)
      const others = differences.filter(({ node }) => !recorded.lost.has(node ?? -1))
      asked += tally.nodes
      lost += differences.length - others.length
      wrong.push(...others)
    }
    const agreement = 1 - wrong.length / (asked - lost)
    console.log(
      `${variant}, ${set}: ${(agreement * 100).toFixed(3)} % of ${asked - lost} nodes; ${lost} lost shapes apart`,
    )
    expect(agreement, byOperator(wrong)).toBeGreaterThanOrEqual(least[set])
  })
})
