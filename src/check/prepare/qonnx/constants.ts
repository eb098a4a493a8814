/** Constants that a step of qonnx transposes: small values stay known, of large ones only the type goes on. */
import { isKnown } from '../../../graph/dim.ts'
import type { Value } from '../../../graph/model.ts'
import { type Shape, tensorType } from '../../../graph/type.ts'
import { at, build, flat } from '../../../operators/elements.ts'
import type { KnownValue } from '../../../operators/value.ts'
import type { Draft } from '../draft.ts'
import { type Permutation, permuted } from '../transposes/permutation.ts'

/** The constant with its axes in another order, after axes of size 1 were put in front up to the rank of `perm`. */
export function permutedConstant(draft: Draft, value: Value, perm: Permutation): Value {
  const type = draft.tensor(value)
  const wide = widened(type?.shape ?? null, perm.length)
  const known = draft.constantValue(value)
  return draft.constantOf(
    `${value.name}/transposed`,
    tensorType(type?.dtype ?? null, wide && permuted(wide, perm)),
    known && wide?.every(isKnown) ? permutedValue({ ...known, dims: wide.filter(isKnown) }, perm) : null,
  )
}

const widened = (shape: Shape | null, rank: number): Shape | null =>
  shape && shape.length <= rank ? [...Array<number>(rank - shape.length).fill(1), ...shape] : null

function permutedValue(value: KnownValue, perm: Permutation): KnownValue | null {
  const { dtype, dims } = value
  return build(dtype, permuted(dims, perm), (position) => {
    const from = new Array<number>(dims.length)
    perm.forEach((axis, i) => {
      from[axis] = position[i] ?? 0
    })
    return at(value, flat(dims, from))
  })
}
