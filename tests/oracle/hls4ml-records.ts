/** What hls4ml's ONNX front end said, as recorded (flow `doc`), with the models that it was asked about. */
import { existsSync, readFileSync } from 'node:fs'
import onnxProto, { type onnx } from 'onnx-proto'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import type { InferOptions } from '../../src/infer/facts.ts'
import { readCases, withConstants } from '../conformance/cases.ts'
import { given, type Measured } from '../corpus/measured.ts'
import { dataPath, readJsonGz, readLinesGz } from '../data.ts'

export interface Hls4mlRecord {
  readonly set: 'corpus' | 'corpus-fpga' | 'corpus-fpga-headless' | 'corpus-zerobias' | 'micro' | 'node' | 'node-const'
  readonly model: string
  readonly flow: string
  /** The dimensions of the inputs were set to those of the recorded run. */
  readonly fixed?: 1
  readonly verdict: string
  readonly stage?: string
  readonly error?: readonly [string, string, unknown]
  /** `[index in the file or -1, name, op, taken, reason]` */
  readonly nodes?: readonly (readonly [number, string, string, 0 | 1, number])[]
  readonly targets?: Readonly<Record<string, { readonly ok: 0 | 1 | 2; readonly error?: readonly [string] }>>
}

/** Records of a verdict: neither out of time nor out of memory. */
export const hls4mlRecords = (): Hls4mlRecord[] =>
  (readLinesGz(dataPath('oracle', 'hls4ml.jsonl.gz')) as Hls4mlRecord[]).filter(
    ({ flow, verdict }) => flow === 'doc' && (verdict === 'converts' || verdict === 'refused'),
  )

/** Whether that backend and interface (`Vitis/io_parallel`) took the model. */
export const converts = ({ verdict, targets }: Hls4mlRecord, target: string): boolean =>
  verdict === 'converts' && (targets?.[target]?.ok ?? 2) > 0

/** Reads the model of a record; null where it is not in the data. */
export class RecordedModels {
  private readonly cases = new Map(readCases().map((test) => [`${test.name}.onnx`, test]))

  async read(record: Hls4mlRecord): Promise<{ model: Model; options: InferOptions } | null> {
    const bytes = this.bytes(record)
    if (!bytes) return null
    const model = await readModel(bytes, { withoutWeights: true })
    if (!record.fixed) return { model, options: {} }
    const name = record.model.replace(/\.onnx$/, '')
    const measured = readJsonGz(dataPath('corpus', `${name}.shapes.json.gz`)) as Omit<Measured, 'name'>
    return { model, options: given(model, { ...measured }) }
  }

  private bytes({ set, model }: Hls4mlRecord): Uint8Array | null {
    const test = this.cases.get(model)
    if (set === 'node') return test ? Buffer.from(test.model, 'base64') : null
    if (set === 'node-const') return test ? withConstants(test, (index) => index > 0) : null
    const folder = set.startsWith('corpus-fpga') || set === 'micro' ? 'corpus-fpga' : 'corpus'
    const path = dataPath(folder, model.replace(/\.(headless|zerobias)\.onnx$/, '.onnx'))
    if (!existsSync(path)) return null
    const bytes = readFileSync(path)
    if (set === 'corpus-fpga-headless') return changed(bytes, withoutHead)
    return set === 'corpus-zerobias' ? changed(bytes, withZeroBias) : bytes
  }
}

const { ModelProto } = onnxProto.onnx

function changed(bytes: Uint8Array, change: (graph: onnx.IGraphProto) => void): Uint8Array {
  const model = ModelProto.decode(bytes)
  if (model.graph) change(model.graph)
  return ModelProto.encode(model).finish()
}

function withoutHead(graph: onnx.IGraphProto): void {
  const head = graph.node?.pop()
  const [input = ''] = head?.input ?? []
  graph.output = [{ name: input }]
}

function withZeroBias(graph: onnx.IGraphProto): void {
  for (const node of graph.node ?? [])
    if (node.opType === 'Gemm' && node.input?.length === 2) node.input.push('zero-bias')
  graph.initializer?.push({ name: 'zero-bias', dims: [1], dataType: 1, floatData: [0] })
}
