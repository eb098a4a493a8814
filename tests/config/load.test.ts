import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configSchema, configSchemaPath } from '../../dev/config-schema.ts'
import { checkConfig } from '../../src/config/check.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const load = (named?: string) => loadConfig(named, folder)

const config = { models: 'models/*.onnx', targets: ['android', { target: 'cpu', severity: 'warning' }] }
const text = JSON.stringify(config)

describe('a config is read', () => {
  test.each([
    ['json', text],
    ['mjs', `export default ${text}`],
    ['js', `module.exports = ${text}`],
    [
      'ts',
      `import type { X } from './types'\nconst models: string = 'models/*.onnx'\nexport default { ...${text}, models } as X`,
    ],
    ['mts', `import { models } from './models.ts'\nexport default { ...${text}, models }`],
  ])('as .%s', async (ending, content) => {
    write('models.ts', `export const models: string = 'models/*.onnx'`)
    write(`deploycheck.config.${ending}`, content)
    expect(await load()).toEqual({ config, file: `deploycheck.config.${ending}`, folder })
    // nothing is left beside it
    expect(readdirSync(folder).sort()).toEqual([`deploycheck.config.${ending}`, 'models.ts'])
  })

  test('under the name given', async () => {
    write('release.json', text)
    expect((await load('release.json'))?.config).toEqual(config)
  })

  test('or is not there', async () => {
    expect(await load()).toBeNull()
  })
})

describe('what is wrong is said with place and way out', () => {
  test.each([
    ['a key', { target: [] }, 'at target: this key is not known', 'did you mean targets?'],
    [
      'a severity',
      { targets: [{ target: 'cpu', severity: 'eror' }] },
      'at targets[0].severity: found "eror"',
      'did you mean error?',
    ],
    ['a gate', { gates: { minCoverage: 900 } }, 'at gates.minCoverage: found 900', null],
    ['a reason', { ignore: [{ finding: 'a' }] }, 'at ignore[0]: reason is missing', null],
    ['an empty reason', { ignore: [{ finding: 'a', reason: '' }] }, 'at ignore[0].reason: found an empty text', null],
    [
      'a date',
      { ignore: [{ finding: 'a', reason: 'b', expires: 'soon' }] },
      'at ignore[0].expires: found "soon"',
      null,
    ],
    ['several', { a: 1, gates: { failOn: 'read' } }, /at a: .*; at gates.failOn: found "read"/, null],
    ['a list', [], 'at the top: found []', null],
  ])('%s', async (_, value, message, fix) => {
    write('deploycheck.config.json', JSON.stringify(value))
    await expect(load()).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(message instanceof RegExp ? message : escaped(message)),
      details: fix === null ? {} : { fix },
    })
  })

  test.each([
    ['json', '{ models', 'bad-config', 'is not JSON'],
    ['mjs', 'throw new Error("no database")', 'config-throws', 'cannot be loaded: no database'],
    ['mjs', 'export const a = 1', 'bad-config', 'has no default export'],
    ['ts', 'export default {', 'config-throws', 'cannot be loaded: '],
    ['mjs', 'import "./missing.mjs"', 'config-throws', 'cannot be loaded: '],
  ])('%s: %s', async (ending, content, code, message) => {
    write(`deploycheck.config.${ending}`, content)
    await expect(load()).rejects.toMatchObject({ name: 'Problem', code, message: expect.stringContaining(message) })
  })

  test('a missing file, and two at once', async () => {
    await expect(load('no.json')).rejects.toMatchObject({ code: 'missing-config' })
    write('deploycheck.config.json', text)
    write('deploycheck.config.mjs', `export default ${text}`)
    await expect(load()).rejects.toMatchObject({
      code: 'several-configs',
      details: { fix: 'delete one, or say which: --config deploycheck.config.mjs' },
    })
  })
})

const escaped = (message: string) => new RegExp(message.replace(/[[\]]/g, '\\$&'))

describe('schema/config.json', () => {
  const published = readFileSync(configSchemaPath, 'utf8').replaceAll('\r\n', '\n')

  test('is what the types say (npx tsx dev/config-schema.ts)', () => {
    expect(published).toBe(configSchema())
  })

  test('is read by us as by a complete validator', () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(published))
    const samples: [unknown, boolean][] = [
      [everything, true],
      [{}, true],
      [{ models: [{ targets: [] }] }, false],
      [{ dims: { N: '1' } }, false],
      [{ targets: [{ target: 'a', parameters: { api: null } }] }, false],
      [{ inputShapes: { x: [1, 'N'] } }, true],
      [{ gates: { maxPartitions: -1 } }, false],
      [{ latency: false }, true],
      [{ latency: true }, false],
    ]
    for (const [sample, good] of samples) {
      expect(validate(sample), JSON.stringify(sample)).toBe(good)
      if (good) expect(checkConfig(sample, 'a')).toBe(sample)
      else expect(() => checkConfig(sample, 'a')).toThrow()
    }
  })
})

/** Every key once. */
const everything: Required<Config> = {
  $schema: './schema.json',
  models: ['a.onnx', { files: ['b/*.onnx'], dims: { N: 1 }, gates: { failOn: 'partial' } }],
  targets: ['android', { target: 'nnapi', parameters: { api: 29, nchw: true }, severity: 'off' }],
  profiles: ['my-npu.json'],
  dims: { N: 1 },
  inputShapes: { x: [1, 3, 'H', 'W'] },
  inputValues: { shape: [1, 3, '9007199254740993'] },
  customOps: ['com.acme::Op'],
  asIs: true,
  inlineWeights: true,
  withoutWeights: true,
  hash: true,
  prove: true,
  verdict: 'ort',
  wrapper: 'wrapper.ts',
  runtimes: ['cpu', 'wasm'],
  require: ['wasm'],
  reference: 'cpu',
  samples: 'samples.npz',
  seed: 1,
  tolerances: { '*': { atol: 1e-3 } },
  maxDrop: { top1: 0.005 },
  modelFor: { wasm: 'int8.onnx' },
  wrapperFor: { 'browser-wasm': 'web.ts' },
  bisect: true,
  browser: 'chrome',
  threads: 2,
  timeLimit: 60,
  latency: {
    preset: 'rapid',
    repeat: 9,
    concurrency: 2,
    budgets: { p50: { webgpu: '12ms' }, load: { '*': '2s' }, memory: { cpu: '500MB' }, modelBytes: '20MB' },
    baseline: 'baseline.json',
    relativeTo: 'cpu',
  },
  gates: { failOn: 'unknown', minCoverage: 90, maxPartitions: 3 },
  ignore: [{ finding: 'nnapi/*', model: 'a.onnx', target: 'nnapi', node: '/up/*', reason: 'r', expires: '2027-03-31' }],
  known: 'known.json',
  formats: ['pretty', 'json=result.json'],
}
