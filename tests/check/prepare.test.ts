/** What the runtime removes before it asks, against `--as-is`. */
import { describe, expect, test } from 'vitest'
import { builder, checkTiny, floatScalar, floats, int64, lines, takes } from './tiny.ts'

const everything = {
  operators: takes(
    'Conv',
    'BatchNormalization',
    'Relu',
    'Identity',
    'Dropout',
    'Shape',
    'Reshape',
    'Add',
    'Mul',
    'Pad',
    'Clip',
  ),
  grouping: { strategy: 'waves' },
} as const

describe('preparation', () => {
  test('constants are folded, and so is the shape of a static value', async () => {
    const model = builder()
    model.input('x', 'float32', [2, 3])
    model.initializer('a', floats([2, 3]))
    const sum = model.node('Add', ['a', 'a'])
    const shape = model.node('Shape', ['x'])
    const reshaped = model.node('Reshape', [sum, shape])
    model.node('Add', ['x', reshaped], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2, 3])
    const result = await checkTiny(model, everything)
    expect(lines(result)).toEqual(['Add folded -', 'Shape folded -', 'Reshape folded -', 'Add target 0'])
    expect(result.nodes[0]).toMatchObject({ supported: null })
    expect(result.coverage.nodes).toBe(1)
    const asIs = await checkTiny(model, everything, { asIs: true })
    expect(lines(asIs)).toEqual(['Add target 0', 'Shape target 0', 'Reshape target 0', 'Add target 0'])
  })

  test('an input that another can override is no constant', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    model.input('a', 'float32', [2])
    model.initializer('a', floats([2]))
    model.node('Add', ['a', 'a'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    expect(lines(await checkTiny(model, everything))).toEqual(['Add target 0'])
  })

  test('Identity and Dropout go; one that makes an output hands it to the node before', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    const relu = model.node('Relu', ['x'])
    const dropout = model.node('Dropout', [relu])
    const again = model.node('Relu', [dropout])
    model.node('Identity', [again], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    const result = await checkTiny(model, everything)
    expect(lines(result)).toEqual(['Relu target 0', 'Dropout folded -', 'Relu target 0', 'Identity folded -'])
  })

  test('an Identity straight from input to output stays', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    model.node('Identity', ['x'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    expect(lines(await checkTiny(model, everything))).toEqual(['Identity target 0'])
  })

  test('what adds 0 or multiplies by 1 goes, but not what makes an output', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    const relu = model.node('Relu', ['x'])
    model.initializer('zero', floatScalar(0))
    model.initializer('one', floatScalar(1))
    const added = model.node('Add', [relu, 'zero'])
    const again = model.node('Relu', [added])
    model.node('Mul', [again, 'one'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    expect(lines(await checkTiny(model, everything))).toEqual([
      'Relu target 0',
      'Add folded -',
      'Relu target 0',
      'Mul target 0',
    ])
  })

  test('BatchNormalization becomes part of the Conv before it: not folded, carried by it', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 2, 4, 4])
    model.initializer('w', floats([3, 2, 1, 1]))
    for (const name of ['scale', 'shift', 'mean', 'var']) model.initializer(name, floats([3]))
    const conv = model.node('Conv', ['x', 'w'])
    const normal = model.node('BatchNormalization', [conv, 'scale', 'shift', 'mean', 'var'])
    model.node('Relu', [normal], {}, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 4, 4])
    const onlyConv = { ...everything, operators: takes('Conv') }
    const result = await checkTiny(model, onlyConv)
    expect(lines(result)).toEqual(['Conv target 0', 'BatchNormalization target 0', 'Relu host -'])
    expect(result.nodes[1]).toMatchObject({ fusedInto: [0], supported: true })
    expect(result.nodes[0]).not.toHaveProperty('fusedInto')
    expect(lines(await checkTiny(model, onlyConv, { asIs: true }))[1]).toBe('BatchNormalization host -')
  })

  test('a value that is an output of the model cannot be fused away', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 2, 4, 4])
    model.initializer('w', floats([3, 2, 1, 1]))
    model.initializer('b', floats([1, 3, 1, 1]))
    model.node('Conv', ['x', 'w'], {}, { outputs: ['c'] })
    model.node('Add', ['c', 'b'], {}, { outputs: ['y'] })
    model.output('c', 'float32', [1, 3, 4, 4])
    model.output('y', 'float32', [1, 3, 4, 4])
    const result = await checkTiny(model, { ...everything, operators: takes('Conv') })
    expect(lines(result)).toEqual(['Conv target 0', 'Add host -'])
  })

  test('a Pad with zeros becomes part of the pads of the Conv behind it', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 2, 4, 4])
    model.initializer('pads', int64(0, 0, 1, 1, 0, 0, 1, 1))
    model.initializer('w', floats([3, 2, 3, 3]))
    const padded = model.node('Pad', ['x', 'pads'])
    model.node('Conv', [padded, 'w'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 4, 4])
    const profile = { ...everything, operators: { Conv: [{ checks: ['window.pads == [1, 1, 1, 1]'] }] } }
    const result = await checkTiny(model, profile)
    expect(lines(result)).toEqual(['Pad target 0', 'Conv target 0'])
    expect(result.nodes[0]).toMatchObject({ fusedInto: [1] })
  })

  test('MatMul and Add of matrices become a Gemm', async () => {
    const model = builder()
    model.input('x', 'float32', [2, 3])
    model.initializer('w', floats([3, 4]))
    model.initializer('b', floats([4]))
    const product = model.node('MatMul', ['x', 'w'])
    model.node('Add', [product, 'b'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2, 4])
    const result = await checkTiny(model, { ...everything, operators: takes('Gemm') })
    expect(lines(result)).toEqual(['MatMul target 0', 'Add target 0'])
    expect(result.nodes[0]).toMatchObject({ fusedInto: [1] })
    expect(result.partitions).toMatchObject([{ nodes: [0, 1], macs: 24 }])
  })

  test('DequantizeLinear of a constant stays, for units need it', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    model.initializer('q', { dims: [2], data: Int8Array.of(1, 2) })
    model.initializer('scale', floatScalar(0.5))
    const weight = model.node('DequantizeLinear', ['q', 'scale'])
    model.node('Add', ['x', weight], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    expect(lines(await checkTiny(model, everything))).toEqual(['DequantizeLinear host -', 'Add target 0'])
  })

  test('a product of stacks with a bias becomes Reshape, Gemm, Reshape', async () => {
    const model = builder()
    model.input('x', 'float32', [2, 5, 3])
    model.initializer('w', floats([3, 4]))
    model.initializer('b', floats([4]))
    const product = model.node('MatMul', ['x', 'w'])
    model.node('Add', [product, 'b'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2, 5, 4])
    const result = await checkTiny(model, { ...everything, operators: takes('Gemm', 'Reshape') })
    expect(lines(result)).toEqual(['MatMul target 0', 'Add target 0'])
    expect(result.partitions).toMatchObject([{ nodes: [0, 1], bytesIn: 120, bytesOut: 160 }])
    const onlyGemm = await checkTiny(model, { ...everything, operators: takes('Gemm') })
    expect(onlyGemm.findings).toEqual([])
  })

  test('the nodes of a layer normalisation become one', async () => {
    const model = builder()
    model.input('x', 'float32', [2, 8])
    model.initializer('two', floatScalar(2))
    model.initializer('epsilon', floatScalar(1e-5))
    model.initializer('scale', floats([8]))
    model.initializer('bias', floats([8]))
    const mean = model.node('ReduceMean', ['x'], { axes: [-1] })
    const centred = model.node('Sub', ['x', mean])
    const squared = model.node('Pow', [centred, 'two'])
    const variance = model.node('ReduceMean', [squared], { axes: [-1] })
    const deviation = model.node('Sqrt', [model.node('Add', [variance, 'epsilon'])])
    const scaled = model.node('Mul', [model.node('Div', [centred, deviation]), 'scale'])
    model.node('Add', [scaled, 'bias'], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2, 8])
    const result = await checkTiny(model, { ...everything, operators: takes('LayerNormalization') })
    expect(new Set(result.nodes.map(({ placement }) => placement))).toEqual(new Set(['target']))
    expect(result.nodes).toHaveLength(9)
    expect(result.partitions).toHaveLength(1)
  })

  test('nodes that compute the same become one', async () => {
    const model = builder()
    model.input('x', 'float32', [2])
    const [a, b] = [model.node('Relu', ['x']), model.node('Relu', ['x'])]
    model.node('Add', [a, b], {}, { outputs: ['y'] })
    model.output('y', 'float32', [2])
    const result = await checkTiny(model, everything)
    expect(lines(result)).toEqual(['Relu folded -', 'Relu target 0', 'Add target 0'])
    expect(result.nodes[0]?.why).toBe('another node computes the same')
  })

  test('Transposes around what works element by element cancel each other', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 3, 4, 5])
    const there = model.node('Transpose', ['x'], { perm: [0, 2, 3, 1] })
    const relu = model.node('Relu', [there])
    model.node('Transpose', [relu], { perm: [0, 3, 1, 2] }, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 4, 5])
    const result = await checkTiny(model, everything)
    expect(lines(result)).toEqual(['Transpose folded -', 'Relu target 0', 'Transpose folded -'])
    expect(lines(await checkTiny(model, everything, { asIs: true }))[0]).toBe('Transpose host -')
  })
})
