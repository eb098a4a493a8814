import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import { Problem } from '../../src/result/problem.ts'
import { dataPath, hasData } from '../data.ts'
import { field, modelBytes, relu } from './message.ts'

const built = modelBytes({
  nodes: [
    { op: 'Add', inputs: ['x', 'w'], outputs: ['a'], attributes: [{ name: 'k', type: 7, ints: [1, -2, 2 ** 40] }] },
    relu('a', 'b', 'first'),
    relu('b', 'y', 'second'),
  ],
  initializers: [
    { name: 'w', dims: [2], type: 1, data: [field(9, Buffer.alloc(8))] },
    { name: 'v', dims: [6000], type: 1, data: [field(9, Buffer.alloc(24_000))] },
  ],
})
const models: [string, Buffer][] = [['a small model', built]]
if (hasData) models.push(['a real model', readFileSync(dataPath('corpus', 'hf-bert-tiny-ts11.onnx'))])

/** A model, or a Problem with an offset; anything else is a bug. */
async function outcome(bytes: Uint8Array): Promise<'model' | Problem> {
  const started = performance.now()
  try {
    const { findings, graph } = await readModel(bytes)
    for (const tensor of graph.initializers.values()) tensor.payload.elements(1000)
    expect(findings.every(({ id, message }) => id.startsWith('model/') && message.length < 5000)).toBe(true)
    return 'model'
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error
  } finally {
    expect(performance.now() - started).toBeLessThan(2000)
  }
}

describe.each(models)('%s', (_, bytes) => {
  it('is refused with an offset when it is cut', async () => {
    // Top-level fields end at these offsets: a cut there is a legal message.
    let state = 12345
    for (let i = 0; i < 200; i++) {
      state = (state * 1103515245 + 12345) % 2 ** 31
      const length = state % bytes.length
      const result = await outcome(bytes.subarray(0, length))
      if (result === 'model') continue
      expect(['truncated', 'empty-file', 'not-onnx', 'bad-packed']).toContain(result.code)
      expect(result.details.offset).toBeLessThanOrEqual(length)
      expect(result.message).not.toContain('\n')
    }
  })

  it('never breaks the reader, whatever bytes change', async () => {
    const change = fc.record({
      at: fc.nat(bytes.length - 1),
      value: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x0a, 0x0b, 0x0c)),
      kind: fc.constantFrom('set', 'insert', 'remove'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const mutant = [...bytes]
        for (const { at, value, kind } of changes)
          mutant.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [value]))
        await outcome(Uint8Array.from(mutant))
      }),
      { numRuns: bytes.length > 1e5 ? 40 : 400 },
    )
  })
})
