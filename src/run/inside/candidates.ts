/** The values of a model that can be looked at from outside, in the order in which they are made. */
import type { DType } from '../../graph/dtype.ts'
import type { Graph, Node, Value } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'

export interface Candidate {
  readonly value: Value
  readonly node: Node
  /** Bytes, as far as they are known. */
  readonly size: number
}

/** What every runtime hands out: onnxruntime's bindings carry no other types. */
const carried = new Set<DType>([
  ...(['float32', 'float64', 'float16', 'int8', 'uint8', 'int16', 'uint16'] as const),
  ...(['int32', 'uint32', 'int64', 'uint64', 'bool', 'string'] as const),
])

/** Where the size is not known. */
const guessedSize = 1 << 20

export function candidatesOf({ order }: Graph, inference: Inference): Candidate[] {
  return order.flatMap((node) =>
    node.outputs.flatMap((value) => {
      if (!value || value.name === '' || inference.isConst(value)) return []
      const { type } = inference.facts(value)
      if (type?.kind !== 'tensor' || type.dtype === null || !carried.has(type.dtype)) return []
      const dims = type.shape ?? [guessedSize]
      const count = dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
      return [{ value, node, size: Math.max(8, count * 4) }]
    }),
  )
}

/** What a node reads, bodies included, apart from constants. */
export function inputsOf(node: Node, inference: Inference): Value[] {
  const values = new Set<Value>()
  for (const value of node.inputs) if (value) values.add(value)
  for (const body of node.bodies.values()) for (const value of body.captures) values.add(value)
  return [...values].filter((value) => !inference.isConst(value))
}
