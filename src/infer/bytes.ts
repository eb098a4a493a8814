/** How large a value is. */
import { isKnown } from '../graph/dim.ts'
import { byteSize } from '../graph/dtype.ts'
import type { Value } from '../graph/model.ts'
import type { Inference } from './facts.ts'

/** Bytes of a dense tensor of known shape; null for everything else. */
export function bytesOf(value: Value, inference: Inference): number | null {
  const { type } = inference.facts(value)
  if (type?.kind !== 'tensor' || type.dtype === null || type.shape === null) return null
  let elements = 1
  for (const dim of type.shape) {
    if (!isKnown(dim)) return null
    elements *= dim
  }
  return byteSize(type.dtype, elements)
}
