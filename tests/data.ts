/**
 * The shared test data: real models and recorded answers that are too large for this repository. They lie in
 * `../shared` beside the checkout, or where DEPLOYCHECK_DATA points. Without them the tests that need them are
 * skipped, visibly; with DEPLOYCHECK_REQUIRE_DATA=1 (as in CI) their absence is an error.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folder = resolve(root, process.env.DEPLOYCHECK_DATA ?? '../shared')

export const hasData: boolean = existsSync(join(folder, 'DATA.md'))

if (!hasData) {
  const text = `no test data in ${folder} (DEPLOYCHECK_DATA names another folder)`
  if (process.env.DEPLOYCHECK_REQUIRE_DATA === '1') throw new Error(text)
  console.warn(`${text}: tests that need it are skipped`)
}

export const dataPath = (...parts: string[]): string => join(folder, ...parts)

/** A suite that needs the shared data. */
export function describeData(name: string, body: () => void): void {
  describe.skipIf(!hasData)(name, body)
}

const readTextGz = (path: string): string => gunzipSync(readFileSync(path)).toString('utf8')

/** The JSON value of a gzipped file. `path` as `dataPath` gives it. */
export const readJsonGz = (path: string): unknown => JSON.parse(readTextGz(path))

/** The values of a gzipped file with one JSON value per line. `path` as `dataPath` gives it. */
export const readLinesGz = (path: string): unknown[] =>
  readTextGz(path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
