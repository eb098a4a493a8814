/** Partitions formed from the recorded answers of the real providers are the recorded partitions. */
import { expect, test } from 'vitest'
import { partition } from '../../src/check/grouping/partition.ts'
import { UnitGraph } from '../../src/check/grouping/unit-graph.ts'
import { qdqUnits } from '../../src/check/qdq.ts'
import { singleUnits } from '../../src/check/units.ts'
import { viewAsIs } from '../../src/check/view.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { dataPath, describeData } from '../data.ts'
import { type Recorded, recordsOf } from './records.ts'

const everyModel = process.env.DEPLOYCHECK_FULL === '1'
/** A fixed part of the corpus in the fast run. */
const chosen = (position: number): boolean => everyModel || position % 8 === 0

const trivial = 'Cast Flatten Identity Reshape Squeeze Unsqueeze Tile Transpose Ceil'.split(' ')
const plain = { strategy: 'waves', dropIfOnly: [], dropSingle: [], dropAllConst: false, pullBack: 'never' } as const
const rules = {
  coreml: { ...plain, dropIfOnly: trivial },
  nnapi: { ...plain, dropSingle: ['Reshape', 'Flatten', 'Identity'], dropAllConst: true },
}

/** Partition number of each node, in file order, as the record has them. */
function partitionsFrom(graph: UnitGraph, record: Recorded, which: 'coreml' | 'nnapi'): Map<number, number> {
  const taken = graph.units.map(({ target }) => record.nodes[target.source.index]?.[0] === 1)
  const { groups } = partition(graph, taken, rules[which])
  const numbers = new Map<number, number>()
  groups.forEach((group, id) => {
    for (const unit of group)
      for (const member of graph.units[unit]?.members ?? []) numbers.set(member.source.index, id)
  })
  return numbers
}

const same = (record: Recorded, found: ReadonlyMap<number, number>): boolean =>
  record.nodes.every(([, number], index) => (found.get(index) ?? -1) === number)

describeData('grouping of recorded answers', () => {
  test('corpus: every partition list is the recorded one', { timeout: 600_000 }, async () => {
    const coreml = recordsOf('corpus.coreml-mlprogram.ort1.30.jsonl.gz')
    const nnapi = recordsOf('corpus.nnapi.ort1.30.jsonl.gz')
    const wrong: string[] = []
    let lists = 0
    for (const name of [...coreml.keys()].filter((_, i) => chosen(i))) {
      const model = await readModel(dataPath('corpus', name), { withoutWeights: true })
      const view = viewAsIs(inferModel(model), model.graph)
      const single = new UnitGraph(view, singleUnits(view))
      const qdq = new UnitGraph(view, qdqUnits(view))
      for (const [records, which] of [
        [coreml, 'coreml'],
        [nnapi, 'nnapi'],
      ] as const)
        for (const [variant, record] of records.get(name) ?? []) {
          if (record.throws !== undefined || record.crash !== undefined) continue
          lists++
          const graph = which === 'nnapi' ? qdq : single
          if (!same(record, partitionsFrom(graph, record, which))) wrong.push(`${name} ${variant}`)
        }
    }
    console.info(`${lists} partition lists, ${wrong.length} different`)
    expect(lists).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })
})
