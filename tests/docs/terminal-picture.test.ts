import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { terminalPicture, terminalPicturePath } from '../../dev/terminal-picture.ts'

test('the picture of the README shows what the command prints (npx tsx dev/terminal-picture.ts)', async () => {
  expect(readFileSync(terminalPicturePath, 'utf8').replaceAll('\r\n', '\n')).toBe(await terminalPicture())
})
