/** Names in a model are untrusted: in every format they stay text. */
import { describe, expect, test } from 'vitest'
import { checkReport } from '../../src/report/check.ts'
import { jsonReport } from '../../src/report/json.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { render } from '../../src/report/render.ts'
import { plain } from '../../src/report/style.ts'
import { hostile } from './hostile.ts'
import { gitlabErrors, junitErrors, sarifErrors } from './valid.ts'

const [oneModel] = hostile.models
const texts: [string, string][] = [
  ['pretty', checkReport(hostile, { columns: 80, style: plain, quiet: false })],
  [
    'pretty of one model',
    checkReport({ ...hostile, models: oneModel ? [oneModel] : [] }, { columns: 60, style: plain, quiet: false }),
  ],
  ['json', jsonReport(hostile)],
  ['markdown', markdownReport(hostile, 1 << 20)],
  ...(['sarif', 'junit', 'gitlab', 'blob', 'html'] as const).map((name): [string, string] => [
    name,
    render(name, hostile),
  ]),
]

describe.each(texts)('%s', (_, text) => {
  test('holds no control characters but line ends', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff]/)
  })

  test('holds nothing that a log takes for a command', () => {
    expect(text).not.toMatch(/^\s*::/m)
    expect(text).not.toMatch(/##\w*\[/)
  })
})

test('annotations: every line is a command of ours, whatever the names say', () => {
  const lines = render('github', hostile).trimEnd().split('\n')
  for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) [^:]*::[^\r\n]*$/)
  expect(lines.length).toBeLessThanOrEqual(30)
})

test('the schemas still hold', async () => {
  expect(sarifErrors(render('sarif', hostile))).toEqual([])
  expect(gitlabErrors(render('gitlab', hostile))).toEqual([])
  expect(await junitErrors(render('junit', hostile))).toEqual([])
})

test('SARIF: no message has a link or a placeholder that we did not make', () => {
  const messages: string[] = []
  JSON.parse(render('sarif', hostile), (key, value) => {
    if (key === 'text') messages.push(value)
    return value
  })
  expect(messages.length).toBeGreaterThan(30)
  for (const text of messages) expect(text).not.toMatch(/(?<!\\)\[text\]\(|\{0\}/)
})

test('Markdown: no HTML, no link, no mention outside of code', () => {
  const outside = markdownReport(hostile, 1 << 20)
    .replace(/(`+) ?[^\n]*?[^`\n]\1(?!`)/g, 'CODE')
    .replace(/<\/?(details|summary|b)( open)?>|<br>/g, '')
  expect(outside).not.toMatch(/(?<!\\)<[a-z!/]/i)
  expect(outside).not.toMatch(/@everyone|https?:|(?<!\\)\]\(/)
})
