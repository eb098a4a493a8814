import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import nodeModule, { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, packed, root } from './built.ts'

let files: string[] = []
let unpackedSize = 0
/** The packed files alone, in a folder with spaces in its name and no node_modules around it. */
let installed = ''

beforeAll(() => {
  build()
  const { files: list, unpackedSize: size } = packed()
  files = list.map(({ path }) => path)
  unpackedSize = size
  installed = mkdtempSync(join(tmpdir(), 'deploycheck with spaces '))
  for (const file of files) cpSync(join(root, file), join(installed, file))
})

afterAll(() => rmSync(installed, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds the built command, the library with its types, the targets and the schemas', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/cli.cjs',
        'dist/main.cjs',
        'dist/runtimes.cjs',
        'dist/reports.cjs',
        'dist/report-page.js',
        'dist/worker.mjs',
        'dist/page.mjs',
        'dist/index.mjs',
        'dist/index.d.mts',
        'dist/config.cjs',
        'dist/vitest.mjs',
        'dist/vitest.d.mts',
        'op-profiles/nnapi.json',
        'op-profiles/coreml-mlprogram.json',
        'op-profiles/webgpu.json',
        'op-profiles/wasm.json',
        'op-profiles/profile.schema.json',
        'schema/config.json',
        'schema/result.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'THIRD-PARTY-NOTICES.md',
      ]),
    )
  })

  test('holds nothing else', () => {
    const expected =
      /^(dist\/[^/]+\.d?\.?mts|dist\/[^/]+\.[cm]?js|op-profiles\/[^/]+\.json|schema\/[^/]+\.json|[A-Z-]+(\.md)?|package\.json)$/
    expect(files.filter((file) => !expected.test(file))).toEqual([])
  })

  test('is small', () => {
    expect(unpackedSize).toBeLessThan(6e6)
  })

  test('has nothing that publint complains about', async () => {
    const { messages, pkg } = await publint({ pkgDir: root, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })
})

describe('the command', () => {
  test('carries all it needs: it imports nothing but Node', () => {
    for (const file of [
      'dist/cli.cjs',
      'dist/main.cjs',
      'dist/runtimes.cjs',
      'dist/reports.cjs',
      'dist/worker.mjs',
      'dist/page.mjs',
    ])
      expect([...importsOf(file)].filter((name) => !isBuiltin(name))).toEqual([])
  })

  test('says the same from kept code, and where that is damaged', () => {
    const model = join(root, 'models', 'unet.onnx')
    const ask = () => {
      const { status, stdout, stderr } = deploycheck(model, '--target', 'android', '--format', 'json')
      return { status, stdout, stderr }
    }
    const first = ask()
    expect(ask()).toEqual(first)
    const folder = join(installed, 'node_modules', '.cache', 'deploycheck')
    const kept = existsSync(folder) ? readdirSync(folder) : []
    // From Node 22.1 on the runtime keeps compiled code itself.
    expect(kept.length).toBe('enableCompileCache' in nodeModule ? 0 : 1)
    for (const file of kept) writeFileSync(join(folder, file), 'damaged')
    expect(ask()).toEqual(first)
  })

  test('runs from a path with spaces, on a model in a path with spaces', () => {
    const model = join(installed, 'a model.onnx')
    cpSync(join(root, 'models', 'efficientnet-lite.onnx'), model)
    const { status, stdout, stderr } = deploycheck(model, '--target', 'android', '--format', 'json')
    expect(stderr).toBe('')
    expect([0, 1]).toContain(status)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      models: [{ path: expect.stringContaining('a model.onnx') }],
    })
  })

  test('starts runtimes from files of its own', () => {
    const { status, stdout } = deploycheck('runtimes', '--runtime', 'cpu', '--runtime', 'wasm')
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'cpu             available  onnxruntime-node 1.30.0\nwasm            available  onnxruntime-web 1.30.0\n',
    })
  })

  test('has nothing of the runtimes in the file that every start reads', () => {
    const main = readFileSync(join(root, 'dist/main.cjs'), 'utf8')
    const words = ['executablePath', 'VK_ICD_FILENAMES', 'createServer']
    expect(words.filter((word) => main.includes(word))).toEqual([])
  })

  test('loads no code of other commands for --version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const { status, stdout } = deploycheck('--version')
    expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: version })
  })
})

test('the library imports its declared dependencies and Node, nothing else', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const foreign = [...importsOf('dist/index.mjs')].filter((name) => !isBuiltin(name))
  expect(foreign.filter((name) => !Object.hasOwn(dependencies, name.split('/')[0] ?? ''))).toEqual([])
})

function deploycheck(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: '1' }
  return spawnSync(process.execPath, [join(installed, 'dist', 'cli.cjs'), ...args], { encoding: 'utf8', env })
}

/** Every package that a file imports, directly or through files beside it, at once or on demand. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  const names = new Set<string>()
  if (seen.has(file)) return names
  seen.add(file)
  const text = readFileSync(join(root, file), 'utf8')
  const imports = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^'"`;()]*?\bfrom\s*)?\(?\s*(['"])([\w@.:/-]+)\1/g
  const requires = /\brequire\(\s*(['"`])([\w@.:/-]+)\1\s*\)/g
  for (const [, , name = ''] of [...text.matchAll(imports), ...text.matchAll(requires)]) {
    if (name.startsWith('.')) for (const inner of importsOf(join(dirname(file), name), seen)) names.add(inner)
    else names.add(name)
  }
  return names
}
