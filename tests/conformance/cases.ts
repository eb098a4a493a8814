/** The ONNX backend tests as data: models, the types of their real outputs, and inputs turned into constants. */
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import type { Element, Tensor } from '../../src/graph/tensor.ts'
import { dataPath, readLinesGz } from '../data.ts'

export interface Case {
  readonly name: string
  readonly file: string
  readonly model: string
  readonly sets?: readonly { readonly in: readonly string[] | null; readonly out: readonly string[] }[]
  readonly dataOf?: string
  readonly inputs: readonly { readonly name: string; readonly kind: string }[]
  readonly outputs: readonly { readonly name: string; readonly kind: string; readonly shapeFrom: ShapeFrom }[]
  readonly ops: readonly string[]
  readonly opset: Readonly<Record<string, number>>
  /** The values are random. */
  readonly random?: boolean
  readonly ort: { readonly status: string; readonly message?: string }
}

/** What decides the shape of an output: the types of the inputs, their values, the data, or it is no tensor. */
export type ShapeFrom = 'types' | 'values' | 'data' | 'sequence' | 'optional'

const files = ['node', 'node-expanded', 'simple', 'pytorch'] as const

export function readCases(): Case[] {
  const cases = files.flatMap((file) =>
    (readLinesGz(dataPath('conformance', `${file}.jsonl.gz`)) as Case[]).map((test) => ({ ...test, file })),
  )
  const sets = new Map(cases.map((test) => [test.name, test.sets]))
  return cases.map((test) => {
    const of = test.dataOf ? sets.get(test.dataOf) : undefined
    return of ? { ...test, sets: of } : test
  })
}

const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}
/** A length-delimited protobuf field. */
const field = (number: number, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(varint(number * 8 + 2)), Buffer.from(varint(body.length)), body])

const graphField = 7
const initializerField = 5
const nameField = 8

/**
 * The model with these tensor inputs as initializers. Parts of a protobuf message that stand apart merge, and of an
 * IR version written twice the last one counts: before IR 4 an initializer is a constant although it is an input.
 */
export function withConstants(test: Case, input: (index: number) => boolean): Uint8Array {
  const given = test.sets?.[0]?.in ?? []
  const tensors = given.flatMap((base64, i) => {
    const { name = '', kind = '' } = test.inputs[i] ?? {}
    if (kind !== 'tensor' || !input(i)) return []
    const tensor = Buffer.concat([Buffer.from(base64, 'base64'), field(nameField, Buffer.from(name))])
    return [field(graphField, field(initializerField, tensor))]
  })
  return Buffer.concat([Buffer.from(test.model, 'base64'), ...tensors, Buffer.from([8, 3])])
}

export interface TensorFacts {
  readonly dtype: string | null
  readonly dims: readonly number[]
}

/** The stored output tensors; undefined for what is no tensor. */
async function storedTensors(test: Case): Promise<(Tensor | undefined)[]> {
  const out = test.sets?.[0]?.out ?? []
  const parts = out.map((base64, i) => {
    if (test.outputs[i]?.kind !== 'tensor') return Buffer.alloc(0)
    const tensor = Buffer.concat([Buffer.from(base64, 'base64'), field(nameField, Buffer.from(`out${i}`))])
    return field(graphField, field(initializerField, tensor))
  })
  const carrier: Model = await readModel(
    Buffer.concat([Buffer.from([8, 3]), ...parts, field(graphField, Buffer.alloc(0))]),
  )
  return out.map((_, i) => carrier.graph.initializers.get(`out${i}`))
}

/** Element type and dims of the stored output tensors; null for what is no tensor. */
export const storedOutputs = async (test: Case): Promise<(TensorFacts | null)[]> =>
  (await storedTensors(test)).map((tensor) => (tensor ? { dtype: tensor.dtype, dims: tensor.dims } : null))

/** Elements of the stored output tensors; null for what is no tensor, or large. */
export const storedElements = async (test: Case): Promise<(readonly Element[] | null)[]> =>
  (await storedTensors(test)).map((tensor) => tensor?.payload.elements(4096) ?? null)
