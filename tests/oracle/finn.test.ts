/**
 * The FINN target against what FINN's own build steps did with the same models (0.10 and the development branch, each
 * with its default steps): one dataflow partition or not, and which nodes of the file became hardware. The figures are
 * printed; what differs is listed with its reason.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { dataPath, describeData, readLinesGz } from '../data.ts'

interface FinnRecord {
  readonly set: string
  readonly model: string
  readonly finn: '0.10' | 'dev'
  readonly flow: 'default' | 'extended'
  readonly verdict: string
  readonly nodes?: readonly { readonly op: string; readonly from?: readonly number[]; readonly hw?: object }[]
}

/** Sets of which the models are at hand, and the folder that they lie in. */
const folders: Readonly<Record<string, string>> = {
  'corpus-fpga': 'corpus-fpga',
  corpus: 'corpus',
  'corpus-float': 'corpus',
}

/** One partition was formed; estimates come after that. */
const formsOne = (verdict: string): boolean => verdict === 'one-partition' || verdict === 'estimate-error'

/** Nodes that FINN adds around the one that computes: they decide where nothing else has come from a node. */
const aside = new Set([
  ...['Transpose', 'Shuffle', 'DuplicateStreams', 'FMPadding', 'ConvolutionInputGenerator', 'DownSampler', 'Im2Col'],
  ...['Mul', 'Add', 'ElementwiseMul', 'ElementwiseAdd', 'Flatten', 'Reshape'],
])

/** Node of the file → whether it became hardware; nodes that were folded are not in it. */
function hardwareOf({ nodes = [] }: FinnRecord): Map<number, boolean> {
  const made = new Map<number, { op: string; hardware: boolean }[]>()
  for (const { op, from = [], hw } of nodes)
    for (const index of from) made.set(index, [...(made.get(index) ?? []), { op, hardware: hw !== undefined }])
  return new Map(
    [...made].map(([index, parts]) => {
      const main = parts.filter(({ op }) => !aside.has(op))
      const deciding = main.length > 0 ? main.every(({ hardware }) => hardware) : parts.some(({ hardware }) => hardware)
      return [index, deciding]
    }),
  )
}

interface Exception {
  readonly flow: string
  readonly models: readonly string[]
  /** `node 11`, or what the record and we say of the whole. */
  readonly differs: readonly string[]
  readonly reason: string
}
const exceptions: readonly Exception[] = [
  {
    flow: '0.10 default',
    models: ['q-cnn-add-two-branches', 'q-cnn-concat-samescale', 'x-cnn-concat-height', 'x-cnn-concat-otherscale'],
    differs: ['node 11', 'node 12'],
    reason: 'the record follows nodes approximately: it counts the quantised weight of the second branch to its factor',
  },
  {
    flow: '0.10 extended',
    models: ['q-cnn-conv-quantbias'],
    differs: ['node 6'],
    reason: 'the recorded script stops at other thresholds and leaves the Flatten; the verdict is the same',
  },
  {
    flow: 'dev extended',
    models: ['q-cnn-resadd-samescale'],
    differs: ['not-one-partition, ready'],
    reason:
      'the recorded script leaves the Transposes in both branches of the sum, which MoveTransposePastJoinAdd takes',
  },
]

interface Tally {
  models: number
  agree: number
  nodes: number
  same: number
  readonly differing: string[]
}

const registry = new Registry()

async function check({ set, model, finn, flow }: FinnRecord): Promise<TargetResult> {
  const read = await readModel(dataPath(folders[set] as string, model))
  const [result] = checkModel(read, inferModel(read), resolveTargets([`finn@version=${finn},steps=${flow}`], registry))
  if (!result) throw new Error('no result')
  return result
}

function compare(record: FinnRecord, result: TargetResult, tally: Tally): void {
  const { model, finn, flow, verdict } = record
  const name = `${model.replace(/\.onnx$/, '')} ${finn} ${flow}`
  tally.models++
  if (formsOne(verdict) === (result.verdict !== 'blocked')) tally.agree++
  else tally.differing.push(`${name}: ${verdict}, ${result.verdict}`)
  if (verdict === 'stopped') return
  for (const [index, hardware] of hardwareOf(record)) {
    const node = result.nodes[index]
    if (!node || node.placement === 'folded') continue
    tally.nodes++
    if (hardware === (node.supported === true)) tally.same++
    else tally.differing.push(`${name}: node ${index}`)
  }
}

const expected = (version: string, steps: string): string[] =>
  exceptions
    .filter(({ flow }) => flow === `${version} ${steps}`)
    .flatMap(({ flow, models, differs }) =>
      models.flatMap((model) => differs.map((text) => `${model} ${flow}: ${text}`)),
    )

describeData('FINN', () => {
  test.each([
    ['0.10', 'default'],
    ['dev', 'default'],
    ['0.10', 'extended'],
    ['dev', 'extended'],
  ] as const)('%s with %s steps does what we say', { timeout: 60_000 }, async (version, steps) => {
    const records = (readLinesGz(dataPath('oracle', 'finn.jsonl.gz')) as FinnRecord[]).filter(
      ({ finn, flow, set, model }) =>
        finn === version && flow === steps && folders[set] && existsSync(dataPath(folders[set], model)),
    )
    const tallies = new Map<string, Tally>()
    for (const record of records) {
      const tally = tallies.get(record.set) ?? { models: 0, agree: 0, nodes: 0, same: 0, differing: [] }
      tallies.set(record.set, tally)
      compare(record, await check(record), tally)
    }
    const differing = [...tallies.values()].flatMap((tally) => tally.differing)
    for (const [set, { models, agree, nodes, same }] of tallies)
      console.log(
        `finn ${version} ${steps}, ${set}: partition ${agree} of ${models} models, hardware ${same} of ${nodes} nodes`,
      )
    const ours = tallies.get('corpus-fpga')
    expect((ours?.agree ?? 0) / (ours?.models ?? 1)).toBeGreaterThanOrEqual(0.9)
    expect((ours?.same ?? 0) / (ours?.nodes ?? 1)).toBeGreaterThanOrEqual(0.95)
    expect(differing.sort()).toEqual(expected(version, steps).sort())
  })
})
