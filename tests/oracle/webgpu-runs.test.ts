/**
 * Kernels that fail or compute wrongly: one-node models run by the real providers of onnxruntime-web 1.30 (native and
 * JSEP) on a software adapter. Whoever throws has to be found, whoever is wrong too, and nobody else accused.
 */
import { expect, test } from 'vitest'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { type Case, readCases, withConstants } from '../conformance/cases.ts'
import { dataPath, describeData, readLinesGz } from '../data.ts'
import { checkAsIs, type Implementation, implementations } from './placements.ts'

interface Run {
  readonly claim: 'all-webgpu' | 'some-cpu' | 'load-error'
  readonly run?: 'pass' | 'mismatch' | 'throws' | 'ran'
}
interface RunRecord extends Partial<Record<Implementation, Run>> {
  readonly set: 'node' | 'probe'
  readonly name: string
  /** Probes: base64. */
  readonly model?: string
}

type Outcome = 'runs' | 'wrong' | 'fails'
const outcomes = { pass: 'runs', ran: 'runs', mismatch: 'wrong', throws: 'fails' } as const

/** What we say of a model without float16: the adapter could not run that. */
function outcomeOf({ nodes, findings }: TargetResult): Outcome | 'unknown' {
  if (nodes.some(({ placement }) => placement === 'blocked')) return 'fails'
  if (nodes.some(({ placement }) => placement === 'unknown')) return 'unknown'
  return findings.some(({ severity }) => severity === 'error') ? 'wrong' : 'runs'
}

const arithmetic =
  'shading languages leave it open (infinity, NaN, denormals, ranges): a matter of values, not of the node'
const cpuToo = 'the CPU provider differs from the specification in the same way'
const exceptions: readonly { impl: readonly Implementation[]; names: readonly string[]; reason: string }[] = [
  {
    impl: ['native', 'jsep'],
    names: ['log of tiny', 'relu nan', 'sin large', 'cast float to int32 big'],
    reason: arithmetic,
  },
  { impl: ['native'], names: ['test_mish'], reason: 'accuracy of the last bits (relative 1.7e-3 near 0)' },
  {
    impl: ['native', 'jsep'],
    names: [
      'test_dft',
      'test_dft_axis',
      'test_dft_axis_opset19',
      'test_dft_inverse',
      'test_dft_inverse_opset19',
      'test_dft_opset19',
      'test_dft_rfft',
      'test_dft_rfft_opset19',
      'test_resize_downsample_scales_cubic_align_corners',
      'test_resize_downsample_scales_linear_align_corners',
    ],
    reason: cpuToo,
  },
  { impl: ['jsep'], names: ['test_gelu_tanh_1'], reason: 'off by 1.5e-4, which its tolerance lets pass' },
]

const castLike = 'test_castlike_FLOAT16_to_FLOAT4E2M1'

describeData('WebGPU: kernels that fail or are wrong', () => {
  test('one-node models', { timeout: 120_000 }, async () => {
    const cases = new Map(readCases().map((each) => [each.name, each]))
    const records = readLinesGz(dataPath('oracle', 'webgpu-web.jsonl.gz')) as RunRecord[]
    const different = new Map<string, string>()
    const claims: string[] = []
    const leftToNobody: string[] = []
    let compared = 0
    for (const record of records) {
      const results = await answersOf(record, cases.get(record.name))
      for (const [i, impl] of implementations.entries()) {
        const [recorded, result] = [record[impl], results[i]]
        if (!recorded || !result || recorded.claim === 'load-error') continue
        // What the provider refuses is not its own, whether the CPU runs it or nothing does.
        const all = result.nodes.every(({ placement, supported }) => placement !== 'host' && supported !== false)
        if (all !== (recorded.claim === 'all-webgpu')) claims.push(`${impl} ${record.name}`)
        if (recorded.claim === 'some-cpu' && result.verdict === 'blocked') leftToNobody.push(`${impl} ${record.name}`)
        if (recorded.claim === 'some-cpu' || !recorded.run) continue
        compared++
        const [ours, theirs] = [outcomeOf(result), outcomes[recorded.run]]
        if (ours !== theirs) different.set(`${impl} ${record.name}`, `${theirs}, here ${ours}`)
      }
    }
    console.info(`${compared} runs compared`)
    expect(compared).toBeGreaterThan(800)
    expect(claims).toEqual([])
    // Kernels of the CPU provider throw for layout 1; its definitions have no cast to float4, which JSEP ran all the same.
    const batchwise = ['gru', 'lstm', 'simple_rnn'].flatMap((op) => [
      `native test_${op}_batchwise`,
      `jsep test_${op}_batchwise`,
    ])
    expect(leftToNobody.sort()).toEqual([...batchwise, `jsep ${castLike}`].sort())
    for (const { impl, names } of exceptions)
      for (const name of names)
        for (const each of impl)
          expect(different.delete(`${each} ${name}`), `no longer needed: ${each} ${name}`).toBe(true)
    expect([...different]).toEqual([])
  })
})

async function answersOf({ model, name }: RunRecord, test: Case | undefined): Promise<TargetResult[]> {
  const targets = implementations.map((impl) => `webgpu@impl=${impl},shaderF16=false`)
  const ask = async (read: Promise<Model>): Promise<TargetResult[]> => checkAsIs(await read, targets)
  if (model) return ask(readModel(Buffer.from(model, 'base64')))
  if (!test) throw new Error(`the recorded model ${name} is missing`)
  const results = await ask(readModel(Buffer.from(test.model, 'base64')))
  // In the tests of the specification axes are inputs; constants, as in real models, decide what was left open.
  if (!results.some((result) => outcomeOf(result) === 'unknown')) return results
  return ask(readModel(withConstants(test, (index) => index > 0)))
}
