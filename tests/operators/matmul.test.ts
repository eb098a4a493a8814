/** Matrix products and Einsum: shapes and multiply-accumulates, worked out by hand. */
import { describe, expect, it } from 'vitest'
import { infer, int, node, type Step, tensor, text } from './one-node.ts'

type Size = number | string

const run = (op: string, shapes: Size[][], attributes: Step['attributes'] = {}, domain = '') => {
  const step = { op, inputs: shapes.map((shape) => tensor(shape)), attributes }
  const { outputs, macs, problems } = infer(17, [step], domain)
  return { shape: outputs[0]?.shape, macs, problem: problems.join() }
}

describe('MatMul', () => {
  it.each([
    ['matrices', [2, 3], [3, 4], [2, 4], 24],
    ['a vector on the left', [3], [3, 4], [4], 12],
    ['a vector on the right', [2, 3], [3], [2], 6],
    ['two vectors', [3], [3], [], 3],
    ['batches', [5, 2, 3], [5, 3, 4], [5, 2, 4], 120],
    ['one matrix for all batches', ['N', 7, 2, 3], [3, 4], ['N', 7, 2, 4], '168*N'],
    ['batches that broadcast', [6, 1, 2, 3], [5, 3, 4], [6, 5, 2, 4], 720],
    ['a symbolic inner size', [2, 'K'], ['K', 4], [2, 4], '8*K'],
  ] as [string, Size[], Size[], Size[], Size][])('%s', (_, a, b, shape, macs) => {
    expect(run('MatMul', [a, b])).toEqual({ shape, macs, problem: '' })
  })

  it.each([
    ['inner sizes', [2, 3], [4, 5], 'the inner sizes 3 and 4 have to be equal'],
    ['batches', [2, 2, 3], [3, 3, 5], 'do not broadcast'],
    ['scalars', [], [3, 4], 'is a scalar'],
  ])('finds %s that do not fit', (_, a, b, message) => {
    expect(run('MatMul', [a, b]).problem).toContain(message)
  })

  it('transposes inside FusedMatMul', () => {
    const attributes = { transA: int(1), transB: int(1) }
    expect(
      run(
        'FusedMatMul',
        [
          [5, 3, 2],
          [5, 4, 3],
        ],
        attributes,
        'com.microsoft',
      ).shape,
    ).toEqual([5, 2, 4])
    const batch = { transBatchA: int(1) }
    expect(
      run(
        'FusedMatMul',
        [
          [2, 5, 3],
          [5, 3, 4],
        ],
        batch,
        'com.microsoft',
      ).shape,
    ).toEqual([5, 2, 4])
  })

  it('knows packed weights by their attributes', () => {
    const attributes = { K: int(64), N: int(128), block_size: int(32), bits: int(4) }
    const inputs = [tensor([1, 'S', 64]), tensor([128, 2, 16], 'uint8'), tensor([256])]
    const { outputs, macs } = infer(17, [{ op: 'MatMulNBits', inputs, attributes }], 'com.microsoft')
    expect(outputs[0]?.shape).toEqual([1, 'S', 128])
    expect(macs).toBe('8192*S')
  })
})

describe('Gemm', () => {
  it.each([
    ['plain', {}, [2, 3], [3, 4], [4]],
    ['transposed A', { transA: int(1) }, [3, 2], [3, 4], [2, 4]],
    ['transposed B', { transB: int(1) }, [2, 3], [4, 3], [1, 4]],
    ['a scalar C', {}, [2, 3], [3, 4], []],
  ])('%s', (_, attributes, a, b, c) => {
    expect(run('Gemm', [a, b, c], attributes)).toEqual({ shape: [2, 4], macs: 24, problem: '' })
  })

  it('finds what does not fit', () => {
    expect(
      run('Gemm', [
        [2, 3],
        [4, 5],
      ]).problem,
    ).toContain('the inner sizes 3 and 4')
    expect(run('Gemm', [[2, 3], [3, 4], [3]]).problem).toContain('does not broadcast to [2, 4]')
    expect(
      run('Gemm', [
        [1, 2, 3],
        [3, 4],
      ]).problem,
    ).toContain('it takes rank 2')
  })

  it('QGemm gives floats unless the output has a zero point', () => {
    const quantized = [tensor([2, 3], 'uint8'), tensor([]), tensor([], 'uint8')]
    const weights = [tensor([3, 4], 'int8'), tensor([]), tensor([], 'int8')]
    const step = { op: 'QGemm', inputs: [...quantized, ...weights] }
    expect(infer(17, [step], 'com.microsoft').outputs[0]).toMatchObject({ dtype: 'float32', shape: [2, 4] })
    const requantized = { op: 'QGemm', inputs: [...step.inputs, null, tensor([]), tensor([], 'uint8')] }
    expect(infer(17, [requantized], 'com.microsoft').outputs[0]?.dtype).toBe('uint8')
  })
})

describe('Einsum', () => {
  const einsum = (equation: string, ...shapes: Size[][]) => run('Einsum', shapes, { equation: text(equation) })

  it.each([
    [
      'a matrix product',
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
      24,
    ],
    [
      'spaces',
      ' i j , j k -> i k ',
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
      24,
    ],
    [
      'attention scores',
      'bqhd,bkhd->bhqk',
      [
        ['N', 5, 8, 64],
        ['N', 7, 8, 64],
      ],
      ['N', 8, 5, 7],
      '17920*N',
    ],
    [
      'an implicit output in order of labels',
      'ba,bc',
      [
        [2, 3],
        [2, 4],
      ],
      [3, 4],
      24,
    ],
    [
      'an implicit sum',
      'ij,ij',
      [
        [2, 3],
        [2, 3],
      ],
      [],
      6,
    ],
    ['capital letters first', 'bA', [[2, 3]], [3, 2], 0],
    ['a diagonal', 'ii->i', [[3, 3]], [3], 0],
    [
      'an ellipsis',
      '...ij,...jk->...ik',
      [
        [7, 1, 2, 3],
        [5, 3, 4],
      ].map((s, i) => (i ? [1, ...s] : s)),
      [7, 5, 2, 4],
      840,
    ],
    ['an ellipsis in an implicit output', '...ij->...', [[7, 2, 3]], [7], 0],
    ['an ellipsis for no axis', 'i...,i->...', [[3], [3]], [], 3],
    ['three factors', 'i,j,k->ijk', [[2], [3], [4]], [2, 3, 4], 48],
  ] as [string, string, Size[][], Size[], Size][])('%s', (_, equation, shapes, shape, macs) => {
    expect(einsum(equation, ...shapes)).toEqual({ shape, macs, problem: '' })
  })

  it.each([
    [
      'sizes',
      'ij,jk->ik',
      [
        [2, 3],
        [4, 5],
      ],
      "the sizes of label 'j' differ: 3 and 4",
    ],
    ['ranks', 'ijk->ij', [[2, 3]], "its term is 'ijk'"],
    ['the number of inputs', 'ij,jk->ik', [[2, 3]], 'has 2 terms, and there are 1 inputs'],
    ['an output label that no input has', 'ij->ik', [[2, 3]], "the output has 'k', and no input has it"],
    ['an output label twice', 'ij->ii', [[2, 3]], "the output has 'i' twice"],
    ['characters that are no labels', 'i1->i', [[2, 3]], "the equation has '1'"],
  ] as [string, string, Size[][], string][])('finds %s', (_, equation, shapes, message) => {
    expect(einsum(equation, ...shapes).problem).toContain(message)
  })

  it('keeps the rank where an input is not known at all', () => {
    const inputs = [tensor(null), tensor([3, 4])]
    expect(node(17, 'Einsum', inputs, { equation: text('ij,jk->ik') }).shape).toEqual([null, 4])
  })
})
