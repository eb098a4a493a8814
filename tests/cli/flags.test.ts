import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { customOp, dim, inputShape, inputValue, oneOf, partitionCount, percentage } from '../../src/cli/flag-values.ts'
import { answerFormats, formatOf, refuseUnwritable, reportFormats, writeWhole } from '../../src/cli/formats.ts'
import { Problem } from '../../src/result/problem.ts'

const plain = (map: ReadonlyMap<string, unknown>) => Object.fromEntries(map)
const failOn = oneOf('fail-on', ['blocked', 'partial', 'unknown'])

const format = formatOf(reportFormats)

describe('values of flags', () => {
  test.each([
    ['a size', plain(dim('N=1')), { N: 1 }],
    ['a name with spaces', plain(dim('batch size=4')), { 'batch size': 4 }],
    ['a name in backticks', plain(dim('`batch size`=4')), { 'batch size': 4 }],
    ['a name with an equals sign', plain(dim('a=b=4')), { 'a=b': 4 }],
    ['two sizes', plain(dim('M=2', dim('N=1'))), { N: 1, M: 2 }],
    ['a shape', plain(inputShape('x=1,3,H,224')), { x: [1, 3, 'H', 224] }],
    ['a shape in brackets', plain(inputShape('x:0=[1, 3]')), { 'x:0': [1, 3] }],
    ['a scalar', plain(inputShape('x=')), { x: [] }],
    ['a value', plain(inputValue('s=[1,-3]')), { s: [1, -3] }],
    ['a value beyond 2^53', plain(inputValue('s=9007199254740993')), { s: [9007199254740993n] }],
    ['a custom operator', customOp('com.acme::Frob', ['a::B']), ['a::B', 'com.acme::Frob']],
    ['a word', failOn('partial'), 'partial'],
    ['a percentage', [percentage('90'), percentage('99.5%')], [90, 99.5]],
    ['a number', partitionCount('3'), 3],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test.each([
    ['--dim', () => dim('N'), /a name, =, and a value/],
    ['--dim', () => dim('N=-1'), /whole number, not '-1'/],
    ['--dim', () => dim('N=x'), /whole number, not 'x'/],
    ['--input-shape', () => inputShape('x=1,,3'), /dimension is a whole number or a name, not ''/],
    ['--input-shape', () => inputShape('x=1,-1'), /not '-1'/],
    ['--input-shape', () => inputShape('x=1,1.5'), /not '1.5'/],
    ['--input-value', () => inputValue('x=1.5'), /whole numbers, not '1.5'/],
    ['--custom-op', () => customOp('Frob'), /a domain, ::, and an operator/],
    ['--fail-on', () => failOn('never'), /one of blocked, partial, unknown/],
    ['--min-coverage', () => percentage('101'), /from 0 to 100/],
    ['--min-coverage', () => percentage('many'), /from 0 to 100/],
    ['--max-partitions', () => partitionCount('-1'), /whole number/],
  ])('%s: a wrong one says what was expected, and shows one that is right', (flag, parse, message) => {
    const problem = caught(parse)
    expect(problem.message).toMatch(message)
    expect(problem.message).toContain(flag)
    expect(problem.details.fix).toContain(flag)
  })

  test('a misspelt word gets a suggestion', () => {
    expect(caught(() => failOn('blockd')).details.fix).toBe('did you mean --fail-on blocked?')
    expect(caught(() => format('jsn')).details.fix).toBe('did you mean --format json?')
  })
})

describe('--format', () => {
  test('a file that cannot be written is refused before the work', () => {
    expect(caught(() => refuseUnwritable(format('json=/no/such/folder/a.json'))).message).toMatch(/there is no folder/)
    expect(caught(() => refuseUnwritable(format(`json=${import.meta.dirname}`))).message).toMatch(/it is a folder/)
    expect(() => refuseUnwritable(format('json=result.json', format('pretty')))).not.toThrow()
  })

  test('repeats, with files', () => {
    expect(format('json=out.json', format('pretty'))).toEqual([
      { name: 'pretty', file: null },
      { name: 'json', file: 'out.json' },
    ])
    expect(format('json=a=b.json')).toEqual([{ name: 'json', file: 'a=b.json' }])
  })

  test.each([
    ['a format that is not there', () => format('sarf'), /there is no format 'sarf'/],
    ['two answers on standard output', () => format('json', format('pretty')), /both go to standard output/],
    ['two answers in one file', () => format('sarif=a', format('json=a')), /json and --format sarif both go to a/],
    ['a format of other commands', () => formatOf(answerFormats)('sarif'), /there is no format 'sarif' here/],
    ['no file name', () => format('json='), /a file name is expected/],
  ])('%s', (_, parse, message) => {
    expect(caught(parse).message).toMatch(message)
  })

  test('names the formats that exist', () => {
    expect(caught(() => format('xml')).details.expected).toBe(
      'one of pretty, json, markdown, html, sarif, junit, github, gitlab, blob',
    )
  })
})

describe('a file of results', () => {
  test('appears whole, and nothing is left beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deploycheck out '))
    const file = join(folder, 'result.json')
    writeFileSync(file, 'old')
    writeWhole(file, 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['result.json'])
    expect(caught(() => writeWhole(join(folder, 'no', 'such.json'), 'x')).code).toBe('not-written')
    expect(existsSync(join(folder, 'no'))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})

function caught(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
