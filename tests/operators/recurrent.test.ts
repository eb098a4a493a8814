/** Recurrent layers: sizes of both layouts, what weights have to fit, and the cost of the gates. */
import { describe, expect, it } from 'vitest'
import { infer, int, type Step, tensor, text } from './one-node.ts'

type Size = number | string

const run = (op: string, shapes: Size[][], attributes: Step['attributes'] = {}, domain = '') => {
  const outputs = op === 'LSTM' || domain !== '' ? 3 : 2
  const inputs = shapes.map((shape) => tensor(shape))
  const found = infer(17, [{ op, inputs, attributes: { hidden_size: int(8), ...attributes }, outputs }], domain)
  return { shapes: found.outputs.map(({ shape }) => shape), macs: found.macs, problem: found.problems.join() }
}

// 5 steps, batch 2, 3 features, 8 hidden units
describe('recurrent layers', () => {
  it.each([
    ['RNN', 1],
    ['GRU', 3],
    ['LSTM', 4],
  ])('%s: one product of input and of state per gate', (op, gates) => {
    const { shapes, macs, problem } = run(op, [
      [5, 2, 3],
      [1, gates * 8, 3],
      [1, gates * 8, 8],
    ])
    expect(problem).toBe('')
    expect(shapes.slice(0, 2)).toEqual([
      [5, 1, 2, 8],
      [1, 2, 8],
    ])
    expect(macs).toBe(5 * 2 * gates * (8 * 3 + 8 * 8))
  })

  it('runs in both directions', () => {
    const both = { direction: text('bidirectional') }
    const { shapes, macs } = run(
      'LSTM',
      [
        ['T', 2, 3],
        [2, 32, 3],
        [2, 32, 8],
      ],
      both,
    )
    expect(shapes).toEqual([
      ['T', 2, 2, 8],
      [2, 2, 8],
      [2, 2, 8],
    ])
    expect(macs).toBe(`${2 * 2 * 4 * 88}*T`)
  })

  it('puts the batch first in layout 1', () => {
    const { shapes } = run(
      'LSTM',
      [
        ['N', 5, 3],
        [1, 32, 3],
        [1, 32, 8],
      ],
      { layout: int(1) },
    )
    expect(shapes).toEqual([
      ['N', 5, 1, 8],
      ['N', 1, 8],
      ['N', 1, 8],
    ])
  })

  it.each([
    ['features', [5, 2, 3], [1, 32, 4], [1, 32, 8], 'the input size and the weights W differ: 3 against 4'],
    ['hidden_size', [5, 2, 3], [1, 32, 3], [1, 32, 7], 'hidden_size and the recurrence weights R differ: 8 against 7'],
    [
      'gates',
      [5, 2, 3],
      [1, 24, 3],
      [1, 32, 8],
      'W has the shape [1, 24, 3], and it takes 1 on axis 0 and 32 on axis 1',
    ],
    ['directions', [5, 2, 3], [2, 32, 3], [1, 32, 8], 'W has the shape [2, 32, 3]'],
    ['rank', [5, 3], [1, 32, 3], [1, 32, 8], 'X has the shape [5, 3], and it takes rank 3'],
  ])('finds %s that do not fit', (_, x, w, r, message) => {
    expect(run('LSTM', [x, w, r]).problem).toContain(message)
  })

  it('reads transposed weights of DynamicQuantizeLSTM', () => {
    const float = [
      [5, 2, 3],
      [1, 3, 32],
      [1, 8, 32],
      [1, 64],
    ]
    const inputs = float.map((shape, i) => tensor(shape, i === 1 || i === 2 ? 'int8' : 'float32'))
    const quantization = [tensor([1]), tensor([1], 'int8'), tensor([1]), tensor([1], 'int8')]
    const step = {
      op: 'DynamicQuantizeLSTM',
      inputs: [...inputs, null, null, null, null, ...quantization],
      attributes: { hidden_size: int(8) },
      outputs: 3,
    }
    const { outputs, macs, problems } = infer(17, [step], 'com.microsoft')
    expect(problems).toEqual([])
    expect(outputs[0]?.shape).toEqual([5, 1, 2, 8])
    expect(macs).toBe(5 * 2 * 4 * 8 * 11)
  })
})
