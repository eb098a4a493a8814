/**
 * Types and shapes of the ONNX backend tests: inferred from the types of the inputs, and with the inputs as
 * constants, held against the tensors that the tests store.
 */
import { expect, it } from 'vitest'
import { dimText, isKnown } from '../../src/graph/dim.ts'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import type { ValueType } from '../../src/graph/type.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { describeData } from '../data.ts'
import { readCases, storedOutputs, type TensorFacts, withConstants } from './cases.ts'
import { expectedUnknown, knownDespiteData } from './exceptions.ts'

type Answer = 'exact' | 'partly' | 'wrong' | 'not a tensor'

function hold(type: ValueType | null, want: TensorFacts): Answer {
  if (!type) return 'partly'
  if (type.kind !== 'tensor') return type.kind === 'optional' ? hold(type.element, want) : 'wrong'
  if (type.dtype && type.dtype !== want.dtype) return 'wrong'
  if (!type.dtype || !type.shape) return 'partly'
  if (type.shape.length !== want.dims.length) return 'wrong'
  if (type.shape.some((dim, i) => isKnown(dim) && dim !== want.dims[i])) return 'wrong'
  return type.shape.every(isKnown) ? 'exact' : 'partly'
}

const text = (type: ValueType | null): string =>
  type?.kind === 'tensor'
    ? `${type.dtype} ${JSON.stringify(type.shape?.map(dimText) ?? null)}`
    : (type?.kind ?? 'no type')

async function outputTypes(model: Model): Promise<{ types: (ValueType | null)[]; findings: string[] }> {
  const inference = inferModel(model)
  return {
    types: model.graph.outputs.map((value) => inference.facts(value).type),
    findings: inference.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  }
}

describeData('inference on the ONNX backend tests', () => {
  it('is exact wherever the shape does not depend on data, and never wrong', async () => {
    const wrong: string[] = []
    const unknown: string[] = []
    const claimed: string[] = []
    const counts = new Map<string, number>()
    const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
    for (const test of readCases()) {
      const stored = await storedOutputs(test)
      const fromTypes = await outputTypes(await readModel(Buffer.from(test.model, 'base64')))
      const fromValues = await outputTypes(await readModel(withConstants(test, () => true)))
      test.outputs.forEach(({ name, shapeFrom }, i) => {
        const want = stored[i]
        if (!want) return
        const key = `${test.name} ${name}`
        const byTypes = hold(fromTypes.types[i] ?? null, want)
        const byValues = hold(fromValues.types[i] ?? null, want)
        const show = (what: string, { types, findings }: typeof fromTypes) =>
          `${key} (${shapeFrom}, ${what}): ${text(types[i] ?? null)}, stored ${want.dtype} [${want.dims}] ${findings.join('; ')}`
        if (byTypes === 'wrong') wrong.push(show('types', fromTypes))
        if (byValues === 'wrong') wrong.push(show('values', fromValues))
        const answer = shapeFrom === 'types' ? byTypes : byValues
        count(`${test.file} ${shapeFrom} ${answer}`)
        if ((shapeFrom === 'types' || shapeFrom === 'values') && answer !== 'exact')
          unknown.push(shapeFrom === 'types' ? show('types', fromTypes) : show('values', fromValues))
        if (shapeFrom === 'data' && byTypes === 'exact') claimed.push(show('types', fromTypes))
      })
    }
    console.log(
      [...counts]
        .sort()
        .map(([key, n]) => `${key}: ${n}`)
        .join('\n'),
    )
    const name = (line: string) => line.slice(0, line.indexOf(' ('))
    const unexpected = unknown.filter((line) => !expectedUnknown.has(name(line)))
    const known = new Set(unknown.map(name))
    expect(wrong).toEqual([])
    expect(unexpected).toEqual([])
    expect(claimed.map(name).sort(), 'a fixed size claimed for what depends on data').toEqual(
      [...knownDespiteData.keys()].sort(),
    )
    expect(
      [...expectedUnknown.keys()].filter((key) => !known.has(key)),
      'exceptions no longer needed',
    ).toEqual([])
  })
})
