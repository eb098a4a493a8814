/**
 * A whole result for another run of deploycheck: shards write it, `merge` joins it, and every report can be made from
 * it. Not for other programs, which read `json`.
 */
import { Problem } from '../result/problem.ts'
import type { Result } from '../result/result.ts'
import { jsonOf } from './json.ts'

/** Rises when an older deploycheck could no longer read it. */
const version = 1

/** One part of the models of a run that was shared out. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly total: number
  /** What was asked, in a form that is equal for the shards of one run and differs for any other. */
  readonly run: string
}

export interface Blob {
  /** Null: a whole run. */
  readonly shard: Shard | null
  readonly result: Result
}

export const blobReport = (result: Result, shard: Shard | null = null): string =>
  jsonOf({ deploycheckBlob: version, shard, result }, 0)

/**
 * The blob in `text`; `path` is what it is called when something is wrong.
 * @throws Problem `not-a-blob` or `blob-version`
 */
export function readBlob(text: string, path: string): Blob {
  const data = parsed(text, path)
  if (data.deploycheckBlob !== version) {
    const found = data.tool ?? data.result?.tool
    const by = found ? `, written by deploycheck ${found.version}` : ''
    throw new Problem('blob-version', `${path} is a blob of version ${String(data.deploycheckBlob)}${by}`, {
      path,
      expected: `version ${version}`,
      fix: 'use the same version of deploycheck for the shards and for merge',
    })
  }
  const { result, shard = null } = data
  if (!result || !Array.isArray(result.models) || !Array.isArray(result.gates) || !isShard(shard))
    throw new Problem('not-a-blob', `${path} is damaged: parts of the result are missing`, { path, fix })
  return { result, shard }
}

const fix = 'write it anew with --format blob=FILE'

interface Unchecked {
  readonly deploycheckBlob?: unknown
  readonly tool?: { readonly version: string }
  readonly result?: Result
  readonly shard?: Shard | null
}

function parsed(text: string, path: string): Unchecked {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    const cut = text.trimStart().startsWith('{')
    const what = cut ? 'is cut off or damaged' : 'is no JSON'
    throw new Problem('not-a-blob', `${path} ${what}`, { path, expected: 'a file of --format blob', fix, cause })
  }
  if (typeof data === 'object' && data !== null && 'deploycheckBlob' in data) return data
  const json = typeof data === 'object' && data !== null && 'schemaVersion' in data
  throw new Problem('not-a-blob', `${path} is ${json ? 'a result of --format json' : 'not from --format blob'}`, {
    path,
    expected: 'a file of --format blob',
    fix,
  })
}

const isShard = (shard: Shard | null): boolean =>
  shard === null ||
  (Number.isInteger(shard.index) &&
    Number.isInteger(shard.total) &&
    shard.index >= 1 &&
    shard.index <= shard.total &&
    typeof shard.run === 'string')
