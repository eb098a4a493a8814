import { describe, expect, test } from 'vitest'
import { runModel } from '../../src/assess/run-model.ts'
import type { RunOptions } from '../../src/run/options.ts'
import { describeChromium } from '../runtimes/models.ts'
import { classifier } from './classifier.ts'
import { idsOf, onlyRun, runtimeOf, temporaryFolder, write } from './tiny.ts'

const folder = temporaryFolder()
const model = write(folder, 'classifier.onnx', classifier())

interface Parts {
  readonly pre?: string
  readonly post?: string
  readonly rest?: string
}

let wrappers = 0
/** Eight samples of eight numbers; the label is what the model says, but for the first sample. */
function wrapper({ pre = '', post = '', rest = '' }: Parts = {}): string {
  const text = `
    export default {
      samples: Array.from({ length: 8 }, (_, i) => ({ id: 's' + i, tags: [i < 4 ? 'low' : 'high'], label: i === 0 ? -1 : undefined, data: i })),
      preprocess(sample, kit) {
        let data = Float32Array.from({ length: 8 }, (_, k) => Math.fround(((sample.data * 13 + k * 7) % 11) / 5 - 1))
        let name = 'x'
        ${pre}
        return { [name]: kit.tensor('float32', [1, data.length], data) }
      },
      postprocess(outputs) {
        let scores = Array.from(outputs.scores.data)
        let score = Math.max(...scores)
        let label = scores.indexOf(score)
        ${post}
        return { label, score }
      },
      ${rest}
    }`
  return write(folder, `wrapper-${wrappers++}.mjs`, text)
}
const good = wrapper()
const run = (own: string | null, options: RunOptions = {}) =>
  runModel(model, good, { runtimes: ['cpu', 'wasm'], ...options, ...(own === null ? {} : { wrappers: { wasm: own } }) })

describe('stages', () => {
  test('the same wrapper matches at every stage', async () => {
    const result = await run(null)
    expect([result.exitCode, onlyRun(result).findings]).toEqual([0, []])
    expect(onlyRun(result)).toMatchObject({ source: 'wrapper', samples: 8 })
    const { stages, sentence } = runtimeOf(result, 'wasm')
    expect([stages?.pre.verdict, stages?.model.verdict, stages?.post.verdict]).toEqual(['match', 'match', 'match'])
    expect(sentence).toBe('wasm matches cpu in 8 samples; decisions agree.')
  })

  test('other preprocessing: blamed on pre; the model agrees on equal inputs, and so does post', async () => {
    const result = await run(wrapper({ pre: 'data.reverse()' }))
    const wasm = runtimeOf(result, 'wasm')
    expect(wasm).toMatchObject({
      attribution: 'pre',
      stages: {
        pre: { verdict: 'mismatch' },
        model: { verdict: 'mismatch', crossFed: 'match' },
        post: { crossFed: 'match' },
      },
    })
    expect(idsOf(result, 'error')).toContain('run/pre-differs')
    expect(idsOf(result, 'error')).not.toContain('run/model-mismatch')
    expect(wasm.sentence).toContain('preprocessing gives other tensors ("x"')
  })

  test('other postprocessing: blamed on post', async () => {
    const result = await run(wrapper({ post: 'label = scores.length - 1 - label' }))
    expect(runtimeOf(result, 'wasm')).toMatchObject({
      attribution: 'post',
      decisions: 'change',
      stages: {
        pre: { verdict: 'match' },
        model: { verdict: 'match' },
        post: { verdict: 'mismatch', crossFed: 'mismatch' },
      },
    })
    expect(idsOf(result, 'error')).toEqual(['run/post-differs', 'run/decision-changed'])
  })

  test('another model: blamed on the model, not on what follows from it', async () => {
    const other = write(folder, 'other.onnx', classifier({ weight: -9 }))
    const result = await run(null, { models: { wasm: other } })
    expect(runtimeOf(result, 'wasm')).toMatchObject({ attribution: 'model', stages: { post: { crossFed: 'match' } } })
    expect(idsOf(result, 'error')).toEqual(['run/model-mismatch', 'run/decision-changed'])
  })
})

describe('metrics', () => {
  const rest = 'metrics: { known: (result, sample) => result.label === sample.label, score: (result) => result.score },'

  test('by runtime and slice, with the difference from the reference and an interval', async () => {
    const own = wrapper({ rest })
    const other = wrapper({ rest, post: 'score *= 0.5' })
    const result = await runModel(model, own, {
      runtimes: ['wasm'],
      wrappers: { wasm: other },
      maxDrop: { score: 0.01, nope: 1 },
    })
    const { metrics, slices } = runtimeOf(result, 'wasm')
    const reference = runtimeOf(result, 'cpu').metrics.score
    expect(reference).toMatchObject({ delta: null, deltaCi95: null })
    expect(metrics.score?.delta).toBeCloseTo(-(reference?.value ?? 0) / 2, 6)
    const [low = 0, high = 0] = metrics.score?.deltaCi95 ?? []
    expect(low).toBeLessThan(metrics.score?.delta ?? 0)
    expect(high).toBeGreaterThan(metrics.score?.delta ?? 0)
    expect(metrics.known).toMatchObject({ value: 0, delta: 0 })
    expect(slices.map(({ name, samples }) => [name, samples])).toEqual([
      ['low', 4],
      ['high', 4],
    ])
    expect(idsOf(result, 'error')).toEqual(expect.arrayContaining(['run/metric-drop', 'run/unknown-metric']))
  })
})

describe('wrappers that go wrong: one finding with stage and sample, and the others go on', () => {
  test.each([
    ['throws', { pre: "if (sample.data === 3) throw new Error('no decoder')" }, 'pre', 's3', 'no decoder'],
    ['names another input', { pre: "name = 'image'" }, 'pre', 's0', 'the model has no input "image"'],
    ['has another shape', { pre: 'data = data.subarray(1)' }, 'pre', 's0', 'found float32 [1, 7]'],
    ['is not finite', { pre: 'if (sample.data === 5) data[2] = 0 / 0' }, 'pre', 's5', 'holds NaN at element 2'],
    ['throws afterwards', { post: "throw new TypeError('no scores')" }, 'post', 's0', 'no scores'],
  ] as const)('%s', async (_, parts, stage, sample, words) => {
    const result = await run(wrapper(parts))
    const failed = onlyRun(result).findings.filter(({ id }) => id === 'run/failed')
    expect(failed).toHaveLength(1)
    expect(failed[0]).toMatchObject({ severity: 'error', found: { runtime: 'wasm', stage, sample } })
    expect(failed[0]?.message).toContain(words)
    expect(result.exitCode).toBe(1)
    expect(runtimeOf(result, 'cpu').status).toBe('ok')
    expect(runtimeOf(result, 'wasm').attribution).toBe(stage)
  })

  test('the runtime gets a new process where the code has ended its own, but not for ever', async () => {
    const once = await run(wrapper({ pre: 'if (sample.data === 2) process.exit(1)' }))
    const failures = onlyRun(once).findings.filter(({ id }) => id === 'run/failed')
    expect(failures).toMatchObject([{ found: { stage: 'pre', sample: 's2' } }])
    expect(runtimeOf(once, 'wasm')).toMatchObject({ status: 'ok', stages: { model: { verdict: 'match' } } })
    const always = await run(wrapper({ pre: 'process.exit(1)' }))
    expect(runtimeOf(always, 'wasm')).toMatchObject({ status: 'failed' })
    expect(always.exitCode).toBe(1)
  })

  test('samples that are not there', async () => {
    const result = await runModel(model, wrapper({ rest: "samples: 'nowhere/*.png'," }), { runtimes: ['wasm'] })
    expect([result.exitCode, idsOf(result, 'error')]).toEqual([1, ['run/no-samples']])
  })
})

describeChromium('in a browser', () => {
  test('what the platform does otherwise shows at its stage', async () => {
    const own = wrapper({ pre: "if (typeof document !== 'undefined') data[0] += 0.5" })
    const result = await runModel(model, own, { runtimes: ['browser-wasm'], samples: 2 })
    expect(runtimeOf(result, 'browser-wasm')).toMatchObject({
      status: 'ok',
      attribution: 'pre',
      stages: { pre: { verdict: 'mismatch' }, model: { crossFed: 'match' }, post: { crossFed: 'match' } },
    })
  })
})
