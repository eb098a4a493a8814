import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { assess } from '../../src/assess/assess.ts'
import { inspect } from '../../src/assess/inspect.ts'
import { isFailure, type ModelResult } from '../../src/result/result.ts'

const folder = mkdtempSync(join(tmpdir(), 'deploycheck-design-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `x` of this size → what `build` makes of it → `y`. */
function save(name: string, dims: readonly (number | string)[], build: (builder: Builder, x: string) => void): string {
  const builder = new Builder({ name, description: '', opset: 17 }, 1)
  build(builder, builder.input('x', 'float32', dims))
  builder.output('y', 'float32', dims)
  const path = join(folder, `${name}.onnx`)
  writeFileSync(path, builder.encode())
  return path
}

const relu = (builder: Builder, x: string) => void builder.node('Relu', [x], {}, { name: 'act', outputs: ['y'] })

async function asked(path: string, targets?: readonly string[]): Promise<ModelResult> {
  const result = await (targets ? assess([path], { targets }) : inspect([path]))
  const [model] = result.models
  if (!model || isFailure(model)) throw new Error('not read')
  return model
}

const fitsOf = (model: ModelResult) => Object.fromEntries((model.memory ?? []).map(({ id, fits }) => [id, fits]))

describe('ceilings of memory', () => {
  it('are far away for a small model', async () => {
    const model = await asked(save('small', [1, 8], relu))
    expect(new Set(Object.values(fitsOf(model)))).toEqual(new Set([true]))
    expect(model.memory?.every(({ source }) => source.title !== '')).toBe(true)
  })
  it('of WebGPU are those that every device has: a tensor of 160 MB passes the binding and not the buffer', async () => {
    const model = await asked(save('large', [40_000_000], relu), ['webgpu', 'cpu'])
    expect(fitsOf(model)).toMatchObject({
      'webgpu-buffer': true,
      'webgpu-binding': false,
      'ios-tab': false,
      wasm32: true,
    })
    const ids = model.targets?.map(({ findings }) => findings.map(({ id }) => id))
    expect(ids?.[0]).toContain('webgpu/memory-ceiling')
    expect(ids?.[1]).not.toContain('cpu/memory-ceiling')
  })
  it('say what is needed at least where a size is open', async () => {
    const model = await asked(save('open', ['N', 4], relu))
    expect(model.memory?.find(({ id }) => id === 'wasm32')).toMatchObject({ needed: 0, fits: null })
  })
})

describe('what dominates', () => {
  it('is named where one layer does most of the work', async () => {
    const path = save('conv', [1, 3, 64, 64], (builder, x) => {
      const wide = builder.weight('wide', [256, 3, 3, 3], 27)
      const back = builder.weight('back', [3, 256, 1, 1], 256)
      const large = builder.node('Conv', [x, wide], { pads: [1, 1, 1, 1] }, { name: 'large' })
      builder.node('Conv', [large, back], {}, { name: 'small', outputs: ['y'] })
    })
    const model = await asked(path)
    expect(model.hotspots?.macs.map(({ name }) => name)).toEqual(['large', 'small'])
    expect(model.hotspots?.macs[0]?.share).toBeCloseTo(0.9, 2)
    expect(model.hotspots?.activations[0]?.amount).toBe(256 * 64 * 64 * 4)
    const ids = model.findings.map(({ id }) => id)
    expect(ids).toContain('model/dominant-macs')
    expect(ids).toContain('model/dominant-activation')
    expect(model.findings.find(({ id }) => id === 'model/dominant-macs')?.message).toContain('90 %')
  })
})

describe('traffic at the border', () => {
  it('names the values that cross, the largest first', async () => {
    // No WebGPU kernel computes Round.
    const path = save('border', [512, 1024], (builder, x) => {
      const soft = builder.node('Softplus', [x], {}, { name: 'soft' })
      const round = builder.node('Round', [soft], {}, { name: 'round' })
      builder.node('Softplus', [round], {}, { name: 'again', outputs: ['y'] })
    })
    const [target] = (await asked(path, ['webgpu'])).targets ?? []
    const found = target?.findings.find(({ id }) => id === 'webgpu/boundary-traffic')
    expect(found?.severity).toBe('note')
    expect(found?.message).toContain('4.19 MB cross')
    expect(found?.nodes).toEqual([0, 1])
  })
})
