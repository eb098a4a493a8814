/** Every flag stands at the commands that it is promised for. */
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataPath } from '../data.ts'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const before = process.cwd()
let folder = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploycheck interface ')))
  process.chdir(folder)
  cpSync(join(root, 'models/unet.onnx'), 'unet.onnx')
  writeFileSync('npu.json', JSON.stringify({ id: 'my-npu', title: 'My NPU', extends: 'xnnpack', operators: {} }))
  writeFileSync('config.json', '{}')
  writeFileSync('known.json', JSON.stringify({ version: 1, problems: [] }))
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

/** A flag with a value that it takes. */
const everywhere = ['--quiet', '--no-color', '--no-progress', '--debug', '--format json']
const ofCheckAndInspect = [
  '--dim N=1',
  '--input-shape x=1,3,224,224',
  '--input-value shape=[1,3]',
  '--as-is',
  '--inline-weights',
  '--without-weights',
  '--hash',
  '--custom-op domain::Op',
  '--profile npu.json',
  '--fail-on partial',
  '--min-coverage 90',
  '--max-partitions 3',
  '--prove',
  '--verdict ort',
]
const ofRuns = [
  '--runtime cpu',
  '--require cpu',
  '--samples 1',
  '--preset rapid',
  '--repeat 2',
  '--concurrency 2',
  '--bisect',
  '--save-repro repro',
  '--record trace.npz',
  '--replay trace.npz',
  '--max-drop top1=0.5%',
  '--max-p50 webgpu=12ms',
  '--max-load 1s',
  '--max-memory 500MB',
  '--max-model-bytes 20MB',
  '--baseline base.json',
  '--save-baseline base.json',
  '--relative-to cpu',
  '--known known.json',
  '--update-known',
  '--shard 1/2',
  '--config config.json',
  '--print-config',
]
const targets = '--target nnapi@api=29,cpu'

const promised: Readonly<Record<string, readonly string[]>> = {
  check: [...everywhere, ...ofCheckAndInspect, targets],
  inspect: [...everywhere, ...ofCheckAndInspect],
  run: [...everywhere, ...ofCheckAndInspect, ...ofRuns, targets],
  compare: [...everywhere, ...ofCheckAndInspect, ...ofRuns, targets],
  ci: [...everywhere, ...ofCheckAndInspect, ...ofRuns, targets],
  merge: everywhere,
  explain: [...everywhere, targets],
  targets: everywhere,
  'targets diff': everywhere,
  'targets lint': everywhere,
  'targets test': everywhere,
  runtimes: everywhere,
  init: everywhere,
}
const formats = ['pretty', 'json', 'markdown', 'html', 'sarif', 'junit', 'github', 'gitlab', 'blob']
const withFormats = ['check', 'inspect', 'run', 'compare', 'ci', 'merge']

describe.each(Object.entries(promised))('%s', (command, flags) => {
  /** Flags are read from left to right, and the first that is not known is named: nothing is done. */
  const firstRefused = async (flag: string): Promise<string> =>
    (await deploycheck([...command.split(' '), ...flag.split(' '), '--no-such-flag'])).err

  test.each(flags)('%s', async (flag) => {
    expect(await firstRefused(flag)).toMatch(/there is no flag --no-such-flag/)
  })

  test.runIf(withFormats.includes(command))('has every format', async () => {
    for (const format of formats)
      expect(await firstRefused(`--format ${format}=report.out`)).toMatch(/there is no flag --no-such-flag/)
  })
})

describe('flags that are taken do something', () => {
  const verdict = async (...args: string[]) => {
    const { code, out } = await deploycheck([...args, '--format', 'json'])
    return { code, result: JSON.parse(out) }
  }

  test.each(['check', 'compare', 'ci', 'run'])('%s: gates, targets of your own, the other rule', async (command) => {
    const run = command === 'run' ? ['--runtime', 'cpu', '--no-latency', '--samples', '1'] : []
    const ask = [command, 'unet.onnx', ...run, '--profile', 'npu.json', '--target', 'my-npu', '--verdict', 'ort']
    const { code, result } = await verdict(...ask, '--min-coverage', '100', '--max-partitions', '0', '--hash')
    const [model] = result.models
    expect(model.targets.map(({ id }: { id: string }) => id)).toEqual(['my-npu'])
    expect(model.targets[0].findings.map(({ id }: { id: string }) => id)).toContain('my-npu/ort-usability')
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect([code, result.gates.map(({ gate }: { gate: string }) => gate)]).toEqual([1, ['partitions']])
  })

  test.each(['check', 'compare', 'ci', 'run'])(
    '%s: the real provider is asked',
    { timeout: 60_000 },
    async (command) => {
      const run = command === 'run' ? ['--runtime', 'cpu', '--no-latency', '--samples', '1'] : []
      const { result } = await verdict(command, 'unet.onnx', ...run, '--target', 'cpu', '--prove')
      expect(result.models[0].targets[0].verified).toBe(true)
    },
  )

  test('what says nothing to inspect is said to say nothing', async () => {
    const { code, err } = await deploycheck(['inspect', 'unet.onnx', '--fail-on', 'partial', '--prove'])
    expect({ code, err }).toEqual({
      code: 0,
      err: '--fail-on, --prove: about targets, which inspect does not ask; deploycheck check does\n',
    })
  })
})

const document = dataPath('INTERFACE.md')

test.skipIf(!existsSync(document))('the list is that of the interface', () => {
  const text = readFileSync(document, 'utf8')
  const part = text.slice(text.indexOf('### Flags of `check` and `inspect`'), text.indexOf('## Exit codes'))
  const rows = part.split('\n').filter((line) => line.startsWith('| `') || line.startsWith('Flags of `run`'))
  const named = rows.flatMap((line) => {
    const cell = line.startsWith('|') ? (line.split(' | ')[0] ?? '') : (line.split('. `--format`')[0] ?? '')
    return [...cell.matchAll(/`(--[\w-]+)/g)].map(([, flag]) => flag)
  })
  const known = [...everywhere, ...ofCheckAndInspect, ...ofRuns].map((flag) => flag.split(' ')[0])
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((flag) => !known.includes(flag))).toEqual([])
})
