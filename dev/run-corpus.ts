/**
 * Runs the complete models of the shared data on the runtimes of this machine, one random sample each, and prints a
 * line per model and runtime that does not match, and a table: `npx tsx dev/run-corpus.ts [part of a name] [runtime]...`.
 */
import { readFileSync } from 'node:fs'
import { runModel } from '../src/assess/run-model.ts'
import { isFailure } from '../src/result/result.ts'
import type { RuntimeRun } from '../src/result/run.ts'
import { dataPath } from '../tests/data.ts'

const [, , part = '', ...asked] = process.argv
const runtimes = asked.length > 0 ? asked : ['wasm', 'webgpu']
/** A GPU made of software, on a busy machine, compiles for minutes. */
const timeLimit = 240_000

/** Runtime → verdict → models. */
const table = new Map<string, Map<string, number>>()
const count = (runtime: string, verdict: string): void => {
  const row = table.get(runtime) ?? new Map<string, number>()
  row.set(verdict, (row.get(verdict) ?? 0) + 1)
  table.set(runtime, row)
}

const verdictOf = ({ status, stages }: RuntimeRun): string =>
  status === 'ok' ? (stages?.model.verdict ?? 'not-run') : status

interface Entry {
  readonly name: string
  /** Weights and all are in the file. */
  readonly complete: boolean
}
const all = JSON.parse(readFileSync(dataPath('corpus', 'index.json'), 'utf8')) as readonly Entry[]
const entries = all.filter(({ name, complete }) => complete && name.includes(part))
for (const [i, { name }] of entries.entries()) {
  const file = `${name}.onnx`
  process.stderr.write(`\r${i + 1}/${entries.length} ${file}`.padEnd(60))
  const result = await runModel(dataPath('corpus', file), null, { runtimes, samples: 1, settings: { timeLimit } })
  const [model] = result.models
  const [run] = result.runs ?? []
  if (!run || !model || isFailure(model)) {
    console.log(`${file}: not read`)
    continue
  }
  for (const one of run.runtimes) {
    const isReference = one.id === run.reference
    const verdict = isReference ? (one.status === 'ok' ? 'reference' : one.status) : verdictOf(one)
    count(one.id, verdict)
    if (verdict === 'match' || verdict === 'reference') continue
    const { firstDiverging: place } = one
    const at = place ? ` first at ${place.op} #${place.node} (${place.output}, ${place.maxAbs})` : ''
    console.log(`${file} ${one.id} ${verdict}:${at} ${one.reason ?? one.sentence}`.replace(/\s+/g, ' ').slice(0, 300))
  }
}
for (const [runtime, row] of table)
  console.log(`${runtime}: ${[...row].map(([verdict, models]) => `${verdict} ${models}`).join(', ')}`)
