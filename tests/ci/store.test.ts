import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pack, unpack } from '../../src/ci/packed.ts'
import { Store, stampOf } from '../../src/ci/store.ts'
import { model, nnapi } from '../report/sample.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck-store-'))
  file = join(folder, 'a.onnx')
  writeFileSync(file, 'a model')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const sample = model({ targets: [nnapi] })
const names = { symbols: ['N'], inputs: ['x'] }
const cache = () => join(folder, 'cache')
const keep = (path: string, externalFiles: string[] = []) =>
  new Store(cache()).set(path, stampOf(path) ?? '', externalFiles, 'question', { ...pack(sample), names })
const kept = (path: string, question = 'question') => {
  const answer = new Store(cache()).get(path, question)
  return answer && unpack(answer)
}

describe('an answer is found again', () => {
  test('as it was, nodes included', () => {
    keep(file)
    expect(kept(file)).toEqual(sample)
    expect(JSON.stringify(kept(file))).toBe(JSON.stringify(sample))
    expect(new Store(cache()).get(file, 'question')?.names).toEqual(names)
  })

  test('for the same bytes at another path, or with another time', () => {
    keep(file)
    const copy = join(folder, 'b.onnx')
    copyFileSync(file, copy)
    utimesSync(file, 1, 1)
    expect(kept(copy)).toEqual(sample)
    expect(kept(file)).toEqual(sample)
  })
})

describe('an answer is not found', () => {
  test('for another question', () => {
    keep(file)
    expect(kept(file, 'another')).toBeNull()
  })

  test('once the bytes have changed, be the size what it was', () => {
    keep(file)
    writeFileSync(file, 'b model')
    expect(kept(file)).toBeNull()
  })

  test('once the weights beside the model have changed, or come', () => {
    keep(file, ['weights.bin'])
    expect(kept(file)).toEqual(sample)
    writeFileSync(join(folder, 'weights.bin'), 'w')
    expect(kept(file)).toBeNull()
    // the hash of the model alone does not speak for its weights
    utimesSync(file, 1, 1)
    expect(kept(file)).toBeNull()
  })

  test('where the file changed while it was read', () => {
    new Store(cache()).set(file, 'before', [], 'question', { ...pack(sample), names })
    expect(kept(file)).toBeNull()
  })

  test.each([
    ['damaged', () => 'damaged'],
    ['empty', () => ''],
  ])('where the entry is %s', (_, content) => {
    keep(file)
    for (const name of readdirSync(cache())) writeFileSync(join(cache(), name), content())
    expect(kept(file)).toBeNull()
    keep(file)
    expect(kept(file)).toEqual(sample)
  })

  test('where the folder is a file: nothing is kept, and nothing breaks', () => {
    writeFileSync(cache(), 'in the way')
    keep(file)
    expect(kept(file)).toBeNull()
  })
})

test('what nobody asked for in a month is deleted, and no half-written file stays', () => {
  keep(file)
  const old = join(cache(), 'answer-old')
  writeFileSync(old, '')
  utimesSync(old, 1, 1)
  const store = new Store(cache())
  store.set(file, stampOf(file) ?? '', [], 'another', { ...pack(sample), names })
  store.close()
  expect(statSync(old, { throwIfNoEntry: false })).toBeUndefined()
  expect(readdirSync(cache()).filter((name) => !/^(answer|place)-[0-9a-f]{64}(\.json)?$/.test(name))).toEqual([])
  expect(kept(file)).toEqual(sample)
})
