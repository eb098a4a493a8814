/** Models that contradict themselves: a finding on the node that says what was found, and the rest is still inferred. */
import { describe, expect, it } from 'vitest'
import { Builder, int64, int64Scalar } from '../../models/builder.ts'
import { type Dim, dimText } from '../../src/graph/dim.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'

interface Seen {
  /** `id node: message` of each finding. */
  readonly findings: readonly string[]
  readonly shapes: Readonly<Record<string, readonly (number | string | null)[] | null>>
  readonly whys: Readonly<Record<string, string | null>>
}

async function see(build: (b: Builder) => void): Promise<Seen> {
  const builder = new Builder({ name: 'bad', description: '', opset: 17 }, 1)
  build(builder)
  const model = await readModel(builder.encode())
  const inference = inferModel(model)
  const all = [...model.graph.values.values()].map((value) => [value.name, inference.facts(value)] as const)
  const shapeOf = (dims: readonly Dim[] | null) => dims?.map(dimText) ?? null
  return {
    findings: [...model.findings, ...inference.findings]
      .filter(({ id }) => id !== 'model/no-outputs')
      .map(({ id, nodes, message }) => `${id} ${nodes}: ${message}`),
    shapes: Object.fromEntries(
      all.map(([name, { type }]) => [name, type?.kind === 'tensor' ? shapeOf(type.shape) : null]),
    ),
    whys: Object.fromEntries(all.map(([name, { why }]) => [name, why])),
  }
}

/** `op` of these inputs gives `y`; beside it, something sound gives `beside`. */
const node =
  (op: string, inputs: (b: Builder) => string[], attributes: Parameters<Builder['node']>[2] = {}) =>
  (b: Builder) => {
    const x = b.input('x', 'float32', [2, 6, 8, 8])
    b.node(op, inputs(b), attributes, { outputs: ['y'] })
    b.node('Relu', ['y'], {}, { outputs: ['after'] })
    b.node('Relu', [x], {}, { outputs: ['beside'] })
  }

const shaped =
  (...shapes: (readonly (number | string)[])[]) =>
  (b: Builder) =>
    shapes.map((shape, i) => b.input(`in${i}`, 'float32', shape))

const cases: readonly (readonly [what: string, build: (b: Builder) => void, finding: RegExp])[] = [
  [
    'shapes that do not broadcast',
    node('Add', shaped([2, 3], [2, 4])),
    /^model\/shape-mismatch 0: Add .*\[2, 3\] and \[2, 4\]/,
  ],
  [
    'a Concat of tensors that differ elsewhere',
    node('Concat', shaped([2, 3], [4, 5]), { axis: 1 }),
    /^model\/shape-mismatch 0: Concat .*2.*4/,
  ],
  [
    'a Concat of different ranks',
    node('Concat', shaped([2, 3], [2, 3, 1]), { axis: 1 }),
    /^model\/shape-mismatch 0: Concat /,
  ],
  [
    'a convolution of other channels than its weights take',
    node('Conv', (b) => ['x', b.weight('w', [4, 5, 3, 3], 1)]),
    /^model\/shape-mismatch 0: Conv .*6 channels.*take 5/,
  ],
  [
    'a kernel larger than its input',
    node('Conv', (b) => ['x', b.weight('w', [4, 6, 9, 9], 1)]),
    /^model\/shape-mismatch 0: Conv .*spans 9.*only 8/,
  ],
  [
    'inner sizes that differ',
    node('MatMul', shaped([2, 3], [4, 5])),
    /^model\/shape-mismatch 0: MatMul .*\[2, 3\] times \[4, 5\].*3 and 4/,
  ],
  [
    'a Reshape to another number of elements',
    node('Reshape', (b) => ['x', b.initializer('shape', int64(5, -1))]),
    /^model\/shape-mismatch 0: Reshape .*\[2, 6, 8, 8\] do not fill \[5, -1\]/,
  ],
  [
    'a Reshape to a negative size',
    node('Reshape', (b) => ['x', b.initializer('shape', int64(-2, 8))]),
    /^model\/shape-mismatch 0: Reshape .*-2/,
  ],
  ['a permutation that is none', node('Transpose', () => ['x'], { perm: [0, 1, 1, 3] }), /^model\/.* 0: Transpose /],
  [
    'an axis that is not there',
    node('Softmax', () => ['x'], { axis: 4 }),
    /^model\/shape-mismatch 0: Softmax .*4.*-4, 3/,
  ],
  [
    'an index that is not there',
    node('Gather', (b) => ['x', b.initializer('index', int64Scalar(7))], { axis: 1 }),
    /^model\/shape-mismatch 0: Gather .*7.*-6, 5/,
  ],
  [
    'pieces that do not add up',
    (b) => {
      const x = b.input('x', 'float32', [2, 6, 8, 8])
      b.node('Split', [x, b.initializer('sizes', int64(2, 2))], { axis: 1 }, { outputs: ['y', 'z'] })
      b.node('Relu', ['y'], {}, { outputs: ['after'] })
      b.node('Relu', [x], {}, { outputs: ['beside'] })
    },
    /^model\/shape-mismatch 0: Split .*4.*6/,
  ],
]

describe('a node that cannot be', () => {
  it.each(cases)('%s is one finding, and the rest is inferred', async (_, build, finding) => {
    const { findings, shapes, whys } = await see(build)
    expect(findings.join('\n')).toMatch(finding)
    expect(findings).toHaveLength(1)
    expect(shapes.beside).toEqual([2, 6, 8, 8])
    expect(whys.y).toBe('the node is wrong')
    expect(whys.after).toBe('the node is wrong')
  })
})

describe('declared shapes', () => {
  it('count less than what follows from the inputs, and a contradiction is a finding', async () => {
    const { findings, shapes } = await see((b) => {
      const x = b.input('x', 'float32', [2, 3])
      b.node('Relu', [x], {}, { outputs: ['y'] })
      b.output('y', 'float32', [2, 4])
    })
    expect(findings).toEqual([expect.stringMatching(/^model\/declared-shape 0: .*\[2, 4\].*\[2, 3\]/)])
    expect(shapes.y).toEqual([2, 3])
  })

  it('that are negative or huge leave the rest in place', async () => {
    const { findings, shapes } = await see((b) => {
      b.input('x', 'float32', [-4, 3])
      b.input('z', 'float32', [2 ** 40, 2 ** 40])
      b.node('Relu', ['x'], {}, { outputs: ['y'] })
      b.node('Add', ['z', 'z'], {}, { outputs: ['sum'] })
    })
    expect(findings.join('\n')).toMatch(/model\/.*-4/)
    expect(findings.join('\n')).toMatch(/model\/huge-tensor 1/)
    expect(shapes.y?.[1]).toBe(3)
    expect(shapes.y?.[0]).not.toBe(-4)
    expect(shapes.sum).toEqual([2 ** 40, 2 ** 40])
  })
})

describe('shape arithmetic', () => {
  it('divides by zero without claiming anything', async () => {
    const { findings, shapes, whys } = await see((b) => {
      b.input('x', 'float32', [4, 0])
      b.node('Shape', ['x'], {}, { outputs: ['shape'] })
      b.node('Gather', ['shape', b.constant(int64(0))], { axis: 0 }, { outputs: ['four'] })
      b.node('Gather', ['shape', b.constant(int64(1))], { axis: 0 }, { outputs: ['zero'] })
      b.node('Div', ['four', 'zero'], {}, { outputs: ['size'] })
      b.node('ConstantOfShape', ['size'], {}, { outputs: ['y'] })
      b.node('Relu', ['x'], {}, { outputs: ['beside'] })
    })
    expect(findings).toEqual([expect.stringMatching(/^model\/division-by-zero \d: Div /)])
    expect(shapes.y).toEqual([null])
    expect(whys.y).toBe('the result is not defined')
    expect(shapes.beside).toEqual([4, 0])
  })

  it('asks for 2^40 elements and costs nothing', async () => {
    const { findings, shapes } = await see((b) => {
      b.node('ConstantOfShape', [b.initializer('shape', int64(2 ** 20, 2 ** 20))], {}, { outputs: ['y'] })
      b.node('Relu', ['y'], {}, { outputs: ['after'] })
    })
    expect(findings.join('\n')).toMatch(/^model\/huge-tensor 0: ConstantOfShape .*1048576, 1048576/)
    expect(shapes.after).toEqual([2 ** 20, 2 ** 20])
  })

  it('asks for a negative number of elements', async () => {
    const { findings, shapes } = await see((b) => {
      b.node('ConstantOfShape', [b.initializer('shape', int64(3, -1))], {}, { outputs: ['y'] })
      b.node('Relu', ['y'], {}, { outputs: ['after'] })
    })
    expect(findings).toEqual([expect.stringMatching(/^model\/shape-mismatch 0: ConstantOfShape .*-1/)])
    expect(shapes.after).toBeNull()
  })
})
