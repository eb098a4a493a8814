import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { resultSchema } from '../../dev/result-schema.ts'
import { Builder, int64 } from '../../models/builder.ts'
import { runModel } from '../../src/assess/run-model.ts'
import { jsonReport } from '../../src/report/json.ts'
import { runReport } from '../../src/report/run.ts'
import { plain } from '../../src/report/style.ts'
import { oneNode, sequence } from '../runtimes/models.ts'
import { classifier } from './classifier.ts'
import { idsOf, onlyRun, runtimeOf, temporaryFolder, write } from './tiny.ts'

const folder = temporaryFolder()
const root = fileURLToPath(new URL('../../', import.meta.url))
const model = write(folder, 'classifier.onnx', classifier())
const both = { runtimes: ['cpu', 'wasm'] }
const printed = (result: Parameters<typeof runReport>[0]) =>
  runReport(result, { columns: 80, style: plain, quiet: false })

describe('a model without a wrapper', () => {
  test('two runtimes that agree: no error, said in a sentence', async () => {
    const result = await runModel(model, null, both)
    expect(result.exitCode).toBe(0)
    expect(onlyRun(result)).toMatchObject({ reference: 'cpu', source: 'random', wrapper: null, samples: 7 })
    expect(runtimeOf(result, 'wasm')).toMatchObject({
      status: 'ok',
      decisions: 'agree',
      attribution: null,
      sentence: 'wasm matches cpu in 7 samples; decisions agree.',
      stages: {
        pre: { verdict: 'not-run' },
        model: { verdict: 'match', crossFed: 'match' },
        post: { verdict: 'not-run' },
      },
    })
    expect(runtimeOf(result, 'cpu')).toMatchObject({ stages: null, sentence: 'cpu is the reference.' })
    expect([idsOf(result, 'error'), idsOf(result, 'note')]).toEqual([[], ['run/random-inputs']])
  })

  test('the result is what the schema says, and the report fits into 80 columns', async () => {
    const result = await runModel(model, null, {
      ...both,
      require: ['dml'],
      models: { wasm: write(folder, 'w.onnx', classifier({ weight: 3 })) },
    })
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(resultSchema()))
    validate(JSON.parse(jsonReport(result)))
    expect(validate.errors ?? []).toEqual([])
    const text = printed(result)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(text).toMatch(/^wasm +– +mismatch/m)
    expect(text).toMatch(/^dml +not available/m)
    expect(text).toContain('on equal inputs the model gives other outputs')
  })

  test('another weight in one runtime is a mismatch of the model, and a decision changes', async () => {
    const other = write(folder, 'altered.onnx', classifier({ weight: -4 }))
    const result = await runModel(model, null, { ...both, models: { wasm: other } })
    expect(result.exitCode).toBe(1)
    expect(result.gates).toMatchObject([{ target: 'wasm', gate: 'run' }])
    expect(runtimeOf(result, 'wasm')).toMatchObject({ attribution: 'model', decisions: 'change' })
    expect(idsOf(result, 'error')).toEqual(['run/model-mismatch', 'run/decision-changed'])
    const [worst] = runtimeOf(result, 'wasm').worst
    expect(worst).toMatchObject({ stage: 'model', output: 'scores', verdict: 'mismatch' })
  })

  test('a drift that changes no decision is a warning', async () => {
    const other = write(folder, 'drift.onnx', classifier({ weight: 1.0004 }))
    const result = await runModel(model, null, { ...both, models: { wasm: other } })
    expect(result.exitCode).toBe(0)
    expect([idsOf(result, 'error'), idsOf(result, 'warning')]).toEqual([[], ['run/model-drift']])
    expect(runtimeOf(result, 'wasm')).toMatchObject({ attribution: 'model', decisions: 'agree' })
  })

  test('a tolerance of the user is the only limit', async () => {
    const other = write(folder, 'drift2.onnx', classifier({ weight: 1.0004 }))
    const run = (atol: number) =>
      runModel(model, null, { ...both, models: { wasm: other }, tolerances: { scores: { atol } } })
    const [wide, narrow] = [await run(0.1), await run(1e-9)]
    expect([idsOf(wide, 'warning'), idsOf(narrow, 'error')]).toEqual([[], ['run/model-mismatch']])
  })

  test('a float16 inside widens the limits', async () => {
    const half = write(folder, 'half.onnx', classifier({ half: true }))
    const result = await runModel(half, null, { ...both, models: { cpu: model } })
    expect(runtimeOf(result, 'wasm').stages?.model.outputs[0]?.tolerance).toContain('of a float16 model')
  })
})

describe('what cannot be run', () => {
  test('a runtime that is not here is a note, and an error where it is required', async () => {
    const result = await runModel(model, null, { runtimes: ['dml'] })
    expect([result.exitCode, idsOf(result, 'note')]).toEqual([0, ['run/unavailable', 'run/random-inputs']])
    expect(runtimeOf(result, 'dml')).toMatchObject({ status: 'unavailable', stages: null })
    const required = await runModel(model, null, { runtimes: ['cpu'], require: ['dml'] })
    expect([required.exitCode, idsOf(required, 'error')]).toEqual([1, ['run/unavailable']])
  })

  test('a wrapper that is not there, or is no code, is said, and the command ends', () => {
    const broken = write(folder, 'broken.mjs', new TextEncoder().encode('export default {'))
    for (const [wrapper, said] of [
      [join(folder, 'none.mjs'), 'there is no wrapper'],
      [broken, 'broken.mjs:1:'],
    ] as const) {
      const words = [
        '--import',
        'tsx',
        'src/cli/main.ts',
        'run',
        model,
        wrapper,
        '--runtime',
        'cpu',
        '--runtime',
        'wasm',
      ]
      const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8', timeout: 50_000 })
      expect([status, stderr]).toEqual([2, expect.stringContaining(said)])
    }
  })

  test('a model that one runtime refuses: the others go on, another reference takes its place', async () => {
    const refused = write(folder, 'refused.onnx', oneNode('Frobnicate', 'float32'))
    const result = await runModel(model, null, { runtimes: ['cpu', 'wasm'], models: { cpu: refused } })
    expect([result.exitCode, onlyRun(result).reference]).toEqual([1, 'wasm'])
    expect(runtimeOf(result, 'cpu')).toMatchObject({ status: 'failed', stages: null })
    expect([idsOf(result, 'error'), idsOf(result, 'warning')]).toEqual([['run/refused'], ['run/reference-missing']])
  })

  test('where the reference fails nothing matches it', async () => {
    const builder = new Builder({ name: 'far', description: '', opset: 17 }, 1)
    builder.initializer('far', int64(99))
    builder.node('Gather', [builder.input('x', 'float32', [4]), 'far'], {}, { outputs: ['y'] })
    builder.output('y', 'float32', [1])
    const far = write(folder, 'far.onnx', builder.encode())
    const near = write(folder, 'near.onnx', oneNode('Abs', 'float32'))
    const result = await runModel(far, null, { runtimes: ['wasm'], models: { wasm: near } })
    expect(runtimeOf(result, 'wasm').sentence).toBe('wasm was compared with nothing: cpu fails at the stage model.')
    expect(result.exitCode).toBe(1)
  })

  test('outputs that are no tensors are left out, and said', async () => {
    const result = await runModel(write(folder, 'sequence.onnx', sequence()), null, { runtimes: ['cpu'], samples: 2 })
    expect([result.exitCode, runtimeOf(result, 'cpu').status]).toEqual([0, 'ok'])
    expect(onlyRun(result).findings).toContainEqual(
      expect.objectContaining({
        id: 'run/outputs-left-out',
        values: ['s'],
        message: 'cpu: "s" is no tensor and was not compared',
      }),
    )
  })

  test('a file that is no model is said as by every command', async () => {
    const result = await runModel(write(folder, 'no.onnx', 'hello'), null)
    expect(result).toMatchObject({ exitCode: 2, models: [{ error: { code: 'not-onnx' } }] })
    await expect(runModel('-', null)).rejects.toMatchObject({ code: 'not-a-file' })
    await expect(runModel(model, null, { runtimes: ['nope'] })).rejects.toMatchObject({ code: 'unknown-runtime' })
  })

  test('interrupted, what is done so far is the result', async () => {
    const controller = new AbortController()
    const onStep = (text: string) => {
      if (text.startsWith('sample 3/')) controller.abort()
    }
    const result = await runModel(model, null, { ...both, signal: controller.signal, onStep })
    expect(result).toMatchObject({ partial: true, runs: [{ partial: true, samples: 2 }] })
    expect(printed(result)).toContain('Interrupted')
  })
})
