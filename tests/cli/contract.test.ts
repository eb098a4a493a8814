/** `run` and `compare` with a config, known problems and shards: the same as `ci`, flags before it. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { KnownProblems } from '../../src/result/acceptance.ts'
import type { Result } from '../../src/result/result.ts'
import { classifier } from '../run/classifier.ts'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const before = process.cwd()
let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploycheck contract ')))
  process.chdir(folder)
  for (const name of ['a', 'b']) mkdirSync(name)
  // The same name twice; the second is another model on wasm.
  for (const path of ['a/m.onnx', 'b/m.onnx', 'c.onnx']) writeFileSync(path, classifier())
  writeFileSync('altered.onnx.part', classifier({ weight: -4 }))
})
afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

const models = ['a/m.onnx', 'b/m.onnx', 'c.onnx']
const configure = (config: Config) => writeFileSync('deploycheck.config.json', JSON.stringify(config))
const quick = ['--runtime', 'cpu', '--no-latency']

async function json(...args: string[]): Promise<{ code: number; result: Result; err: string }> {
  const { code, out, err } = await deploycheck([...args, '--format', 'json'])
  return { code, result: JSON.parse(out), err }
}
const printed = async (...args: string[]): Promise<Config> =>
  JSON.parse((await deploycheck([...args, '--print-config'])).out)
const runsOf = ({ runs = [] }: Result) =>
  runs.map(({ model, samples, runtimes }) => [model, samples, ...runtimes.map(({ id }) => id)])

describe('a config', () => {
  const config: Config = {
    models: ['*.onnx', { files: 'a/*.onnx', samples: 2 }],
    targets: ['cpu', 'nnapi'],
    runtimes: ['cpu', 'wasm'],
    samples: 1,
    latency: false,
  }

  test('holds for run and compare, with what its entry says of the model; flags go before both', async () => {
    configure(config)
    const { result, err } = await json('run', 'a/m.onnx', 'c.onnx')
    expect(runsOf(result)).toEqual([
      ['a/m.onnx', 2, 'cpu', 'wasm'],
      ['c.onnx', 1, 'cpu', 'wasm'],
    ])
    expect(result.models.map((model) => 'targets' in model)).toEqual([false, false])
    expect(err).toBe('deploycheck.config.json holds here, too; --no-config leaves it out\n')
    expect(runsOf((await json('run', 'a', '--samples', '3', '--runtime', 'cpu')).result)).toEqual([
      ['a/m.onnx', 3, 'cpu'],
    ])
    const compared = (await json('compare', 'a/m.onnx', 'c.onnx', '--runtime', 'cpu')).result
    expect(compared.models.map((model) => ('targets' in model ? model.targets?.map(({ id }) => id) : []))).toEqual([
      ['cpu', 'nnapi'],
      ['cpu', 'nnapi'],
    ])
    expect(compared.comparison?.candidates.map(({ model }) => model)).toEqual(['a/m.onnx', 'c.onnx'])
  })

  test('names the models where none are named, and is left out on demand', async () => {
    configure(config)
    expect(runsOf((await json('run', '--runtime', 'cpu')).result).map(([model]) => model)).toEqual([
      'c.onnx',
      'a/m.onnx',
    ])
    const { result, err } = await json('run', 'a/m.onnx', '--no-config', ...quick)
    expect([runsOf(result), err]).toEqual([[['a/m.onnx', 7, 'cpu']], ''])
    expect(await deploycheck(['run', '--no-config'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no model was named/),
    })
  })

  test('is shown with flags and defaults, as far as the command has a use for it', async () => {
    configure({ ...config, latency: { budgets: { p50: { cpu: '9ms', wasm: '9ms' }, load: { cpu: '1s' } } } })
    const run = await printed('run', 'a/m.onnx', '--max-p50', 'cpu=5ms', '--tolerance', '*=1')
    expect(run).toMatchObject({
      models: [{ files: 'a/m.onnx', samples: 2 }],
      runtimes: ['cpu', 'wasm'],
      tolerances: { '*': { atol: 1, rtol: 0 } },
      latency: { preset: 'quick', budgets: { p50: { cpu: '5ms', wasm: '9ms' }, load: { cpu: '1s' } } },
    })
    expect(run).not.toHaveProperty('targets')
    expect(run).not.toHaveProperty('formats')
    // A limit for all takes the place of those for some; what an entry says is no match for a flag, either.
    const compare = await printed('compare', 'a/m.onnx', '--max-p50', '5ms', '--samples', '4')
    expect(compare).toMatchObject({ models: [{ samples: 4 }], targets: ['cpu', 'nnapi'] })
    expect(compare).toHaveProperty('latency.budgets.p50', { '*': '5ms' })
    expect(await printed('run', 'c.onnx', '--no-config', '--fail-on', 'partial')).toMatchObject({
      models: ['c.onnx'],
      targets: ['ios', 'android', 'web'],
      gates: { failOn: 'partial' },
      runtimes: ['cpu', 'wasm', 'webgpu'],
      reference: 'cpu',
      latency: { preset: 'quick' },
    })
  })

  test('has what other commands have as flags: another model for one runtime, with its path from there', async () => {
    mkdirSync('release')
    cpSync('altered.onnx.part', 'release/altered.onnx')
    const own = { models: [{ files: '../c.onnx', modelFor: { wasm: 'altered.onnx' } }], runtimes: ['cpu'] }
    writeFileSync('release/contract.json', JSON.stringify(own))
    const { result, code } = await json('run', '--config', 'release/contract.json', '--no-latency')
    expect([code, result.gates.map(({ target, gate }) => `${target} ${gate}`)]).toEqual([1, ['wasm run']])
  })
})

test('who names a gate of targets in a run has them checked, too', async () => {
  cpSync(join(root, 'models/unet.onnx'), 'unet.onnx')
  const { code, result } = await json('run', 'unet.onnx', ...quick, '--target', 'xnnpack', '--fail-on', 'partial')
  expect([code, result.gates.map(({ target, gate }) => `${target} ${gate}`)]).toEqual([1, ['xnnpack verdict']])
  expect(runsOf(result)).toEqual([['unet.onnx', 6, 'cpu']])
})

describe('known problems', () => {
  const altered = ['--model-for', 'wasm=altered.onnx', '--no-latency', '--known', 'known.json']
  const known = (): KnownProblems => JSON.parse(readFileSync('known.json', 'utf8'))

  test('do not fail a run; a file that ci shares keeps what is not asked, and what is gone is said', async () => {
    cpSync('altered.onnx.part', 'altered.onnx')
    const others = [
      { model: 'c.onnx', target: 'nnapi', finding: 'nnapi/LSTM/unsupported', reason: 'wanted' },
      { model: 'd.onnx', target: 'wasm', finding: 'run/model-mismatch' },
    ]
    writeFileSync('known.json', JSON.stringify({ version: 1, problems: others }))
    expect((await json('run', 'c.onnx', ...altered)).code).toBe(1)
    expect(await deploycheck(['run', 'c.onnx', ...altered, '--update-known', '--quiet'])).toMatchObject({ code: 0 })
    expect(known().problems.map(({ model, target, finding }) => `${model} ${target} ${finding}`)).toEqual(
      expect.arrayContaining([
        'c.onnx nnapi nnapi/LSTM/unsupported',
        'd.onnx wasm run/model-mismatch',
        'c.onnx wasm run/model-mismatch',
      ]),
    )
    const { code, result } = await json('run', 'c.onnx', ...altered)
    expect([code, result.findings]).toEqual([0, undefined])
    expect(result.runs?.[0]?.findings.filter(({ severity, accepted }) => severity === 'error' && !accepted)).toEqual([])
    // Mended: only what was asked is said to be gone.
    const mended = await json('run', 'c.onnx', '--runtime', 'wasm', '--no-latency', '--known', 'known.json')
    const said = mended.result.findings?.map(({ id, message }) => `${id} ${message}`) ?? []
    expect(said).toContain('config/entry-unused known.json: nothing is left of run/model-mismatch on wasm of c.onnx')
    expect(said.filter((text) => /nnapi|d\.onnx/.test(text))).toEqual([])
  })

  test('of candidates do not fail a comparison', async () => {
    cpSync(join(root, 'models/phone-breaker.onnx'), 'breaker.onnx')
    const ask = ['compare', 'breaker.onnx', 'c.onnx', '--target', 'nnapi', '--known', 'known.json']
    expect((await deploycheck([...ask, '--update-known'])).code).toBe(0)
    expect((await deploycheck(ask)).code).toBe(0)
    const { code, out } = await deploycheck([...ask, '--fail-on', 'partial'])
    expect(out).toMatch(/accepted +findings that do not count: \d+ by known\.json/)
    expect(code).toBeLessThan(2)
  })
})

describe('shards', () => {
  test.each([
    ['run', ['run', ...models, ...quick]],
    ['compare', ['compare', ...models, ...quick, '--target', 'cpu', '--columns', 'bytes,macs']],
  ])('%s: the parts give the bytes that the whole gives, one without a model included', async (_, ask) => {
    for (const i of [1, 2, 3, 4])
      expect((await deploycheck([...ask, '--shard', `${i}/4`, '--format', `blob=${i}.blob.json`])).code).toBe(0)
    const blobs = [1, 2, 3, 4].map((i) => `${i}.blob.json`)
    for (const format of ['json', 'pretty', 'markdown', 'junit'])
      expect(await deploycheck(['merge', ...blobs, '--format', format])).toEqual(
        await deploycheck([...ask, '--format', format]),
      )
  })

  test('are those of the CI system, and one that is left without a model says so', async () => {
    const env = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' }
    expect(await deploycheck(['run', 'c.onnx', ...quick], { env })).toEqual({
      code: 0,
      out: '',
      err: 'part 2 of 2, as CI_NODE_INDEX says; --shard 1/1 takes all models\npart 2 of 2 has no model\n',
    })
  })

  test('of different commands are no whole', async () => {
    await deploycheck(['run', ...models, ...quick, '--shard', '1/2', '--format', 'blob=1.json'])
    await deploycheck(['compare', ...models, ...quick, '--shard', '2/2', '--format', 'blob=2.json'])
    expect(await deploycheck(['merge', '1.json', '2.json'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/parts of different runs/),
    })
  })
})

describe('files of several runs', () => {
  const fast = ['--runtime', 'cpu', '--preset', 'rapid', '--samples', '1', '--quiet']

  test.each([
    ['run', ['run', ...models]],
    ['ci', ['ci', ...models, '--target', 'cpu', '--no-cache']],
    ['compare', ['compare', ...models, '--target', 'cpu']],
  ])('%s: each model has its own recording, and its own entry in the baseline', async (_, ask) => {
    const { code, err } = await deploycheck([...ask, ...fast, '--record', 'trace.npz', '--save-baseline', 'base.json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(readdirSync('.').filter((name) => name.endsWith('.npz'))).toEqual([
      'trace-a-m.npz',
      'trace-b-m.npz',
      'trace-c.npz',
    ])
    const { entries } = JSON.parse(readFileSync('base.json', 'utf8'))
    expect(entries.map(({ model }: { model: string }) => model)).toEqual(models)
    const again = await json(...ask, ...fast, '--baseline', 'base.json')
    expect(again.result.runs?.map(({ baseline }) => baseline?.file)).toEqual(models.map(() => 'base.json'))
    const replayed = await json(...ask, '--runtime', 'wasm', '--no-latency', '--replay', 'trace.npz')
    expect(replayed.result.runs?.map(({ reference }) => reference)).toEqual([
      'trace-a-m.npz',
      'trace-b-m.npz',
      'trace-c.npz',
    ])
  })

  test('one model has the file that is named, and a share has the names of the whole', async () => {
    await deploycheck(['run', 'c.onnx', ...quick, '--record', 'trace.npz'])
    expect(existsSync('trace.npz')).toBe(true)
    await deploycheck(['run', ...models, ...quick, '--record', 'part.npz', '--shard', '3/3'])
    expect(readdirSync('.').filter((name) => name.startsWith('part'))).toEqual(['part-c.npz'])
  })

  test('the first diverging node of each is kept', async () => {
    const entries = ['a/m.onnx', 'b/m.onnx'].map((files) => ({ files, modelFor: { wasm: 'altered.onnx' } }))
    cpSync('altered.onnx.part', 'altered.onnx')
    configure({ models: entries, targets: ['cpu'], runtimes: ['cpu', 'wasm'] })
    const { result } = await json('ci', '--no-cache', '--save-repro', 'repro')
    const inside = result.runs?.map(({ runtimes }) => runtimes.find(({ id }) => id === 'wasm')?.firstDiverging?.repro)
    expect(readdirSync('repro').sort()).toEqual(['a-m', 'b-m'])
    expect(inside?.map((path) => path && existsSync(join(path, 'model.onnx')))).toEqual([true, true])
  })
})

describe('a question that cannot be asked ends with 2 and what to do, before anything runs', () => {
  test.each([
    ['a recording without a run', ['ci', 'c.onnx', '--record', 'x.npz'], /--record is about runs/, /--runtime cpu/],
    ['a budget without a run', ['compare', 'c.onnx', '--max-p50', '5ms'], /--max-p50 is about runs/, /--runtime cpu/],
    [
      'a file that cannot be written',
      ['run', 'c.onnx', '--record', 'no/x.npz'],
      /there is no folder no/,
      /may be written/,
    ],
    [
      'a baseline likewise',
      ['run', 'c.onnx', '--save-baseline', 'no/b.json'],
      /there is no folder no/,
      /may be written/,
    ],
    [
      'known problems of a part',
      ['run', ...models, '--known', 'k.json', '--update-known', '--shard', '1/2'],
      /a part of them/,
      /--shard 1\/1/,
    ],
    [
      'no known problems',
      ['compare', 'c.onnx', '--known', 'no.json'],
      /no known-problems file no\.json/,
      /--update-known/,
    ],
    ['a part that there is not', ['run', 'c.onnx', '--shard', '3/2'], /there is no such part/, /--shard 1\/4/],
    [
      'one model for several',
      ['run', 'a', 'b', '--model-for', 'wasm=c.onnx'],
      /would take the place of a.m\.onnx and of b/,
      /modelFor/,
    ],
    [
      'a config that is not there',
      ['compare', 'c.onnx', '--config', 'no.json'],
      /there is no config no\.json/,
      /check the path/,
    ],
    ['a comparison with nothing', ['run', 'c.onnx', '--relative-to', 'cpu'], /none is named/, /--baseline/],
    [
      'values that do not fit',
      ['run', 'c.onnx', ...quick, '--input-value', 'x=[1]'],
      /--input-value x has 1 values/,
      /for each element/,
    ],
    [
      'a wrapper that is not there',
      ['run', 'c.onnx', 'no.ts', ...quick],
      /there is no wrapper no\.ts/,
      /check the path/,
    ],
  ] as [string, string[], RegExp, RegExp][])('%s', async (_, args, message, fix) => {
    const { code, out, err } = await deploycheck(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err).toMatch(fix)
    expect(readdirSync('.').filter((name) => /\.npz$|^k\.json$/.test(name))).toEqual([])
  })

  test('of several models one without a run is said, and the others are run', async () => {
    configure({ models: ['c.onnx', { files: 'a/m.onnx', wrapper: 'no.ts' }], runtimes: ['cpu'], latency: false })
    const { code, result } = await json('run')
    expect([code, runsOf(result).map(([model]) => model)]).toEqual([2, ['c.onnx']])
    expect(result.error?.message).toMatch(/a.m\.onnx was not run: there is no wrapper/)
    expect((await deploycheck(['run'])).out).toMatch(/was not run/)
  })
})
