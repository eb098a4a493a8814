/** The HTML report as text: one file that loads nothing and runs nothing but its own script. What it shows: browser.test.ts. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { picturesOf } from '../../src/assess/picture.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { htmlReport } from '../../src/report/html/report.ts'
import type { Comparison, Result } from '../../src/result/result.ts'
import { hostile } from './hostile.ts'
import { recorded } from './recorded.ts'
import { compared, model, oneModel, result, severalModels } from './sample.ts'
import { ran, run } from './sample-run.ts'

const samples: [string, Result][] = [
  ['one model', oneModel],
  ['several models', severalModels],
  ['a recorded result', recorded],
  ['a run', ran],
  ['a comparison', compared],
  ['attacks', hostile],
]

/** Without the look and the program, which are files of their own. */
const body = (text: string): string =>
  text.replace(/<style>.*?<\/style>/s, '<style></style>').replace(/<script>.*?<\/script>/s, '<script></script>')

/** Whose hashes say nothing to a reader. */
const withoutHashes = (text: string): string => text.replace(/sha256-[\w+/=]+/g, 'sha256-…')

test('of the recorded result', async () => {
  const text = htmlReport(recorded)
  expect(htmlReport(structuredClone(recorded))).toBe(text)
  await expect(withoutHashes(body(text))).toMatchFileSnapshot('golden/recorded.html')
})

describe.each(samples)('%s', (_, sample) => {
  const text = htmlReport(sample)

  test('has one program, one look, known by their hashes, and loads nothing', () => {
    const inline = [...text.matchAll(/<(script|style)>(.*?)<\/\1>/gs)]
    expect(inline.map(([, name]) => name)).toEqual(['style', 'script'])
    for (const [, , content = ''] of inline)
      expect(text).toContain(`&#39;sha256-${createHash('sha256').update(content).digest('base64')}&#39;`)
    expect(text).toContain('default-src &#39;none&#39;')
    expect(body(text)).not.toMatch(/\s(src|srcset|action|style|on\w+)="/)
    expect([...body(text).matchAll(/href="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('#'))).toEqual([])
  })

  test('has only our own elements', () => {
    const names = new Set([...body(text).matchAll(/<([a-z!][\w-]*)/gi)].map(([, name]) => name))
    for (const name of ['img', 'iframe', 'link', 'object', 'form']) expect(names).not.toContain(name)
  })
})

describe('pictures', () => {
  test('hold every node with types and attributes, bodies included', async () => {
    const read = await readModel('models/keyword-spotter-lstm.onnx')
    const [main] = picturesOf(read, inferModel(read))
    expect(main?.nodes).toHaveLength(14)
    const lstm = main?.nodes.find(({ op }) => op === 'LSTM')
    expect(lstm).toMatchObject({ name: '/lstm.0/LSTM', attributes: { hidden_size: expect.stringMatching(/^\d+$/) } })
    expect(main?.values[lstm?.inputs[0] ?? -1]).toMatchObject({ dtype: 'float32', shape: [49, 1, 48] })
    expect(main?.values[lstm?.inputs[1] ?? -1]).toMatchObject({ kind: 'weight' })
  })

  test('of a fleet are left out where the file would become too large, and it says so', () => {
    const [first] = recorded.models
    const graphs = first && 'graphs' in first ? first.graphs : []
    const nodes = graphs?.[0]?.nodes ?? []
    const large = [
      {
        scope: '',
        values: graphs?.[0]?.values ?? [],
        nodes: Array.from({ length: 15_000 }, (_, i) => nodes[i % nodes.length]),
      },
    ]
    const text = htmlReport(result(model({ graphs: large as never }), model({ path: 'b', graphs: large as never })))
    expect(text.match(/data-graph=/g)).toHaveLength(1)
    expect(text).toContain('The picture of this model is left out')
  })
})

test('candidates are drawn against each other where there are several', () => {
  const other = { ...run, model: 'models/other.onnx' }
  expect(htmlReport({ ...ran, runs: [run, other] })).toContain('Is it worth its time?')
  expect(htmlReport(ran)).not.toContain('Is it worth its time?')
})

test('candidates that were asked for are drawn by two of their columns, and no label lies on another', () => {
  const columns: Comparison['columns'] = [
    { id: 'macs', better: 'less', unit: 'count' },
    { id: 'coverage:nnapi', better: 'more', unit: 'share' },
  ]
  const candidate = (model: string, macs: number, coverage: number) => ({
    model,
    values: { macs, 'coverage:nnapi': coverage },
    isOnFront: true,
    dominatedBy: [],
  })
  const candidates = [
    candidate('a/first-one.onnx', 4e7, 1),
    candidate('second.onnx', 5e7, 1),
    candidate('c.onnx', 3e8, 0.5),
  ]
  const text = htmlReport({ ...ran, comparison: { columns, candidates } })
  expect(text).toContain('macs, millions')
  const heights = [...text.matchAll(/<text class="label" x="[\d.]+" y="([\d.]+)">(first-one|second)</g)].map(([, y]) =>
    Number(y),
  )
  expect(heights).toHaveLength(2)
  expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(15)
})
