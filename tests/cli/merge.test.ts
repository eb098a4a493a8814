import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const before = process.cwd()
let folder = ''

const whole = ['ci', '--cache-dir', 'cache']
const shard = (i: number, of: number, file: string, ...more: string[]) =>
  deploycheck([...whole, '--shard', `${i}/${of}`, '--format', `blob=${file}`, ...more])

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck merge '))
  process.chdir(folder)
  cpSync(join(root, 'models'), 'models', { recursive: true, filter: (path) => !path.endsWith('.ts') })
  writeFileSync('models/broken.onnx', 'no model')
  const ignore = [{ finding: 'nnapi/custom-operator', reason: 'registered by the app' }]
  writeFileSync('deploycheck.config.json', JSON.stringify({ models: 'models', targets: ['nnapi', 'cpu'], ignore }))
  mkdirSync('blobs')
  for (const i of [1, 2, 3]) await shard(i, 3, `blobs/${i}.blob.json`)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

describe('the parts of a run', () => {
  test('give the bytes that the whole gives, in every format, whichever way they are named', async () => {
    const names = readdirSync('blobs').map((name) => `blobs/${name}`)
    for (const format of ['json', 'pretty', 'markdown', 'sarif', 'junit', 'gitlab']) {
      const expected = await deploycheck([...whole, '--format', format])
      for (const args of [names, names.toReversed(), ['blobs'], ['blobs/*.json']])
        expect(await deploycheck(['merge', ...args, '--format', format])).toEqual(expected)
    }
  })

  test('and a whole run alone is what it was', async () => {
    await deploycheck([...whole, '--format', 'blob=whole.json'])
    expect(await deploycheck(['merge', 'whole.json'])).toEqual(await deploycheck(whole))
  })
})

describe('what does not belong together ends with 2 and what to do', () => {
  const one = 'blobs/1.blob.json'
  const two = 'blobs/2.blob.json'
  beforeAll(async () => {
    await shard(2, 3, 'other.json', '--fail-on', 'partial')
    await shard(2, 2, 'half.json')
    await deploycheck([...whole, '--format', 'blob=whole.json'])
    await deploycheck([...whole, '--format', 'json=result.json'])
    writeFileSync('cut.json', readFileSync(one, 'utf8').slice(0, 1000))
    mkdirSync('empty')
  })

  test.each([
    ['a part that is missing', [one, two], /part 3 of 3 is missing/, /hand on the blobs of all jobs/],
    ['two parts that are missing', [two], /parts 1, 3 of 3 are missing/, /hand on/],
    ['a part that is there twice', [one, two, one], /are both part 1 of 3/, /leave one of them out/],
    ['another question', [one, 'other.json'], /parts of different runs/, /same commit/],
    ['another number of parts', [one, 'half.json'], /parts of different runs/, /same commit/],
    ['a whole run among parts', [one, 'whole.json'], /the result of a whole run/, /--shard i\/n/],
    ['a result that is no blob', ['result.json'], /is a result of --format json/, /--format blob/],
    ['a file that was cut', ['cut.json'], /is cut off or damaged/, /--format blob/],
    ['a file that is not there', ['no.json'], /cannot be read/, /check the path/],
    ['an empty folder', ['empty'], /there are no blobs in empty/, /--format blob/],
  ])('%s', async (_, args, message, fix) => {
    const { code, out, err } = await deploycheck(['merge', ...args])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err).toMatch(fix)
  })
})
