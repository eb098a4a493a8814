/**
 * Values that are computed from constants, held against the outputs that the ONNX backend tests store. A value need
 * not be computed; what is computed has to be right.
 */
import { expect, it } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import type { Element } from '../../src/graph/tensor.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { type Case, readCases, storedElements, withConstants } from '../conformance/cases.ts'
import { describeData } from '../data.ts'

/** Types whose results are compared bit by bit. */
const close = (got: Element, want: Element): boolean =>
  String(got) === String(want) || (typeof got === 'number' && typeof want === 'number' && Object.is(got + 0, want + 0))

async function differences(test: Case, counts: { values: number }): Promise<string[]> {
  const stored = await storedElements(test)
  const model = await readModel(withConstants(test, () => true))
  const inference = inferModel(model)
  return model.graph.outputs.flatMap((output, i) => {
    const known = inference.valueOf(output)
    const want = stored[i]
    if (!known || !want) return []
    counts.values++
    const wrong = known.elements.findIndex((element, at) => {
      const other = want[at]
      return typeof element !== 'object' && (other === undefined || !close(element, other))
    })
    if (wrong < 0 && known.elements.length === want.length) return []
    return [`${test.name} ${output.name}[${wrong}]: ${known.elements[wrong]}, stored ${want[wrong]}`]
  })
}

describeData('computed values', () => {
  it('are those that the backend tests store', async () => {
    const counts = { values: 0 }
    const wrong: string[] = []
    for (const test of readCases()) if (!test.random) wrong.push(...(await differences(test, counts)))
    console.log(`${counts.values} values computed`)
    expect(wrong).toEqual([])
    expect(counts.values).toBeGreaterThan(300)
  })
})
