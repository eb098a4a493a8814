import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { groups } from '../../src/profiles/groups.ts'
import { merge, Registry } from '../../src/profiles/load.ts'
import { parameterValues } from '../../src/profiles/parameters.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import { parseTargets, resolveTargets } from '../../src/profiles/targets.ts'
import { Problem } from '../../src/result/problem.ts'

const folder = mkdtempSync(join(tmpdir(), 'target profiles '))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const problem = (run: () => unknown): Problem => {
  try {
    run()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('no problem came up')
}

const chip: Profile = {
  id: 'my-chip',
  title: 'My chip',
  parameters: {
    api: { type: 'integer', title: 'level', default: 31, min: 27, max: 36 },
    fast: { type: 'boolean', title: 'fast mode', default: false },
    ort: { type: 'version', title: 'release', default: '1.30', min: '1.9', max: '1.30' },
    arch: { type: 'enum', title: 'architecture', values: ['a', 'b'], default: 'a' },
    mac: { type: 'integer', title: 'in place of api', insteadOf: 'api', min: 12 },
  },
  operators: { Relu: [{}], Conv: [{ checks: ['rank(X) == 4'] }] },
}
const registry = new Registry([file('my-chip.json', chip)])

describe('how targets are written', () => {
  test.each([
    ['android', ['android']],
    ['ios,web', ['ios', 'web']],
    ['nnapi@api=29', [['nnapi', { api: '29' }]]],
    ['nnapi@api=29,ort=1.23,web', [['nnapi', { api: '29', ort: '1.23' }], 'web']],
    ['web,a@x=1,b@y=2,z=3', ['web', ['a', { x: '1' }], ['b', { y: '2', z: '3' }]]],
    ['a@x=', [['a', { x: '' }]]],
    ['a@x=b=c', [['a', { x: 'b=c' }]]],
  ])('%s', (text, expected) => {
    const wanted = expected.map((one) =>
      Array.isArray(one) ? { id: one[0], parameters: one[1] } : { id: one, parameters: {} },
    )
    expect(parseTargets(text)).toMatchObject(wanted)
  })
  test.each(['', ',', 'a,,b', 'a=1', 'web,api=29', 'a@', 'a@x', '@x=1', 'a@=1'])('%j is refused', (text) => {
    expect(problem(() => parseTargets(text)).code).toBe('bad-target')
  })
  test('a parameter named like a part of objects is a parameter', () => {
    expect(Object.entries(parseTargets('a@__proto__=1')[0]?.parameters ?? {})).toEqual([['__proto__', '1']])
    expect(problem(() => resolveTargets(['my-chip@__proto__=1'], registry)).code).toBe('unknown-parameter')
  })
})

describe('parameters', () => {
  const values = (given: Record<string, string>) => parameterValues(chip, given)
  test('defaults', () => {
    expect(values({})).toEqual({ api: 31, fast: false, ort: '1.30', arch: 'a' })
  })
  test('values', () => {
    expect(values({ api: '27', fast: 'true', ort: '1.23', arch: 'b' })).toEqual({
      api: 27,
      fast: true,
      ort: '1.23',
      arch: 'b',
    })
  })
  test.each([
    ['api', '99', /from 27 to 36/],
    ['api', '29.5', /whole number/],
    ['api', '', /whole number/],
    ['fast', 'yes', /true or false/],
    ['ort', '1.8', /from 1.9 to 1.30/],
    ['ort', '1.31', /from 1.9 to 1.30/],
    ['ort', 'new', /version/],
    ['arch', 'c', /one of a, b/],
  ])('%s=%s names what it can be', (name, value, message) => {
    const { code, message: text } = problem(() => values({ [name]: value }))
    expect(code).toBe('bad-parameter')
    expect(text).toMatch(message)
  })
  test('an unknown one names the nearest', () => {
    const { code, details } = problem(() => values({ apo: '29' }))
    expect(code).toBe('unknown-parameter')
    expect(details.fix).toContain('api')
  })
  test('one in place of another', () => {
    expect(values({ mac: '14' })).toEqual({ mac: 14, fast: false, ort: '1.30', arch: 'a' })
    expect(problem(() => values({ mac: '14', api: '29' })).message).toMatch(/two ways/)
  })
})

describe('from words to targets', () => {
  test('a target named by itself decides', () => {
    expect(resolveTargets(['my-chip@api=29'], registry)).toMatchObject([
      { id: 'my-chip', group: null, decides: true, parameters: { api: 29 }, profile: { title: 'My chip' } },
    ])
  })
  test('nothing is merged or dropped', () => {
    expect(resolveTargets(['my-chip,my-chip@api=29', 'my-chip'], registry).map(({ id }) => id)).toEqual(
      Array(3).fill('my-chip'),
    )
  })
  test('groups list the targets that exist, in their order', () => {
    for (const [name, group] of groups) {
      const found = resolveTargets([name], registry)
      expect(found.map(({ id }) => id)).toEqual(group.targets.filter((id) => registry.has(id)))
      for (const target of found)
        expect(target).toMatchObject({ group: name, decides: group.decides.includes(target.id) })
    }
  })
  test('without a target: ios, android, web', () => {
    expect(resolveTargets([], registry)).toEqual(resolveTargets(['ios,android,web'], registry))
  })
  test('a group has no parameters', () => {
    expect(problem(() => resolveTargets(['web@ort=1.2'], registry)).code).toBe('bad-parameter')
  })
  test('an unknown target lists all and names the nearest', () => {
    const { code, details } = problem(() => resolveTargets(['my-ship'], registry))
    expect(code).toBe('unknown-target')
    expect(details.fix).toContain('my-chip')
    expect(details.expected).toContain('my-chip')
    expect(problem(() => resolveTargets(['../../package'], registry)).code).toBe('unknown-target')
  })
})

describe('profiles of users', () => {
  test('by the name of a package', () => {
    file('node_modules/deploycheck-target-pkg/package.json', { name: 'deploycheck-target-pkg', main: './p.json' })
    file('node_modules/deploycheck-target-pkg/p.json', { ...chip, id: 'pkg' })
    expect(new Registry(['deploycheck-target-pkg'], folder).added).toEqual(['pkg'])
    expect(new Registry([], folder).get('pkg')?.profile.title).toBe('My chip')
  })
  test('a missing file, a file that is not JSON, a file of another form', () => {
    const load = (path: string) => problem(() => new Registry([path], folder))
    expect(load('nowhere.json').code).toBe('profile-missing')
    expect(load(file('broken.json', '{')).code).toBe('bad-profile')
    const { message } = load(
      file('form.json', { id: 'form', title: 'x', operators: { Conv: [{ checks: [{ that: 5 }] }] } }),
    )
    expect(message).toContain('operators.Conv[0].checks[0].that')
  })
  test('extends merges keys, replaces operators whole, null removes them', () => {
    file('child.json', {
      id: 'child',
      title: 'Child',
      extends: 'my-chip.json',
      parameters: { api: { type: 'integer', title: 'level', default: 30 } },
      operators: { Relu: null, Conv: [{ checks: ['rank(X) == 3'] }], Tanh: [{}] },
    })
    const { profile } = new Registry(['child.json'], folder).get('child') ?? {}
    expect(profile?.parameters).toMatchObject({ api: { default: 30 }, arch: { default: 'a' } })
    expect(profile?.operators).toEqual({ Conv: [{ checks: ['rank(X) == 3'] }], Tanh: [{}] })
    expect(profile).not.toHaveProperty('extends')
  })
  test('a circle of extends', () => {
    file('one.json', { id: 'one', title: '1', extends: 'two' })
    file('two.json', { id: 'two', title: '2', extends: 'one' })
    expect(problem(() => new Registry(['one.json'], folder)).message).toMatch(/circle/)
  })
  test('extends of nothing', () => {
    file('orphan.json', { id: 'orphan', title: 'o', extends: 'nobody' })
    expect(problem(() => new Registry(['orphan.json'], folder)).message).toMatch(/nobody, which does not exist/)
  })
})

test('grouping merges key by key', () => {
  const base: Profile = { id: 'a', title: 'a', grouping: { strategy: 'waves', units: 'qdq' } }
  expect(merge(base, { id: 'b', title: 'b', grouping: { units: 'node' } }).grouping).toEqual({
    strategy: 'waves',
    units: 'node',
  })
})
