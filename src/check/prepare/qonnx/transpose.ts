/** Transposes between channels first and channels last, put in, read and recognised as qonnx does it. */
import type { Attribute, Node, Value } from '../../../graph/model.ts'
import { tensorType, type ValueType } from '../../../graph/type.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { type Permutation, permuted } from '../transposes/permutation.ts'

/** Without `perm` a Transpose reverses the axes. */
export function permutationOrReversal(draft: Draft, node: ViewNode): number[] | null {
  const written = node.ints('perm')
  if (written) return [...written]
  const rank = draft.tensor(node.inputs[0])?.shape?.length
  return rank === undefined ? null : Array.from({ length: rank }, (_, i) => rank - 1 - i)
}

export const permAttribute = (perm: Permutation): ReadonlyMap<string, Attribute> =>
  new Map([['perm', { type: 'INTS', value: perm }]])

export function permutedType(type: ValueType | null, perm: Permutation): ValueType | null {
  if (type?.kind !== 'tensor' || type.shape?.length !== perm.length) return type
  return tensorType(type.dtype, permuted(type.shape, perm))
}

/**
 * Weights behind a DequantizeLinear. qonnx does not fold it, and a flow that reads QONNX refuses it: what reads the
 * weights is judged as if they were at hand, so that one fault stays one.
 */
export const isDequantised = (draft: Draft, value: Value): boolean => {
  const maker = draft.maker(value)
  return maker?.op === 'DequantizeLinear' && draft.constant(maker.inputs[0]) !== null
}

/** A Transpose of the value beside the node; gives what it makes. */
export function addTranspose(
  draft: Draft,
  beside: ViewNode,
  value: Value,
  perm: Permutation,
  {
    carries = nobody,
    attributes = permAttribute(perm),
  }: Partial<Pick<ViewNode, 'attributes'>> & { carries?: readonly Node[] } = {},
): Value {
  const { type, why } = draft.facts(value)
  const output = draft.value(`${value.name}/transposed`, permutedType(type, perm), why)
  draft.add('Transpose', beside, { inputs: [value], outputs: [output], attributes, carries })
  return output
}

const nobody: readonly Node[] = []
