/** Joins the blobs of jobs that shared the models of one run. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { entryFindings } from '../assess/acceptance.ts'
import { exitCodes } from '../assess/exit-code.ts'
import { glob, isGlob } from '../files/glob.ts'
import { type Blob, readBlob } from '../report/blob.ts'
import type { AcceptedEntry } from '../result/acceptance.ts'
import { Problem } from '../result/problem.ts'
import { isFailure, type Result } from '../result/result.ts'
import { pack, unpack } from './packed.ts'
import { sideBySide } from './side-by-side.ts'

interface NamedBlob extends Blob {
  readonly file: string
}

/**
 * The result of the whole run.
 * @param args files, folders, globs
 * @param today `2027-03-31`
 * @throws Problem for files that are no blobs, and for parts that are missing, twice there, or of another run
 */
export function mergeBlobs(args: readonly string[], today: string = new Date().toISOString().slice(0, 10)): Result {
  const blobs = args.flatMap(filesOf).map(read)
  const [first] = blobs
  if (!first) throw noBlobs(args.join(', '))
  if (blobs.length === 1 && first.shard === null) return first.result
  refuseOthers(blobs)
  return joined(blobs, today)
}

function filesOf(arg: string): string[] {
  const kind = statSync(arg, { throwIfNoEntry: false })
  if (kind?.isDirectory()) {
    const inside = readdirSync(arg, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
    if (inside.length === 0) throw noBlobs(arg)
    return inside.sort().map((name) => join(arg, name))
  }
  if (kind || !isGlob(arg)) return [arg]
  const found = glob(arg)
  if (found.length === 0) throw noBlobs(arg)
  return found
}

const noBlobs = (where: string): Problem =>
  new Problem('no-blobs', `there are no blobs in ${where}`, {
    fix: 'each job writes one: deploycheck ci --shard i/n --format blob=i.blob.json',
  })

function read(file: string): NamedBlob {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Problem('not-readable', `the blob ${file} cannot be read: ${(cause as Error).message}`, {
      path: file,
      fix: 'check the path, and that the job which writes it has handed it on',
      cause,
    })
  }
  const { shard, result } = readBlob(text, file)
  // Many models at once: their nodes lie compressed until a report reads them.
  return { file, shard, result: { ...result, models: result.models.map((m) => (isFailure(m) ? m : unpack(pack(m)))) } }
}

/** All parts of one run, each once. */
function refuseOthers(blobs: readonly NamedBlob[]): void {
  const [first] = blobs
  const parts = new Map<number, string>()
  for (const { file, shard } of blobs) {
    if (shard === null)
      throw new Problem('not-a-shard', `${file} is the result of a whole run, not of a part`, {
        path: file,
        fix: 'merge it alone, or write it with --shard i/n',
      })
    if (shard.run !== first?.shard?.run || shard.total !== first.shard.total)
      throw new Problem('different-runs', `${file} and ${first?.file} are parts of different runs`, {
        path: file,
        expected: 'the same version of deploycheck, config, models and CI run for all parts',
        fix: 'delete blobs of earlier runs, and let all jobs run on the same commit',
      })
    const other = parts.get(shard.index)
    if (other !== undefined)
      throw new Problem('duplicate-shard', `${other} and ${file} are both part ${shard.index} of ${shard.total}`, {
        path: file,
        fix: 'leave one of them out',
      })
    parts.set(shard.index, file)
  }
  const total = first?.shard?.total ?? 0
  const missing = Array.from({ length: total }, (_, i) => i + 1).filter((index) => !parts.has(index))
  if (missing.length > 0) {
    const [which, are] = missing.length === 1 ? ['part', 'is'] : ['parts', 'are']
    throw new Problem('missing-shard', `${which} ${shortList(missing)} of ${total} ${are} missing`, {
      fix: 'hand on the blobs of all jobs, also of those that fail; a job without a blob was ended before it could write',
    })
  }
}

const shortList = (numbers: readonly number[]): string =>
  numbers.length <= 10 ? numbers.join(', ') : `${numbers.slice(0, 10).join(', ')} and ${numbers.length - 10} more`

function joined(blobs: readonly NamedBlob[], today: string): Result {
  const results = [...blobs].sort((a, b) => index(a) - index(b)).map(({ result }) => result)
  const [first] = results
  if (!first) throw noBlobs('nothing')
  const models = interleaved(results.map((result) => result.models))
  const position = new Map(models.map(({ path }, i) => [path, i]))
  const inOrder = <Item extends { model: string }>(lists: readonly (readonly Item[])[]): Item[] =>
    lists.flat().sort((a, b) => (position.get(a.model) ?? 0) - (position.get(b.model) ?? 0))
  const accepted = sumUses(results.map((result) => result.accepted ?? []))
  const partial = results.some((result) => result.partial)
  const findings = entryFindings(accepted, today, !partial)
  const runs = inOrder(results.map((result) => result.runs ?? []))
  const asked = results.find(({ comparison }) => comparison)?.comparison
  const compared = asked ? sideBySide({ models, runs }, asked.asked) : null
  const error = results.find((result) => result.error)?.error ?? compared?.error
  const codes = [...results.map(({ exitCode }) => exitCode), ...(compared?.error ? [exitCodes.notAsked] : [])]
  return {
    ...first,
    exitCode: models.length === 0 ? exitCodes.notAsked : worst(codes),
    models,
    ...(runs.length > 0 && { runs }),
    ...(compared && { comparison: compared.comparison }),
    gates: inOrder(results.map(({ gates }) => gates)),
    ...(findings.length > 0 && { findings }),
    ...(accepted.length > 0 && { accepted }),
    ...(partial && { partial: true as const }),
    ...(error && { error }),
  }
}

const index = ({ shard }: NamedBlob): number => shard?.index ?? 0

/** Parts hold every n-th model: this is the order from before. */
function interleaved<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat()
}

/** Every part saw the same entries. */
function sumUses([first = [], ...others]: readonly (readonly AcceptedEntry[])[]): AcceptedEntry[] {
  return first.map(({ asked: _, ...entry }, i) => {
    const same = [first, ...others].flatMap((list) => list[i] ?? [])
    const asked = same.some((one) => one.asked !== false)
    return { ...entry, uses: same.reduce((sum, { uses }) => sum + uses, 0), ...(!asked && { asked }) }
  })
}

const worst = (codes: readonly number[]): number => {
  const order: readonly number[] = [exitCodes.internal, exitCodes.notAsked, exitCodes.gate]
  return order.find((code) => codes.includes(code)) ?? exitCodes.ok
}
