/** Targets that run on channels last: what the change of the layout does to a model, against `--as-is`. */
import { describe, expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { type Builder, builder, floats, lines } from './tiny.ts'

const registry = new Registry()

async function check(model: Builder, target: string, asIs = false): Promise<TargetResult> {
  const read = await readModel(model.encode())
  const [result] = checkModel(read, inferModel(read), resolveTargets([target], registry), { asIs })
  if (!result) throw new Error('no result')
  return result
}

/** Conv → Relu, on images. */
function images(opset = 17): Builder {
  const model = builder({ opset, ...(opset > 23 ? { irVersion: 12 } : {}) })
  model.input('x', 'float32', [1, 2, 8, 8])
  model.initializer('w', floats([3, 2, 3, 3]))
  const conv = model.node('Conv', ['x', 'w'])
  model.node('Relu', [conv], {}, { outputs: ['y'] })
  model.output('y', 'float32', [1, 3, 6, 6])
  return model
}

describe('XNNPACK', () => {
  test('a Relu is fused into the Conv before it once the layout was changed', async () => {
    expect(lines(await check(images(), 'xnnpack'))).toEqual(['Conv target 0', 'Relu target 0'])
    expect(lines(await check(images(), 'xnnpack', true))).toEqual(['Conv target 0', 'Relu host -'])
  })

  test('but not where something else reads what the Conv makes', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 2, 8, 8])
    model.initializer('w', floats([3, 2, 3, 3]))
    const conv = model.node('Conv', ['x', 'w'])
    const relu = model.node('Relu', [conv])
    model.node('Add', [conv, relu], {}, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 6, 6])
    expect(lines(await check(model, 'xnnpack'))).toEqual(['Conv target 0', 'Relu host -', 'Add host -'])
  })
})

describe('NNAPI', () => {
  test('a Transpose before a Conv disappears into the layout; with the NCHW flag it stays', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 8, 8, 2])
    model.initializer('w', floats([3, 2, 3, 3]))
    const transposed = model.node('Transpose', ['x'], { perm: [0, 3, 1, 2] })
    model.node('Conv', [transposed, 'w'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 6, 6])
    expect(lines(await check(model, 'nnapi'))).toEqual(['Transpose folded -', 'Conv target 0'])
    expect(lines(await check(model, 'nnapi@nchw=true'))).toEqual(['Transpose target 0', 'Conv target 0'])
  })

  test('an opset that the change of the layout does not know means that the provider is not used', async () => {
    const refused = await check(images(24), 'nnapi@ort=1.23')
    expect(refused.findings.map(({ id }) => id)).toContain('nnapi/model/layout-opset')
    expect(refused.nodes.every(({ placement }) => placement === 'host')).toBe(true)
    const used = await check(images(24), 'nnapi@ort=1.30')
    expect(lines(used)).toEqual(['Conv target 0', 'Relu target 0'])
  })
})
