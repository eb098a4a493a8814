import { describe, expect, test } from 'vitest'
import { lintProfile } from '../../src/profiles/lint.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import type { OperatorVersion, Vocabulary } from '../../src/profiles/vocabulary.ts'

const formals = [
  { name: 'X', option: 'single' },
  { name: 'scales', option: 'optional' },
  { name: 'Y', option: 'single' },
] as const
const versions: readonly OperatorVersion[] = [
  { domain: '', since: 10, formals, attributes: [{ name: 'mode', type: 'STRING', always: true }] },
  {
    domain: '',
    since: 13,
    formals,
    attributes: [
      { name: 'mode', type: 'STRING', always: true },
      { name: 'antialias', type: 'INT', always: true },
      { name: 'axes', type: 'INTS', always: false },
    ],
  },
]
const vocabulary: Vocabulary = {
  versions: (op) => (op === 'Resize' ? versions : []),
  operators: () => ['Resize', 'Relu'],
}

const sources = { a: { title: 'a.cc' } }
const lint = (profile: Omit<Profile, 'id' | 'title'>) =>
  lintProfile({ id: 'test', title: 'Test', evidence: 'assumed', ...profile }, vocabulary)
const found = (profile: Omit<Profile, 'id' | 'title'>) =>
  lint(profile).map(({ id, severity, message }) => `${severity} ${id} ${message}`)
const row = (checks: Profile['model'] & object, since = '13..') => ({ operators: { Resize: [{ since, checks }] } })

test('nothing to say about a good profile', () => {
  expect(
    found({ sources, operators: { Resize: [{ since: '10..', source: 'a', checks: ["mode == 'linear'"] }] } }),
  ).toEqual([])
})

describe('errors', () => {
  const at = 'operators.Resize[0].checks[0]'
  const rows: readonly (readonly [title: string, profile: Omit<Profile, 'id' | 'title'>, message: string])[] = [
    ['a name of no version', row(["mod == 'linear'"]), `profile/unknown-name ${at}: Resize has no "mod"`],
    [
      'a name of another version',
      row(['antialias == 0'], '10..12'),
      `profile/unknown-name ${at}: Resize has no "antialias"`,
    ],
    ['an unknown function', row(['ranks(X) == 1']), `profile/call ${at}: there is no function ranks`],
    ['a wrong number of arguments', row(['rank(X, Y) == 1']), `profile/call ${at}: rank has 2 arguments`],
    ['a wrong type', row(['rank(mode) == 1']), `profile/call ${at}: rank(mode): mode is a string, rank takes a tensor`],
    [
      'a comparison without meaning',
      row(['mode == 1']),
      `profile/type ${at}: mode == 1 compares a string with a number`,
    ],
    ['a tensor beside a number', row(['X == 1']), `profile/type ${at}: X == 1 compares a tensor with a number`],
    ['a number as truth', row(['antialias and true']), `profile/type ${at}: antialias is a number, not true or false`],
    ['arithmetic on words', row(['mode + 1 == 2']), `profile/type ${at}: mode is a string, here stands a number`],
    ['it outside of all', row(['it == 1']), `profile/call ${at}: "it" stands outside of all and any`],
    ['lists in order', row(['shape(X) < [1]']), `profile/type ${at}: shape(X) < [1]: lists have no order`],
    [
      'a condition that cannot be read',
      row(['mode ==']),
      `profile/condition ${at}: condition "mode ==": found the end at character 8, expected a value`,
    ],
    [
      'a parameter with the name of an attribute',
      { ...row(['antialias == 0 and mode']), parameters: { mode: { type: 'boolean', title: 'm', default: false } } },
      'profile/shadowing parameters.mode: "mode" hides the mode of Resize',
    ],
    [
      'a shared condition with the name of an input',
      { ...row(['X']), let: { X: 'true' } },
      'profile/shadowing let.X: "X" hides the X of Resize',
    ],
    [
      'overlapping ranges',
      { operators: { Resize: [{ since: '10..13' }, { since: '13..' }] } },
      'profile/overlap operators.Resize[1]: row 0 of Resize has some of the same versions and no "when"',
    ],
    [
      'a source that is not there',
      { operators: { Resize: [{ source: 'b' }] } },
      'profile/source operators.Resize[0]: the source "b" is not in "sources"',
    ],
    [
      'no source at all',
      { evidence: 'source', operators: { Resize: [{ checks: ["mode == 'a'"] }] } },
      'profile/source operators.Resize[0]: no source',
    ],
    [
      'a circle of shared conditions',
      { let: { a: 'b', b: 'a' } },
      'profile/condition let.a: let a → b → a goes round in a circle',
    ],
    [
      'no such field',
      {
        ...row(['rank(X) == arch.deep']),
        parameters: { arch: { type: 'enum', title: 'a', values: ['x'], default: 'x' } },
        tables: { arch: { x: { depth: 1 } } },
      },
      `profile/unknown-name ${at}: Resize has no "arch.deep"`,
    ],
    [
      'a table without its parameter',
      { tables: { arch: { x: { depth: 1 } } } },
      'profile/table tables.arch: there is no enum parameter of this name',
    ],
    [
      'a table without a row',
      {
        parameters: { arch: { type: 'enum', title: 'a', values: ['x', 'y'], default: 'x' } },
        tables: { arch: { x: { depth: 1 } } },
      },
      'profile/table tables.arch: there is no row for y',
    ],
    [
      'a field of a table that is not described',
      {
        parameters: { arch: { type: 'enum', title: 'a', values: ['x'], default: 'x' } },
        tables: { arch: { x: { depth: 1, width: 2 } } },
        tableFields: { arch: { depth: { title: 'depth', source: 'a' } } },
      },
      'profile/table tableFields.arch: the field width is not described',
    ],
    [
      'a field without its source',
      {
        parameters: { arch: { type: 'enum', title: 'a', values: ['x'], default: 'x' } },
        tables: { arch: { x: { depth: 1 } } },
        tableFields: { arch: { depth: { title: 'depth', source: ['a', 'b'] } } },
      },
      'profile/source tableFields.arch.depth: the source "b" is not in "sources"',
    ],
    [
      'a figure that is no number',
      { operators: { Resize: [{ source: 'a', figures: { mode: "mode == 'linear'" } }] } },
      "profile/type operators.Resize[0].figures.mode: mode == 'linear' is a boolean, here stands a number",
    ],
    [
      'advice that asks about a node',
      { advice: [{ id: 'a', when: 'rank(X) == 1', text: 'a' }] },
      'profile/unknown-name advice[0].when: the model has no "X"',
    ],
    [
      'a default out of range',
      { parameters: { api: { type: 'integer', title: 'a', default: 1, min: 2 } } },
      'profile/parameter parameters.api: the default 1 is not a whole number from 2 on',
    ],
    [
      'a phase that is never asked',
      { operators: { Resize: [{ check: ["mode == 'a'"] }] } },
      'profile/phase operators.Resize[0].check: the phase "check" is not in the order',
    ],
    [
      'a fact of a node asked of the model',
      { model: ['rank(X) == 1'] },
      'profile/unknown-name model[0]: the model has no "X"',
    ],
    [
      'an input name asked of every node',
      { everyNode: { checks: ['rank(X) == 1'] } },
      'profile/unknown-name everyNode.checks[0]: every node has no "X"',
    ],
    [
      'the condition of a kernel row',
      { kernels: [{ op: 'Resize', since: [13, null], when: 'modus' }] },
      'profile/unknown-name kernels[0].when: Resize has no "modus"',
    ],
    [
      'the condition of a grouping',
      { grouping: { strategy: [{ when: 'since > 1', value: 'waves' }] } },
      'profile/unknown-name grouping.strategy[0].when: the grouping has no "since"',
    ],
  ]
  test.each(rows)('%s', (_, profile, message) => {
    expect(found(profile)).toContainEqual(expect.stringContaining(`error ${message}`))
  })
})

test('a name that is nearly right is suggested', () => {
  expect(lint(row(["mod == 'linear'"]))[0]?.fix).toBe('did you mean mode?')
})

describe('warnings', () => {
  const at = 'operators.Resize[0].checks[0]'
  const rows: readonly (readonly [title: string, profile: Omit<Profile, 'id' | 'title'>, message: string])[] = [
    [
      'something in the place of an operator that is there',
      { operators: { Resize: [{ source: 'a' }] }, instead: { Resize: 'Upsample' } },
      'profile/unused instead.Resize: the advice "Resize" is not used',
    ],
    [
      'a dimension before known',
      row(['shape(X)[1] == 4']),
      `profile/unguarded ${at}: shape(X)[1] is asked before known(shape(X)[1]) or static(X)`,
    ],
    ['a value before const', row(['value(X)[0] == 4']), `profile/unguarded ${at}: value(X) is asked before const(X)`],
    [
      'an optional input before given',
      row(['rank(scales) == 1']),
      `profile/unguarded ${at}: scales is asked before given(scales)`,
    ],
    [
      'an attribute of some versions',
      row(['antialias == 0'], '10..'),
      `profile/unguarded ${at}: antialias is asked before given(antialias)`,
    ],
    ['always true', row(['1 < 2']), `profile/constant ${at}: 1 < 2 is always true`],
    ['always false in part', row(["false and mode == 'a'"]), `profile/constant ${at}: false is always false`],
    ['behind an always false one', row(['1 > 2', "mode == 'a'"]), 'profile/unreachable operators.Resize[0].checks[1]'],
    [
      'an unused parameter',
      { parameters: { api: { type: 'integer', title: 'a', default: 1 } } },
      'profile/unused parameters.api',
    ],
    ['an unused shared condition', { let: { 'f(x)': 'rank(x) == 1' } }, 'profile/unused let.f'],
    ['an unused source', { sources }, 'profile/unused sources.a'],
    [
      'an unknown operator',
      { operators: { Resise: [{}] } },
      'profile/no-operator operators.Resise[0]: no operator of that name is known: Resise',
    ],
    [
      'a range without a version',
      row([], '11..12'),
      'profile/no-operator operators.Resize[0]: no version 11 to 12 of Resize is known',
    ],
  ]
  test.each(rows)('%s', (_, profile, message) => {
    expect(found(profile)).toContainEqual(expect.stringContaining(`warning ${message}`))
  })

  test.each([
    ['known before', ['known(shape(X)[1]) and shape(X)[1] == 4']],
    ['static in a check before', ['static(X)', 'shape(X)[1] == 4']],
    ['known in all', ['all(shape(X), known(it)) and shape(X)[0] == 1']],
    ['const before', ['const(X)', 'value(X)[0] == 4']],
    ['given before', ['given(scales) implies rank(scales) == 1']],
    ['!= of what may be left out', ['antialias != 1']],
    ['all over what may be left out', ['all(axes, it >= 0)']],
    ['an alternative', ["antialias == 0 or mode == 'a'"]],
  ])('none with %s', (_, checks) => {
    expect(found(row(checks, '10..')).filter((line) => line.includes('unguarded'))).toEqual([])
  })
})

test('what a profile inherits it need not use', () => {
  const base: Profile = { id: 'base', title: 'Base', sources, let: { a: "mode == 'x'" } }
  const child = {
    id: 'child',
    title: 'Child',
    extends: 'base',
    operators: { Resize: [{ source: 'a', checks: ['a'] }] },
  }
  expect(lintProfile(child, vocabulary, base)).toEqual([])
  expect(lintProfile({ id: 'child', title: 'Child', extends: 'base' }, vocabulary, base)).toEqual([])
})

test('a file of another form is told place by place', () => {
  const lines = lintProfile({ id: 'Bad Id', operators: { Conv: {} }, colour: 1 }, vocabulary).map(
    ({ message }) => message,
  )
  expect(lines).toEqual([
    expect.stringContaining('title is missing'),
    expect.stringContaining('id: found "Bad Id"'),
    expect.stringContaining('operators.Conv: found {}'),
    expect.stringContaining('colour: this key is not known'),
  ])
})
