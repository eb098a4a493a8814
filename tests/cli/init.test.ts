import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const before = process.cwd()
let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploycheck-init-')))
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
function model(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  cpSync(join(root, 'models', 'keyword-spotter-lstm.onnx'), path)
}
const config = () => JSON.parse(readFileSync('deploycheck.config.json', 'utf8'))

describe('deploycheck init', () => {
  test('takes what it finds, and says why; ci runs what it wrote', async () => {
    model('app/assets/kws.onnx')
    model('node_modules/other/theirs.onnx')
    write('app/AndroidManifest.xml', '<manifest/>')
    write('web/package.json', JSON.stringify({ dependencies: { 'onnxruntime-web': '1.30.0' } }))
    const { code, out, err } = await deploycheck(['init'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(`wrote deploycheck.config.json
  models: 1 in app/assets/*.onnx
  target android: app/AndroidManifest.xml speaks for it
  target web: the package onnxruntime-web speaks for it
next: npx deploycheck ci
`)
    expect(config()).toEqual({
      models: ['app/assets/*.onnx'],
      targets: ['android', 'web'],
      gates: { failOn: 'blocked' },
      formats: ['pretty'],
    })
    const checked = await deploycheck(['ci', '--no-cache', '--format', 'json'])
    expect(JSON.parse(checked.out).models.map(({ path }: { path: string }) => path)).toEqual(['app/assets/kws.onnx'])
  })

  test('asks the usual targets where nothing speaks for one, and many folders by what lies above', async () => {
    for (const name of ['a', 'b', 'c', 'd']) model(`models/${name}/m.onnx`)
    await deploycheck(['init'])
    expect(config()).toMatchObject({ models: ['models/**/*.onnx'], targets: ['ios', 'android', 'web'] })
  })

  test('writes code where the project has deploycheck', async () => {
    model("it's/m.onnx")
    write('wrapper.mjs', 'export default defineWrapper({})')
    mkdirSync('node_modules')
    symlinkSync(root, 'node_modules/deploycheck')
    await deploycheck(['init'])
    expect(readFileSync('deploycheck.config.mjs', 'utf8')).toBe(`import { defineConfig } from 'deploycheck'

export default defineConfig({
  models: [
    'it\\'s/*.onnx',
  ],
  targets: [
    'ios',
    'android',
    'web',
  ],
  wrapper: 'wrapper.mjs',
  gates: {
    failOn: 'blocked',
  },
  formats: [
    'pretty',
  ],
})
`)
  })

  test('never overwrites, and needs a model', async () => {
    expect(await deploycheck(['init'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there is no \.onnx file/),
    })
    model('m.onnx')
    write('deploycheck.config.mts', 'mine')
    expect(await deploycheck(['init'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there is a config already: deploycheck\.config\.mts/),
    })
    expect(readFileSync('deploycheck.config.mts', 'utf8')).toBe('mine')
  })
})
