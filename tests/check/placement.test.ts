import { describe, expect, test } from 'vitest'
import { builder, checkTiny, floats, lines, takes } from './tiny.ts'

/** x → first → second → … → y, one operator after the other. */
function chain(...operators: string[]) {
  const model = builder()
  let at = model.input('x', 'float32', [1, 2, 4, 4])
  operators.forEach((op, i) => {
    at = model.node(op, [at], {}, { outputs: [i === operators.length - 1 ? 'y' : `v${i}`] })
  })
  model.output('y', 'float32', [1, 2, 4, 4])
  return model
}

describe('placement', () => {
  test('taken nodes form a partition, refused ones run on the host and cut it', async () => {
    const result = await checkTiny(chain('Relu', 'Tanh', 'Elu', 'Relu'), {
      operators: takes('Relu', 'Tanh'),
      grouping: { strategy: 'waves' },
    })
    expect(lines(result)).toEqual(['Relu target 0', 'Tanh target 0', 'Elu host -', 'Relu target 1'])
    expect(result.verdict).toBe('partial')
    expect(result.coverage.nodes).toBe(0.75)
    expect(result.partitions.map(({ nodes, bytesIn, bytesOut }) => ({ nodes, bytesIn, bytesOut }))).toEqual([
      { nodes: [0, 1], bytesIn: 128, bytesOut: 128 },
      { nodes: [3], bytesIn: 128, bytesOut: 128 },
    ])
    expect(result.causes).toEqual([{ findings: ['t/Elu/unsupported'], nodes: [2], effect: '2 partitions become 1' }])
    expect(result.findings).toMatchObject([{ id: 't/Elu/unsupported', severity: 'warning', nodes: [2] }])
    expect(result.nodes[2]).toMatchObject({ supported: false, findings: ['t/Elu/unsupported'] })
  })

  test('everything taken is ready, and says what it does not cover', async () => {
    const result = await checkTiny(chain('Relu', 'Tanh'), {
      operators: takes('Relu', 'Tanh'),
      notes: ['The driver comes after it.'],
      grouping: { strategy: 'waves' },
    })
    expect(result.verdict).toBe('ready')
    expect(result.findings).toMatchObject([{ id: 't/not-covered', severity: 'note' }])
  })

  test('without a host a refused node blocks, and no partition is left', async () => {
    const result = await checkTiny(chain('Relu', 'Elu'), {
      operators: takes('Relu'),
      host: null,
      grouping: { strategy: 'waves' },
    })
    expect(lines(result)).toEqual(['Relu target -', 'Elu blocked -'])
    expect(result.verdict).toBe('blocked')
    expect(result.partitions).toEqual([])
    expect(result.findings).toMatchObject([{ severity: 'error' }])
  })

  test('a node that the provider claims and fails on blocks, with the way round it', async () => {
    const result = await checkTiny(chain('Relu', 'Elu', 'Tanh'), {
      operators: {
        ...takes('Relu', 'Tanh'),
        Elu: [{ checks: [{ fails: 'alpha == 1', how: 'throws', id: 'alpha', fix: 'another alpha' }] }],
      },
      grouping: { strategy: 'waves' },
    })
    expect(lines(result)).toEqual(['Relu target -', 'Elu blocked -', 'Tanh target -'])
    expect(result.findings).toMatchObject([{ id: 't/Elu/alpha', severity: 'error', fix: 'another alpha', nodes: [1] }])
  })

  test('a node that the provider computes wrongly stays, with an error', async () => {
    const result = await checkTiny(chain('Elu'), {
      operators: { Elu: [{ checks: [{ wrong: 'alpha == 1', id: 'alpha' }] }] },
      grouping: { strategy: 'waves' },
    })
    expect(lines(result)).toEqual(['Elu target 0'])
    expect(result.findings).toMatchObject([{ id: 't/Elu/alpha', severity: 'error' }])
  })

  test('operators at which placement stops keep all that follows on the host', async () => {
    const result = await checkTiny(chain('Relu', 'Elu', 'Relu'), {
      operators: takes('Relu', 'Elu'),
      grouping: { strategy: 'waves', stopAfter: ['Elu'] },
    })
    expect(lines(result)).toEqual(['Relu target 0', 'Elu host -', 'Relu host -'])
    expect(result.findings).toMatchObject([{ id: 't/excluded', nodes: [1, 2] }])
  })

  test('a group of trivial operators only is given back', async () => {
    const result = await checkTiny(chain('Relu', 'Elu', 'Ceil', 'Tanh'), {
      operators: takes('Relu', 'Ceil'),
      grouping: { strategy: 'waves', dropIfOnly: ['Ceil'] },
    })
    expect(lines(result)).toEqual(['Relu target 0', 'Elu host -', 'Ceil host -', 'Tanh host -'])
    expect(result.nodes[2]).toMatchObject({ supported: true, findings: ['t/dropped-group'] })
  })

  test('an operator without a CPU kernel has no host', async () => {
    const model = builder()
    model.input('x', 'int64', [1, 4, 2, 2])
    model.node('DepthToSpace', ['x'], { blocksize: 2 }, { outputs: ['y'] })
    model.output('y', 'int64', [1, 1, 4, 4])
    // ONNX Runtime has DepthToSpace for floats and 8-bit integers only.
    const result = await checkTiny(model, { operators: takes('Conv'), grouping: { strategy: 'waves' } })
    expect(result.verdict).toBe('blocked')
    expect(result.findings.map(({ id }) => id)).toEqual(['t/DepthToSpace/no-kernel', 't/DepthToSpace/unsupported'])
  })
})

describe('shapes that are not numbers', () => {
  const dynamic = () => {
    const model = builder()
    model.input('x', 'float32', ['N', 4])
    model.node('Relu', ['x'], {}, { outputs: ['y'] })
    model.output('y', 'float32', ['N', 4])
    return model
  }
  const profile = {
    order: ['operator', 'inputs'],
    everyNode: { inputs: ['all(inputs, static(it))'] },
    operators: takes('Relu'),
    grouping: { strategy: 'waves' },
  } as const

  test('are a fact of the file: refused, on the host, with the flag that sets them', async () => {
    const result = await checkTiny(dynamic(), profile)
    expect(result.nodes).toMatchObject([{ supported: false, placement: 'host', findings: ['t/dynamic-shape'] }])
    expect(result.findings).toMatchObject([{ id: 't/dynamic-shape', severity: 'warning', fix: '--dim N=1' }])
    expect(result.coverage).toEqual({ nodes: 0, macs: null })
  })

  test('with the flag the node is taken', async () => {
    const result = await checkTiny(dynamic(), profile, { dims: new Map([['N', 1]]) })
    expect(result.verdict).toBe('ready')
  })
})

describe('custom operators', () => {
  const model = () => {
    const made = builder({ domains: { 'com.example': 1 } })
    made.input('x', 'float32', [4])
    const relu = made.node('Relu', ['x'])
    made.node('Fancy', [relu], {}, { outputs: ['y'], domain: 'com.example' })
    made.output('y', 'float32', [4])
    return made
  }
  const profile = { operators: takes('Relu'), grouping: { strategy: 'waves' } } as const

  test('block every target that does not know them', async () => {
    const result = await checkTiny(model(), profile)
    expect(lines(result)).toEqual(['Relu target -', 'Fancy blocked -'])
    expect(result.findings).toMatchObject([{ id: 't/custom-operator', severity: 'error', nodes: [1] }])
  })

  test('run on the host when the application registers them', async () => {
    const result = await checkTiny(model(), profile, { customOps: ['com.example::Fancy'] })
    expect(lines(result)).toEqual(['Relu target 0', 'Fancy host -'])
  })

  test('are taken by a target that declares them', async () => {
    const result = await checkTiny(model(), { operators: takes('Relu', 'Fancy'), grouping: { strategy: 'waves' } })
    expect(lines(result)).toEqual(['Relu target 0', 'Fancy target 0'])
  })
})

describe('a model that no runtime loads', () => {
  test('blocks, and only the guilty node is blamed', async () => {
    const model = builder()
    model.input('x', 'float32', [4])
    const relu = model.node('Relu', ['x'])
    model.node('Add', [relu], {}, { outputs: ['y'] })
    model.output('y', 'float32', [4])
    const result = await checkTiny(model, { operators: takes('Relu', 'Add'), grouping: { strategy: 'waves' } })
    expect(lines(result)).toEqual(['Relu target -', 'Add blocked -'])
    expect(result.findings[0]).toMatchObject({ id: 't/model-invalid', severity: 'error', nodes: [1] })
  })

  test('a condition on the whole model leaves nodes where they would be', async () => {
    const result = await checkTiny(chain('Relu'), {
      operators: takes('Relu'),
      host: null,
      model: [{ that: 'opset <= 16', id: 'opset', fix: 'export at opset 16' }],
      grouping: { strategy: 'waves' },
    })
    expect(lines(result)).toEqual(['Relu target -'])
    expect(result.verdict).toBe('blocked')
    expect(result.findings).toMatchObject([{ severity: 'error', fix: 'export at opset 16', nodes: [] }])
  })
})

describe('nodes on the CPU because their inputs are', () => {
  test('shape arithmetic goes back, what reads floats stays', async () => {
    const model = builder()
    model.input('x', 'float32', ['N', 4])
    const shape = model.node('Shape', ['x'])
    const same = model.node('Abs', [shape])
    const reshaped = model.node('Reshape', ['x', same])
    model.node('Relu', [reshaped], {}, { outputs: ['y'] })
    model.output('y', 'float32', ['A', 'B'])
    const result = await checkTiny(model, {
      order: ['kernel'],
      kernels: [
        { op: 'Shape', since: [15, null], cpuOutputs: [0] },
        { op: 'Abs', since: [13, null] },
        { op: 'Reshape', since: [14, null], cpuInputs: [1] },
        { op: 'Relu', since: [14, null] },
      ],
      grouping: { strategy: 'perNode', pullBack: 'once' },
    })
    expect(lines(result)).toEqual(['Shape target 0', 'Abs host -', 'Reshape target 1', 'Relu target 1'])
    expect(result.nodes[1]?.findings).toEqual(['t/pulled-back'])
  })
})

describe('costs', () => {
  test('MACs and bytes of a partition, constants not counted', async () => {
    const model = builder()
    model.input('x', 'float32', [1, 2, 4, 4])
    model.initializer('w', floats([3, 2, 1, 1]))
    const conv = model.node('Conv', ['x', 'w'])
    const left = model.node('Relu', [conv])
    const right = model.node('Elu', [conv])
    model.node('Add', [left, right], {}, { outputs: ['y'] })
    model.output('y', 'float32', [1, 3, 4, 4])
    const result = await checkTiny(model, { operators: takes('Conv', 'Relu'), grouping: { strategy: 'waves' } })
    // 3 × 16 outputs of 2 products each; in 2×16 floats, out Conv's (for Elu) and Relu's 3×16.
    expect(result.partitions).toEqual([{ id: 0, nodes: [0, 1], macs: 96, bytesIn: 128, bytesOut: 384 }])
    expect(result.coverage).toEqual({ nodes: 0.5, macs: 1 })
  })
})
