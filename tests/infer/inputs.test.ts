/** What the user says of the inputs: symbols, shapes and values, and what of it contradicts the model or itself. */
import { describe, expect, it } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { dimText } from '../../src/graph/dim.ts'
import { readModel } from '../../src/graph/read.ts'
import type { InferOptions } from '../../src/infer/facts.ts'
import { inferModel } from '../../src/infer/infer.ts'

/** `x [n, 3]` plus `z [n, 3]`, reshaped to the shape that the input `shape [2]` gives. */
async function see(options: InferOptions) {
  const b = new Builder({ name: 'inputs', description: '', opset: 17 }, 1)
  b.input('x', 'float32', ['n', 3])
  b.input('z', 'float32', ['n', 3])
  b.input('shape', 'int64', [2])
  b.node('Add', ['x', 'z'], {}, { outputs: ['sum'] })
  b.node('Reshape', ['sum', 'shape'], {}, { outputs: ['y'] })
  b.output('y', 'float32', ['a', 'b'])
  const model = await readModel(b.encode())
  const inference = inferModel(model, options)
  const shapeOf = (name: string) => {
    const value = model.graph.values.get(name)
    const type = value && inference.facts(value).type
    return type?.kind === 'tensor' ? (type.shape?.map(dimText) ?? null) : null
  }
  return { sum: shapeOf('sum'), y: shapeOf('y'), findings: inference.findings.map(({ id }) => id) }
}

describe('inputs as the user gives them', () => {
  it('make numbers of symbols, and shapes of values', async () => {
    expect(await see({})).toEqual({ sum: ['n', 3], y: [null, null], findings: [] })
    expect((await see({ dims: new Map([['n', 4]]) })).sum).toEqual([4, 3])
    expect((await see({ inputShapes: new Map([['x', [4, 3]]]) })).sum).toEqual([4, 3])
    const inputValues = new Map([['shape', [3, -1]]])
    expect((await see({ inputValues, dims: new Map([['n', 4]]) })).y).toEqual([3, 4])
    expect((await see({ inputValues })).y).toEqual([3, 'n'])
  })

  it('of another rank or size are findings, and inference goes on with them', async () => {
    const rank = await see({ inputShapes: new Map([['x', [2, 4, 3]]]) })
    expect(rank.findings).toEqual(['model/input-rank'])
    expect(rank.sum?.[0]).toBe(2)
    const size = await see({ inputShapes: new Map([['x', [4, 1]]]) })
    expect(size).toMatchObject({ findings: ['model/input-dim'], sum: [4, 3] })
    const value = await see({ inputValues: new Map([['shape', [2, 2, 3]]]) })
    expect(value.findings).toContain('model/input-dim')
  })

  it('that contradict each other are findings', async () => {
    const { findings } = await see({ dims: new Map([['n', 3]]), inputShapes: new Map([['x', [4, 3]]]) })
    expect(findings).toContain('model/input-dim')
  })
})
