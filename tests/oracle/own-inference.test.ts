/** The whole way from the file: our shapes less what ONNX Runtime loses of them, then the rules. Nothing is left out. */
import { expect, test } from 'vitest'
import { inferModel, runtimeView } from '../../src/infer/infer.ts'
import { describeData } from '../data.ts'
import { byOperator, compare, judgeOf, Tally } from './agreement.ts'
import { subjects } from './agrees.ts'
import { type SetName, sets } from './recordings.ts'
import { targetOf } from './variants.ts'

/** One variant each; the others differ in rules, which have tests of their own. */
const variants = [
  ['coreml-mlprogram', 'coreml-mlprogram-v8'],
  ['coreml-mlprogram', 'coreml-mlprogram-v8-static'],
  ['coreml-neuralnetwork', 'coreml-neuralnetwork-v8'],
  ['nnapi', 'nnapi-api31'],
  ['xnnpack', 'xnnpack'],
] as const

const least: Record<SetName, number> = { corpus: 0.999, conformance: 0.995, 'conformance-const': 0.995 }

describeData('own shapes: the answers of the real provider', () => {
  const cases = variants.flatMap(([provider, variant]) => sets.map((set) => ({ provider, variant, set })))
  test.each(cases)('$variant, $set', { timeout: 300_000 }, async ({ provider, variant, set }) => {
    const judge = judgeOf(targetOf(variant, '1.30'))
    const tally = new Tally(variant)
    const infer = (model: Parameters<typeof inferModel>[0]) => runtimeView(inferModel(model), false)
    for await (const [subject, answers] of subjects(set, provider, '1.30', infer)) {
      const recorded = answers.get(variant)
      if (!recorded) throw new Error(`${subject.name} has no variant ${variant}`)
      compare(tally, judge, subject, recorded)
    }
    console.log(`${set}: ${tally.line()}`)
    const wrong = tally.differences.filter(({ node }) => node !== null)
    expect(tally.agreement, byOperator(wrong)).toBeGreaterThanOrEqual(least[set])
  })
})
