/** Shapes and values that move through slices, splits, joins, reshapes and gathers, symbolic sizes included. */
import { describe, expect, it } from 'vitest'
import { infer, int, ints, list, node, one, problemsOf, tensor, tensorOf } from './one-node.ts'

const endOfInt64 = 9223372036854775807n

describe('Slice', () => {
  const slice = (shape: (number | string)[], start: number, end: number | bigint, axis = 0, step = 1) =>
    node(13, 'Slice', [tensor(shape), ints(start), ints(end), ints(axis), ints(step)]).shape

  it.each([
    ['to an end beyond the axis', 10, 2, 2147483647, 1, 8],
    ['to the largest int64', 10, 2, endOfInt64, 1, 8],
    ['without the last', 10, 0, -1, 1, 9],
    ['the last three', 10, -3, endOfInt64, 1, 3],
    ['more than there are', 3, -5, endOfInt64, 1, 3],
    ['every other', 5, 0, endOfInt64, 2, 3],
    ['backwards through all', 5, -1, -9223372036854775807n, -1, 5],
    ['backwards by two', 5, -1, -9223372036854775807n, -2, 3],
    ['nothing', 5, 4, 2, 1, 0],
    ['of an empty axis', 0, 0, endOfInt64, 1, 0],
  ])('%s', (_, size, start, end, step, result) => {
    expect(slice([size], start, end, 0, step)).toEqual([result])
  })

  it.each([
    ['all of a symbolic axis', 0, endOfInt64, 1, 'N'],
    ['without the last', 0, -1, 1, 'max(0, N - 1)'],
    ['without the first', 1, endOfInt64, 1, 'max(0, N - 1)'],
    ['the first five', 0, 5, 1, 'min(5, N)'],
    ['the last five', -5, endOfInt64, 1, 'min(5, N)'],
    ['every other', 0, endOfInt64, 2, 'floor((N + 1)/2)'],
    ['reversed', -1, -9223372036854775807n, -1, 'N'],
  ])('%s', (_, start, end, step, result) => {
    expect(slice(['N'], start, end, 0, step)).toEqual([result])
  })

  it('takes as many from the back as another tensor is long', () => {
    const { outputs } = infer(13, [
      { op: 'Size', inputs: [tensor(['t'])], name: 'size' },
      { op: 'Neg', inputs: ['size'], name: 'back' },
      { op: 'Unsqueeze', inputs: ['back', ints(0)], name: 'start' },
      { op: 'Slice', inputs: [tensor(['past + t']), 'start', ints(endOfInt64), ints(0)] },
    ])
    expect(outputs[0]?.shape).toEqual(['t'])
  })

  it('reads attributes in version 1', () => {
    const attributes = { starts: list(1, 0), ends: list(3, 1000), axes: list(0, 1) }
    expect(node(9, 'Slice', [tensor([4, 5])], attributes).shape).toEqual([2, 5])
  })

  it('finds a step of 0', () => {
    const inputs = [tensor([4]), ints(0), ints(4), ints(0), ints(0)]
    expect(problemsOf(13, 'Slice', inputs).join()).toContain('step is 0')
  })
})

describe('Reshape', () => {
  const reshape = (shape: (number | string)[], target: number[]) =>
    node(13, 'Reshape', [tensor(shape), ints(...target)])

  it.each([
    ['works out the open size', [2, 3, 4], [-1, 6], [4, 6]],
    ['copies where it says 0', [2, 3, 4], [0, -1], [2, 12]],
    ['divides symbols', ['N', 4, 'H'], [-1, 4], ['H*N', 4]],
    ['cancels what it copies', ['N', 'L', 64], [0, 0, 8, -1], ['N', 'L', 8, 8]],
    ['writes a floor where evenness cannot be seen', ['N', 6], [-1, 4], ['floor(6*N/4)', 4]],
  ])('%s', (_, shape, target, result) => {
    expect(reshape(shape, target).shape).toEqual(result)
  })

  it.each([
    [[2, 3], [4, 2], 'as many elements'],
    [[2, 3], [-1, -1], 'it may have it once'],
    [[2, 3], [4, -1], 'do not fill'],
    [[2, 3], [3, 2, 0], 'copies a size'],
    [[2, 3], [-2, 3], 'at least 0'],
  ])('of %j to %j is wrong', (shape, target, message) => {
    expect(problemsOf(13, 'Reshape', [tensor(shape), ints(...target)]).join()).toContain(message)
  })

  it('takes a 0 as it is with allowzero', () => {
    expect(node(14, 'Reshape', [tensor([0, 3]), ints(3, 0)], { allowzero: int(1) }).shape).toEqual([3, 0])
  })

  it('keeps the rank and says why when the shape is an input', () => {
    const { shape, why } = node(13, 'Reshape', [tensor([2, 3]), tensor([2], 'int64')])
    expect(shape).toEqual([null, null])
    expect(why).toContain('in0.1')
  })

  it('resolves through Shape, Gather, Unsqueeze and Concat', () => {
    const { outputs } = infer(13, [
      { op: 'Shape', inputs: [tensor(['N', 'L', 64])], name: 'shape' },
      { op: 'Gather', inputs: ['shape', one(1)], name: 'length' },
      { op: 'Unsqueeze', inputs: ['length', ints(0)], name: 'axis' },
      { op: 'Concat', inputs: [ints(-1), 'axis', ints(8, 8)], attributes: { axis: int(0) }, name: 'target' },
      { op: 'Reshape', inputs: ['in0.0', 'target'] },
    ])
    expect(outputs[0]?.shape).toEqual(['N', 'L', 8, 8])
  })
})

describe('Split', () => {
  const split = (opset: number, size: number | string, outputs: number, attributes = {}) =>
    infer(opset, [{ op: 'Split', inputs: [tensor([size])], attributes, outputs }])

  it('leaves the rest to the last part from version 18 on', () => {
    expect(split(18, 7, 3, { num_outputs: int(3) }).outputs.map(({ shape }) => shape)).toEqual([[3], [3], [1]])
  })
  it('takes equal parts before', () => {
    expect(split(13, 6, 3).outputs.map(({ shape }) => shape)).toEqual([[2], [2], [2]])
    expect(split(13, 7, 3).problems.join()).toContain('equal parts')
  })
  it('keeps symbols', () => {
    expect(split(18, 'N', 2, { num_outputs: int(2) }).outputs.map(({ shape }) => shape)).toEqual([
      ['floor((N + 1)/2)'],
      ['N - floor((N + 1)/2)'],
    ])
  })
  it('finds sizes that do not add up', () => {
    expect(problemsOf(13, 'Split', [tensor([3]), ints(1, 1)], {}, 2).join()).toContain('adds up to 2')
  })
})

describe('indices', () => {
  it('gathers symbols out of a shape, from the back too', () => {
    const { outputs } = infer(13, [
      { op: 'Shape', inputs: [tensor(['N', 3, 'H'])], name: 'shape' },
      { op: 'Gather', inputs: ['shape', ints(-1, 0)] },
    ])
    expect(outputs[0]?.value).toEqual(['H', 'N'])
  })
  it('finds an index out of range', () => {
    expect(problemsOf(13, 'Gather', [tensor([3]), one(9)]).join()).toContain('[-3, 2]')
  })
  it('writes into a shape', () => {
    const { outputs } = infer(16, [
      { op: 'Shape', inputs: [tensor(['N', 3])], name: 'shape' },
      { op: 'ScatterElements', inputs: ['shape', ints(1), ints(7)] },
    ])
    expect(outputs[0]?.value).toEqual(['N', '7'])
  })
  it('knows where constants are not 0, and nothing of others', () => {
    const found = node(13, 'NonZero', [{ dtype: 'int64', dims: [2, 2], elements: [1, 0, 0, 5] }])
    expect([found.shape, found.value]).toEqual([
      [2, 2],
      ['0', '1', '0', '1'],
    ])
    const open = node(13, 'NonZero', [tensor([2, 2])])
    expect([open.shape, open.why]).toEqual([[2, null], expect.stringContaining('only when it runs')])
  })
})

describe('the rest', () => {
  it.each([
    ['Transpose', [tensor([2, 'N', 4])], { perm: list(2, 0, 1) }, [4, 2, 'N']],
    ['Flatten', [tensor(['N', 3, 4])], { axis: int(1) }, ['N', 12]],
    ['Flatten', [tensor(['N', 3, 4])], { axis: int(0) }, [1, '12*N']],
    ['Unsqueeze', [tensor(['N', 3]), ints(0, -1)], {}, [1, 'N', 3, 1]],
    ['Squeeze', [tensor([1, 'N', 1]), ints(-1)], {}, [1, 'N']],
    ['Squeeze', [tensor([1, 3, 1])], {}, [3]],
    ['Expand', [tensor(['N', 1]), ints(3, 1, 4)], {}, [3, 'N', 4]],
    ['Tile', [tensor(['N', 2]), ints(3, 2)], {}, ['3*N', 4]],
    ['Pad', [tensor(['N', 4]), ints(1, -1, 1, 0)], {}, ['N + 2', 3]],
    ['Concat', [tensor(['N', 2]), tensor(['M', 2])], { axis: int(0) }, ['M + N', 2]],
    ['DepthToSpace', [tensor([1, 8, 'H', 3])], { blocksize: int(2) }, [1, 2, '2*H', 6]],
    ['CenterCropPad', [tensor([5, 6, 3]), ints(4, 9)], { axes: list(0, 1) }, [4, 9, 3]],
    ['ReduceMean', [tensor([2, 'N', 4]), ints(-1)], { keepdims: int(0) }, [2, 'N']],
    ['ReduceMean', [tensor([2, 3])], { noop_with_empty_axes: int(1) }, [2, 3]],
    ['ArgMax', [tensor([2, 'N'])], { axis: int(1), keepdims: int(0) }, [2]],
    ['TopK', [tensor([2, 9]), ints(4)], {}, [2, 4]],
    ['OneHot', [tensor(['N'], 'int64'), one(10), ints(0, 1)], {}, ['N', 10]],
    [
      'ConstantOfShape',
      [ints(2, 3)],
      { value: { type: 'TENSOR', value: tensorOf('int64', [1], [7]) } as const },
      [2, 3],
    ],
  ])('%s', (op, inputs, attributes, result) => {
    const outputs = op === 'TopK' ? 2 : 1
    const answer = infer(18, [{ op, inputs, attributes, outputs }])
    expect(answer.problems).toEqual([])
    expect(answer.outputs[0]?.shape).toEqual(result)
  })

  it.each([
    ['Transpose', [tensor([2, 3])], { perm: list(0, 0) }, 'no permutation'],
    ['Squeeze', [tensor([3]), ints(0)], {}, 'only 1 can go away'],
    ['Concat', [tensor([2, 3]), tensor([2, 4])], { axis: int(0) }, 'differ'],
    ['Tile', [tensor([2, 3]), ints(2)], {}, 'one per axis'],
    ['Pad', [tensor([2, 3]), ints(1, 1)], {}, '2 axes take 4'],
    ['Expand', [tensor([2, 3]), ints(2, 4)], {}, 'do not broadcast'],
    ['Add', [tensor([2, 3]), tensor([4])], {}, 'do not broadcast'],
    ['Flatten', [tensor([2, 3])], { axis: int(4) }, 'outside of'],
  ])('%s is wrong', (op, inputs, attributes, message) => {
    expect(problemsOf(18, op, inputs, attributes).join()).toContain(message)
  })

  it('does not know the rank when any size of 1 may go away', () => {
    const { shape, why } = node(13, 'Squeeze', [tensor(['N', 1])])
    expect(shape).toBeNull()
    expect(why).toContain('whether N is 1')
  })
})
