import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonReport } from '../../src/report/json.ts'
import type { Result } from '../../src/result/result.ts'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sample = (name: string): string => join(root, 'models', name)
const classifier = sample('efficientnet-lite.onnx')
const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(`${root}schema/result.json`, 'utf8')),
)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck cli '))
  cpSync(classifier, join(folder, 'good one.onnx'))
  writeFileSync(join(folder, 'bad.onnx'), 'this is no model')
})
afterAll(() => rmSync(folder, { recursive: true }))

const parsed = (out: string): Result => {
  const result = JSON.parse(out)
  expect(validate(result) ? [] : validate.errors).toEqual([])
  return result
}

describe('check', () => {
  test('is the default command, and says the same both ways', async () => {
    const short = await deploycheck([classifier, '--target', 'xnnpack'])
    const long = await deploycheck(['check', classifier, '--target', 'xnnpack'])
    expect(short).toEqual(long)
    expect(short.err).toBe('')
    expect(short.out).toMatch(/TARGET +VERDICT +NODES +MACS +PARTS +CROSSING\nxnnpack +/)
  })

  test('keeps the targets in the order asked, none dropped', async () => {
    const { out } = await deploycheck([
      classifier,
      '--target',
      'xnnpack@ort=1.25,cpu',
      '--target',
      'xnnpack',
      '--format',
      'json',
    ])
    const [model] = parsed(out).models
    const ids = model && 'targets' in model ? model.targets?.map(({ id, parameters }) => `${id} ${parameters.ort}`) : []
    expect(ids).toEqual(['xnnpack 1.25', 'cpu 1.30', 'xnnpack 1.30'])
  })

  test('gives JSON that the schema describes, with the exit code of the process, the same bytes each time', async () => {
    const args = [classifier, '--target', 'xnnpack', '--fail-on', 'partial', '--format', 'json']
    const { code, out } = await deploycheck(args)
    const result = parsed(out)
    expect(result.exitCode).toBe(code)
    expect(result.tool.name).toBe('deploycheck')
    expect((await deploycheck(args)).out).toBe(out)
  })

  test('a folder: an unreadable model among several gives 2, and the others are reported', async () => {
    const { code, out } = await deploycheck([folder, '--target', 'xnnpack', '--format', 'json'])
    const { models } = parsed(out)
    expect(code).toBe(2)
    expect(models).toHaveLength(2)
    expect(models[0]).toMatchObject({
      path: join(folder, 'bad.onnx'),
      error: { code: expect.any(String), message: expect.any(String) },
    })
    expect(models[1]).toHaveProperty('targets')
  })

  test('a model that is not there: 2, and the object is written where JSON is asked', async () => {
    const { code, out } = await deploycheck([join(folder, 'good on.onnx'), '--format', 'json'])
    expect(code).toBe(2)
    const [model] = parsed(out).models
    expect(model).toMatchObject({ error: { code: 'not-found', fix: expect.stringContaining('good one.onnx') } })
  })

  test('an unknown target: 2, said on standard error, and as JSON', async () => {
    const { code, out, err } = await deploycheck([classifier, '--target', 'xnpack', '--format', 'json'])
    expect(code).toBe(2)
    expect(err).toMatch(/there is no target "xnpack"[\s\S]*did you mean xnnpack\?/)
    expect(parsed(out)).toMatchObject({ exitCode: 2, models: [], error: { code: 'unknown-target' } })
  })

  test('a dimension that no model has is a mistake, not silence', async () => {
    const { code, out } = await deploycheck([classifier, '--target', 'xnnpack', '--dim', 'batch=1', '--format', 'json'])
    expect(code).toBe(2)
    expect(parsed(out).error?.message).toMatch(/--dim batch: no model has such a symbolic dimension/)
  })

  test('writes files beside the report on standard output', async () => {
    const file = join(folder, 'result.json')
    const { out } = await deploycheck([
      classifier,
      '--target',
      'xnnpack',
      '--format',
      'pretty',
      '--format',
      `json=${file}`,
    ])
    expect(out).toMatch(/^.*efficientnet-lite\.onnx\n/)
    expect(parsed(readFileSync(file, 'utf8')).models).toHaveLength(1)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
    rmSync(file)
  })

  test('an interruption before the first model leaves a result that says so', async () => {
    const { out } = await deploycheck([classifier, '--format', 'json'], { signal: AbortSignal.abort() })
    expect(parsed(out)).toMatchObject({ partial: true, models: [] })
  })

  test('progress is for people who watch several models', async () => {
    const args = [folder, '--target', 'xnnpack']
    expect((await deploycheck(args, { errIsTerminal: true })).err).toContain('1/2 ')
    expect((await deploycheck(args)).err).toBe('')
    expect((await deploycheck([...args, '--no-progress'], { errIsTerminal: true })).err).toBe('')
    expect((await deploycheck([...args, '--quiet'], { errIsTerminal: true })).err).toBe('')
  })

  test('colour in a terminal, none in a pipe', async () => {
    const args = [classifier, '--target', 'xnnpack']
    expect((await deploycheck(args, { outIsTerminal: true })).out).toContain('\u001b[')
    expect((await deploycheck(args)).out).not.toContain('\u001b[')
    expect((await deploycheck([...args, '--no-color'], { outIsTerminal: true })).out).not.toContain('\u001b[')
  })
})

describe('several formats in one run', () => {
  test('each goes where it was asked to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'formats '))
    const file = (name: string) => join(folder, name)
    const formats = ['markdown', 'html', 'sarif', 'junit', 'gitlab', 'blob', 'json'].map(
      (name) => `${name}=${file(name)}`,
    )
    const args = [classifier, '--target', 'xnnpack', ...formats.flatMap((format) => ['--format', format])]
    const summary = file('summary')
    writeFileSync(summary, 'before\n')
    const env = { GITHUB_STEP_SUMMARY: summary }
    const { code, out, err } = await deploycheck([...args, '--format', 'github'], { env })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^::warning file=.*efficientnet-lite/m)
    expect(readdirSync(folder).sort()).toEqual([
      'blob',
      'gitlab',
      'html',
      'json',
      'junit',
      'markdown',
      'sarif',
      'summary',
    ])
    expect(readFileSync(summary, 'utf8')).toBe(`before\n${readFileSync(file('markdown'), 'utf8')}`)
    const whole: Result = JSON.parse(readFileSync(file('blob'), 'utf8')).result
    expect(jsonReport(whole)).toBe(readFileSync(file('json'), 'utf8'))
    rmSync(folder, { recursive: true })
  })

  test('a file that cannot be written is said before the work, and where there is no answer the others say why', async () => {
    const { code, out, err } = await deploycheck([
      classifier,
      '--format',
      'json=/no/such/folder/x',
      '--format',
      'junit',
    ])
    expect(code).toBe(2)
    expect(err).toMatch(/could not be written to .*there is no folder/)
    expect(out).toMatch(/<error message=.*could not be written/)
  })

  test('other answers have two formats', async () => {
    const { code, err } = await deploycheck(['targets', '--format', 'sarif'])
    expect(code).toBe(2)
    expect(err).toMatch(/there is no format 'sarif' here/)
  })
})

describe('what the user gets wrong', () => {
  test.each([
    ['no model', [], /no model was named/, /--help/],
    ['a flag', ['m.onnx', '--taget', 'ios'], /there is no flag --taget/, /did you mean --target\?/],
    ['a flag without its value', ['m.onnx', '--dim'], /argument missing/, /check --help|--help/],
    ['a value', ['m.onnx', '--fail-on', 'never'], /one of blocked, partial, unknown/, /for example/],
    ['a format', ['m.onnx', '--format', 'jason'], /there is no format 'jason'/, /did you mean --format json\?/],
    ['too much', ['explain', 'a', 'b', 'c'], /too many arguments/, /explain --help/],
  ])('%s: 2, what was asked, what to do', async (_, args, message, fix) => {
    const { code, out, err } = await deploycheck(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/^deploycheck: /)
    expect(err).toMatch(message)
    expect(err).toMatch(fix)
    expect(err).not.toMatch(/\n\s+at /)
  })

  test('--debug adds the stack', async () => {
    expect((await deploycheck(['m.onnx', '--target', 'nothing', '--debug'])).err).toMatch(/\n\s+at /)
  })
})

describe('the other commands', () => {
  test('inspect shows what a model is, and the JSON has every value', async () => {
    expect((await deploycheck(['inspect', classifier])).out).toMatch(
      /Inputs[\s\S]*Outputs[\s\S]*Most work[\s\S]*Operators/,
    )
    const { out } = await deploycheck(['inspect', classifier, '--format', 'json'])
    const [model] = parsed(out).models
    if (!model || !('values' in model)) throw new Error('no values')
    expect(model.nodes?.length).toBe(model.totals.nodes)
    expect(Object.keys(model.values ?? {})).toContain(model.inputs[0]?.name)
    expect(model.targets).toBeUndefined()
  })

  test('explain: a node, condition by condition', async () => {
    const { code, out } = await deploycheck(['explain', classifier, '0', '--target', 'xnnpack'])
    expect(code).toBe(0)
    expect(out).toMatch(/^#0 /)
    expect(out).toMatch(/ok {7}needs rank\(X\) in 3\.\.4/)
  })

  test('explain: a node that is not there, and an operator that is', async () => {
    expect(await deploycheck(['explain', classifier, '4000'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/has no node 4000/),
    })
    expect((await deploycheck(['explain', 'MaxPool', '--target', 'xnnpack'])).out).toMatch(/MaxPool 8\.\.\n {2}needs/)
    expect((await deploycheck(['explain', 'MaxPol', '--target', 'xnnpack'])).err).toMatch(/did you mean MaxPool\?/)
  })

  test('targets: all, one, and what changes', async () => {
    expect((await deploycheck(['targets'])).out).toMatch(/xnnpack[\s\S]*Groups[\s\S]*android/)
    expect((await deploycheck(['targets', 'xnnpack'])).out).toMatch(/Conv 11\.\./)
    const { out } = await deploycheck([
      'targets',
      'diff',
      'xnnpack@ort=1.23',
      'xnnpack@ort=1.30',
      classifier,
      '--format',
      'json',
    ])
    const diff = JSON.parse(out)
    expect(diff.onlyA.length).toBeGreaterThan(0)
    expect(diff.model.verdicts).toEqual({ a: expect.any(String), b: expect.any(String) })
    expect((await deploycheck(['targets', 'diff', 'xnnpack', 'xnnpack'])).out).toMatch(/both ask the same/)
    expect((await deploycheck(['targets', 'diff', 'android', 'xnnpack'])).err).toMatch(/a diff is between two/)
  })

  test('targets lint and test: a target of one’s own', async () => {
    const profile = join(folder, 'chip.json')
    const rule = { since: '1..', source: 'x', checks: ['group == 1'] }
    writeFileSync(
      profile,
      JSON.stringify({ id: 'chip', title: 'Chip', sources: { x: { title: 'x' } }, operators: { Conv: [rule] } }),
    )
    const cases = (expected: string): string => {
      const file = join(folder, 'cases.json')
      writeFileSync(file, JSON.stringify([{ model: 'good one.onnx', node: 0, expected }]))
      return file
    }
    expect((await deploycheck(['targets', 'test', profile, cases('target')])).out).toMatch(/1 case of 1 as expected/)
    expect(await deploycheck(['targets', 'test', profile, cases('blocked')])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/expected blocked, found target/),
    })
    expect((await deploycheck(['targets', 'test', profile, cases('nowhere')])).err).toMatch(/case 0 is not a case/)
    writeFileSync(
      profile,
      JSON.stringify({ id: 'chip', title: 'Chip', operators: { Conv: [{ checks: ['grup == 1'] }] } }),
    )
    expect(await deploycheck(['targets', 'lint', profile])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/grup/),
    })
    rmSync(profile)
  })

  test('--version and --help are answers', async () => {
    expect(await deploycheck(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect((await deploycheck(['--help'])).out).toMatch(/Examples:[\s\S]*Exit codes:/)
    expect((await deploycheck(['inspect', '--help'])).code).toBe(0)
  })
})

describe('the process', () => {
  /** Says on standard error when the process has learned to be interrupted. */
  const ready =
    'data:text/javascript,const t=setInterval(()=>{if(process.listenerCount("SIGINT")){process.stderr.write("ready");clearInterval(t)}},20)'

  const start = (args: string[], imports: string[] = []) => {
    const loaders = ['tsx', ...imports].flatMap((name) => ['--import', name])
    const child = spawn(process.execPath, [...loaders, 'src/cli/main.ts', ...args], { cwd: root })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    return { child, ended: once(child, 'close').then(([code]) => ({ code, out, err })) }
  }

  test('reads a model from standard input', async () => {
    const { child, ended } = start(['-', '--target', 'xnnpack', '--format', 'json'])
    child.stdin.end(readFileSync(classifier))
    const { out, code } = await ended
    expect(parsed(out).models[0]).toMatchObject({ path: '-', totals: { nodes: expect.any(Number) } })
    expect(code).toBe(0)
  })

  test.skipIf(process.platform === 'win32')('an interruption ends it with 130', async () => {
    const { child, ended } = start(['-', '--target', 'xnnpack'], [ready])
    child.stdin.write(readFileSync(classifier).subarray(0, 1000))
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
  })

  test('a reader that has seen enough is no error', async () => {
    const { child, ended } = start(['inspect', classifier, '--format', 'json'])
    child.stdout.destroy()
    expect(await ended).toMatchObject({ err: '' })
  })
})
