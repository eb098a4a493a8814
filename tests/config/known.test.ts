import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { knownText, readKnown } from '../../src/config/known.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck-known-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a known-problems file', () => {
  const file = () => join(folder, 'known.json')

  test('is read as it was written, one problem per line', () => {
    const problems = [
      { model: 'a.onnx', target: 'nnapi', finding: 'nnapi/Resize/mode', nodes: ['/up'], message: 'no' },
      { model: 'a.onnx', target: null, finding: 'model/cycle' },
    ]
    writeFileSync(file(), knownText(problems))
    expect(readKnown(file(), false)).toEqual(problems)
    expect(knownText(problems).split('\n')).toHaveLength(8)
    expect(JSON.parse(knownText([]))).toEqual({ version: 1, problems: [] })
  })

  test('may be missing only where it is written', () => {
    expect(readKnown(join(folder, 'no.json'), true)).toEqual([])
    expect(() => readKnown(join(folder, 'no.json'), false)).toThrow(/there is no known-problems file/)
  })

  test.each([
    ['{', /is not a known-problems file/],
    ['[]', /at the top: found \[\]/],
    ['{"version":1,"problems":[{"model":"a"}]}', /problems\[0\]: target is missing/],
    ['{"version":2,"problems":[]}', /it has version 2/],
  ])('%s', (text, message) => {
    writeFileSync(file(), text)
    expect(() => readKnown(file(), true)).toThrow(message)
  })
})
