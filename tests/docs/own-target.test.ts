/** docs/your-own-target.md, played: each file is written, each command run, each answer compared. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploycheck } from '../cli/terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/your-own-target.md'), 'utf8')
/** Kind of block, name of the file, content. */
const blocks = [...page.matchAll(/^```(json|sh|text) ?(\S*)\n([\s\S]*?)^```$/gm)].map(([, kind, file, text]) => ({
  kind,
  file: file ?? '',
  text: text ?? '',
}))

const before = process.cwd()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploycheck-own-'))
  symlinkSync(join(root, 'models'), join(folder, 'models'))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

test('the page does what it says', async () => {
  let answer: string | null = null
  let answers = 0
  for (const { kind, file, text } of blocks) {
    if (kind === 'json') writeFileSync(join(folder, file), text)
    else if (kind === 'sh') {
      const { out, err } = await deploycheck(text.trim().split(' ').slice(1))
      expect(err).toBe('')
      answer = out
    } else {
      expect(answer).toBe(text)
      answers++
    }
  }
  expect(answers).toBe(5)
})
