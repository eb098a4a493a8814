import { expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { describeInside, describeModel } from '../../src/assess/describe.ts'
import { inspect } from '../../src/assess/inspect.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { dataPath, describeData } from '../data.ts'

test('a product and an activation: MACs, parameters, bytes, and the moment at which most is alive', async () => {
  const builder = new Builder({ name: 'small', description: 'two nodes' }, 1)
  const x = builder.input('x', 'float32', [2, 8])
  const y = builder.node('MatMul', [x, builder.weight('w', [8, 16], 8)], {}, { name: 'product' })
  builder.node('Relu', [y], {}, { name: 'relu', outputs: ['z'] })
  builder.output('z', 'float32', [2, 16])
  const model = await readModel(builder.encode())
  const inference = inferModel(model)
  expect(describeModel(model, inference).totals).toEqual({
    nodes: 2,
    macs: 2 * 8 * 16,
    params: 8 * 16,
    // x is gone when z is made: y and z, 128 bytes each, are more than x and y.
    peakActivationBytes: 256,
  })
  const { nodes, values } = describeInside(model, inference)
  expect(nodes[0]).toMatchObject({ macs: 256, params: 128, bytesRead: 64 + 512, bytesWritten: 128 })
  expect(values.w).toEqual({ dtype: 'float32', shape: [8, 16], const: true, why: null })
})

describeData('MobileNetV2 of the corpus', () => {
  const path = dataPath('corpus', 'tv-mobilenet-v2-ts13.onnx')

  test('has the 300.8 M MACs that its authors count at 224 × 224', async () => {
    const { models } = await inspect([path], { withoutWeights: true, dims: new Map([['batch', 1]]) })
    expect(models[0]).toMatchObject({ totals: { macs: 300_774_272 } })
  })

  test('has no number of MACs while the batch is open', async () => {
    const { models } = await inspect([path], { withoutWeights: true })
    expect(models[0]).toMatchObject({ totals: { macs: null, peakActivationBytes: null } })
  })
})
