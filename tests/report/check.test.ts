import { describe, expect, test } from 'vitest'
import { checkReport } from '../../src/report/check.ts'
import { coloured, plain, wantsColour } from '../../src/report/style.ts'
import { columns as columnsOf } from '../../src/report/text.ts'
import type { Result } from '../../src/result/result.ts'
import { finding, model, nnapi, node, oneModel, result, severalModels, target } from './sample.ts'

const show = (sample: Result, columns = 80, quiet = false): string =>
  checkReport(sample, { columns, style: plain, quiet })

const samples: [string, Result][] = [
  ['one-model', oneModel],
  ['several-models', severalModels],
]
const widths = [80, 200]

describe.each(samples)('%s', (title, sample) => {
  test.each(widths)('in %i columns', async (columns) => {
    await expect(show(sample, columns)).toMatchFileSnapshot(`golden/${title}-${columns}.txt`)
  })

  test.each([40, ...widths])('no line is wider than %i columns, none ends in a space', (columns) => {
    const lines = show(sample, columns).split('\n')
    // A table keeps its columns where the terminal is narrower than they are together.
    if (columns >= 80) expect(lines.filter((line) => columnsOf(line) > columns)).toEqual([])
    expect(lines.filter((line) => line.endsWith(' '))).toEqual([])
  })

  test('colours change nothing but the colour', () => {
    const painted = checkReport(sample, { columns: 80, style: coloured, quiet: false })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escapes
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(show(sample))
    expect(painted).not.toBe(show(sample))
  })
})

describe('what a person must see', () => {
  test('a deprecated target says so, and what to use, in every width', () => {
    for (const columns of widths)
      expect(show(oneModel, columns)).toMatch(/nnapi.*deprecated since Android 15; use xnnpack, qnn-htp/)
  })

  test('a ready verdict says what it does not cover', () => {
    expect(show(oneModel)).toMatch(/What ready does not cover\n {2}- Core ML’s own compiler/)
    expect(show(result(model({ targets: [target({ id: 'wasm' })] })))).toMatch(
      /What ready does not cover\n {2}- The driver/,
    )
    expect(show(result(model({ targets: [nnapi] })))).not.toMatch(/does not cover/)
  })

  test('findings of one kind are one reason with a count and a few nodes', () => {
    const nodes = Array.from({ length: 1500 }, (_, i) => i)
    const findings = nodes.map((i) =>
      finding({ id: 'a/b', nodes: [i], found: { mode: i % 3 === 0 ? 'cubic' : 'area' } }),
    )
    const host = nodes.map((i) => node(i, { placement: 'host', findings: ['a/b'] }))
    const text = show(result(model({ targets: [target({ id: 'a', verdict: 'partial', nodes: host, findings })] })))
    expect(text).toMatch(/nodes {3}1,500, such as #0 \/layer0\/Conv, #1 /)
    expect(text).toMatch(/found {3}mode = 'area' \(1,000×\); mode = 'cubic' \(500×\)/)
    expect(text.match(/a\/b happened/g)).toHaveLength(1)
  })

  test('the same target asked twice is told apart by its parameters', () => {
    const twice = [29, 31].map((api) => target({ id: 'nnapi', parameters: { api, ort: '1.30' } }))
    expect(show(result(model({ targets: twice })))).toMatch(/nnapi@api=29 .*\n.*nnapi@api=31 /)
  })

  test('names with escapes, newlines and 100,000 characters disturb nothing', () => {
    const evil = `\u001b[2J\nx${'y'.repeat(100_000)}`
    const guilty = finding({
      id: 'a/b',
      severity: 'error',
      message: `bad ${evil}`,
      nodes: [0],
      values: [evil],
      found: { [evil]: evil },
      fix: evil,
      source: { title: evil },
    })
    const sample = result(
      model({
        path: evil,
        producer: evil,
        opsets: { [evil]: 1 },
        findings: [guilty],
        targets: [
          target({
            id: 'a',
            verdict: 'blocked',
            nodes: [node(0, { name: evil, placement: 'blocked', findings: ['a/b'], why: evil })],
            findings: [guilty],
          }),
        ],
      }),
      { path: evil, error: { code: 'x', message: evil, offset: null, expected: evil, fix: evil } },
    )
    for (const one of [
      sample,
      { ...sample, models: sample.models.slice(0, 1) },
      { ...sample, models: sample.models.slice(1) },
    ]) {
      const text = show({ ...one, gates: [{ model: evil, target: evil, gate: 'error', message: evil }] })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      expect(text.length).toBeLessThan(12_000)
      expect(text.split('\n').filter((line) => columnsOf(line) > 80)).toEqual([])
    }
  })

  test('quiet shows what failed and nothing else', () => {
    expect(show(oneModel, 80, true)).toBe('')
    expect(show(severalModels, 80, true)).toMatch(/^models\/broken.onnx\n {2}error .*[\s\S]*\nfailed /)
  })

  test('an interrupted run says that models are missing', () => {
    expect(show({ ...oneModel, partial: true })).toMatch(/Interrupted: models that were not reached are missing/)
  })
})

describe('colour', () => {
  test.each([
    ['in a terminal', true, {}, true, true],
    ['not in a pipe', true, {}, false, false],
    ['never with --no-color', false, { FORCE_COLOR: '1' }, true, false],
    ['never with NO_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['NO_COLOR set to nothing is not set', true, { NO_COLOR: '' }, true, true],
    ['in a pipe with FORCE_COLOR', true, { FORCE_COLOR: '1' }, false, true],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, true, false],
    ['not in a dumb terminal', true, { TERM: 'dumb' }, true, false],
  ])('%s', (_, flag, env, terminal, expected) => {
    expect(wantsColour(flag, env, terminal)).toBe(expected)
  })
})
