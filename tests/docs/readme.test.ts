/** Every command of README.md outside of its config and CI sections (see ci.test.ts), run in a folder that has what they name. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { encodeTensor } from '../../src/wrapper/samples/tensor-proto.ts'
import { deploycheck } from '../cli/terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const text = readme.slice(0, readme.indexOf("## A release's contract"))
const commands = [...text.matchAll(/^(?:\$ )?npx deploycheck (.*?)(?:\s+#.*)?$/gm)].map(([, words = '']) =>
  words.trim(),
)

/** What a command needs that a README leaves out: little time, and no GPU made of software. */
const quick = ['--preset', 'rapid', '--runtime', 'cpu']
const added = (words: readonly string[]): string[] => {
  if (words[0] === 'compare') return ['--preset', 'rapid']
  if (words[0] !== 'run' || words.includes('--no-latency')) return []
  return words.includes('--max-p50') ? ['--preset', 'rapid', '--runtime', 'webgpu'] : quick
}

/** Exits with 1 because of what is asked, or of what this machine has: a model made to fail, a budget, a missing GPU. */
const mayFail = /--max-p50|--baseline |^models /

const before = process.cwd()
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck-commands-'))
  symlinkSync(join(root, 'models'), join(folder, 'models'))
  process.chdir(folder)
  const model = new Builder({ name: 'scores', description: '', opset: 17 }, 1)
  model.node('Softmax', [model.input('x', 'float32', [1, 4])], { axis: 1 }, { outputs: ['y'] })
  model.output('y', 'float32', [1, 4])
  writeFileSync('model.onnx', model.encode())
  for (const name of ['a.onnx', 'b.onnx']) copyFileSync('model.onnx', name)
  writeFileSync(
    'wrapper.ts',
    `import { defineWrapper } from 'deploycheck'
export default defineWrapper({
  samples: [{ name: 'one', tensors: {}, label: 3 }],
  preprocess: (sample, kit) => ({ x: kit.tensor('float32', [1, 4], [0, 1, 2, 3]) }),
  postprocess: (outputs, kit) => ({ label: kit.argmax(outputs.y) }),
  metrics: { top1: (result, sample) => (result.label === sample.label ? 1 : 0) },
})
`,
  )
  writeFileSync(
    'my-npu.json',
    JSON.stringify({ id: 'my-npu', title: 'My NPU', extends: 'xnnpack', operators: { MaxPool: null } }),
  )
  writeFileSync('cases.json', JSON.stringify([{ model: 'model.onnx', node: 0, expected: 'target' }]))
  mkdirSync('test_data_set_0')
  const x = { dtype: 'float32', dims: [1, 4], data: Float32Array.of(0, 1, 2, 3) } as const
  writeFileSync('test_data_set_0/input_0.pb', encodeTensor({ name: 'x', tensor: x }))
  await deploycheck(['run', 'model.onnx', 'wrapper.ts', '--record', 'phone.npz', '--runtime', 'cpu', '--no-latency'])
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

test('the README has commands', () => {
  expect(commands.length).toBeGreaterThan(15)
})

test.each(commands)('deploycheck %s', { timeout: 180_000 }, async (command) => {
  const words = command.split(/\s+/)
  const { code, out, err } = await deploycheck([...words, ...added(words)])
  expect(mayFail.test(command) ? code < 2 : code === 0, `${code}\n${out}\n${err}`).toBe(true)
})
