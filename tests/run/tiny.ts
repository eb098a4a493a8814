/** Files of a test, and short ways into a result. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Result } from '../../src/result/result.ts'
import type { RunResult, RuntimeRun } from '../../src/result/run.ts'

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploycheck-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function write(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

export function onlyRun({ runs }: Result): RunResult {
  const [run] = runs ?? []
  if (!run) throw new Error('there is no run')
  return run
}

export function runtimeOf(result: Result, id: string): RuntimeRun {
  const found = onlyRun(result).runtimes.find((one) => one.id === id)
  if (!found) throw new Error(`there is no ${id}`)
  return found
}

/** Ids of the findings of a severity, `run/model-mismatch`. */
export const idsOf = (result: Result, severity: 'error' | 'warning' | 'note'): string[] =>
  onlyRun(result)
    .findings.filter((finding) => finding.severity === severity)
    .map(({ id }) => id)
