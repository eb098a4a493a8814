/**
 * Types and shapes: how many tensors of the shared corpus are exact, ours beside ONNX's own inference and ONNX
 * Runtime's symbolic one, and what inference costs. Claims: none wrong, and 100,000 nodes within 1 s of CPU.
 *
 * The peers' figures are those recorded with the corpus; with `--live` they are computed anew, where Python has onnx
 * and onnxruntime (`python3`, or what DEPLOYCHECK_PYTHON names). Further arguments are parts of model names.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isKnown } from '../src/graph/dim.ts'
import { readModel } from '../src/graph/read.ts'
import { inferModel } from '../src/infer/infer.ts'
import { given, type Measured, shapeIn } from '../tests/corpus/measured.ts'
import { dataPath, hasData, readJsonGz } from '../tests/data.ts'
import { mixedGraph, writeModel } from './graphs.ts'
import { median, verdict } from './measure.ts'

/** Tensors by how well they are known; those seen to depend on data left out. */
interface Agreement {
  readonly exact: number
  readonly partial: number
  readonly unknown: number
  readonly wrong: number
}

/** `status` other than ok: the tool raised or did not end, and knows nothing. */
type Peer = Partial<Agreement> & { readonly status: string }
interface Peers {
  readonly onnx: Peer
  readonly symbolic: Peer
}

const none: Peer = { status: 'not asked' }

const python = process.env.DEPLOYCHECK_PYTHON ?? 'python3'

async function ours(name: string): Promise<Agreement> {
  const measured = readJsonGz(dataPath('corpus', `${name}.shapes.json.gz`)) as Measured
  const model = await readModel(readFileSync(dataPath('corpus', `${name}.onnx`)))
  const inference = inferModel(model, given(model, measured))
  const moving = new Set(measured.dataDependent)
  const counts = { exact: 0, partial: 0, unknown: 0, wrong: 0 }
  for (const node of model.graph.nodes)
    for (const value of node.outputs) {
      const want = value && !moving.has(value.name) ? measured.tensors[value.name]?.[1] : null
      if (!value || !want) continue
      const shape = shapeIn(inference.facts(value).type)
      if (!shape) counts.unknown++
      else if (shape.length !== want.length || shape.some((dim, i) => isKnown(dim) && dim !== want[i])) counts.wrong++
      else if (shape.every(isKnown)) counts.exact++
      else counts.partial++
    }
  return counts
}

function livePeers(names: readonly string[]): Map<string, Peers> {
  const script = resolve(import.meta.dirname, 'peers.py')
  const { stdout, status, stderr } = spawnSync(python, [script, dataPath('corpus'), ...names], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${python} ${script}: ${stderr}`)
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line) as Peers & { name: string }).map((peers) => [peers.name, peers]))
}

const recordedPeers = (): Map<string, Peers> =>
  new Map(
    Object.entries(
      (readJsonGz(dataPath('corpus', 'baseline-inference.json.gz')) as { per: Record<string, Peers> }).per,
    ),
  )

async function agreement(parts: readonly string[], live: boolean): Promise<void> {
  const names = readdirSync(dataPath('corpus'))
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => file.slice(0, -5))
    .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  const peers = live ? livePeers(names) : recordedPeers()
  const totals = { ours: [0, 0], onnx: [0, 0], symbolic: [0, 0] }
  let tensors = 0
  console.log(`\n### Tensors with an exact shape (peers: ${live ? 'computed now' : 'as recorded'})\n`)
  console.log('| model | tensors | ours | onnx | symbolic_shape_infer |\n|---|---|---|---|---|')
  for (const name of names) {
    const counts = await ours(name)
    const all = counts.exact + counts.partial + counts.unknown + counts.wrong
    tensors += all
    const cell = (key: keyof typeof totals, { exact = 0, wrong = 0, status }: Peer): string => {
      totals[key] = [(totals[key][0] ?? 0) + exact, (totals[key][1] ?? 0) + wrong]
      return status === 'ok' ? `${exact}${wrong > 0 ? ` (${wrong} wrong)` : ''}` : status
    }
    const peer = peers.get(name)
    const cells = [
      cell('ours', { ...counts, status: 'ok' }),
      cell('onnx', peer?.onnx ?? none),
      cell('symbolic', peer?.symbolic ?? none),
    ]
    console.log(`| ${name} | ${all} | ${cells.join(' | ')} |`)
  }
  const sums = Object.values(totals).map(([exact, wrong]) => `${exact} (${wrong} wrong)`)
  console.log(`| **all ${names.length}** | ${tensors} | ${sums.join(' | ')} |\n`)
  verdict('tensors with a wrong shape', totals.ours[1] ?? 0, 0)
}

/** CPU seconds, with garbage collection and compilation, of the first inference in a new process. */
function speed(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))
  try {
    console.log('\n### Inference alone\n\n| nodes | CPU | wall |\n|---|---|---|')
    const seconds = [10_000, 30_000, 100_000].map((nodes) => {
      const path = join(scratch, `${nodes}.onnx`)
      writeModel(path, mixedGraph(nodes), 'inline')
      const runs = Array.from({ length: 5 }, () => inferOnce(path))
      const cpu = median(runs.map((run) => run.cpu)) / 1000
      console.log(`| ${nodes} | ${cpu.toFixed(2)} s | ${(median(runs.map((run) => run.wall)) / 1000).toFixed(2)} s |`)
      return cpu
    })
    const [small = Number.NaN, , large = Number.NaN] = seconds
    verdict('CPU, 100,000 against 10,000 nodes', large / small, 10)
    verdict('CPU seconds for 100,000 nodes', large, 1)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function inferOnce(path: string): { cpu: number; wall: number } {
  const script = resolve(import.meta.dirname, 'infer-once.mjs')
  const { stdout, status, stderr } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as { cpu: number; wall: number }
}

const args = process.argv.slice(2)
const parts = args.filter((arg) => arg !== '--live')
if (parts.length === 0) speed()
if (hasData) await agreement(parts, args.includes('--live'))
