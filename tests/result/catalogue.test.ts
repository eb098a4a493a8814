import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { docPath, findingsDoc } from '../../dev/findings-doc.ts'
import { areas, catalogue } from '../../src/result/catalogue/index.ts'

const folder = new URL('../../src/result/catalogue/', import.meta.url)
const entries = Object.values(areas).flatMap((area) => Object.entries(area))

describe('the catalogue of findings', () => {
  test('joins the file of every area', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
    expect(files.filter((file) => file !== 'index').sort()).toEqual(Object.keys(areas).sort())
  })

  test('has every id once', () => {
    const ids = entries.map(([id]) => id)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    expect(Object.keys(catalogue)).toHaveLength(ids.length)
  })

  test.each(entries)('%s: stable id, title and help', (id, kind) => {
    // `<target>` and `<Op>` stand for a target's id and an operator type.
    const plain = id
      .replace(/^<target>/, 'target')
      .replace('/<Op>/', '/op/')
      .replace(/<condition>$/, 'condition')
    expect(plain).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)+$/)
    expect(kind.title).toMatch(/^\p{Lu}.*[^.]$/u)
    expect(kind.help.length).toBeGreaterThan(20)
    expect(['error', 'warning', 'note']).toContain(kind.severity)
  })
})

describe('docs/findings.md', () => {
  const text = readFileSync(docPath, 'utf8').replaceAll('\r\n', '\n')

  test('has a section for every id, and no other', () => {
    const sections = [...text.matchAll(/^### `(.+)`$/gm)].map(([, id]) => id)
    expect(sections.sort()).toEqual(Object.keys(catalogue).sort())
  })

  test('is current (npx tsx dev/findings-doc.ts)', () => {
    expect(text).toBe(findingsDoc())
  })
})
