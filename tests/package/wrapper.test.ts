/** A wrapper in a user's own folder, with the package as npm would install it there: with and without esbuild, and in a page. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import images from '../wrapper/kit/image-vectors.json' with { type: 'json' }
import { build, packed, root } from './built.ts'

let project = ''

beforeAll(() => {
  build()
  project = mkdtempSync(join(tmpdir(), 'user project '))
  const modules = join(project, 'node_modules')
  for (const { path } of packed().files) cpSync(join(root, path), join(modules, 'deploycheck', path))
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
  for (const name of [...Object.keys(dependencies), 'onnxruntime-node', 'onnxruntime-web', 'playwright-core'])
    link(name)
  // Of protobufjs.
  link('long')
  write('package.json', '{ "name": "mine", "type": "module" }')
  write('samples/1.jpg', Buffer.from(images.jpegs[4]?.file ?? '', 'base64'))
  write('run.mjs', script)
  for (const name of ['wrapper.ts', 'wrapper.mjs']) write(name, wrapper)
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

function link(name: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), path)
}

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(project, name)), { recursive: true })
  writeFileSync(join(project, name), content)
}

/** The example of docs/wrappers.md in short; JavaScript that is TypeScript, too. */
const wrapper = `
import { defineWrapper } from 'deploycheck'
export default defineWrapper({
  samples: ['samples/*.jpg'],
  async preprocess(sample, kit) {
    const photo = kit.decode(sample, { orientation: 'apply' })
    const small = kit.resize(photo, { width: 8, height: 8 }, { like: 'pil', filter: 'bilinear' })
    return { input: kit.toTensor(small, { layout: 'NCHW', order: 'RGB', scale: 1 / 255 }) }
  },
  async postprocess(outputs, kit) {
    return { label: kit.argmax(outputs.scores) }
  },
})
`

const script = `
import { bundleWrapper, createRuntime, defineWrapper, wrapperClient } from 'deploycheck'
import { readFileSync } from 'node:fs'
const [path, id] = process.argv.slice(2)
const runtime = createRuntime(id)
try {
  const wrapper = wrapperClient(await runtime.load(await bundleWrapper(path, runtime.platform)))
  const sample = { id: '1', bytes: new Uint8Array(readFileSync('samples/1.jpg')) }
  const { tensors } = (await wrapper.preprocess(sample)).value
  const scores = { dtype: 'float32', dims: [3], data: Float32Array.of(1, 3, 2) }
  const result = (await wrapper.postprocess({ scores }, sample, {})).value
  const sum = tensors.input.data.reduce((total, value) => total + value, 0)
  console.log(JSON.stringify({ dims: tensors.input.dims, sum, result, same: defineWrapper(sample) === sample }))
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, fix: error.details?.fix }))
} finally {
  await runtime.close()
}
`

function run(path: string, runtime: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['run.mjs', path, runtime], { cwd: project, encoding: 'utf8' })
  return stdout === '' ? stderr : JSON.parse(stdout)
}

const expected = { dims: [1, 3, 8, 8], sum: expect.any(Number), result: { label: 1 }, same: true }

test('without esbuild JavaScript runs in Node, and the rest says what to install', () => {
  expect(run('wrapper.mjs', 'cpu')).toEqual(expected)
  const fix = 'npm install --save-dev esbuild'
  if (!('typescript' in process.features))
    expect(run('wrapper.ts', 'cpu')).toEqual({
      code: 'no-bundler',
      message: 'esbuild is not installed, and this Node does not import .ts files by itself',
      fix,
    })
  expect(run('wrapper.mjs', 'browser-wasm')).toEqual({
    code: 'no-bundler',
    message: 'esbuild is not installed, and a page needs the wrapper in one file',
    fix,
  })
})

test('with it, the same file gives the same numbers in Node and in a page', () => {
  link('esbuild')
  const inNode = run('wrapper.ts', 'cpu')
  expect(inNode).toEqual(expected)
  expect(run('wrapper.mjs', 'cpu')).toEqual(inNode)
  if (existsSync('/usr/bin/chromium')) expect(run('wrapper.ts', 'browser-wasm')).toEqual(inNode)
})
