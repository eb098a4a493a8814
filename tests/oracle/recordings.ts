/** What the real providers answered, as recorded: models, the shapes ONNX Runtime saw, answers per variant. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { type Case, readCases, withConstants } from '../conformance/cases.ts'
import { dataPath, readLinesGz } from '../data.ts'
import { type Recorded, recordsOf } from './records.ts'

export const sets = ['corpus', 'conformance', 'conformance-const'] as const
export type SetName = (typeof sets)[number]

type RecordedDims = readonly (number | string)[] | null

/** A model as ONNX Runtime has it after loading and shape inference. */
export interface GraphRecord {
  readonly model: string
  /** `[name, op, domain, first output, since, shape flags]`; Constant nodes have only the first four. */
  readonly nodes: readonly (readonly [string, string, string, string, number?, number?])[]
  /** `[element type, dims]` of graph inputs and node outputs; -2: not a tensor, -1: no type. */
  readonly values: Readonly<Record<string, readonly [number, RecordedDims]>>
  readonly loadError?: string
}

export interface Answers {
  /** In file order: 1 taken, 0 refused, -1 not asked. */
  readonly supported: readonly number[]
  /** In file order; null where the session could not be created, or partitions were not recorded. */
  readonly partitions: readonly number[] | null
  /** The check of the provider threw or ended the process. */
  readonly fatal: 'throws' | 'aborts' | null
  /** Nodes refused because the runtime does not know their rank or a dimension. */
  readonly lost: ReadonlySet<number>
}

/** Models that ONNX Runtime loads, by name. */
export function graphRecords(set: SetName): ReadonlyMap<string, GraphRecord> {
  const records = readLinesGz(dataPath('oracle', `${set}.graph.ort1.30.jsonl.gz`)) as GraphRecord[]
  return new Map(records.flatMap((record) => (record.loadError === undefined ? [[record.model, record] as const] : [])))
}

/** Answers by model and variant. XNNPACK has one variant, and no partitions. */
export function answers(
  set: SetName,
  provider: string,
  ort: string,
): ReadonlyMap<string, ReadonlyMap<string, Answers>> {
  const recorded = recordsOf(`${set}.${provider}.ort${ort}.jsonl.gz`)
  const lostReasons = shapeReasons(ort)
  return new Map(
    [...recorded].map(([model, variants]) => [
      model,
      new Map([...variants].map(([variant, record]) => [variant ?? provider, answersOf(record, lostReasons)])),
    ]),
  )
}

/** Numbers of the reasons that speak of a rank or a dimension that is not known. */
function shapeReasons(ort: string): ReadonlySet<number> {
  const path = dataPath('oracle', `reasons.ort${ort}.json`)
  const { reasons } = JSON.parse(readFileSync(path, 'utf8')) as { reasons: readonly (readonly [string, string])[] }
  const lost = ['unknown-shape', 'dynamic-shape']
  return new Set(reasons.flatMap(([category], reason) => (lost.includes(category) ? [reason] : [])))
}

/** XNNPACK has one number per node. */
type AnyRecord = Omit<Recorded, 'nodes'> & { readonly nodes: Recorded['nodes'] | readonly number[] }

function answersOf({ nodes, throws, crash }: AnyRecord, lostReasons: ReadonlySet<number>): Answers {
  const fatal = throws !== undefined ? 'throws' : crash !== undefined ? 'aborts' : null
  const supported = nodes.map((node) => (typeof node === 'number' ? taken(node) : node[0]))
  const partitions = nodes.flatMap((node) => (typeof node === 'number' ? [] : [node[1]]))
  const lost = nodes.flatMap((node, i) => (typeof node !== 'number' && lostReasons.has(node[2]) ? [i] : []))
  return {
    supported,
    partitions: fatal === null && partitions.length === nodes.length ? partitions : null,
    fatal,
    lost: new Set(lost),
  }
}

/** XNNPACK: a Relu or Clip that would be fused (2), or a node at which the check ends (3, 4), is not taken itself. */
const taken = (code: number): number => (code > 1 ? 0 : code)

/** The models of a set by name; read when asked for. */
export function models(set: SetName): ReadonlyMap<string, () => Promise<Model>> {
  if (set === 'corpus') {
    const files = readdirSync(dataPath('corpus')).filter((file) => file.endsWith('.onnx'))
    return new Map(files.map((file) => [file, () => readModel(dataPath('corpus', file), { withoutWeights: true })]))
  }
  const light = readLinesGz(dataPath('conformance', 'light.jsonl.gz')) as Case[]
  const bytes = (test: Case): Uint8Array =>
    set === 'conformance' ? Buffer.from(test.model, 'base64') : withConstants(test, (index) => index > 0)
  return new Map([...readCases(), ...light].map((test) => [`${test.name}.onnx`, () => readModel(bytes(test))]))
}
