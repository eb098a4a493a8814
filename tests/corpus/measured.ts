/** Shapes of the corpus as they were seen at run time, and what was given to get them. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { typeString, type ValueType } from '../../src/graph/type.ts'
import type { InferOptions } from '../../src/infer/facts.ts'
import { dataPath, readJsonGz } from '../data.ts'

export interface Run {
  readonly inputs: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] | null }>>
  readonly tensors: Readonly<Record<string, readonly [dtype: string, dims: readonly number[] | null]>>
}

export interface Measured extends Run {
  readonly name: string
  /** Shapes that differed between runs with the same input shapes. */
  readonly dataDependent: readonly string[]
  /** The same model with other input shapes, where it has dynamic ones. */
  readonly second?: Run
}

/** `npm test` takes every eighth model; the full run takes all of them. */
export const isFull: boolean = process.env.DEPLOYCHECK_FULL === '1'

export function* corpus(): Generator<Measured> {
  const files = readdirSync(dataPath('corpus')).filter((file) => file.endsWith('.onnx'))
  for (const [i, file] of files.entries()) {
    const name = file.slice(0, -5)
    if (!isFull && i % 8 !== 0) continue
    yield { ...(readJsonGz(dataPath('corpus', `${name}.shapes.json.gz`)) as Omit<Measured, 'name'>), name }
  }
}

export const modelOf = (name: string): Promise<Model> => readModel(readFileSync(dataPath('corpus', `${name}.onnx`)))

export const runsOf = (measured: Measured): Run[] => [measured, ...(measured.second ? [measured.second] : [])]

/** The shapes of a run, and values of inputs: of a run that left an input with a default out, that default. */
export function given(model: Model, run: Run): InferOptions {
  const inputShapes = new Map<string, readonly number[]>()
  const inputValues = new Map<string, readonly (number | bigint)[]>()
  for (const { name, initializer } of model.graph.inputs) {
    const shape = run.inputs[name]?.shape
    if (shape) inputShapes.set(name, shape)
    const elements = initializer && !run.inputs[name] ? initializer.payload.elements(64) : null
    if (elements?.every((element) => typeof element === 'number' || typeof element === 'bigint'))
      inputValues.set(name, elements)
  }
  return { inputShapes, inputValues }
}

/** The recorded files write `float` and `tensor(float)` as ONNX does, and an optional as what it holds. */
export function typeText(type: ValueType | null): string | null {
  const held = type?.kind === 'optional' ? type.element : type
  if (held?.kind === 'tensor') return held.dtype && (typeString(held)?.slice('tensor('.length, -1) ?? null)
  return held && typeString(held)
}

export const shapeIn = (type: ValueType | null) => {
  const held = type?.kind === 'optional' ? type.element : type
  return held?.kind === 'tensor' ? held.shape : null
}
