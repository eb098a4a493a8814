import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { code, prose, table } from '../../dev/markdown.ts'
import { docsFolder, targetDocs } from '../../dev/target-docs.ts'
import { operatorsOf } from '../../src/assess/rules.ts'
import { Registry } from '../../src/profiles/load.ts'

const pages = targetDocs()
const registry = new Registry()

describe('docs/targets', () => {
  test('has the index and a page for every target, and no other', () => {
    const expected = ['README.md', ...registry.ids().map((id) => `${id}.md`)]
    expect(readdirSync(docsFolder).sort()).toEqual(expected.sort())
  })

  test.each([...pages])('%s is current (npx tsx dev/target-docs.ts)', (file, text) => {
    expect(readFileSync(docsFolder + file, 'utf8').replaceAll('\r\n', '\n')).toBe(text)
  })

  test.each(registry.ids())('%s: names every operator once, in a page that opens', (id) => {
    const text = pages.get(`${id}.md`) ?? ''
    const profile = registry.get(id)?.profile
    const names = [...text.matchAll(/^\| `([\w.:]+)` \| (?:all|\d|\.\.)/gm)].map(([, name]) => name)
    expect([...new Set(names)].sort()).toEqual(profile ? operatorsOf(profile) : [])
    expect(text.length).toBeLessThan(300_000)
  })

  test.each([...pages])('%s: every row has as many cells as its table', (_, text) => {
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length
    let width = 0
    for (const line of text.split('\n')) {
      if (!line.startsWith('|')) width = 0
      else if (width === 0) width = cells(line)
      else expect(cells(line), line).toBe(width)
    }
  })
})

describe('Markdown', () => {
  test('text cannot break out of its cell, nor be taken for markup', () => {
    expect(prose('a|b <c> *d* [e] `f|g` h`')).toBe('a\\|b \\<c\\> \\*d\\* \\[e\\] `f\\|g` h\\`')
    expect(prose('two\nlines, snake_case')).toBe('two lines, snake_case')
  })

  test('code with backticks in it stays one span', () => {
    expect(code('a | b')).toBe('`a \\| b`')
    expect(code('a ` b')).toBe('`` a ` b ``')
  })

  test('a table', () => {
    expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |\n')
  })
})
