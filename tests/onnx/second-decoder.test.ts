/** onnx-proto decodes every corpus model independently (schema of ONNX 1.10); names, operators, attributes agree. */
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import onnxProto from 'onnx-proto'
import { expect, it } from 'vitest'
import type { Attribute, Graph, Node } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { readOnnx } from '../../src/onnx/read.ts'
import { MemorySource } from '../../src/onnx/source.ts'
import { modelToBytes } from '../../src/onnx/write.ts'
import { dataPath, describeData } from '../data.ts'

type Proto = InstanceType<typeof onnxProto.onnx.ModelProto>
type GraphLike = NonNullable<Proto['graph']>
type NodeLike = NonNullable<GraphLike['node']>[number]
type AttributeLike = NonNullable<NodeLike['attribute']>[number]

const decode = (bytes: Uint8Array): Proto => onnxProto.onnx.ModelProto.decode(bytes) as Proto
const domain = (name: string | null | undefined) => (name === 'ai.onnx' ? '' : (name ?? ''))
const whole = (value: unknown): string => String(value)
const numbers = (values: readonly unknown[] | null | undefined) => (values ?? []).map(whole)

/** What both decoders say of an attribute, in one form. */
function theirs(attribute: AttributeLike): unknown {
  switch (attribute.type) {
    case 1:
      return attribute.f
    case 2:
      return whole(attribute.i)
    case 3:
      return Buffer.from(attribute.s ?? []).toString('utf8')
    case 4:
      return [attribute.t?.dataType, numbers(attribute.t?.dims)]
    case 5:
      return graphTheirs(attribute.g as GraphLike)
    case 6:
      return attribute.floats
    case 7:
      return numbers(attribute.ints)
    case 8:
      return (attribute.strings ?? []).map((text) => Buffer.from(text).toString('utf8'))
    default:
      return attribute.type
  }
}

function ours(attribute: Attribute, number: number | null | undefined): unknown {
  switch (attribute.type) {
    case 'FLOAT':
    case 'STRING':
    case 'FLOATS':
    case 'STRINGS':
      return attribute.value
    case 'INT':
      return whole(attribute.value)
    case 'INTS':
      return numbers(attribute.value)
    case 'TENSOR':
      return [attribute.value.dtypeNumber, numbers(attribute.value.dims)]
    case 'GRAPH':
      return graphOurs(attribute.value)
    default:
      return number
  }
}

const graphTheirs = (graph: GraphLike): unknown => ({
  inputs: graph.input?.map(({ name }) => name),
  outputs: graph.output?.map(({ name }) => name),
  initializers: graph.initializer?.map(({ name, dataType, dims }) => [name, dataType, numbers(dims)]),
  nodes: graph.node?.map(({ name, opType, input, output }) => [name, opType, input, output]),
})

const graphOurs = (graph: Graph): unknown => ({
  inputs: graph.inputs.map(({ name }) => name),
  outputs: graph.outputs.map(({ name }) => name),
  initializers: [...graph.initializers.values()].map(({ name, dtypeNumber, dims }) => [
    name,
    dtypeNumber,
    numbers(dims),
  ]),
  nodes: graph.nodes.map(({ name, op, inputNames, outputs }) => [
    name,
    op,
    inputNames,
    outputs.map((v) => v?.name ?? ''),
  ]),
})

/** `expect` explains a difference well, but is slow on what is equal. */
function same(mine: unknown, other: unknown, what: string): void {
  if (!isDeepStrictEqual(mine, other)) expect(mine, what).toEqual(other)
}

function compareNodes(graph: Graph, proto: GraphLike, file: string): void {
  same(graphOurs(graph), graphTheirs(proto), file)
  for (const [index, node] of (proto.node ?? []).entries()) {
    const mine = graph.nodes[index] as Node
    same(mine.domain, domain(node.domain), file)
    same(
      [...mine.attributes.keys()],
      (node.attribute ?? []).map(({ name }) => name),
      file,
    )
    for (const attribute of node.attribute ?? []) {
      if (attribute.refAttrName) continue
      const value = mine.attributes.get(attribute.name ?? '')
      same(value && ours(value, attribute.type), theirs(attribute), `${file} ${index} ${attribute.name}`)
    }
  }
}

const folders = ['corpus', 'corpus/odd', 'corpus-fpga']

describeData('every model of the corpus', () => {
  it.each(folders)(
    'in %s is the same for another decoder, and survives writing',
    async (folder) => {
      const files = readdirSync(dataPath(folder)).filter((name) => name.endsWith('.onnx'))
      expect(files.length).toBeGreaterThan(30)
      for (const file of files) {
        const bytes = readFileSync(dataPath(folder, file))
        const proto = decode(bytes)
        const model = await readModel(bytes)
        expect(model.irVersion, file).toBe(Number(proto.irVersion))
        compareNodes(model.graph, proto.graph as GraphLike, file)
        expect(model.functions.size, file).toBe(proto.functions?.length ?? 0)
        const written = await modelToBytes(await readOnnx(new MemorySource(file, bytes)))
        if (bytes.equals(written)) continue
        // Another order of fields, but the same message.
        expect(written.length, file).toBeGreaterThan(bytes.length * 0.99)
        same(decode(written), proto, file)
      }
    },
    240_000,
  )
})
