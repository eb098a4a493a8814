import { describe, expect, it } from 'vitest'
import { type Graph, nodeRef } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { graph, type ModelLike, modelBytes, node, relu } from '../onnx/message.ts'

const read = (model: ModelLike) => readModel(modelBytes(model))
const ids = async (model: ModelLike) => (await read(model)).findings.map(({ id }) => id)
const opNames = (nodes: Graph['nodes']) => nodes.map(({ op }) => op)

describe('values', () => {
  it('know who makes and who reads them', async () => {
    const { graph: main } = await read({
      nodes: [relu('x', 'a', 'first'), { op: 'Add', inputs: ['a', 'a'], outputs: ['y'] }],
    })
    const a = main.values.get('a')
    expect(a?.producer?.name).toBe('first')
    expect(a?.uses.map(({ node: reader, index }) => [reader.op, index])).toEqual([
      ['Add', 0],
      ['Add', 1],
    ])
    expect(main.inputs.map(({ name, isInput, producer }) => [name, isInput, producer])).toEqual([['x', true, null]])
    expect(main.outputs[0]).toMatchObject({ name: 'y', isOutput: true, declared: { dtype: 'float32', shape: [2] } })
  })

  it('are safe whatever their names are', async () => {
    const names = ['__proto__', 'constructor', 'toString']
    const { graph: main, findings } = await read({ nodes: names.map((name) => relu('x', name)), outputs: names })
    expect([...main.values.keys()]).toEqual(['x', ...names])
    expect(findings).toEqual([])
  })

  it('of bodies see the graphs around, which know that they are read', async () => {
    const body = (input: string) => graph({ inputs: [], nodes: [relu(input, 'r')], outputs: ['r'] })
    const condition = (branch: object) => ({
      op: 'If',
      inputs: ['x'],
      outputs: ['y'],
      attributes: [{ name: 'then_branch', type: 5, g: branch }],
    })
    const nested = graph({ inputs: [], nodes: [{ ...condition(body('a')), outputs: ['r'] }], outputs: ['r'] })
    const { graph: main, findings } = await read({ nodes: [condition(nested), relu('x', 'a')] })
    const outer = main.nodes[0]?.bodies.get('then_branch')
    const inner = outer?.nodes[0]?.bodies.get('then_branch')
    expect(inner?.scope).toBe('0/then_branch/0/then_branch')
    expect([...(outer?.captures ?? [])].map(({ name }) => name)).toEqual(['x', 'a'])
    expect(inner?.nodes.map(nodeRef)).toEqual(['0/then_branch/0/then_branch/0'])
    expect(main.values.get('a')?.uses.map(({ node: reader }) => nodeRef(reader))).toEqual([
      '0/then_branch/0/then_branch/0',
    ])
    // The If reads, through its body, what the node behind it makes.
    expect(opNames(main.order)).toEqual(['Relu', 'If'])
    expect(findings.map(({ id }) => id)).toEqual(['model/unsorted'])
  })
})

describe('order', () => {
  it('puts makers before readers and says that they were not', async () => {
    const model = await read({ nodes: [relu('b', 'y', 'third'), relu('a', 'b', 'second'), relu('x', 'a', 'first')] })
    expect(model.graph.order.map(({ name }) => name)).toEqual(['first', 'second', 'third'])
    expect(model.graph.nodes.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(model.findings).toMatchObject([{ id: 'model/unsorted', severity: 'warning', nodes: [0, 1] }])
  })

  it('names each cycle once, apart from what hangs on it', async () => {
    const add = (a: string, b: string, to: string) => ({ op: 'Add', inputs: [a, b], outputs: [to], name: to })
    const model = await read({
      nodes: [add('x', 'b', 'a'), add('a', 'x', 'b'), add('b', 'x', 'y'), add('c', 'y', 'c')],
    })
    const cycles = model.findings.filter(({ id }) => id === 'model/cycle')
    expect(cycles.map(({ nodes }) => [...nodes].sort())).toEqual([[0, 1], [3]])
    expect(model.graph.order.length).toBe(4)
  })

  it('takes a chain of 50,000 nodes in reverse without overflowing', async () => {
    const count = 50_000
    const nodes = Array.from({ length: count }, (_, i) =>
      relu(i === count - 1 ? 'x' : `v${i + 1}`, i === 0 ? 'y' : `v${i}`),
    )
    const { graph: main } = await read({ nodes })
    expect(main.order[0]?.index).toBe(count - 1)
    expect(main.order.at(-1)?.index).toBe(0)
  })
})

describe('faults of structure are found by name', () => {
  it.each<[string, ModelLike, string]>([
    ['a value made twice', { nodes: [relu('x', 'y'), relu('x', 'y')] }, 'model/duplicate-value'],
    ['a value that nobody makes', { nodes: [relu('ghost', 'y')] }, 'model/undefined-value'],
    ['an output that nobody makes', { nodes: [relu('x', 'z')] }, 'model/undefined-value'],
    [
      'a node without operator',
      { nodes: [relu('x', 'y'), { op: '', inputs: ['x'], outputs: ['z'] }] },
      'model/empty-op-type',
    ],
    ['an operator set of the future', { nodes: [relu('x', 'y')], opset: 29 }, 'model/unknown-opset'],
    ['an IR version of the future', { nodes: [relu('x', 'y')], ir: 15 }, 'model/newer-ir-version'],
    ['an input that nothing reads', { inputs: ['x', 'z'], nodes: [relu('x', 'y')] }, 'model/unused-input'],
  ])('%s', async (_, model, id) => {
    expect(await ids(model)).toContain(id)
  })
})

describe('functions', () => {
  const define = (name: string, calls: string[]) => ({
    name,
    domain: 'local',
    input: ['i'],
    output: ['o'],
    attribute: [],
    attribute_proto: [],
    value_info: [],
    opset_import: [{ version: 17 }],
    node: calls.map((op, i) =>
      node({ op, domain: op === 'Relu' ? '' : 'local', inputs: ['i'], outputs: [i === 0 ? 'o' : `o${i}`] }),
    ),
  })
  const model = (functions: object[]): ModelLike => ({
    nodes: [{ op: 'F0', domain: 'local', inputs: ['x'], outputs: ['y'] }],
    functions,
  })

  it('have a body of their own scope', async () => {
    const { functions } = await read(model([define('F0', ['Relu'])]))
    const body = functions.get('local::F0')?.body
    expect(body?.scope).toBe('local::F0')
    expect(body?.outputs[0]?.producer?.op).toBe('Relu')
  })

  it('that call each other in a circle are found', async () => {
    expect(await ids(model([define('F0', ['F1']), define('F1', ['F0'])]))).toEqual(['model/function-recursion'])
  })

  it('that explode when expanded are counted, not expanded', async () => {
    const functions = Array.from({ length: 40 }, (_, i) =>
      define(`F${i}`, i === 39 ? ['Relu'] : [`F${i + 1}`, `F${i + 1}`]),
    )
    expect(await ids(model(functions))).toEqual(['model/function-expansion'])
  })
})

describe('names', () => {
  it.each([
    '/conv1/Conv_output_0',
    'model.layers.0',
    'StatefulPartitionedCall:0',
    'a::b',
    'größe',
    'x y',
    '<lambda>.1',
    '-1',
    '/../x'.slice(3),
  ])('like %j pass', async (name) => {
    expect(await ids({ nodes: [relu('x', 'y', name)] })).toEqual([])
  })

  it.each([
    'a\u001b[2J',
    'a\nb',
    '<script>',
    '=1+1',
    '::error::x',
    '$' + '{a}',
    '../../etc',
    'a\u202eb',
    '[x](http://a)',
  ])('like %j are reported', async (name) => {
    const { findings } = await read({ nodes: [relu('x', 'y', name)] })
    expect(findings).toMatchObject([{ id: 'model/unsafe-name', severity: 'warning', values: [name] }])
  })
})
