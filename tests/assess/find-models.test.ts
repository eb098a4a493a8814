import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findModels } from '../../src/assess/find-models.ts'

let root: string
const files = [
  'a.onnx',
  'b [1].onnx',
  'B.ONNX',
  'notes.txt',
  'with space/c.onnx',
  'with space/deep/d.onnx',
  'with space/.hidden/h.onnx',
  'empty/readme.md',
  'node_modules/pkg/test.onnx',
]

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'deploycheck models '))
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), '')
  }
})
afterAll(() => rmSync(root, { recursive: true }))

/** Paths from the folder, with forward slashes; a problem as its code. */
const find = (...args: string[]): string[] =>
  findModels(args.map((arg) => (arg === '-' || arg.startsWith('http') ? arg : join(root, arg)))).map(
    ({ path, problem }) => problem?.code ?? path.replace(root, '').replaceAll('\\', '/').replace(/^\//, ''),
  )

describe('models by their arguments', () => {
  test.each([
    ['a file', ['a.onnx'], ['a.onnx']],
    ['a file of any ending', ['notes.txt'], ['notes.txt']],
    ['a name that looks like a pattern and is one', ['b [1].onnx'], ['b [1].onnx']],
    [
      'a folder with a space, and all inside',
      ['with space'],
      ['with space/c.onnx', 'with space/.hidden/h.onnx', 'with space/deep/d.onnx'],
    ],
    [
      'a folder leaves out packages of others',
      ['.'],
      ['B.ONNX', 'a.onnx', 'b [1].onnx', 'with space/c.onnx', 'with space/.hidden/h.onnx', 'with space/deep/d.onnx'],
    ],
    ['a star', ['*.onnx'], ['a.onnx', 'b [1].onnx']],
    ['a star among folders', ['*/*.onnx'], ['with space/c.onnx']],
    [
      'two stars',
      ['**/*.onnx'],
      ['a.onnx', 'b [1].onnx', 'with space/c.onnx', 'with space/deep/d.onnx', 'node_modules/pkg/test.onnx'].sort(),
    ],
    ['a question mark', ['?.onnx'], ['a.onnx']],
    ['alternatives', ['{a,b*}.onnx'], ['a.onnx', 'b [1].onnx']],
    ['a range', ['[ab]*.onnx'], ['a.onnx', 'b [1].onnx']],
    ['not in a range', ['[!a]*.onnx'], ['b [1].onnx']],
    [
      'a pattern that matches a folder',
      ['with*'],
      ['with space/c.onnx', 'with space/.hidden/h.onnx', 'with space/deep/d.onnx'],
    ],
    ['the same file twice', ['a.onnx', './a.onnx', '*.onnx'], ['a.onnx', 'b [1].onnx']],
    ['standard input and addresses', ['-', 'https://example.com/m.onnx'], ['-', 'https://example.com/m.onnx']],
    ['a file that is not there', ['nothing.onnx'], ['not-found']],
    ['a folder without models', ['empty'], ['no-models']],
    ['a pattern without a match', ['*.tflite'], ['no-models']],
    ['what is missing does not hide the rest', ['nothing.onnx', 'a.onnx'], ['not-found', 'a.onnx']],
  ])('%s', (_, args, expected) => {
    expect(find(...args)).toEqual(expected)
  })

  test('a slip of the pen gets a suggestion', () => {
    const [found] = findModels([join(root, 'notes.tx')])
    expect(found?.problem?.details.fix).toMatch(/did you mean .*notes\.txt\?/)
  })

  test('on Windows a backslash separates folders, and case does not matter', () => {
    const path = `${root}\\with*\\*.ONNX`
    expect(findModels([path], true).map((one) => one.path.replaceAll('\\', '/').split('/').at(-1))).toEqual(['c.onnx'])
  })

  test.skipIf(process.platform === 'win32')('elsewhere a backslash takes the next character as it stands', () => {
    expect(find('b \\[1\\]*.onnx')).toEqual(['b [1].onnx'])
  })
})
