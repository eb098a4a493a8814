/** A type as the result writes it. */
import { dimText } from '../graph/dim.ts'
import { typeString, type ValueType } from '../graph/type.ts'
import type { DimText } from '../result/result.ts'

/** Element type and shape as the result writes them. */
export function typeInfo(type: ValueType | null): { dtype: string | null; shape: DimText[] | null } {
  if (type === null) return { dtype: null, shape: null }
  if (type.kind !== 'tensor') return { dtype: typeString(type), shape: null }
  return { dtype: type.dtype, shape: type.shape?.map(dimText) ?? null }
}
