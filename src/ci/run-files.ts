/** Files of runs that flags name once: where several models are run, each has its own. */
import { join, resolve } from 'node:path'
import { distinctTails } from '../result/distinct-tails.ts'
import type { RunOptions } from '../run/options.ts'

export interface RunFiles extends Pick<RunOptions, 'record' | 'replay' | 'saveRepro'> {
  /** One file for all: it has an entry per model. */
  readonly saveBaseline?: string
}

type OwnFiles = Pick<RunOptions, 'record' | 'replay' | 'saveRepro'>

/**
 * The files of each model. Of several, `trace.npz` is `trace-<model>.npz`, and a folder has a folder `<model>` inside.
 * @param models all that are run, by all parts of a run that is shared out: names must not hang on the share
 */
export function ownFiles(
  { record, replay, saveRepro }: RunFiles,
  models: readonly string[],
): (path: string) => OwnFiles {
  const names = models.length > 1 ? distinctNames(models) : null
  return (path) => {
    const name = names?.get(path)
    const file = (given: string): string => (name === undefined ? given : given.replace(/(\.[^./\\]*)?$/, `-${name}$1`))
    return {
      ...(record !== undefined && { record: file(record) }),
      ...(replay !== undefined && { replay: file(replay) }),
      ...(saveRepro !== undefined && { saveRepro: name === undefined ? saveRepro : join(saveRepro, name) }),
    }
  }
}

/** A name for each, fit for a file. */
function distinctNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const tails = distinctTails(paths.map((path) => resolve(path)))
  return new Map(paths.map((path, i) => [path, free(fileName(tails[i] ?? ''), taken)]))
}

const fileName = (tail: string): string => tail.replace(/\.onnx$/i, '').replace(/[^\p{L}\p{N}._-]/gu, '-')

/** `a/c` and a file that is called `a-c` come to the same. */
function free(name: string, taken: Set<string>): string {
  let found = name
  for (let i = 2; taken.has(found.toLowerCase()); i++) found = `${name}-${i}`
  taken.add(found.toLowerCase())
  return found
}
