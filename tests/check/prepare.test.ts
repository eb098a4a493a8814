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
})
