/**
 * Providers that prefer channels last, asked a second time once the layout was changed for them, as it is on a device:
 * NNAPI partition by partition, and what XNNPACK fuses then.
 */
import { expect, test } from 'vitest'
import type { Placed, Placements } from '../../src/check/placement.ts'
import { inferModel, runtimeView } from '../../src/infer/infer.ts'
import { dataPath, describeData, readLinesGz } from '../data.ts'
import { judgeOf, Subject } from './agreement.ts'
import { RecordedInference } from './recorded-inference.ts'
import { graphRecords, models, type SetName, sets } from './recordings.ts'
import { targetOf } from './variants.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'
const step: Record<SetName, number> = { corpus: 12, conformance: 20, 'conformance-const': 20 }

interface Relaid {
  readonly model: string
  readonly variant: string
  /** The variant of the same model whose record this one repeats. */
  readonly same?: string
  /** False: the provider is not used, because the layout of this opset cannot be changed. */
  readonly opsetOk?: boolean
  /** Partition of each node in file order; -1 not taken, -2 no longer there, -3 a Constant. */
  readonly nodes?: readonly number[]
}

/** Records by model and variant. */
function relaid(set: SetName): ReadonlyMap<string, ReadonlyMap<string, Relaid>> {
  const found = new Map<string, Map<string, Relaid>>()
  for (const record of readLinesGz(dataPath('oracle', `${set}.nnapi-nhwc2.ort1.30.jsonl.gz`)) as Relaid[])
    found.set(record.model, (found.get(record.model) ?? new Map()).set(record.variant, record))
  return found
}

/** The chosen models of a set that have a record. */
async function* chosen<T>(set: SetName, records: ReadonlyMap<string, T>): AsyncGenerator<[Subject, T]> {
  const readers = models(set)
  const graphs = graphRecords(set)
  for (const [position, [name, record]] of [...records].entries()) {
    const read = readers.get(name)
    if (!everything && position % step[set] !== 0) continue
    if (!read) throw new Error(`the recorded model ${name} is missing`)
    const model = await read()
    const graph = graphs.get(name)
    // Versions of operators that the specification has only announced were set back in the recordings.
    const inference =
      set === 'corpus' || !graph ? runtimeView(inferModel(model), false) : new RecordedInference(model, graph)
    yield [new Subject(name, inference), record]
  }
}

/** By index of the nodes of the file that are still there under their names; -1 on the host. */
function partitionsOf({ units, groups }: Placements): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>()
  const enter = (placed: Placed | undefined, partition: number) => {
    for (const { source, carries } of placed?.unit.members ?? [])
      if (carries.includes(source)) numbers.set(source.index, partition)
  }
  for (const unit of units) enter(unit, -1)
  for (const [partition, group] of groups.entries()) for (const unit of group) enter(units[unit], partition)
  return numbers
}

/** Differences that are expected, with the reason. */
const exceptions = new Map([
  [
    'tf-mobilenet-v3small-op15.onnx',
    'recorded before the change of the layout: it takes out the Transpose between the Conv and the Relu',
  ],
])

describeData('providers on channels last', () => {
  test.each(sets)('NNAPI has the recorded partitions: %s', { timeout: 900_000 }, async (set) => {
    let nodes = 0
    const wrong: string[] = []
    for await (const [subject, variants] of chosen(set, relaid(set)))
      for (const [variant, record] of variants) {
        let written: Relaid | undefined = record
        while (written?.same !== undefined) written = variants.get(written.same)
        const judge = judgeOf(targetOf(variant.replace('-nhwc2', ''), '1.30'))
        if (written?.opsetOk === false) {
          const { model } = subject
          const { outcome } = judge.model({ opset: model.opsets.get('') ?? null, ir: model.irVersion }, true)
          if (outcome !== 'refused') wrong.push(`${subject.name} ${variant}: used at opset ${model.opsets.get('')}`)
        }
        if (!written?.nodes) continue
        const numbers = partitionsOf(subject.placements(judge, true))
        for (const [index, number] of written.nodes.entries()) {
          if (number === -3) continue
          nodes++
          const ours = numbers.get(index) ?? -2
          if (ours !== number) wrong.push(`${subject.name} ${variant} ${index}: ${number}, here ${ours}`)
        }
      }
    console.log(`${set}: ${nodes} nodes, ${wrong.length} different`)
    expect(nodes).toBeGreaterThan(100)
    expect(wrong.slice(0, 20)).toEqual([])
  })

  test('XNNPACK fuses the recorded Relus and Clips', { timeout: 900_000 }, async () => {
    const records = readLinesGz(dataPath('oracle', 'corpus.xnnpack.ort1.30.jsonl.gz')) as {
      model: string
      nodes: number[]
    }[]
    let fused = 0
    const wrong: string[] = []
    const needed = new Set<string>()
    for await (const [subject, codes] of chosen('corpus', new Map(records.map(({ model, nodes }) => [model, nodes])))) {
      const numbers = partitionsOf(subject.placements(judgeOf('xnnpack'), true))
      for (const [index, node] of subject.model.graph.nodes.entries()) {
        if (node.op !== 'Relu' && node.op !== 'Clip') continue
        const theirs = codes[index] === 1 || codes[index] === 2
        if (codes[index] === 2) fused++
        if ((numbers.get(index) ?? -1) >= 0 === theirs) continue
        if (exceptions.has(subject.name)) needed.add(subject.name)
        else wrong.push(`${subject.name} ${index} ${node.op}: ${codes[index]}`)
      }
    }
    console.log(`${fused} fused, ${wrong.length} different`)
    expect(fused).toBeGreaterThan(10)
    expect(wrong.slice(0, 20)).toEqual([])
    if (everything) expect([...needed]).toEqual([...exceptions.keys()])
  })
})
