/** Attention: heads, caches and the cost of queries × keys and weights × values. */
import { describe, expect, it } from 'vitest'
import { infer, int, one, type Step, tensor, text } from './one-node.ts'

const run = (
  op: string,
  inputs: Step['inputs'],
  attributes: NonNullable<Step['attributes']>,
  outputs: number,
  domain = '',
) => {
  const found = infer(27, [{ op, inputs, attributes, outputs }], domain)
  return { shapes: found.outputs.map(({ shape }) => shape), macs: found.macs, problem: found.problems.join() }
}
const contrib = 'com.microsoft'

describe('Attention of ai.onnx', () => {
  it('shares heads of keys and values, and grows by the past', () => {
    const past = [tensor([2, 4, 6, 16]), tensor([2, 4, 6, 16])]
    const inputs = [tensor([2, 8, 5, 16]), tensor([2, 4, 7, 16]), tensor([2, 4, 7, 16]), null, ...past]
    const { shapes, macs, problem } = run('Attention', inputs, {}, 4)
    expect(problem).toBe('')
    expect(shapes).toEqual([
      [2, 8, 5, 16],
      [2, 4, 13, 16],
      [2, 4, 13, 16],
      [2, 8, 5, 13],
    ])
    // 2 batches, 8 heads, 5 queries, 13 keys, 16 for the scores and 16 for the values
    expect(macs).toBe(2 * 8 * 5 * 13 * 32)
  })

  it('splits hidden sizes by the numbers of heads', () => {
    const inputs = [tensor(['N', 'S', 128]), tensor(['N', 'T', 64]), tensor(['N', 'T', 32])]
    const heads = { q_num_heads: int(8), kv_num_heads: int(4) }
    const { shapes, macs } = run('Attention', inputs, heads, 3)
    expect(shapes).toEqual([
      ['N', 'S', 64],
      ['N', 4, 'T', 16],
      ['N', 4, 'T', 8],
    ])
    expect(macs).toBe('192*N*S*T')
  })

  it.each([
    ['a missing number of heads', [2, 5, 24], [2, 5, 24], {}, 'take the attribute q_num_heads'],
    [
      'a width that heads do not divide',
      [2, 5, 25],
      [2, 5, 24],
      { q_num_heads: int(3), kv_num_heads: int(3) },
      'is not divisible by 3',
    ],
    [
      'heads that do not share evenly',
      [2, 5, 24],
      [2, 5, 16],
      { q_num_heads: int(3), kv_num_heads: int(2) },
      '3 heads of the query',
    ],
    [
      'head sizes that differ',
      [2, 5, 24],
      [2, 5, 48],
      { q_num_heads: int(3), kv_num_heads: int(3) },
      'head sizes of query and key differ',
    ],
  ])('finds %s', (_, query, key, attributes, message) => {
    expect(run('Attention', [tensor(query), tensor(key), tensor(key)], attributes, 1).problem).toContain(message)
  })

  it('linear attention keeps a state of keys × values', () => {
    const inputs = [tensor([2, 10, 32]), tensor([2, 10, 16]), tensor([2, 10, 24])]
    const attributes = { q_num_heads: int(4), kv_num_heads: int(2), update_rule: text('linear') }
    const { shapes, macs, problem } = run('LinearAttention', inputs, attributes, 2)
    expect(problem).toBe('')
    expect(shapes).toEqual([
      [2, 10, 48],
      [2, 2, 8, 12],
    ])
    // Each step: 2 heads are updated and 4 read, of 8 × 12 each
    expect(macs).toBe(2 * 10 * 6 * 96)
  })

  it('a causal convolution keeps the end of what it has seen', () => {
    const inputs = [tensor(['N', 16, 'L']), tensor([16, 1, 4])]
    const { shapes, macs } = run('CausalConvWithState', inputs, {}, 2)
    expect(shapes).toEqual([
      ['N', 16, 'L'],
      ['N', 16, 3],
    ])
    expect(macs).toBe('64*L*N')
  })
})

describe('attention of com.microsoft', () => {
  it('projects and attends', () => {
    const inputs = [tensor([2, 5, 32]), tensor([32, 96]), tensor([96])]
    const { shapes, macs, problem } = run('Attention', inputs, { num_heads: int(4) }, 2, contrib)
    expect(problem).toBe('')
    expect(shapes).toEqual([
      [2, 5, 32],
      [2, 2, 4, 5, 8],
    ])
    // projections 2·5·32·96, scores and values 2·5·5·(32 + 32)
    expect(macs).toBe(30_720 + 3_200)
  })

  it.each([
    ['separate', [tensor(['N', 5, 32]), tensor(['N', 7, 32]), tensor(['N', 7, 48])], ['N', 5, 48], '2800*N'],
    ['packed query, key and value', [tensor(['N', 5, 4, 3, 8])], ['N', 5, 32], '1600*N'],
    ['packed key and value', [tensor(['N', 5, 32]), tensor(['N', 7, 4, 2, 8])], ['N', 5, 32], '2240*N'],
    ['cached', [tensor(['N', 5, 32]), tensor(['N', 4, 7, 8]), tensor(['N', 4, 7, 8])], ['N', 5, 32], '2240*N'],
  ])('MultiHeadAttention: %s', (_, inputs, shape, macs) => {
    const answer = run('MultiHeadAttention', inputs, { num_heads: int(4) }, 1, contrib)
    expect(answer).toEqual({ shapes: [shape], macs, problem: '' })
  })

  it('GroupQueryAttention: the length in all is a value', () => {
    const inputs = (total: Step['inputs'][number]) => [
      tensor([1, 1, 64]),
      tensor([1, 1, 32]),
      tensor([1, 1, 32]),
      tensor([1, 4, 9, 8]),
      tensor([1, 4, 9, 8]),
      tensor([1], 'int32'),
      total,
    ]
    const heads = { num_heads: int(8), kv_num_heads: int(4) }
    const known = run('GroupQueryAttention', inputs(one(10, 'int32')), heads, 3, contrib)
    expect(known.shapes).toEqual([
      [1, 1, 64],
      [1, 4, 10, 8],
      [1, 4, 10, 8],
    ])
    expect(known.macs).toBe(10 * 128)
    const open = run('GroupQueryAttention', inputs(tensor([], 'int32')), heads, 3, contrib)
    expect(open.shapes[1]).toEqual([1, 4, null, 8])
    expect(open.macs).toBeNull()
  })

  it('experts: as many as work on each token', () => {
    const inputs = [tensor([6, 32]), tensor([6, 8]), tensor([8, 64, 32]), null, tensor([8, 32, 64])]
    expect(run('MoE', inputs, { k: int(2) }, 1, contrib)).toEqual({
      shapes: [[6, 32]],
      macs: 6 * 2 * (64 * 32 + 32 * 64),
      problem: '',
    })
  })
})

describe('what no rule covers', () => {
  it('costs an unknown amount, not nothing', () => {
    const inputs = [tensor([2, 8]), tensor([2, 8])]
    expect(run('RouterGateUpProj', inputs, {}, 2, contrib).macs).toBeNull()
  })
})
