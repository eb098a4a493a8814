/** The type of a value: a tensor with element type and shape, or one of ONNX's containers. */
import type { Dim } from './dim.ts'
import { type DType, dtypeInfo } from './dtype.ts'

export type Shape = readonly Dim[]

export type ValueType =
  | {
      readonly kind: 'tensor' | 'sparse'
      /** Null: unknown. */
      readonly dtype: DType | null
      /** Null: not even the rank is known. */
      readonly shape: Shape | null
    }
  | { readonly kind: 'sequence' | 'optional'; readonly element: ValueType | null }
  | { readonly kind: 'map'; readonly key: DType; readonly value: ValueType | null }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string }

export const tensorType = (dtype: DType | null, shape: Shape | null): ValueType => ({ kind: 'tensor', dtype, shape })

/** ONNX's way to write a type: `tensor(float)`, `seq(tensor(int64))`; null where a part of it is unknown. */
export function typeString(type: ValueType): string | null {
  const of = (word: string, element: ValueType | null) => {
    const inner = element && typeString(element)
    return inner && `${word}(${inner})`
  }
  switch (type.kind) {
    case 'tensor':
      return type.dtype && dtypeInfo(type.dtype).typeString
    case 'sparse':
      return type.dtype && `sparse_${dtypeInfo(type.dtype).typeString}`
    case 'sequence':
      return of('seq', type.element)
    case 'optional':
      return of('optional', type.element)
    case 'map': {
      const value = type.value && typeString(type.value)
      return value && `map(${dtypeInfo(type.key).typeString.slice(7, -1)},${value})`
    }
    case 'opaque':
      return `opaque(${[type.domain, type.name].filter(Boolean).join(',')})`
  }
}
