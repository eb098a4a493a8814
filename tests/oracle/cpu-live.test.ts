/** The target `cpu` against sessions of the installed onnxruntime-node 1.30, made here and now. Slow: full runs only. */
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import { readCases } from '../conformance/cases.ts'
import { hasData } from '../data.ts'
import { checkAsIs } from './placements.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'

/** Refusals that say nothing about the model and its kernels. */
const elsewhere: readonly { message: RegExp; reason: string; onSomeMachines?: boolean }[] = [
  { message: /^Unsupported data type: /, reason: 'the JavaScript binding has no tensors of this type' },
  { message: /StringNormalizer::Locale/, reason: 'the machine lacks the locale', onSomeMachines: true },
  {
    message: /^Type Error: .*InsertedPrecisionFreeCast_/,
    reason:
      'where nothing is optimised, 1.30 forces a Cast from float16 to float16 to float32 and leaves its type; gone in 1.32',
  },
]
const exceptions: Readonly<Record<string, string>> = {
  test_loop16_seq_none: 'unknown: the type of an optional sequence that a Loop carries is not inferred',
}

describe.skipIf(!everything || !hasData)('CPU, live', () => {
  test('sessions of the specification’s tests', { timeout: 300_000 }, async () => {
    const different = new Set<string>()
    const used = new Set<RegExp>()
    let count = 0
    for (const { name, model } of readCases()) {
      const bytes = Buffer.from(model, 'base64')
      const error = await refusal(bytes)
      const other = elsewhere.find(({ message }) => error !== null && message.test(error))
      if (other) {
        used.add(other.message)
        continue
      }
      count++
      const [result] = checkAsIs(await readModel(bytes), ['cpu@ort=1.30'])
      if (result?.verdict !== (error === null ? 'ready' : 'blocked')) different.add(name)
    }
    console.info(`${count - different.size} of ${count} models agree`)
    expect([...different].sort()).toEqual(Object.keys(exceptions))
    for (const { message, reason, onSomeMachines } of elsewhere)
      expect(onSomeMachines || used.has(message), `no longer needed: ${reason}`).toBe(true)
  })
})

async function refusal(bytes: Uint8Array): Promise<string | null> {
  try {
    const options = { logSeverityLevel: 4, graphOptimizationLevel: 'disabled' } as const
    const session = await InferenceSession.create(bytes, options)
    await session.release()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
