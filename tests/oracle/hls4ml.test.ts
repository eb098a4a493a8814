/**
 * The target `hls4ml` against what hls4ml 1.3.0 and qonnx 1.0.0 really said of a model (documented flow, Vitis,
 * io_parallel), of each node, and against the numbers of its C++ emulation.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { isFull } from '../corpus/measured.ts'
import { dataPath, describeData } from '../data.ts'
import { converts, type Hls4mlRecord, hls4mlRecords, RecordedModels } from './hls4ml-records.ts'

const targets = resolveTargets(['hls4ml'], new Registry())

/** Models on whose verdict we differ, and why. */
const otherVerdict: Readonly<Record<string, string>> = {
  'node/test_optional_has_element_empty_no_input_optional_input.onnx':
    'the clean-up computes OptionalHasElement with a runtime that has no kernel for it',
  'node/test_optional_has_element_empty_no_input_tensor_input.onnx':
    'the clean-up computes OptionalHasElement with a runtime that has no kernel for it',
}

/** The default run takes every sixteenth record; the small models for FPGAs are all taken. */
const chosen = ({ set }: Hls4mlRecord, position: number): boolean =>
  isFull || set.startsWith('corpus-fpga') || position % 16 === 0

/** Null for the few tests of the specification that the data does not hold. */
async function resultOf(models: RecordedModels, record: Hls4mlRecord): Promise<TargetResult | null> {
  const read = await models.read(record)
  const [result = null] = read ? checkModel(read.model, inferModel(read.model, read.options), targets) : []
  return result
}

describeData('hls4ml', () => {
  test('verdicts and refused nodes are those of the front end', { timeout: 900_000 }, async () => {
    const models = new RecordedModels()
    const counts = new Map<string, { models: number; nodes: number; agreeing: number }>()
    const different: string[] = []
    for (const [position, record] of hls4mlRecords().entries()) {
      if (!chosen(record, position)) continue
      const result = await resultOf(models, record)
      if (!result) continue
      const count = counts.get(record.set) ?? { models: 0, nodes: 0, agreeing: 0 }
      counts.set(record.set, count)
      count.models++
      const expected = converts(record, 'Vitis/io_parallel') ? 'ready' : 'blocked'
      if (result.verdict !== expected) different.push(`${record.set}/${record.model}`)
      for (const [index, , , taken] of record.nodes ?? []) {
        if (index < 0) continue
        count.nodes++
        if (result.nodes[index]?.supported === (taken === 1)) count.agreeing++
      }
    }
    const all = [...counts.values()]
    const expectedModels = isFull ? 3140 : 340
    const sum = (of: 'models' | 'nodes' | 'agreeing') => all.reduce((total, count) => total + count[of], 0)
    for (const [set, count] of counts) console.info(set, JSON.stringify(count))
    console.info(
      `verdicts: ${sum('models') - different.length} of ${sum('models')}; nodes: ${sum('agreeing')} of ${sum('nodes')}`,
    )
    expect(sum('models')).toBeGreaterThan(expectedModels)
    const known = Object.keys(otherVerdict)
    expect(different.filter((model) => !known.includes(model))).toEqual([])
    if (isFull) expect(different.sort()).toEqual(known.sort())
    expect(sum('agreeing') / sum('nodes')).toBeGreaterThan(0.998)
  })

  test('a form that converts and computes wrong numbers is an error, and no other is', async () => {
    const models = new RecordedModels()
    const wrong = new Set<string>()
    const ours = new Set<string>()
    for (const { model, result } of JSON.parse(readFileSync(dataPath('oracle', 'hls4ml-numeric.json'), 'utf8'))) {
      const set = model.includes('.headless.') ? 'corpus-fpga-headless' : 'micro'
      const { findings = [] } = (await resultOf(models, { set, model, flow: 'doc', verdict: '' })) ?? {}
      if (result !== 'right' && result !== 'few-off') wrong.add(model)
      if (findings.some(({ severity }) => severity === 'error')) ours.add(model)
    }
    const open = Object.keys(withoutRule)
    expect([...wrong].filter((model) => !ours.has(model)).sort()).toEqual(open.sort())
    expect([...ours].filter((model) => !wrong.has(model))).toEqual([])
  })
})

/** Wrong in the emulation, and why no rule says so: the target has a note about them. */
const withoutRule: Readonly<Record<string, string>> = {
  'm-softmax-rank2.onnx': 'the wide input type of that test makes the table of exponentials coarse',
  'm-softmax-rank3.onnx': 'the wide input type of that test makes the table of exponentials coarse',
  'm-softmax-rank4-ch.onnx': 'the wide input type of that test makes the table of exponentials coarse',
  'q-cnn-maxpool-k3s2.headless.onnx': 'the cause was not traced: the float model of one layer is right',
  'q-mlp-w1a1-topk.headless.onnx': 'the cause was not traced: its layers alone are right',
  'x-cnn-resadd-otherscale.headless.onnx': 'the cause was not traced: with equal scales it is right',
}
