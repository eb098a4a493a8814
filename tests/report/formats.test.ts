/** Every format from one recorded result, held against golden files and against the schemas that others published. */
import { describe, expect, test } from 'vitest'
import { readBlob } from '../../src/report/blob.ts'
import { githubReport, stepSummary } from '../../src/report/github.ts'
import { gitlabReport } from '../../src/report/gitlab.ts'
import { issuesOf } from '../../src/report/issues.ts'
import { jsonReport } from '../../src/report/json.ts'
import { junitReport } from '../../src/report/junit.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { type ReportName, render } from '../../src/report/render.ts'
import { sarifReport } from '../../src/report/sarif.ts'
import type { Result } from '../../src/result/result.ts'
import { recorded } from './recorded.ts'
import { compared, finding, model, node, oneModel, result, severalModels, target } from './sample.ts'
import { ran } from './sample-run.ts'
import { gitlabErrors, junitErrors, sarifErrors } from './valid.ts'

const samples: [string, Result][] = [
  ['one model', oneModel],
  ['several models', severalModels],
  ['a recorded result', recorded],
  ['a run', ran],
  ['a comparison', compared],
  ['nothing', result()],
  ['no answer', { ...result(), exitCode: 2, error: { code: 'unknown-target', message: 'no target x', offset: null } }],
]

const texts: [ReportName, string][] = [
  ['markdown', 'md'],
  ['sarif', 'sarif'],
  ['junit', 'xml'],
  ['github', 'txt'],
  ['gitlab', 'json'],
  ['blob', 'blob.json'],
]

test.each(texts)('%s of the recorded result', async (name, ending) => {
  const text = render(name, recorded)
  expect(render(name, structuredClone(recorded))).toBe(text)
  await expect(text).toMatchFileSnapshot(`golden/recorded.${name}.${ending}`)
})

describe.each(samples)('%s', (_, sample) => {
  test('is SARIF 2.1.0', () => {
    expect(sarifErrors(sarifReport(sample))).toEqual([])
  })

  test('is what GitLab takes', () => {
    const text = gitlabReport(sample)
    expect(gitlabErrors(text)).toEqual([])
    const prints = JSON.parse(text).map(({ fingerprint }: { fingerprint: string }) => fingerprint)
    expect(new Set(prints).size).toBe(prints.length)
  })

  test('is JUnit', async () => {
    expect(await junitErrors(junitReport(sample))).toEqual([])
  })

  test('comes back from a blob as it was', () => {
    expect(readBlob(render('blob', sample), 'x.json')).toEqual({ shard: null, result: sample })
  })

  test('JUnit is red exactly when the command is', () => {
    const red = /<(failure|error) /.test(junitReport(sample))
    expect(red).toBe(sample.exitCode !== 0)
  })
})

describe('candidates, and what is to be said of the question', () => {
  test.each([
    [
      'markdown',
      [/\| `small\.onnx` \| ✅ \| \*\*1\.00 M\*\* \| 0\.9 \|/, /`large\.onnx`: as good or better .*: `small\.onnx`/],
    ],
    ['html', [/Candidates side by side/, /large\.onnx<\/code>: as good or better in every column: small\.onnx/]],
    ['junit', [/<testsuite name="candidates" tests="2"/, /as good or better in every column: small\.onnx/]],
    ['sarif', [/"candidates": \[/, /"uri": "known\.json"/]],
    [
      'github',
      [/::notice title=candidates::1 of 2 candidates/, /::warning file=known\.json,title=config\/entry-unused::/],
    ],
    ['gitlab', [/"path": "known\.json"/]],
  ] as [ReportName, RegExp[]][])('%s', (name, expected) => {
    const text = render(name, compared)
    for (const one of [...expected, /nothing is left of nnapi\/LSTM\/unsupported/]) expect(text).toMatch(one)
  })
})

/** The same findings, in a model that was exported anew: every node has another number. */
const renumbered = (by: number): Result => {
  const nodes = [1, 2, 3].map((i) => node(i + by, { placement: 'host', findings: ['a/Conv/pads'] }))
  const findings = [finding({ id: 'a/Conv/pads', message: `${by} pads`, nodes: nodes.map(({ index }) => index) })]
  return result(model({ targets: [target({ id: 'a', verdict: 'partial', nodes, findings })] }))
}

describe('problems', () => {
  test('are known again when the nodes have other numbers, other paths make others', () => {
    const prints = (sample: Result) => issuesOf(sample).map(({ fingerprint }) => fingerprint)
    expect(prints(renumbered(0))).toEqual(prints(renumbered(100)))
    const [first] = renumbered(0).models
    const elsewhere = first ? result({ ...first, path: `./${first.path.replace('/', '\\')}` }) : result()
    expect(prints(elsewhere)).toEqual(prints(renumbered(0)))
    expect(prints(first ? result({ ...first, path: 'other.onnx' }) : result())).not.toEqual(prints(renumbered(0)))
  })

  test('come with the worst first, those that gate before those that do not', () => {
    const order = ['error true', 'error false', 'warning true', 'warning false', 'note true', 'note false']
    const shown = issuesOf(oneModel).map(({ decides, reason }) => order.indexOf(`${reason.severity} ${decides}`))
    expect(shown).toEqual([1, 2, 2, 4, 4])
  })
})

/** As many kinds of findings as `count`. */
const many = (count: number): Result => {
  const findings = Array.from({ length: count }, (_, i) =>
    finding({ id: `a/Conv/rule${i}`, severity: i < 20 ? 'error' : 'warning', nodes: [i], fix: 'x'.repeat(300) }),
  )
  return { ...result(model({ targets: [target({ id: 'a', verdict: 'partial', findings })] })), exitCode: 1 }
}

describe('limits', () => {
  test('a comment holds 64 KB, a summary 1 MiB, and says what is left out', () => {
    const models = Array.from({ length: 3000 }, (_, i) =>
      model({
        path: `models/${i}.onnx`,
        targets: many(40).models.flatMap((m) => ('targets' in m ? (m.targets ?? []) : [])),
      }),
    )
    const sample = result(...models)
    for (const [text, limit] of [
      [markdownReport(sample), 65_536],
      [stepSummary(sample, 0), 1 << 20],
      [stepSummary(sample, 1_000_000), 48_576],
      [markdownReport(sample, 1000), 1000],
    ] as const) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      expect(text).toMatch(/more parts left out/)
      expect(text.split('<details').length).toBe(text.split('</details>').length)
    }
    expect(stepSummary(sample, 1 << 20)).toBe('')
  })

  test('GitHub shows ten annotations of a kind: the last says what is left', () => {
    const lines = githubReport(many(50)).trimEnd().split('\n')
    const errors = lines.filter((line) => line.startsWith('::error '))
    expect(errors).toHaveLength(10)
    expect(errors.at(-1)).toMatch(/::11 more of these/)
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10)
  })

  test('code scanning shows 5,000 results', () => {
    const [run] = JSON.parse(sarifReport(many(6000))).runs
    expect(run.results).toHaveLength(5000)
    expect(run.results[0].level).toBe('error')
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toBe('1,000 results left out')
  })
})

test('what is accepted is no news: suppressed for code scanning, silent elsewhere', () => {
  const accepted = { reason: 'shipped since May', file: 'known.json' }
  const findings = [
    finding({ id: 'a/Conv/pads', nodes: [0], accepted }),
    finding({ id: 'a/Conv/pads', nodes: [1] }),
    finding({ id: 'a/Add/types', severity: 'error', nodes: [2], accepted }),
  ]
  const sample = result(model({ targets: [target({ id: 'a', verdict: 'partial', findings })] }))
  const [run] = JSON.parse(sarifReport(sample)).runs
  expect(run.results.map(({ ruleId, suppressions }: Record<string, unknown>) => [ruleId, suppressions])).toEqual([
    ['a/Conv/pads', undefined],
    ['a/Add/types', [{ kind: 'external', justification: 'shipped since May (known.json)' }]],
    ['a/Conv/pads', [{ kind: 'external', justification: 'shipped since May (known.json)' }]],
  ])
  expect(JSON.parse(gitlabReport(sample))).toHaveLength(1)
  expect(githubReport(sample).trimEnd().split('\n')).toHaveLength(1)
  expect(sarifErrors(sarifReport(sample))).toEqual([])
})

test('a node is a logical location, the model the place', () => {
  const [run] = JSON.parse(sarifReport(oneModel)).runs
  const cubic = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'nnapi/Resize/mode')
  expect(cubic.locations[0]).toMatchObject({
    physicalLocation: { artifactLocation: { uri: 'models/mobilenet_v2.onnx', uriBaseId: '%SRCROOT%' } },
    logicalLocations: [{ fullyQualifiedName: '/up1/Resize' }, { fullyQualifiedName: '/up2/Resize' }],
  })
  expect(run.tool.driver.rules[cubic.ruleIndex].id).toBe('nnapi/Resize/mode')
})

describe('a blob', () => {
  test.each([
    ['nothing', '', /is no JSON/],
    ['half of one', render('blob', oneModel).slice(0, 500), /cut off or damaged/],
    ['a JSON report', jsonReport(oneModel), /is a result of --format json/],
    ['anything else', '[1]', /is not from --format blob/],
    ['without its result', '{"deploycheckBlob":1}', /parts of the result are missing/],
    [
      'of a later version',
      '{"deploycheckBlob":9,"result":{"tool":{"version":"9.0"}}}',
      /version 9, written by .* 9\.0/,
    ],
  ])('%s: says what was found and what to do', (_, text, message) => {
    try {
      readBlob(text, 'shard.json')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        message: expect.stringMatching(message),
        details: { fix: expect.stringMatching(/./) },
      })
    }
  })

  test('of a shard says which', () => {
    const shard = { index: 2, total: 3, run: 'abc' }
    expect(readBlob(render('blob', oneModel, shard), 'x').shard).toEqual(shard)
  })
})
