import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runModel } from '../../src/assess/run-model.ts'
import { fieldToTensor, tensorToField } from '../../src/run/recorded-field.ts'
import { readNpz, writeNpz } from '../../src/tensors/npz.ts'
import type { Tensor, Tensors } from '../../src/tensors/tensor.ts'
import { classifier } from './classifier.ts'
import { idsOf, onlyRun, runtimeOf, temporaryFolder, write } from './tiny.ts'

const folder = temporaryFolder()
const model = write(folder, 'classifier.onnx', classifier())
const wrapper = write(
  folder,
  'wrapper.mjs',
  `export default {
    samples: Array.from({ length: 4 }, (_, i) => ({ id: 'photo ' + i, data: i })),
    preprocess: (sample, kit) => ({ x: kit.tensor('float32', [1, 8], Float32Array.from({ length: 8 }, (_, k) => Math.fround((sample.data + k) / 7))) }),
    postprocess(outputs) {
      const scores = Array.from(outputs.scores.data)
      const score = Math.max(...scores)
      return { label: 'class ' + scores.indexOf(score), score, all: scores }
    },
    metrics: { score: (result) => result.score },
  }`,
)
const recording = join(folder, 'trace.npz')

/** The recording with some of its arrays changed, or left out. */
function changed(change: (name: string, tensor: Tensor) => Tensor | null): string {
  const arrays: Record<string, Tensor> = {}
  for (const [name, tensor] of Object.entries(readNpz(readFileSync(recording)))) {
    const other = change(name, tensor)
    if (other) arrays[name] = other
  }
  return write(folder, `changed-${Math.random()}.npz`, writeNpz(arrays as Tensors))
}

const times = (tensor: Tensor, factor: number): Tensor => ({
  ...tensor,
  data: (tensor.data as Float32Array).map((value) => value * factor),
})
const replay = (path: string) => runModel(model, wrapper, { runtimes: ['cpu'], replay: path })

describe('a recording', () => {
  test('holds every stage of every sample under its documented name', async () => {
    const result = await runModel(model, wrapper, { runtimes: ['cpu'], record: recording })
    expect(result.exitCode).toBe(0)
    const arrays = readNpz(readFileSync(recording))
    const names = ['id', 'pre/x', 'model/scores', 'post/label', 'post/score', 'post/all']
    expect(Object.keys(arrays).sort()).toEqual([0, 1, 2, 3].flatMap((i) => names.map((name) => `s${i}/${name}`)).sort())
    expect(arrays['s1/id']).toMatchObject({ dtype: 'string', data: ['photo 1'] })
    expect(arrays['s2/pre/x']).toMatchObject({ dtype: 'float32', dims: [1, 8] })
  })

  test('takes the place of the reference, and agrees with itself at every stage', async () => {
    const result = await replay(recording)
    expect(onlyRun(result)).toMatchObject({ reference: recording, samples: 4, findings: [] })
    expect(runtimeOf(result, 'cpu')).toMatchObject({
      attribution: null,
      decisions: 'agree',
      stages: {
        pre: { verdict: 'match' },
        model: { verdict: 'match', crossFed: 'match' },
        post: { verdict: 'match', crossFed: 'match' },
      },
      metrics: { score: { delta: 0 } },
    })
  })

  test.each([
    ['pre', 'run/pre-differs', (name: string, one: Tensor) => (name.includes('/pre/') ? times(one, 1 / 255) : one)],
    [
      'model',
      'run/model-mismatch',
      (name: string, one: Tensor) => (name === 's3/model/scores' ? times(one, 1.5) : one),
    ],
    [
      'post',
      'run/post-differs',
      (name: string, one: Tensor) => (name === 's1/post/label' ? { ...one, data: ['class 9'] } : one),
    ],
  ] as const)('shows a difference that was recorded at the stage %s there', async (stage, id, change) => {
    const result = await replay(changed(change))
    expect([runtimeOf(result, 'cpu').attribution, result.exitCode]).toEqual([stage, 1])
    expect(idsOf(result, 'error')).toContain(id)
  })

  test('may hold a part only: what was not recorded is not compared', async () => {
    const part = changed((name, tensor) => (/^s[01]\/model\//.test(name) ? tensor : null))
    const result = await replay(part)
    expect(runtimeOf(result, 'cpu').stages).toMatchObject({
      pre: { verdict: 'not-run' },
      model: { verdict: 'match', crossFed: 'not-run' },
      post: { verdict: 'not-run' },
    })
    expect(onlyRun(result).findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['run/not-recorded', 'warning'],
    ])
    const wrong = changed((name, tensor) => (name === 's0/model/scores' ? times(tensor, 2) : null))
    expect(runtimeOf(await replay(wrong), 'cpu').attribution).toBe('model')
  })

  test('brings the samples itself where there is no wrapper', async () => {
    const result = await runModel(model, null, { runtimes: ['cpu', 'wasm'], replay: recording })
    expect(onlyRun(result)).toMatchObject({ source: recording, samples: 4 })
    expect(runtimeOf(result, 'wasm').stages?.model).toMatchObject({ verdict: 'match', crossFed: 'match' })
    expect(result.exitCode).toBe(0)
  })

  test('that is none is said', async () => {
    const other = write(folder, 'other.npz', writeNpz({ x: { dtype: 'int8', dims: [1], data: Int8Array.of(1) } }))
    await expect(replay(other)).rejects.toMatchObject({ code: 'bad-recording' })
    await expect(replay(join(folder, 'no.npz'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(replay(model)).rejects.toMatchObject({ code: 'bad-npz' })
  })
})

test.each([
  [3.5],
  ['cat'],
  [true],
  [[1, 2, 3]],
  [
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ],
  [['a', 'b']],
  [[{ box: [1, 2, 3, 4], name: 'x' }]],
  [[[1, 2], [3]]],
  [null],
  [[]],
])('a field comes back as it was: %j', (value) => {
  expect(tensorToField(fieldToTensor(value))).toEqual(value)
})
