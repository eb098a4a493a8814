import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { runModel } from '../../src/assess/run-model.ts'
import { classifier } from './classifier.ts'
import { idsOf, onlyRun, runtimeOf, temporaryFolder, write } from './tiny.ts'

const folder = temporaryFolder()
const model = write(folder, 'classifier.onnx', classifier())

/** `x` through a chain of additions; that of number `odd` adds more. A branch beside it joins at the end. */
function chain(length: number, odd = -1): Uint8Array {
  const builder = new Builder({ name: 'chain', description: '', opset: 17 }, 1)
  const x = builder.input('x', 'float32', [1, 16])
  const add = (from: string, name: string, amount: number) => {
    builder.initializer(`${name}.amount`, { dims: [1], data: Float32Array.of(amount) })
    return builder.node('Add', [from, `${name}.amount`], {}, { name, outputs: [`${name}.out`] })
  }
  let main = x
  for (let i = 0; i < length; i++) main = add(main, `add${i}`, 0.01 + (i === odd ? 0.5 : 0))
  builder.node('Mul', [main, add(x, 'side', 2)], {}, { name: 'join', outputs: ['y'] })
  builder.output('y', 'float32', [1, 16])
  return builder.encode()
}

describe('the first diverging node', () => {
  test('is the one whose inputs agree, and not one of those that follow', async () => {
    const altered = write(folder, 'altered.onnx', classifier({ weight: -4 }))
    const result = await runModel(model, null, { runtimes: ['wasm'], models: { wasm: altered } })
    expect(runtimeOf(result, 'wasm').firstDiverging).toMatchObject({
      node: 2,
      name: 'second',
      op: 'MatMul',
      output: 'second.out',
      inputs: [{ name: 'relu_output_0', dtype: 'float32', shape: [expect.any(Number), 16] }],
      tapsChangeResult: false,
      repro: null,
    })
    const [mismatch] = onlyRun(result).findings.filter(({ id }) => id === 'run/model-mismatch')
    expect(mismatch).toMatchObject({ nodes: [2] })
    expect(mismatch?.message).toContain('it begins at MatMul "second" (node 2)')
  })

  test('is found by bisection where there are more values than can be looked at together', async () => {
    const long = write(folder, 'long.onnx', chain(700))
    const odd = write(folder, 'odd.onnx', chain(700, 413))
    const result = await runModel(long, null, { runtimes: ['wasm'], models: { wasm: odd }, samples: 1 })
    expect(runtimeOf(result, 'wasm').firstDiverging).toMatchObject({ node: 413, name: 'add413', op: 'Add' })
  })

  test('is looked for on a drift only when asked', async () => {
    const drift = write(folder, 'drift.onnx', classifier({ weight: 1.0004 }))
    const run = (bisect: boolean) => runModel(model, null, { runtimes: ['wasm'], models: { wasm: drift }, bisect })
    expect(runtimeOf(await run(false), 'wasm').firstDiverging).toBeNull()
    expect(runtimeOf(await run(true), 'wasm').firstDiverging).toMatchObject({ name: 'second' })
  })
})

test('--save-repro: the node, its inputs and the expected outputs run as they stand', async () => {
  const altered = write(folder, 'altered2.onnx', classifier({ axis: 0 }))
  const saveRepro = join(folder, 'repro')
  const result = await runModel(model, null, {
    runtimes: ['wasm'],
    models: { wasm: altered },
    saveRepro,
    dims: new Map([['N', 3]]),
  })
  const repro = runtimeOf(result, 'wasm').firstDiverging?.repro ?? ''
  expect(readdirSync(repro).sort()).toEqual(['issue.md', 'model.onnx', 'test_data_set_0'])
  const issue = readFileSync(join(repro, 'issue.md'), 'utf8')
  expect(issue).toContain('# Softmax gives other results')
  expect(issue).toContain('By itself the node differs as well')
  expect(issue).toContain('`axis`: `1`')
  const again = await runModel(join(repro, 'model.onnx'), null, {
    runtimes: ['wasm'],
    inputs: join(repro, 'test_data_set_0'),
  })
  expect(idsOf(again, 'error')).toEqual(['run/expected-differs', 'run/expected-differs'])
  expect(existsSync(join(repro, 'test_data_set_0', 'output_0.pb'))).toBe(true)
})
