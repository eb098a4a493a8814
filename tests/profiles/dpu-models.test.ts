/** Complete models on the DPU: every node that is left to the CPU has its reason, and the subgraphs are counted. */
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { dataPath, describeData } from '../data.ts'

const targets = resolveTargets(['vitis-ai-dpu'], new Registry())

async function check(path: string, dims: Record<string, number> = {}) {
  const model = await readModel(path)
  const [result] = checkModel(model, inferModel(model, { dims: new Map(Object.entries(dims)) }), targets)
  if (!result) throw new Error('no result')
  const host = result.nodes.filter(({ placement }) => placement === 'host')
  const reasons: Record<string, number> = {}
  for (const { findings, why } of host) {
    expect(why).toBeTruthy()
    const id = findings[0]?.replace('vitis-ai-dpu/', '') ?? 'none'
    reasons[id] = (reasons[id] ?? 0) + 1
  }
  return { verdict: result.verdict, macs: result.coverage.macs, subgraphs: result.partitions.length, reasons, result }
}

describeData('models of the shared data', () => {
  const corpus = (name: string) => dataPath('corpus', `${name}.onnx`)

  test('MobileNetV2 runs as one subgraph; its first layer leaves most lanes idle', async () => {
    const { verdict, subgraphs, reasons, result } = await check(corpus('tv-mobilenet-v2-ts13'), { batch: 1 })
    expect({ verdict, subgraphs, reasons }).toEqual({ verdict: 'ready', subgraphs: 1, reasons: {} })
    expect(result.layers?.[0]).toMatchObject({
      op: 'Conv',
      figures: { 'input channels': 3, 'idle input lanes': 13, 'output channels': 32, 'lanes used %': 18 },
    })
  })

  test('a YOLO: every SiLU cuts, and the decoding of boxes is left to the CPU', async () => {
    const { subgraphs, macs, reasons, result } = await check(corpus('own-yolo-raw-ts12'))
    expect(subgraphs).toBe(8)
    expect(macs).toBeGreaterThan(0.999)
    expect(reasons).toEqual({
      'Sigmoid/unsupported': 9,
      'Split/unsupported': 2,
      'Reshape/from-host': 4,
      'Concat/from-host': 1,
      'Transpose/unsupported': 4,
      'Softmax/unsupported': 2,
      'Mul/operands': 2,
      'ReduceSum/unsupported': 2,
      'Slice/unsupported': 4,
      'Sub/unsupported': 2,
      // The decoding of boxes was exported in double precision.
      'Cast/unsupported': 5,
      'types/float-type': 8,
    })
    expect(result.findings.find(({ id }) => id.endsWith('/cut'))?.message).toContain('Sigmoid')
  })

  test('a U-Net with transposed convolutions: a Resize to the same size cuts it, and the last activation follows it', async () => {
    const { subgraphs, macs, reasons } = await check(corpus('t113-mini-unet-op16'), { n: 1, h: 64, w: 64 })
    expect({ subgraphs, macs }).toEqual({ subgraphs: 2, macs: 1 })
    expect(reasons).toEqual({ 'Resize/linear-scale': 1, 'Sigmoid/unsupported': 1 })
  })

  test('a transformer: attention, normalisation and GELU are left to the CPU', async () => {
    const { reasons } = await check(corpus('timm-vit-tiny-patch16-224-ts17'), { batch: 1 })
    expect(reasons).toEqual({
      'Conv/stride': 1,
      'LayerNormalization/unsupported': 25,
      'MatMul/weights': 24,
      'Softmax/unsupported': 12,
      'Div/unsupported': 12,
      'Erf/unsupported': 12,
      'Transpose/unsupported': 37,
      'Split/unsupported': 12,
      'Squeeze/from-host': 36,
      'Reshape/from-host': 13,
      'Reshape/batch': 12,
      'Concat/from-host': 1,
      'Gather/unsupported': 1,
    })
  })

  test('a model that onnxruntime has quantised: one finding says why nothing is taken', async () => {
    const { reasons, result } = await check(corpus('tv-mobilenet-v2-ts13.qdq'))
    expect(Object.keys(reasons)).toEqual(['quantisation/fixed-point'])
    expect(result.findings.map(({ id }) => id)).toEqual(['vitis-ai-dpu/quantisation/fixed-point'])
  })
})
