/** What README.md says of configs and CI, played: every config is read, every command of every recipe run. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { deploycheck } from '../cli/terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const part = readme.slice(readme.indexOf("## A release's contract"), readme.indexOf('## As a library'))
/** Kind of block, name of the file, content. */
const blocks = [...part.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', file = '', text = '']) => ({
  kind,
  file,
  text,
}))
const named = (file: string): string => blocks.find((block) => block.file === file)?.text ?? ''

const before = process.cwd()
let folder = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploycheck-readme-')))
  symlinkSync(join(root, 'models'), join(folder, 'models'))
  mkdirSync(join(folder, 'bin'))
  // npx hands its words on; npm has nothing to do
  script('npx', 'printf "%s\\n" "$@" > words')
  script('npm', 'true')
  process.chdir(folder)
})
beforeEach(() => {
  // defineConfig gives back what it is given
  writeFileSync(
    'deploycheck.config.mjs',
    named('deploycheck.config.ts').replace(/^import.*$/m, 'const defineConfig = (config) => config'),
  )
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

function script(name: string, text: string): void {
  const path = join(folder, 'bin', name)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

type Env = Readonly<Record<string, string>>

/** What a shell makes of a command with `npx deploycheck`, run. */
async function shell(command: string, env: Env = {}) {
  rmSync('words', { force: true })
  const path = [join(folder, 'bin'), process.env.PATH].join(delimiter)
  const { status, stderr } = spawnSync('bash', ['--norc', '-ec', command], {
    env: { PATH: path, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const words = readFileSync('words', 'utf8').trimEnd().split('\n')
  const at = words.findIndex((word) => /^deploycheck(@.*)?$/.test(word))
  return deploycheck(words.slice(at + 1), { env: { ...env } })
}

/** The commands of a recipe that ask deploycheck for something. */
const commandsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return /npx (--yes )?deploycheck/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(commandsIn)
}

test('the config is read, known problems are written, and then nothing fails', async () => {
  for (const command of blocks
    .filter(({ kind }) => kind === 'sh')[0]
    ?.text.trim()
    .split('\n') ?? []) {
    const { code, err } = await shell(command)
    expect({ command, code }).toEqual({ command, code: 0 })
    expect(err).toMatch(command.includes('--update-known') ? /^\d+ known problems in known-problems\.json\n$/ : /^$/)
  }
  expect(JSON.parse(readFileSync('deploycheck.sarif', 'utf8')).version).toBe('2.1.0')
})

describe('recipes', () => {
  const settings: Env[] = []
  test.each([
    ['.github/workflows/models.yml', 4, (i: number): Env => ({ SHARD: String(i) })],
    ['.gitlab-ci.yml', 4, (i: number): Env => ({ CI_NODE_INDEX: String(i), CI_NODE_TOTAL: '4' })],
    ['job.yaml', 8, (i: number): Env => ({ JOB_COMPLETION_INDEX: String(i - 1), JOB_COMPLETIONS: '8' })],
  ] as const)('%s: the jobs share the models, and their results are one', async (file, jobs, envOf) => {
    settings.length = 0
    rmSync('blobs', { recursive: true, force: true })
    mkdirSync('blobs')
    const recipe: unknown = parse(named(file))
    const merging = blocks.filter(({ kind }) => kind === 'sh').flatMap(({ text }) => text.trim().split('\n'))
    const commands = [...commandsIn(recipe), ...merging.filter((text) => file === 'job.yaml' && text.includes('merge'))]
    const shared = commands.filter((command) => command.includes(' ci '))
    const merged = commands.filter((command) => command.includes(' merge '))
    expect([shared.length, merged.length]).toEqual([1, 1])
    for (let i = 1; i <= jobs; i++) {
      const command = shared[0]?.replace(/\$\{\{ matrix\.shard \}\}/g, '$$SHARD') ?? ''
      expect((await shell(command, envOf(i))).code).toBe(0)
    }
    // artifacts of GitHub come in a folder of their own
    if (file.startsWith('.github')) for (let i = 1; i <= jobs; i++) cpSync(`${i}.blob.json`, `blobs/${i}.blob.json`)
    const { code, err } = await shell(merged[0] ?? '')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (let i = 1; i <= jobs; i++) rmSync(`${i}.blob.json`, { force: true })
  })

  test('a matrix has as many jobs as its command says', () => {
    const { jobs } = parse(named('.github/workflows/models.yml'))
    expect(jobs.check.strategy.matrix.shard).toEqual([1, 2, 3, 4])
    expect(parse(named('.gitlab-ci.yml')).deploycheck.parallel).toBe(4)
    const { spec } = parse(named('job.yaml'))
    expect([spec.completions, spec.template.spec.containers[0].env[0].value]).toEqual([8, '8'])
  })
})

test('the action runs what its inputs ask, and takes no input for a command', async () => {
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'))
  const [step] = action.runs.steps
  expect(step.run).not.toMatch(/\$\{\{/)
  const run = async (inputs: Record<string, string>) => {
    const given = Object.entries(action.inputs as Record<string, { default: string }>).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      inputs[name] ?? input.default,
    ])
    const { code, out } = await shell(step.run, {
      ...Object.fromEntries(given),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    })
    return { code, out }
  }
  for (const name of Object.keys(step.env)) expect(step.env[name]).toBe(`\${{ inputs.${name.slice(6).toLowerCase()} }}`)
  const { code, out } = await run({
    models: 'models/phone-breaker.onnx\nmodels/unet.onnx',
    targets: 'cpu',
    blob: 'a.blob.json',
  })
  expect(code).toBe(1)
  expect(out).toMatch(/^::error /)
  expect(readFileSync('summary.md', 'utf8')).toMatch(/phone-breaker/)
  expect((await run({ models: '$(touch gone); `touch gone`.onnx' })).code).toBe(2)
  expect(() => readFileSync('gone')).toThrow()
})

test('the hooks of pre-commit are commands that there are, with the arguments of the README', async () => {
  const hooks: { id: string; entry: string; files: string }[] = parse(
    readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8'),
  )
  const used: { id: string; args?: string[] }[] = parse(named('.pre-commit-config.yaml')).repos[0].hooks
  expect(used.map(({ id }) => id)).toEqual(hooks.map(({ id }) => id))
  for (const { id, entry, files } of hooks) {
    expect('models/unet.onnx').toMatch(new RegExp(files))
    const changed = id === 'deploycheck' ? [] : ['models/unet.onnx']
    const args = used.find((hook) => hook.id === id)?.args ?? []
    const { code, err } = await deploycheck([...entry.split(' ').slice(1), ...args, ...changed])
    expect({ id, code, err }).toEqual({ id, code: id === 'deploycheck' ? 0 : 1, err: '' })
  }
})
