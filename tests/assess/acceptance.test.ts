import { describe, expect, test } from 'vitest'
import { Acceptance, type Acceptances, entryFindings, joinedProblems, problemsOf } from '../../src/assess/acceptance.ts'
import { defaultGates, type Gates } from '../../src/assess/gates.ts'
import type { Ignored, KnownProblem } from '../../src/result/acceptance.ts'
import type { ModelResult, Result } from '../../src/result/result.ts'
import { finding, model, node, target } from '../report/sample.ts'

const today = '2026-11-28'

/** Nodes 1 and 2 are refused for the same reason; the model is partial. */
const refused = (names: readonly string[], part: Partial<ModelResult> = {}): ModelResult => {
  const nodes = names.map((name, i) => node(i, { name, op: 'Resize', placement: 'host' }))
  const findings = [finding({ id: 'nnapi/Resize/mode', nodes: names.map((_, i) => i) })]
  return model({
    path: 'models/a.onnx',
    targets: [target({ id: 'nnapi', verdict: 'partial', coverage: { nodes: 0.5, macs: 0.8 }, nodes, findings })],
    ...part,
  })
}
const failing: ModelResult = model({ findings: [finding({ id: 'model/cycle', severity: 'error', values: ['x'] })] })

function gatesOf(models: Result['models'], asked: Partial<Acceptances>, gates: Partial<Gates> = {}) {
  const acceptance = new Acceptance({ today, ...asked })
  const marked = models.map((one) => acceptance.mark(one as ModelResult))
  const failures = acceptance.gates(marked, { ...defaultGates, failOn: 'partial', ...gates })
  const entries = acceptance.used()
  return {
    gates: failures.map(({ gate }) => gate),
    said: entryFindings(entries, today, true).map(({ id, message }) => `${id}: ${message}`),
    marked,
  }
}

const ignoring = (...entries: Ignored[]) => ({ ignored: { file: 'deploycheck.config.json', entries } })
const because = 'drawn on the CPU on purpose'

describe('ignored findings', () => {
  test('do not count, and keep why', () => {
    const { gates, said, marked } = gatesOf([failing], ignoring({ finding: 'model/*', reason: because }))
    expect(gates).toEqual([])
    expect(said).toEqual([])
    expect(marked[0]?.findings[0]?.accepted).toEqual({ reason: because, file: 'deploycheck.config.json' })
  })

  test('carry the verdict that rests on them alone', () => {
    const up = ['/up1/Resize', '/up2/Resize']
    const entry = { finding: 'nnapi/Resize/mode', reason: because }
    expect(gatesOf([refused(up)], ignoring(entry)).gates).toEqual([])
    const two = refused(up)
    two.targets?.[0]?.findings.push(finding({ id: 'nnapi/Mod/unsupported', nodes: [1] }))
    expect(gatesOf([two], ignoring(entry)).gates).toEqual(['verdict'])
  })

  test.each([
    ['another model', { model: 'models/b*' }],
    ['another target', { target: 'coreml-*' }],
    ['other nodes', { node: '/up1/*' }],
    ['another part of the id', { finding: 'nnapi/Resize' }],
  ])('count for %s, and the entry is reported', (_, part) => {
    const entry = { finding: 'nnapi/Resize/*', reason: because, ...part }
    const { gates, said } = gatesOf([refused(['/up1/Resize', '/up2/Resize'])], ignoring(entry))
    expect(gates).toEqual(['verdict'])
    expect(said).toEqual([
      expect.stringMatching(/^config\/entry-unused: deploycheck\.config\.json: nothing is left of/),
    ])
  })

  test('end with their date', () => {
    const entry = { finding: 'model/cycle', reason: because }
    expect(gatesOf([failing], ignoring({ ...entry, expires: today })).gates).toEqual([])
    const { gates, said } = gatesOf([failing], ignoring({ ...entry, expires: '2026-11-27' }))
    expect(gates).toEqual(['error'])
    expect(said).toEqual([
      'config/entry-expired: deploycheck.config.json: the entry for model/cycle ended on 2026-11-27',
    ])
  })

  test('may be gates', () => {
    const entry = { finding: 'gate/coverage', target: 'nnapi', reason: because }
    const [models, limits] = [[refused(['a'])], { failOn: 'blocked', minCoverage: 90 } as const]
    expect(gatesOf(models, {}, limits).gates).toEqual(['coverage'])
    expect(gatesOf(models, ignoring(entry), limits).gates).toEqual([])
  })
})

describe('known problems', () => {
  const gates: Gates = { failOn: 'partial', minCoverage: 90, maxPartitions: null }
  const models = [refused(['/up1/Resize', '/up2/Resize', '']), failing]
  const found = models.flatMap((one) => problemsOf(one, gates))
  const problems = joinedProblems(found, [])
  const knowing = (known: readonly KnownProblem[]) => ({ known: { file: 'known.json', problems: known } })

  test('carry names, not positions', () => {
    expect(problems).toEqual([
      {
        model: 'models/a.onnx',
        target: 'nnapi',
        finding: 'gate/coverage',
        value: 80,
      },
      {
        model: 'models/a.onnx',
        target: 'nnapi',
        finding: 'nnapi/Resize/mode',
        nodes: ['/up1/Resize', '/up2/Resize', 'Resize'],
        message: 'nnapi/Resize/mode happened',
      },
      {
        model: 'models/mobilenet_v2.onnx',
        target: null,
        finding: 'model/cycle',
        nodes: ['x'],
        message: 'model/cycle happened',
      },
    ])
  })

  test('do not fail again, wherever the nodes lie now, and fewer of them do not either', () => {
    expect(gatesOf(models, knowing(problems), gates)).toMatchObject({ gates: [], said: [] })
    expect(gatesOf([refused(['', '/up2/Resize']), failing], knowing(problems), gates).gates).toEqual([])
  })

  test.each([
    ['another node', refused(['/up1/Resize', '/up3/Resize'])],
    ['one more without a name', refused(['', ''])],
    ['another model', refused(['/up1/Resize'], { path: 'models/c.onnx' })],
  ])('%s is new', (_, one) => {
    expect(gatesOf([one, failing], knowing(problems), gates).gates).toContain('verdict')
  })

  test('a limit may not get worse', () => {
    const worse = refused(['/up1/Resize'])
    const [first] = worse.targets ?? []
    if (first) first.coverage = { nodes: 0.5, macs: 0.79 }
    expect(gatesOf([worse, failing], knowing(problems), gates).gates).toEqual(['coverage'])
  })

  test('that are gone are reported', () => {
    expect(gatesOf([failing], knowing(problems), gates).said).toEqual([
      'config/entry-unused: known.json: nothing is left of gate/coverage on nnapi of models/a.onnx',
      'config/entry-unused: known.json: nothing is left of nnapi/Resize/mode on nnapi of models/a.onnx',
    ])
  })

  test('keep the reasons that people wrote', () => {
    const [first, second, third] = problems
    const before = [first, { ...second, reason: because }, third] as KnownProblem[]
    expect(joinedProblems(found, before)[1]?.reason).toBe(because)
  })
})
