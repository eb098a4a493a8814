/** A user's module on its way to where it runs: from a folder of the user's own into a child process and a real page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRuntime } from '../../src/runtimes/registry.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { bundleWrapper, type WrapperClient, wrapperClient } from '../../src/wrapper/load.ts'
import { describeChromium, problemOf } from '../runtimes/models.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck wrapper '))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** What a user would write, types and helpers included. */
const example = `
import { readFileSync } from 'node:fs'
import { defineWrapper, type Sample } from 'deploycheck'
import { half } from './helper.js'
import labels from './labels.json'

interface Result { label: string; score: number }

export default defineWrapper<Result>({
  samples: async function* () {
    yield { label: 'cat', tags: ['night'], bytes: Uint8Array.of(2, 4) }
    yield { id: 'second', label: 'dog' }
  },
  async preprocess(sample: Sample, kit, context) {
    context.size = sample.bytes?.length
    if (sample.id === 'file') readFileSync('x')
    return { input: kit.tensor('float32', [1, 2], Array.from(sample.bytes ?? [], half)) }
  },
  async postprocess(outputs, kit, sample, context) {
    return { label: labels[0], score: Number(outputs.y.data[0]) * Number(context.size) }
  },
  compare: { score: { atol: 1e-3 }, label: (a, b) => a === b || 'another label' },
  metrics: { top1: (result, sample) => result.label === sample.label },
  slices: (sample) => [...(sample.tags ?? []), 'all'],
})
`

function writeExample(): string {
  write('helper.js', 'export const half = (x) => x / 2\n')
  write('labels.json', '["cat", "dog"]')
  return write('wrapper.ts', example)
}

async function load(runtime: Runtime, path: string): Promise<WrapperClient> {
  return wrapperClient(await runtime.load(await bundleWrapper(path, runtime.platform)))
}

async function behavesAsWritten(runtime: Runtime): Promise<void> {
  const wrapper = await load(runtime, writeExample())
  expect(await wrapper.describe()).toEqual({
    samples: 'generator',
    preprocess: true,
    postprocess: true,
    slices: true,
    compare: { score: { atol: 1e-3 }, label: 'comparer' },
    metrics: ['top1'],
  })
  const first = await wrapper.nextSample()
  expect(first).toEqual({ label: 'cat', tags: ['night'], bytes: Uint8Array.of(2, 4) })
  expect(await wrapper.nextSample()).toEqual({ id: 'second', label: 'dog' })
  expect(await wrapper.nextSample()).toBe(null)

  const sample = { id: '0', ...first }
  const { value, time } = await wrapper.preprocess(sample)
  expect(value).toEqual({
    tensors: { input: { dtype: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } },
    context: { size: 2 },
  })
  expect(time).toBeGreaterThanOrEqual(0)
  const outputs = { y: { dtype: 'float32', dims: [1], data: Float32Array.of(0.25) } } as const
  const result = (await wrapper.postprocess(outputs, sample, value.context)).value
  expect(result).toEqual({ label: 'cat', score: 0.5 })
  expect(await wrapper.metric('top1', result, sample)).toBe(1)
  expect(await wrapper.slices(sample)).toEqual(['night', 'all'])
  expect(await wrapper.compare('label', 'cat', 'cat')).toBe(null)
  expect(await wrapper.compare('label', 'cat', 'dog')).toBe('another label')
}

describe('in a child process', () => {
  let runtime: Runtime
  beforeAll(() => {
    runtime = createRuntime('cpu', { timeLimit: 20_000 })
  })
  afterAll(() => runtime.close())

  test('a wrapper does what it says', () => behavesAsWritten(runtime))

  test('a wrapper uses packages of its own folder, as they lie there', async () => {
    write('node_modules/own/package.json', '{ "name": "own", "version": "1.0.0", "main": "main.js" }')
    write('node_modules/own/main.js', 'exports.where = __dirname; exports.three = 3')
    const path = write(
      'packages.js',
      `import own from 'own'
       import path from 'path'
       export default { preprocess: () => ({ [path.basename(own.where)]: { type: 'int64', dims: [], data: BigInt64Array.of(3n) } }) }`,
    )
    const wrapper = await load(runtime, path)
    expect((await wrapper.preprocess({ id: 'a' })).value.tensors).toEqual({
      own: { dtype: 'int64', dims: [], data: BigInt64Array.of(3n) },
    })
  })

  test.each([
    ['export default {', /^.*wrong\.ts:1:\d+: \w+/],
    [
      "import { x } from './gone.ts'\nexport default { samples: x }",
      /wrong\.ts:1:\d+: Could not resolve "\.\/gone\.ts"/,
    ],
    ["import x from 'no-such-package'\nexport default { samples: x }", /Could not resolve "no-such-package"/],
    ["import { nothing } from 'deploycheck'\nnothing()", /No matching export/],
  ])('what does not bundle is said with its place: %j', async (text, message) => {
    const problem = await problemOf(bundleWrapper(write('wrong.ts', text), 'node'))
    expect(problem).toMatchObject({ code: 'wrapper-not-bundled', message: expect.stringMatching(message) })
  })

  test.each([
    [
      'export const wrapper = 1',
      'the module has no wrapper as its default export',
      'export default defineWrapper({ … })',
    ],
    ['export default { preproces() {} }', 'a wrapper has no field "preproces"', expect.stringContaining('preprocess')],
    ['export default { metrics: { top1: 1 } }', 'metrics.top1 of the wrapper is a number', 'a function'],
    ['export default { samples: [1] }', 'samples of the wrapper hold a number', expect.stringContaining('patterns')],
    ['export default { compare: null }', 'compare of the wrapper is null', expect.stringContaining('an object')],
  ])('what is no wrapper says so: %j', async (text, message, expected) => {
    const problem = await problemOf(load(runtime, write('wrong.js', text)))
    expect(problem).toMatchObject({ code: 'bad-wrapper', message, details: { expected } })
  })

  test.each([
    ['1', 'preprocess returned a number'],
    ['[]', 'preprocess returned an array'],
    ['undefined', 'preprocess returned undefined'],
    ['{ x: Float32Array.of(1) }', 'preprocess returned an object of Float32Array for "x"'],
    [
      '{ x: { dtype: "float32", dims: [2], data: new Float32Array(3) } }',
      'preprocess returned 3 elements with the shape [2] for "x"',
    ],
    [
      '{ x: { dtype: "float32", dims: [2.5], data: new Float32Array(3) } }',
      'preprocess returned a tensor whose dims are not whole numbers for "x"',
    ],
    [
      '{ x: { dtype: "float32", dims: [1], data: [1] } }',
      'preprocess returned a tensor of type float32 with an array for "x"',
    ],
    ['{ x: { dims: [1], data: [1] } }', 'preprocess returned a tensor of type undefined with an array for "x"'],
    ['{ x: kit.tensor("float32", [2], [1]) }', '1 elements for the shape [2] (wrong.js:1:52)'],
  ])('what is no tensor is named: %j', async (returned, message) => {
    const wrapper = await load(runtime, write('wrong.js', `export default { preprocess: (_, kit) => (${returned}) }`))
    expect((await problemOf(wrapper.preprocess({ id: 'a' }))).message).toBe(message)
  })

  test('an error says the line that the user has written, in TypeScript and in helpers', async () => {
    write('deep/helper.ts', `type Nothing = null\n\nexport const fail = (): never => {\n  throw new Error('deep')\n}\n`)
    const path = write(
      'lines.ts',
      `import { fail } from './deep/helper.ts'
       export default {
         preprocess: fail,
         slices: (sample: { id: string }, kit: never) => sample.nothing.id as never,
         postprocess: (_: never, kit: any) => kit.tensor('float32', [2], [1]),
       }`,
    )
    const wrapper = await load(runtime, path)
    const said = async (work: Promise<unknown>) => (await problemOf(work)).message
    expect(await said(wrapper.preprocess({ id: 'a' }))).toBe('preprocess on cpu threw: deep (deep/helper.ts:4:9)')
    expect(await said(wrapper.slices({ id: 'a' }))).toMatch(/reading 'id'\) \(lines\.ts:4:73\)$/)
    expect(await said(wrapper.postprocess({}, { id: 'a' }, {}))).toBe('1 elements for the shape [2] (lines.ts:5:51)')
  })

  test('files beside the module are found from its own place', async () => {
    write('names.txt', 'cat')
    const path = write(
      'place.ts',
      `import { readFileSync } from 'node:fs'
       const names = readFileSync(new URL('./names.txt', import.meta.url), 'utf8')
       export default { slices: () => [names] }`,
    )
    expect(await (await load(runtime, path)).slices({ id: 'a' })).toEqual(['cat'])
  })

  test('what throws, hangs or cannot be carried is a Problem', async () => {
    const path = write(
      'bad.js',
      `export default {
        preprocess() { throw new RangeError('too far') },
        postprocess: ({ what }) => { if (what) for (;;); return { call() {} } },
        metrics: { odd: () => NaN },
        slices: () => 'night',
      }`,
    )
    const wrapper = await load(runtime, path)
    expect(await problemOf(wrapper.preprocess({ id: 'a' }))).toMatchObject({
      code: 'code-failed',
      message: 'preprocess on cpu threw: too far (bad.js:2:30)',
    })
    expect((await problemOf(wrapper.postprocess({}, { id: 'a' }, {}))).message).toContain('could not be cloned')
    expect((await problemOf(wrapper.metric('odd', {}, { id: 'a' }))).message).toBe('metric "odd" is NaN')
    expect((await problemOf(wrapper.slices({ id: 'a' }))).message).toBe('slices returned no list of names')
    const what = { dtype: 'float32', dims: [], data: Float32Array.of(0) } as const
    expect((await problemOf(wrapper.postprocess({ what }, { id: 'a' }, {}, 500))).code).toBe('runtime-timeout')
  })

  test('a wrapper that is not there is said so', async () => {
    expect((await problemOf(bundleWrapper(join(folder, 'gone.ts'), 'node'))).code).toBe('not-found')
  })
})

describeChromium('in a page', () => {
  let runtime: Runtime
  beforeAll(() => {
    runtime = createRuntime('browser-wasm')
  })
  afterAll(() => runtime.close())

  test('the same wrapper does the same', () => behavesAsWritten(runtime))

  test('what only Node has is said when it is used', async () => {
    const wrapper = await load(runtime, writeExample())
    expect((await problemOf(wrapper.preprocess({ id: 'file' }))).message).toMatch(
      /readFileSync of node:fs was asked for in a browser/,
    )
  })
})
