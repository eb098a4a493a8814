import { describe, expect, test } from 'vitest'
import { Undetermined, type Value } from '../../src/profiles/condition/value.ts'
import { Judge } from '../../src/profiles/judge.ts'
import { parameterValues } from '../../src/profiles/parameters.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import { dynamicShapeId } from '../../src/profiles/reason.ts'
import { dims, type LiteralNode, node, tensor } from './literal-facts.ts'

const judge = (profile: Omit<Profile, 'id' | 'title'>, given: Record<string, string> = {}) => {
  const whole: Profile = { id: 'test', title: 'Test target', ...profile }
  return new Judge(whole, parameterValues(whole, given))
}
const X = tensor('x', { shape: dims(1, 3, 8, 8) })
const resize = (more: LiteralNode = {}) => node({ op: 'Resize', since: 13, inputs: { X }, ...more })

const profile: Omit<Profile, 'id' | 'title'> = {
  parameters: { api: { type: 'integer', title: 'API level', default: 31, min: 27, max: 36 } },
  evidence: 'source',
  sources: { resize: { title: 'resize.cc', path: 'a/resize.cc' }, base: { title: 'base.cc' } },
  order: ['exclude', 'operator', 'level', 'since', 'inputs', 'checks'],
  everyNode: { inputs: ['all(inputs, static(it))'] },
  operators: {
    Resize: [
      {
        since: '11..13',
        source: 'resize',
        evidence: 'oracle',
        level: ['api >= 29'],
        checks: [
          "mode in ['linear', 'nearest']",
          { that: 'rank(X) == 4', fix: 'reshape to rank 4', source: 'base', id: 'four' },
          { fails: 'given(bad)', how: 'aborts', issue: 'onnxruntime#1' },
          { wrong: 'given(odd)' },
        ],
      },
    ],
    Gather: [{ since: '1..', inputs: [], checks: [] }],
    Conv: [
      { since: '1..', when: 'group == 1', checks: ['rank(X) == 4'] },
      { since: '1..', when: 'group > 1', checks: ['rank(X) == 3'] },
    ],
  },
}
const attributes = { mode: 'linear' }

describe('phase by phase, the first failure gives the reason', () => {
  const j = judge(profile)
  test('accepted', () => {
    const verdict = j.node(resize({ attributes }))
    expect(verdict).toMatchObject({ supported: true, outcome: 'accepted', reason: null, wrong: [] })
    expect(verdict.row?.since).toBe('11..13')
  })
  test('operator', () => {
    const { supported, outcome, reason } = j.node(node({ op: 'Einsum' }))
    expect({ supported, outcome }).toEqual({ supported: false, outcome: 'refused' })
    expect(reason).toMatchObject({ phase: 'operator', id: 'test/Einsum/unsupported', evidence: 'source' })
    expect(reason?.explain().text).toBe('Test target has no Einsum')
    expect(j.node(node({ op: '__proto__' })).reason?.phase).toBe('operator')
  })
  test('since', () => {
    const { supported, reason, row } = j.node(resize({ since: 18, attributes }))
    expect(supported).toBe(false)
    expect(row).toBe(null)
    expect(reason).toMatchObject({ phase: 'since', id: 'test/Resize/version' })
    expect(reason?.explain().text).toBe('Resize is taken in version 11 to 13: the node is version 18')
  })
  test('a check, with its source, evidence and id', () => {
    const { reason } = j.node(resize({ attributes: { mode: 'cubic' } }))
    expect(reason).toMatchObject({
      id: 'test/Resize/mode',
      phase: 'checks',
      condition: "mode in ['linear', 'nearest']",
      source: { title: 'resize.cc' },
      evidence: 'oracle',
    })
    expect(reason?.explain()).toMatchObject({
      text: "mode in ['linear', 'nearest']: mode is 'cubic'",
      found: { mode: 'cubic' },
    })
    const second = j.node(resize({ attributes, inputs: { X: tensor('x', { shape: [1, 2, 3] }) } })).reason
    expect(second).toMatchObject({ id: 'test/Resize/four', fix: 'reshape to rank 4', source: { title: 'base.cc' } })
  })
  test('a phase of every node, before the checks of the row', () => {
    const dynamic = j.node(
      resize({ attributes: { mode: 'cubic' }, inputs: { X: tensor('x', { shape: dims('N', 3, 8, 8) }) } }),
    )
    expect(dynamic).toMatchObject({ supported: false, outcome: 'refused' })
    expect(dynamic.reason).toMatchObject({ phase: 'inputs', id: 'test/inputs/static' })
    expect(dynamic.reason?.explain()).toMatchObject({ dynamic: true, flags: ['--dim N=1'] })
    expect(dynamicShapeId('test')).toBe('test/dynamic-shape')
  })
  test('a row that names a phase replaces that of every node', () => {
    expect(j.node(node({ op: 'Gather', inputs: { X: tensor('x', { shape: dims('N') }) } })).outcome).toBe('accepted')
  })
  test('an earlier phase of the nearest row still gives the reason', () => {
    const old = judge(profile, { api: '28' })
    expect(old.node(resize({ since: 18, attributes })).reason?.phase).toBe('level')
  })
  test('exclude comes first and says why', () => {
    const { reason } = j.node(resize(), 'it is downstream of NonMaxSuppression "nms"')
    expect(reason?.phase).toBe('exclude')
    expect(reason?.explain().text).toBe('it is downstream of NonMaxSuppression "nms"')
  })
})

describe('fails and wrong', () => {
  const j = judge(profile)
  test('fails: blocked with how', () => {
    const verdict = j.node(resize({ attributes: { ...attributes, bad: 1 } }))
    expect(verdict).toMatchObject({ supported: false, outcome: 'fails' })
    expect(verdict.reason).toMatchObject({ how: 'aborts', issue: 'onnxruntime#1' })
    expect(verdict.reason?.explain().text).toBe('given(bad): bad is given')
  })
  test('wrong: an error on a node that stays', () => {
    const verdict = j.node(resize({ attributes: { ...attributes, odd: 1 } }))
    expect(verdict).toMatchObject({ supported: true, outcome: 'accepted' })
    expect(verdict.wrong.map(({ id }) => id)).toEqual(['test/Resize/given-odd'])
  })
  test('a build that fails, and a kernel that throws, were claimed first', () => {
    const build = judge({ operators: { Max: [{ checks: [{ fails: 'count(inputs) == 1', how: 'build' }] }] } })
    expect(build.node(node({ op: 'Max', inputs: { X } }))).toMatchObject({ supported: true, outcome: 'fails' })
    const kernels = judge({
      kernels: [{ op: 'Max', since: [13, null] }],
      operators: { Max: [{ checks: [{ fails: 'count(inputs) == 1', how: 'throws' }] }] },
    })
    expect(kernels.node(node({ op: 'Max', inputs: { X } }))).toMatchObject({ supported: true, outcome: 'fails' })
  })
})

describe('unknown', () => {
  const unread = new Undetermined('the value was not read')
  const open = (checks: readonly string[]) => judge({ operators: { Test: [{ checks }] } })
  const withV = (v: Value) => node({ attributes: { v } })
  test('stays unknown when nothing decides', () => {
    const verdict = open(['v == 1', 'true']).node(withV(unread))
    expect(verdict).toMatchObject({ supported: null, outcome: 'unknown' })
    expect(verdict.reason?.explain().text).toBe('v == 1: v is not known: the value was not read')
  })
  test('a false check after it decides', () => {
    expect(open(['v == 1', 'given(w)']).node(withV(unread))).toMatchObject({ supported: false, outcome: 'refused' })
  })
  test('a row whose when is unknown leaves the node unknown', () => {
    const j = judge(profile)
    const verdict = j.node(node({ op: 'Conv', inputs: { X }, attributes: { group: unread } }))
    expect(verdict).toMatchObject({ supported: null, outcome: 'unknown', row: null })
    expect(verdict.reason?.explain().text).toContain('group == 1')
  })
  test('no when that holds is a refusal that shows them', () => {
    const verdict = judge(profile).node(node({ op: 'Conv', inputs: { X }, attributes: { group: 0 } }))
    expect(verdict.reason?.explain().text).toBe('group == 1: group is 0; group > 1: group is 0')
  })
  test('the first row that holds is asked', () => {
    const j = judge(profile)
    expect(j.node(node({ op: 'Conv', inputs: { X }, attributes: { group: 1 } })).outcome).toBe('accepted')
    expect(j.node(node({ op: 'Conv', inputs: { X }, attributes: { group: 2 } })).outcome).toBe('refused')
  })
  test('an operator of no known schema', () => {
    const verdict = judge(profile).node(resize({ since: null, attributes }))
    expect(verdict.outcome).toBe('unknown')
  })
  test('wrong that hangs on something unknown is kept apart', () => {
    const j = judge({ operators: { Test: [{ checks: [{ wrong: 'v == 1' }] }] } })
    expect(j.node(withV(unread))).toMatchObject({ outcome: 'accepted', wrong: [], maybeWrong: [{ id: 'test/Test/v' }] })
  })
})

describe('kernels', () => {
  const j = judge({
    parameters: { int64: { type: 'boolean', title: 'int64', default: false } },
    kernels: [
      { op: 'MaxPool', since: [8, 11], types: { T: ['float32'] } },
      { op: 'MaxPool', since: [12, null], types: { T: ['float32', 'float16'], I: ['int64'] } },
      { op: 'Cast', since: [13, 18], types: { T1: ['float32'] } },
      { op: 'Cast', since: [13, 18], types: { T1: ['int64'] }, when: 'int64' },
      { op: 'Gelu', domain: 'com.microsoft', since: [1, null] },
    ],
  })
  const pool = (since: number, types: Record<string, Value>) => j.node(node({ op: 'MaxPool', since, types }))
  test('a matching row takes the node', () => {
    expect(pool(12, { T: ['float16'], I: ['int64'] })).toMatchObject({ supported: true, kernel: { since: [12, null] } })
    expect(pool(10, { T: ['float32'] }).supported).toBe(true)
  })
  test('a row without an end matches its first version only', () => {
    const { reason, supported } = pool(22, { T: ['float32'] })
    expect(supported).toBe(false)
    expect(reason?.explain().text).toBe('no kernel for MaxPool 22 (there are kernels for versions 8–11, 12)')
    expect(reason?.fix).toBe('export at opset 21 or lower')
  })
  test('types that no row has', () => {
    const { reason } = pool(12, { T: ['int8'], I: ['int64'] })
    expect(reason).toMatchObject({ id: 'test/MaxPool/kernel', phase: 'kernel' })
    expect(reason?.explain()).toMatchObject({
      text: 'no kernel for T = int8 (there are kernels for float32, float16)',
      found: { T: ['int8'] },
    })
  })
  test('a type parameter that the schema does not have is free, an unknown type is unknown', () => {
    expect(pool(12, { T: ['float32'] }).supported).toBe(true)
    expect(pool(12, { T: [new Undetermined('no type')] }).supported).toBe(null)
    expect(pool(12, { T: [new Undetermined('no type')], I: ['int32'] }).supported).toBe(false)
  })
  test('rows are alternatives, some on conditions', () => {
    const cast = node({ op: 'Cast', since: 13, types: { T1: ['int64'] } })
    expect(j.node(cast).reason?.explain().text).toBe('no kernel for T1 = int64 (there are kernels for float32)')
    const on = new Judge(j.profile, parameterValues(j.profile, { int64: 'true' }))
    expect(on.node(cast).supported).toBe(true)
  })
  test('the domain counts', () => {
    expect(j.node(node({ op: 'Gelu', domain: 'com.microsoft', since: 1 })).supported).toBe(true)
    expect(j.node(node({ op: 'Gelu', since: 20 })).reason?.phase).toBe('operator')
  })
})

test('checks on the whole model', () => {
  const j = judge({ model: [{ that: 'opset in 7..27', id: 'opset' }, 'ir <= 11'] })
  expect(j.model({ opset: 17, ir: 8 }).outcome).toBe('accepted')
  const { outcome, reason } = j.model({ opset: 6, ir: 8 })
  expect(outcome).toBe('refused')
  expect(reason?.id).toBe('test/model/opset')
  expect(reason?.explain().text).toBe('opset in 7..27: opset is 6')
})

test('a fact of a node, asked where there is none, is a fault of the profile', () => {
  expect(() => judge({ model: ['rank(X) == 1'] }).model({ opset: 17, ir: 8 })).toThrow(/asks for a fact of a node/)
  expect(() => judge({ grouping: { strategy: [{ when: 'group == 1', value: 'waves' }] } })).toThrow(/fact of a node/)
})

test('grouping is decided by parameters', () => {
  const grouping: Profile['grouping'] = {
    strategy: 'waves',
    dropIfOnly: [{ when: 'ort >= 1.27', value: ['Cast'] }, { value: [] }],
    stopAfter: ['NonMaxSuppression'],
  }
  const parameters: Profile['parameters'] = { ort: { type: 'version', title: 'ORT', default: '1.30' } }
  expect(judge({ grouping, parameters }).grouping).toMatchObject({
    strategy: 'waves',
    units: 'node',
    dropIfOnly: ['Cast'],
    stopAfter: ['NonMaxSuppression'],
  })
  expect(judge({ grouping, parameters }, { ort: '1.9' }).grouping.dropIfOnly).toEqual([])
})

test('a table field follows its parameter', () => {
  const arch: Omit<Profile, 'id' | 'title'> = {
    parameters: { arch: { type: 'enum', title: 'Architecture', values: ['small', 'big'], default: 'small' } },
    tables: { arch: { small: { depth: 2 }, big: { depth: 4 } } },
    operators: { Test: [{ checks: ['rank(X) <= arch.depth'] }] },
  }
  expect(judge(arch).node(node({ inputs: { X } })).supported).toBe(false)
  expect(judge(arch, { arch: 'big' }).node(node({ inputs: { X } })).supported).toBe(true)
})
