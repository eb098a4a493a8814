/** The Core ML targets against ONNX Runtime's Core ML provider: releases, Core ML versions, static shapes, float16. */
import { expect, test } from 'vitest'
import { dataPath, describeData, readLinesGz } from '../data.ts'
import { failuresOf, judgeOf } from './agreement.ts'
import { rulesAgree, subjects } from './agrees.ts'
import { sets } from './recordings.ts'

rulesAgree('coreml-mlprogram', ['1.30', '1.23'])
rulesAgree('coreml-neuralnetwork', ['1.30', '1.23'])

/** What the provider's model builder made of the partitions that were claimed. */
interface BuildRecord {
  readonly model: string
  readonly variant: string
  /** One text per partition; only where one of them failed. */
  readonly build?: readonly string[]
  /** The process died. */
  readonly crash?: number
}

describeData("partitions that Core ML's model builder refuses", () => {
  test.each(sets)('%s: each is found, and no other', { timeout: 300_000 }, async (set) => {
    const records = readLinesGz(dataPath('oracle', `${set}.coreml-build.ort1.30.jsonl.gz`)) as BuildRecord[]
    for (const provider of ['coreml-mlprogram', 'coreml-neuralnetwork']) {
      const judge = judgeOf(provider)
      const failing = new Map(
        records
          .filter(({ variant }) => variant === `${provider}-v8`)
          .map(({ model, build, crash }) => [model, build !== undefined || crash !== undefined]),
      )
      for await (const [subject] of subjects(set, provider, '1.30')) {
        const ours = failuresOf(subject.placements(judge))
        // Models at which the provider throws have no partitions and are not in the records.
        const theirs = failing.get(subject.name) ?? ours.has('throws')
        expect(ours.size > 0, `${subject.name} on ${provider}: ${[...ours].join()}`).toBe(theirs)
      }
    }
  })
})
