/** Where the real WebGPU providers ran the nodes of models, and where we say that they run. */
import { readdirSync } from 'node:fs'
import { checkModel } from '../../src/check/check.ts'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { readCases } from '../conformance/cases.ts'
import { dataPath, readLinesGz } from '../data.ts'

export const implementations = ['native', 'jsep'] as const
export type Implementation = (typeof implementations)[number]
const fileOf = { native: 'webgpu', jsep: 'webgpu-jsep' } as const

interface PlacementRecord {
  readonly id: string
  readonly level: string
  readonly layout: string
  readonly status: string
  /** One character per node: W or J the provider, C the CPU, `.` not there under its name. */
  readonly nodes: string
  readonly scopes?: Readonly<Record<string, string>>
  /** Indices (`scope/index` in bodies) for which the provider has no kernel. */
  readonly noKernel?: readonly (number | string)[]
  readonly restampedFrom?: unknown
  readonly irFrom?: unknown
}

/** Sessions that were created on the models as they are, with the default layout. */
export function placementRecords(impl: Implementation): ReadonlyMap<string, PlacementRecord> {
  const records = readLinesGz(dataPath('oracle', `${fileOf[impl]}.placement.jsonl.gz`)) as PlacementRecord[]
  return new Map(records.filter(isComparable).map((record) => [record.id, record]))
}

const isComparable = ({ level, layout, status, restampedFrom, irFrom }: PlacementRecord): boolean =>
  level === 'disabled' && layout === 'NHWC' && status === 'created' && !restampedFrom && !irFrom

export type ModelSet = 'corpus' | 'conformance'

/** Models of a set by the id of the records; read when asked for. */
export function placedModels(set: ModelSet): readonly (readonly [id: string, read: () => Promise<Model>])[] {
  if (set === 'conformance')
    return readCases().map(({ file, name, model }) => [
      `${file}/${name}`,
      () => readModel(Buffer.from(model, 'base64')),
    ])
  const files = readdirSync(dataPath('corpus')).filter((file) => file.endsWith('.onnx'))
  return files.map((file) => [
    file.replace(/\.onnx$/, ''),
    () => readModel(dataPath('corpus', file), { withoutWeights: true }),
  ])
}

const registry = new Registry()

/** The nodes of the file judged by targets such as `webgpu@impl=jsep`, on shapes of our own inference. */
export const checkAsIs = (model: Model, targets: readonly string[]): TargetResult[] =>
  checkModel(model, inferModel(model), resolveTargets(targets, registry), { asIs: true })

export class PlacementTally {
  nodes = 0
  onHost = 0
  hostFound = 0
  /** Nodes that were expanded into others, of which one runs under their name. */
  expanded = 0
  /** Cause → nodes. */
  readonly differences = new Map<string, string[]>()

  add(result: TargetResult, record: PlacementRecord): void {
    const graphs = new Map(Object.entries({ '': record.nodes, ...record.scopes }))
    for (const { scope, index, op, placement, why = '' } of result.nodes) {
      const recorded = graphs.get(scope)?.[index] ?? '.'
      if (recorded === '.') continue
      const claimed = recorded !== 'C'
      if (claimed && record.noKernel?.includes(scope === '' ? index : `${scope}/${index}`)) {
        this.expanded++
        continue
      }
      const ours = placement === 'target' || placement === 'blocked'
      this.nodes++
      if (!claimed) {
        this.onHost++
        if (!ours) this.hostFound++
      }
      if (ours !== claimed)
        this.differ(`${op} ${claimed ? 'claimed' : 'on the CPU'}, here ${placement}: ${why}`, record, index)
    }
  }
  private differ(cause: string, { id }: PlacementRecord, index: number): void {
    this.differences.set(cause, [...(this.differences.get(cause) ?? []), `${id}#${index}`])
  }

  get agreement(): number {
    const wrong = [...this.differences.values()].reduce((sum, nodes) => sum + nodes.length, 0)
    return this.nodes === 0 ? 1 : 1 - wrong / this.nodes
  }
}
