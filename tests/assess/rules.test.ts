import { describe, expect, test } from 'vitest'
import { rulesOf, settle, sharedBy } from '../../src/assess/rules.ts'
import type { Profile } from '../../src/profiles/profile.ts'

const profile: Profile = {
  id: 'chip',
  title: 'A chip',
  parameters: {
    ort: { type: 'version', default: '1.30', title: 'release' },
    fast: { type: 'boolean', default: false, title: 'fast mode' },
  },
  sources: { code: { title: 'conv.cc' } },
  evidence: 'documented',
  let: { 'flat(t)': 'rank(t) == 4', 'wide(t)': "dtype(t) == 'float32' or fast and dtype(t) == 'float16'" },
  order: ['operator', 'types', 'checks'],
  everyNode: { types: ["domain == ''"] },
  operators: {
    Conv: [
      {
        since: '11..',
        source: 'code',
        checks: [
          { fails: 'ort < 1.28 and group > 1', how: 'throws', evidence: 'oracle' },
          { that: 'flat(X)', fix: 'export it flat' },
        ],
        types: ['wide(X)'],
      },
      { since: '1..10', when: 'ort >= 1.29', source: 'code', checks: ['group == 1'] },
    ],
    Mul: [{ source: 'code', checks: ['fast and shape(A) == shape(B) or fast and const(B)'] }],
    Relu: [{}],
  },
}

const shown = (parameters: Record<string, string | boolean>): string[] => {
  const settled = settle(profile, { ort: '1.30', fast: false, ...parameters })
  return rulesOf(profile)
    .flatMap((rule) => settled(rule) ?? [])
    .map(({ op, since, when, verb, condition }) => [op, since, when, verb, condition].filter(Boolean).join(' '))
}

describe('rules of a target', () => {
  test('stand in the order in which they are asked, with what they rest on', () => {
    const rules = rulesOf(profile).filter(({ op }) => op === 'Conv')
    expect(rules.map(({ phase }) => phase)).toEqual(['types', 'checks', 'checks', 'checks'])
    expect(rules.map(({ evidence }) => evidence)).toEqual(['documented', 'oracle', 'documented', 'documented'])
    expect(rules[2]).toMatchObject({ source: { title: 'conv.cc' }, fix: 'export it flat', verb: 'that' })
  })

  test('say only what hangs on the model once parameters are known', () => {
    expect(shown({})).toEqual([
      "* that domain == ''",
      "Conv 11.. that dtype(X) == 'float32'",
      'Conv 11.. that flat(X)',
      'Conv 1..10 that group == 1',
      'Mul that false',
      'Relu that true',
    ])
    expect(shown({ ort: '1.9', fast: true })).toEqual([
      "* that domain == ''",
      "Conv 11.. that dtype(X) == 'float32' or dtype(X) == 'float16'",
      'Conv 11.. fails group > 1',
      'Conv 11.. that flat(X)',
      'Mul that shape(A) == shape(B) or const(B)',
      'Relu that true',
    ])
  })

  test('name shared conditions that they use', () => {
    expect(sharedBy(profile, rulesOf(profile)).map(({ name }) => name)).toEqual(['flat(t)', 'wide(t)'])
    expect(sharedBy(profile, [])).toEqual([])
  })
})
