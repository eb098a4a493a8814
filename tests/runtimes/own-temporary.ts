/** A folder for temporary files of this test file alone: what is left in it at the end was left behind. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'

export function ownTemporaryFolder(): { readonly path: string; left(): string[] } {
  const path = mkdtempSync(join(tmpdir(), 'deploycheck-test-'))
  process.env.TMPDIR = path
  afterAll(() => {
    const left = readdirSync(path)
    rmSync(path, { recursive: true })
    expect(left).toEqual([])
  })
  return { path, left: () => readdirSync(path) }
}
