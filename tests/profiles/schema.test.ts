import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { schemaVocabulary } from '../../src/check/vocabulary.ts'
import { Judge } from '../../src/profiles/judge.ts'
import { lintFile } from '../../src/profiles/lint.ts'
import { builtInFolder, Registry, readJson } from '../../src/profiles/load.ts'
import { parameterValues } from '../../src/profiles/parameters.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import { profileFaults, profileSchema } from '../../src/profiles/schema.ts'
import { examples } from './examples.ts'

const published: unknown = JSON.parse(readFileSync(join(builtInFolder(), 'profile.schema.json'), 'utf8'))
const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(published as object)

test('the published schema is that of the source: npx tsx dev/profile-schema.ts', () => {
  expect(published).toEqual(profileSchema)
})

const registry = new Registry()
const vocabulary = schemaVocabulary()

describe.each(registry.ids().map((id) => [id]))('%s', (id) => {
  const path = join(builtInFolder(), `${id}.json`)
  test('follows the schema', () => {
    const json = readJson(path)
    validate(json)
    expect(validate.errors ?? []).toEqual([])
    expect(profileFaults(json)).toEqual([])
    expect((json as Profile).id).toBe(id)
  })
  test('a reviewer finds no error in it', () => {
    const errors = lintFile(path, registry, vocabulary).filter(({ severity }) => severity === 'error')
    expect(errors.map(({ message }) => message)).toEqual([])
  })
  test('is ready to judge with its defaults', () => {
    const profile = registry.get(id)?.profile
    expect(profile && new Judge(profile, parameterValues(profile, {})).order.length).toBeGreaterThan(0)
  })
})

/** Every key of the format once: the types and the schema must both accept it. */
const everything: Profile = {
  $schema: './profile.schema.json',
  id: 'everything-1',
  title: 'Everything',
  extends: 'wasm',
  status: { state: 'deprecated', since: '2024', instead: ['webgpu'], note: 'n' },
  notes: ['n'],
  parameters: {
    a: { type: 'integer', title: 'a', default: 1, min: 0, max: 2 },
    b: { type: 'version', title: 'b', default: '1.2', min: '1', max: '2.0.1' },
    c: { type: 'boolean', title: 'c', default: true },
    d: { type: 'enum', title: 'd', default: 'x', values: ['x'] },
    e: { type: 'integer', title: 'e', insteadOf: 'a', min: 1 },
  },
  tables: { d: { x: { one: 1, two: 'b', three: true, four: [1, 2] } } },
  sources: { s: { title: 't', path: 'p', revision: 'r' } },
  evidence: 'documented',
  host: null,
  sees: 'file',
  order: ['exclude', 'operator', 'since', 'kernel', 'checks'],
  let: { 'f(x)': 'rank(x) == 1' },
  model: ['opset <= 26'],
  everyNode: { checks: ['since > 0'] },
  operators: {
    Gone: null,
    Resize: [
      {
        since: '..12',
        when: 'qdq',
        source: 's',
        evidence: 'oracle',
        notes: ['n'],
        checks: [
          'true',
          { that: 'true', id: 'a-b', source: 's', evidence: 'assumed', fix: 'f', issue: 'i' },
          { fails: 'true', how: 'build' },
          { wrong: 'true' },
        ],
      },
    ],
  },
  kernels: [
    {
      op: 'A',
      domain: 'd',
      since: [1, null],
      types: { T: ['float32'] },
      when: 'true',
      cpuInputs: [0],
      cpuOutputs: [0],
      source: 's',
    },
  ],
  grouping: {
    strategy: 'waves',
    units: [{ when: 'c', value: 'qdq' }, { value: 'node' }],
    stopAfter: ['A'],
    dropIfOnly: [{ value: ['A'] }],
    dropSingle: [],
    dropAllConst: true,
    pullBack: 'twice',
  },
}

describe('the checker of this package and a complete one agree', () => {
  test.each([everything, ...examples])('$id is accepted', (profile) => {
    expect(profileFaults(profile)).toEqual([])
    expect(validate(profile)).toBe(true)
  })

  test('on every part of it, removed or replaced', () => {
    let refused = 0
    for (const broken of variants(everything)) {
      const ours = profileFaults(broken).length === 0
      expect({ broken, accepted: ours }).toEqual({ broken, accepted: validate(broken) })
      if (!ours) refused++
    }
    expect(refused).toBeGreaterThan(500)
  })
})

/** The value with one part of it removed, or replaced by something else. */
function* variants(value: unknown): Generator<unknown> {
  for (const other of [null, 0, -1, 1.5, '', 'Two Words', true, [], {}, [''], { x: 1 }]) yield other
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) {
      yield value.toSpliced(i, 1)
      for (const variant of variants(item)) yield value.with(i, variant)
    }
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>
      yield rest
      for (const variant of variants(item)) yield { ...value, [key]: variant }
    }
}

test('no profile can run code: a condition is only ever parsed', () => {
  const text = examples.map((profile) => JSON.stringify(profile)).join()
  expect(text).not.toMatch(/function|=>/)
  expect(profileFaults({ id: 'a', title: 'a', model: ['x'.repeat(1_000_000)] })[0]?.message).toBe(
    'found 1000000 characters',
  )
})
