/** What the rules of ONNX Runtime's graph optimisers ask of nodes and values, in its own terms. */
import type { Value } from '../../graph/model.ts'
import { numbers } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

/** An operator of the specification in one of these versions. Rules do not apply to versions that they do not name. */
export const isOp = (node: ViewNode | null | undefined, op: string, since: readonly number[]): node is ViewNode =>
  node != null && node.op === op && node.domain === '' && since.includes(node.schema?.since ?? 0)

/** Versions of arithmetic that nearly all rules name. */
export const arithmetic = [7, 13, 14] as const

/** The inputs that other nodes make: edges, in ONNX Runtime's words. */
export const edgesInto = (draft: Draft, node: ViewNode): Value[] =>
  node.inputs.filter((value): value is Value => draft.maker(value) !== null)

/** The elements of a constant of numbers; undefined where it is none or they are not known. */
export const constantNumbers = (draft: Draft, value: Value | null | undefined): number[] | undefined =>
  numbers(draft.constantValue(value)) ?? undefined

/** The element of a constant of one element; undefined otherwise. */
export function constantNumber(draft: Draft, value: Value | null | undefined): number | undefined {
  const elements = constantNumbers(draft, value)
  return elements?.length === 1 ? elements[0] : undefined
}

/** A constant scalar with this value, as precise as ONNX Runtime compares (IsInitializerWithExpectedValue). */
export function isScalarConstant(draft: Draft, value: Value | null | undefined, expected: number): boolean {
  const shape = draft.tensor(value)?.shape
  if (!shape || shape.length > 1 || (shape.length === 1 && shape[0] !== 1)) return false
  const found = constantNumber(draft, value)
  return found !== undefined && Math.abs(found - expected) <= 1e-8 + 1e-5 * Math.abs(expected)
}
