/** What changed between releases, and known faults of single ones: nobody recorded the releases in between. */
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/profiles/judge.ts'
import { dims, type LiteralNode, node, tensor } from '../profiles/literal-facts.ts'
import { judgeOf } from './agreement.ts'

const x = tensor('x', { shape: dims(1, 3, 8, 8) })
const y = tensor('y', { shape: dims(1, 3, 8, 8) })
const unary = (op: string, since: number): LiteralNode => ({ op, since, inputs: { input: x }, outputs: { output: y } })
const half = tensor('x', { shape: dims(2, 3), dtype: 'float16' })
const matrix = tensor('w', { shape: dims(3, 5), value: new Array(15).fill(0) })
const gemm = (more: LiteralNode['inputs'] = {}, attributes: LiteralNode['attributes'] = {}): LiteralNode => ({
  op: 'Gemm',
  since: 13,
  inputs: { A: tensor('a', { shape: dims('N', 3) }), B: matrix, ...more },
  outputs: { Y: tensor('y', { shape: dims('N', 5) }) },
  attributes,
  defaults: { alpha: 1, beta: 1, transA: 0, transB: 0 },
})
const gather: LiteralNode = {
  op: 'Gather',
  since: 13,
  inputs: { data: x, indices: tensor('i', { shape: [], dtype: 'int64', value: [0] }) },
  outputs: { output: y },
  defaults: { axis: 0 },
}
const relu = (dtype: 'float32' | 'float16'): LiteralNode => ({
  op: 'Relu',
  since: 14,
  inputs: { X: dtype === 'float16' ? half : x },
  outputs: { Y: y },
})

describe('releases', () => {
  const rows: readonly (readonly [target: string, node: LiteralNode, outcome: Outcome])[] = [
    ['coreml-mlprogram@ort=1.23', unary('Exp', 13), 'refused'],
    ['coreml-mlprogram@ort=1.24', unary('Exp', 13), 'accepted'],
    ['coreml-mlprogram@ort=1.26', unary('Ceil', 13), 'refused'],
    ['coreml-mlprogram@ort=1.27', unary('Ceil', 13), 'accepted'],
    ['coreml-mlprogram@ort=1.26', gather, 'refused'],
    ['coreml-mlprogram@ort=1.27', gather, 'accepted'],
    ['coreml-mlprogram@ort=1.23', relu('float16'), 'refused'],
    ['coreml-mlprogram@ort=1.23,fp16=true', relu('float16'), 'accepted'],
    ['coreml-mlprogram@ort=1.24', relu('float16'), 'accepted'],
    ['coreml-neuralnetwork@ort=1.30', relu('float16'), 'refused'],
    // The newest version of an operator that a release knows.
    ['coreml-mlprogram@ort=1.23', unary('Transpose', 23), 'accepted'],
    ['coreml-mlprogram@ort=1.23', unary('Transpose', 24), 'refused'],
    ['coreml-mlprogram@ort=1.27', unary('Transpose', 25), 'accepted'],
    ['coreml-mlprogram@ort=1.27', unary('Identity', 26), 'refused'],
    ['coreml-mlprogram@ort=1.28', unary('Identity', 26), 'accepted'],
    // microsoft/onnxruntime#28541 and #28542: a Gemm without C, or with a scalar, ended the process.
    ['xnnpack@ort=1.26', gemm(), 'fails'],
    ['xnnpack@ort=1.27', gemm(), 'accepted'],
    ['xnnpack@ort=1.26', gemm({ C: tensor('c', { shape: [], value: [0] }) }), 'fails'],
    ['xnnpack@ort=1.27', gemm({ C: tensor('c', { shape: [], value: [0] }) }), 'refused'],
  ]
  const named = rows.map(([target, literal, outcome]) => ({ target, literal, outcome }))
  test.each(named)('$target: $literal.op is $outcome', ({ target, literal, outcome }) => {
    expect(judgeOf(target).node(node(literal)).outcome).toBe(outcome)
  })

  test('XNNPACK multiplied only the first row of a Gemm with a symbolic number of rows, up to 1.28', () => {
    const wrong = (target: string) =>
      judgeOf(target)
        .node(node(gemm()))
        .wrong.map(({ id }) => id)
    expect(wrong('xnnpack@ort=1.28')).toEqual(['xnnpack/Gemm/symbolic-rows'])
    expect(wrong('xnnpack@ort=1.29')).toEqual([])
  })

  test('a macOS release stands in the place of an iOS release', () => {
    const sliced: LiteralNode = {
      op: 'Tile',
      since: 13,
      inputs: { input: half, repeats: tensor('r', { shape: [2], dtype: 'int64', value: [1, 2] }) },
      outputs: { output: y },
    }
    const outcome = (target: string) => judgeOf(target).node(node(sliced)).outcome
    expect(outcome('coreml-mlprogram@macos=12')).toBe('refused')
    expect(outcome('coreml-mlprogram@macos=13')).toBe('accepted')
    expect(outcome('coreml-mlprogram@ios=15')).toBe('refused')
    expect(outcome('coreml-mlprogram@ios=16')).toBe('accepted')
    expect(() => judgeOf('coreml-mlprogram@ios=16,macos=13')).toThrow('two ways to say one thing')
  })
})
