import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { isFailure, type Result } from '../../src/result/result.ts'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const before = process.cwd()
let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploycheck ci ')))
  mkdirSync(join(folder, 'models'))
  for (const name of ['phone-breaker', 'keyword-spotter-lstm', 'unet'])
    cpSync(join(root, 'models', `${name}.onnx`), join(folder, 'models', `${name}.onnx`))
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

const configure = (config: Config, name = 'deploycheck.config.json') => writeFileSync(name, JSON.stringify(config))
const ci = (...args: string[]) => deploycheck(['ci', '--cache-dir', 'cache', ...args])
async function ciJson(...args: string[]): Promise<{ code: number; result: Result; err: string }> {
  const { code, out, err } = await ci('--format', 'json', ...args)
  return { code, result: JSON.parse(out), err }
}
const verdicts = ({ models }: Result): string[] =>
  models.flatMap((model) =>
    isFailure(model)
      ? [`${model.path} ${model.error.code}`]
      : (model.targets ?? []).map(
          ({ id, verdict, decides }) => `${model.path} ${id} ${verdict}${decides ? '' : ' aside'}`,
        ),
  )

describe('deploycheck ci', () => {
  test('asks what the config asks, a severity and a setting of one model included', async () => {
    configure({
      models: ['models/*.onnx', { files: 'models/unet.onnx', targets: ['cpu'] }],
      targets: [
        'xnnpack',
        { target: 'nnapi', parameters: { api: 29 }, severity: 'warning' },
        { target: 'web', severity: 'off' },
      ],
    })
    const { code, result } = await ciJson()
    expect(verdicts(result)).toEqual([
      'models/keyword-spotter-lstm.onnx xnnpack partial',
      'models/keyword-spotter-lstm.onnx nnapi partial aside',
      'models/phone-breaker.onnx xnnpack blocked',
      'models/phone-breaker.onnx nnapi blocked aside',
      'models/unet.onnx cpu ready',
    ])
    expect(result.gates.map(({ model, target }) => `${model} ${target}`)).toEqual([
      'models/phone-breaker.onnx xnnpack',
      'models/phone-breaker.onnx xnnpack',
    ])
    expect(code).toBe(1)
  })

  test('says the same with answers kept from before, from the same bytes elsewhere, and without', async () => {
    configure({ models: 'models', targets: ['xnnpack', 'cpu'] })
    const first = await ci('--format', 'json')
    expect(await ci('--format', 'json')).toEqual(first)
    for (const name of ['phone-breaker', 'unet']) utimesSync(`models/${name}.onnx`, 1, 1)
    expect(await ci('--format', 'json')).toEqual(first)
    expect(await ci('--format', 'json', '--no-cache')).toEqual(first)
    const pretty = await ci()
    expect(await ci('--no-cache')).toEqual(pretty)
  })

  test('draws graphs for a page, from kept answers, too', async () => {
    configure({ models: ['models/unet.onnx'], targets: ['cpu'] })
    const drawn = ({ models }: Result) => models.map((model) => !isFailure(model) && model.graphs !== undefined)
    for (let round = 0; round < 2; round++) {
      await ciJson('--format', 'blob=blob.json')
      expect(drawn(JSON.parse(readFileSync('blob.json', 'utf8')).result)).toEqual([true])
    }
  })

  test('flags go before the config, and before what it says of one model', async () => {
    configure({ models: [{ files: 'models/unet.onnx', targets: ['cpu'] }], gates: { failOn: 'blocked' } })
    const { code, result } = await ciJson('--target', 'xnnpack', '--fail-on', 'partial')
    expect(verdicts(result)).toEqual(['models/unet.onnx xnnpack partial'])
    expect(code).toBe(1)
    const named = await ciJson('models/phone-breaker.onnx', '--target', 'cpu')
    expect(verdicts(named.result)).toEqual(['models/phone-breaker.onnx cpu blocked'])
  })

  test('--print-config shows what holds', async () => {
    configure({ models: 'models', gates: { minCoverage: 90 } })
    const { out } = await ci('--print-config', '--fail-on', 'partial', '--dim', 'N=1')
    expect(JSON.parse(out)).toMatchObject({
      models: 'models',
      targets: ['ios', 'android', 'web'],
      gates: { failOn: 'partial', minCoverage: 90 },
      dims: { N: 1 },
      formats: ['pretty'],
    })
  })

  test('takes paths from the folder of the config', async () => {
    mkdirSync('release')
    configure({ models: '../models/unet.onnx', targets: ['cpu'], formats: ['json=out.json'] }, 'release/contract.json')
    expect(await ci('--config', 'release/contract.json')).toEqual({ code: 0, out: '', err: '' })
    expect(verdicts(JSON.parse(readFileSync('release/out.json', 'utf8')))).toEqual(['models/unet.onnx cpu ready'])
  })
})

describe('what is accepted', () => {
  const config: Config = { models: 'models/phone-breaker.onnx', targets: ['nnapi'], gates: { failOn: 'partial' } }

  test('a known-problems file lets old problems pass, and says when they are gone', async () => {
    configure({ ...config, known: 'known.json' })
    expect((await ci()).err).toMatch(/there is no known-problems file known\.json/)
    const written = await ci('--update-known')
    expect(written).toMatchObject({ code: 0, err: expect.stringMatching(/^\d+ known problems in known\.json\n$/) })
    const known = readFileSync('known.json', 'utf8')
    const { code, out } = await ci()
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/accepted +findings that do not count: \d+ by\s+known\.json/),
    })
    // a second time writes the same
    await ci('--update-known')
    expect(readFileSync('known.json', 'utf8')).toBe(known)
    // entries of models that are not asked are no news, those of models that are mended are
    expect((await ciJson('models/unet.onnx')).result.findings).toBeUndefined()
    configure({ ...config, models: 'models/unet.onnx', known: 'known.json' })
    const other = await ciJson()
    expect(other.result.findings?.every(({ id }) => id === 'config/entry-unused')).toBe(true)
    expect(other.result.findings?.length).toBeGreaterThan(0)
  })

  test('an ignored finding needs a reason, and ends with its date', async () => {
    const entry = { finding: 'nnapi/*', reason: 'runs on the CPU there' }
    configure({ ...config, ignore: [entry] })
    expect((await ci()).code).toBe(0)
    configure({ ...config, ignore: [{ ...entry, expires: '2020-01-01' }] })
    const { code, out } = await ci()
    expect(code).toBe(1)
    expect(out).toMatch(/warning +deploycheck\.config\.json: the entry for nnapi\/\* ended on 2020-01-01/)
  })
})

describe('runs', () => {
  const config: Config = {
    models: ['models/keyword-spotter-lstm.onnx', { files: 'models/unet.onnx', runtimes: [] }],
    targets: ['cpu'],
    runtimes: ['cpu', 'wasm'],
    samples: 1,
  }

  test('are made where the config asks for runtimes', async () => {
    configure(config)
    const { code, result } = await ciJson()
    expect(code).toBe(0)
    expect(
      result.runs?.map(({ model, runtimes }) => [model, ...runtimes.map(({ id, status }) => `${id} ${status}`)]),
    ).toEqual([['models/keyword-spotter-lstm.onnx', 'cpu ok', 'wasm ok']])
    const { out } = await ci()
    expect(out).toMatch(/MODEL +cpu/)
    expect(out).toMatch(/1 sample at random, held against cpu/)
  })

  test('gate, unless what they find is accepted', async () => {
    const strict = { ...config, tolerances: { '*': { atol: 0, rtol: 0 } } }
    configure(strict)
    const { code, result } = await ciJson()
    const ids = result.runs?.flatMap(({ findings }) =>
      findings.filter(({ severity }) => severity === 'error').map(({ id }) => id),
    )
    expect(code).toBe(ids?.length === 0 ? 0 : 1)
    configure({ ...strict, known: 'known.json' })
    expect((await ci('--update-known')).code).toBe(0)
    expect((await ci()).code).toBe(0)
  })

  test('are measured where the config asks for that, within its budgets', async () => {
    const latency = { preset: 'rapid', budgets: { modelBytes: '1kB' } } as const
    configure({ ...config, runtimes: ['cpu'], latency })
    const { code, result } = await ciJson()
    expect(code).toBe(1)
    expect(result.runs?.[0]?.runtimes[0]?.latency?.warm.n).toBeGreaterThan(0)
    expect(result.gates.map(({ gate }) => gate)).toEqual(['model-bytes'])
    const { result: compared } = await ciJson('--no-latency')
    expect(compared.runs?.[0]?.runtimes[0]?.latency).toBeNull()
    expect(compared.gates).toEqual([])
  })

  test('that do not come about end with 2, and the models are checked all the same', async () => {
    configure({ ...config, wrapper: 'no.mjs' })
    const { code, result } = await ciJson()
    expect(code).toBe(2)
    expect(result.error?.message).toMatch(/models\/keyword-spotter-lstm\.onnx was not run: .*no\.mjs/)
    expect(result.models).toHaveLength(2)
  })
})

describe('shards', () => {
  test('share the models, also as CI systems say', async () => {
    configure({ models: 'models', targets: ['cpu'] })
    const paths = ({ result }: { result: Result }) => result.models.map(({ path }) => path)
    const [one, two] = [await ciJson('--shard', '1/2'), await ciJson('--shard', '2/2')]
    expect(paths(one)).toEqual(['models/keyword-spotter-lstm.onnx', 'models/unet.onnx'])
    expect(paths(two)).toEqual(['models/phone-breaker.onnx'])
    const env = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' }
    const { out, err } = await deploycheck(['ci', '--no-cache', '--format', 'json'], { env })
    expect(paths({ result: JSON.parse(out) })).toEqual(paths(two))
    expect(err).toBe('part 2 of 2, as CI_NODE_INDEX says; --shard 1/1 takes all models\n')
  })

  test('with nothing to do are content', async () => {
    configure({ models: 'models/unet.onnx', targets: ['cpu'] })
    expect(await ciJson('--shard', '2/2')).toMatchObject({ code: 0, result: { models: [] } })
  })
})

describe('a question that cannot be asked ends with 2 and what to do', () => {
  test.each([
    ['no config and no models', null, [], /no models/, /deploycheck init/],
    ['a key', { target: 'cpu' }, [], /at target: this key is not known/, /did you mean targets\?/],
    ['a target', { models: 'models', targets: ['nnapy'] }, [], /there is no target "nnapy"/, /did you mean nnapi\?/],
    [
      'a format',
      { models: 'models', formats: ['jsn'] },
      [],
      /there is no format 'jsn'/,
      /did you mean --format json\?/,
    ],
    ['a model', { models: 'model' }, [], /there is no file or folder model/, /did you mean models\?/],
    [
      'a dimension',
      { models: 'models', targets: ['cpu'], dims: { Q: 1 } },
      [],
      /--dim Q: no model has such a symbolic/,
      null,
    ],
    ['a config', { models: 'models' }, ['--config', 'no.json'], /there is no config no\.json/, /check the path/],
    ['a file to write', { models: 'models' }, ['--update-known'], /no known-problems file is named/, /--known/],
    ['a shard', { models: 'models' }, ['--shard', '3/2'], /there is no such part/, /--shard 1\/4/],
  ] as [string, Config | null, string[], RegExp, RegExp | null][])('%s', async (_, config, args, message, fix) => {
    if (config) configure(config)
    const { code, out, err } = await ci(...args)
    expect(code).toBe(2)
    expect(err + out).toMatch(message)
    if (fix) expect(err + out).toMatch(fix)
  })

  test('a config that throws', async () => {
    writeFileSync('deploycheck.config.mjs', 'throw new Error("no database")')
    expect(await ci()).toMatchObject({
      code: 2,
      err: 'deploycheck: deploycheck.config.mjs cannot be loaded: no database\n  what to do: mend what it says; --debug shows where it was thrown\n',
    })
  })
})
