/** The ONNX backend tests through a real runtime, held against the outputs that are stored with them. */
import { compareTensors } from '../../src/compare/tensors.ts'
import { defaultTolerance } from '../../src/compare/tolerance.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { isProblem } from '../../src/result/problem.ts'
import { naturesOf } from '../../src/run/natures.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { Tensor, Tensors } from '../../src/tensors/tensor.ts'
import { decodeTensor } from '../../src/wrapper/samples/tensor-proto.ts'
import { type Case, readCases } from '../conformance/cases.ts'

export type Outcome = 'match' | 'not supported' | 'differs' | 'not a tensor' | 'random'

export interface Ran {
  readonly name: string
  readonly outcome: Outcome
  /** The runtime's words, or what differs. */
  readonly why: string
}

const ofNodes = new Set(['node', 'node-expanded', 'simple'])

/** Models with stored inputs and outputs. */
export const conformanceCases = (): Case[] =>
  readCases().filter(({ file, sets }) => ofNodes.has(file) && (sets?.length ?? 0) > 0)

export async function runCase(runtime: Runtime, test: Case): Promise<Ran> {
  const { name } = test
  const [set] = test.sets ?? []
  if ([...test.inputs, ...test.outputs].some(({ kind }) => kind !== 'tensor'))
    return { name, outcome: 'not a tensor', why: 'a sequence or an optional' }
  if (test.random) return { name, outcome: 'random', why: 'the values are random' }
  const bytes = Buffer.from(test.model, 'base64')
  try {
    const feeds = tensorsOf(test.inputs, set?.in ?? [])
    const expected = tensorsOf(test.outputs, set?.out ?? [])
    const session = await runtime.open({ bytes }, { timeLimit: 60_000 })
    try {
      const { outputs } = await session.run(feeds)
      return { name, ...(await verdictOf(runtime, bytes, expected, outputs)) }
    } finally {
      await session.close()
    }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { name, outcome: 'not supported', why: `${error.code}: ${error.message}` }
  }
}

async function verdictOf(
  runtime: Runtime,
  bytes: Uint8Array,
  expected: Tensors,
  actual: Tensors,
): Promise<Omit<Ran, 'name'>> {
  const model = await readModel(bytes)
  const natureOf = naturesOf(model, inferModel(model))
  const kind = runtime.kind === 'cpu' ? 'cpu' : 'accelerated'
  for (const [name, tensor] of Object.entries(expected)) {
    const tolerance = defaultTolerance(natureOf(name, tensor.dtype), kind, '')
    const { verdict, maxAbs, why, mismatched, count } = compareTensors(tensor, actual[name], tolerance)
    if (verdict !== 'mismatch') continue
    return { outcome: 'differs', why: `${name}: ${why ?? `by up to ${maxAbs}`}, ${mismatched} of ${count} elements` }
  }
  return { outcome: 'match', why: '' }
}

function tensorsOf(values: Case['inputs'], messages: readonly string[]): Tensors {
  const entries = values.flatMap(({ name }, i): [string, Tensor][] => {
    const message = messages[i]
    return message === undefined || name === ''
      ? []
      : [[name, decodeTensor(Buffer.from(message, 'base64'), name).tensor]]
  })
  return Object.fromEntries(entries)
}
