/**
 * Every version of every operator: the backend tests moved to other opsets. Where the checker and ONNX Runtime both
 * accept a case, nothing is found wrong with it and no size is claimed that differs; where both refuse it, something is.
 */
import { expect, it } from 'vitest'
import { isKnown } from '../../src/graph/dim.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { readCases, storedOutputs, type TensorFacts, withConstants } from '../conformance/cases.ts'
import { dataPath, describeData, readLinesGz } from '../data.ts'

interface Moved {
  readonly name: string
  readonly op: string
  readonly opset: number
  readonly checker: string
  readonly ort: string
}

/** Refused by the checker, and nothing is found. */
const accepted: ReadonlyMap<string, string> = new Map([
  ['test_clip_default_inbounds@7', 'inputs with empty names behind the last one are no inputs'],
  ['test_if_seq@11', 'what an If gives is not held against the types that its version lists'],
])

describeData('versions of operators', () => {
  it('follow the opset', async () => {
    const cases = new Map(readCases().map((test) => [test.name, test]))
    const wrong: string[] = []
    const missed = new Set<string>()
    for (const { name, opset, checker, ort } of readLinesGz(dataPath('conformance', 'versions.jsonl.gz')) as Moved[]) {
      const test = cases.get(name)
      if (!test) continue
      const place = `${name}@${opset}`
      const model = await readModel(withConstants(test, () => true))
      const moved = { ...model, opsets: new Map([...model.opsets, ['', opset] as const]) }
      const inference = inferModel(moved)
      const [error] = inference.findings.filter(({ severity }) => severity === 'error')
      if (checker === 'ok' && ort === 'pass') {
        if (error) wrong.push(`${place}: ${error.message}`)
        const stored: (TensorFacts | null)[] = await storedOutputs(test)
        moved.graph.outputs.forEach((output, i) => {
          const { type } = inference.facts(output)
          const want = stored[i]
          if (!want || type?.kind !== 'tensor' || !type.shape) return
          const { dtype, shape } = type
          const differs =
            shape.length !== want.dims.length || shape.some((dim, axis) => isKnown(dim) && dim !== want.dims[axis])
          if (differs || (dtype && dtype !== want.dtype))
            wrong.push(`${place}: ${dtype} [${shape}], stored [${want.dims}]`)
        })
      } else if (checker !== 'ok' && ort !== 'pass' && !error) missed.add(place)
    }
    expect(wrong).toEqual([])
    expect([...missed].sort()).toEqual([...accepted.keys()].sort())
  })
})
