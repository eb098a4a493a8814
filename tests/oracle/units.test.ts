/** QDQ units are those that ONNX Runtime formed: every node belongs to the recorded target. */
import { expect, test } from 'vitest'
import { qdqUnits } from '../../src/check/qdq.ts'
import { viewAsIs } from '../../src/check/view.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { dataPath, describeData } from '../data.ts'
import { recordsOf } from './records.ts'

describeData('QDQ units', () => {
  test('corpus: every node is in the recorded unit', { timeout: 600_000 }, async () => {
    const different: string[] = []
    let models = 0
    let units = 0
    for (const [name, variants] of recordsOf('corpus.nnapi.ort1.30.jsonl.gz')) {
      const record = variants.get('nnapi-api31')
      if (!record) continue
      const model = await readModel(dataPath('corpus', name), { withoutWeights: true })
      if (!model.graph.nodes.some((node) => node.op === 'DequantizeLinear')) continue
      models++
      const found = new Map<number, number>()
      for (const unit of qdqUnits(viewAsIs(inferModel(model), model.graph))) {
        if (!unit.qdq) continue
        units++
        for (const member of unit.members) found.set(member.source.index, unit.target.source.index)
      }
      record.nodes.forEach(([supported, , , unit], index) => {
        if (supported !== -1 && (unit ?? -1) !== (found.get(index) ?? -1))
          different.push(
            `${name} ${index} ${model.graph.nodes[index]?.op}: ${unit ?? 'none'}, found ${found.get(index) ?? 'none'}`,
          )
      })
    }
    console.info(`${models} models, ${units} units, ${different.length} nodes different`)
    expect(models).toBeGreaterThan(10)
    expect(different).toEqual([])
  })
})
