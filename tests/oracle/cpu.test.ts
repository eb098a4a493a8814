/** The target `cpu` against real sessions of ONNX Runtime 1.32: what it says runs loads there, and nothing else. */
import { expect, test } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import { readCases } from '../conformance/cases.ts'
import { describeData } from '../data.ts'
import { checkAsIs } from './placements.ts'

const loads: ReadonlySet<string> = new Set(['pass', 'mismatch', 'run-error'])
const refused: ReadonlySet<string> = new Set(['not-implemented', 'load-error'])

const exceptions: Readonly<Record<string, string>> = {
  test_loop16_seq_none: 'unknown: the type of an optional sequence that a Loop carries is not inferred',
  test_range_bfloat16_type_positive_delta:
    'the body of Range 27 casts bfloat16 to float32; types inside of bodies are not worked out',
}

describeData('CPU kernels', () => {
  test('a model is blocked exactly where ONNX Runtime refuses to load it', { timeout: 120_000 }, async () => {
    const different = new Set<string>()
    let count = 0
    for (const { name, model, ort } of readCases()) {
      if (!loads.has(ort.status) && !refused.has(ort.status)) continue
      count++
      const [result] = checkAsIs(await readModel(Buffer.from(model, 'base64')), ['cpu@ort=1.32'])
      if (result?.verdict !== (loads.has(ort.status) ? 'ready' : 'blocked')) different.add(name)
    }
    console.info(`${count - different.size} of ${count} models agree`)
    expect(count).toBeGreaterThan(2000)
    expect([...different].sort()).toEqual(Object.keys(exceptions))
  })
})
