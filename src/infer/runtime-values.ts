/**
 * The values of shape computations that ONNX Runtime knows while it infers shapes. It follows whole vectors of numbers
 * only: one open dimension, and nothing is known of any. Constants are no such values, so that `Gather → Mul(2)` ends
 * the chain, and so does a Concat with a constant.
 * Sources (ONNX Runtime 1.30, ONNX 1.22): core/graph/graph.cc (SaveShapeValuesFromDataPropagation),
 * core/graph/data_propagation/*, onnx/defs/tensor and math (PartialDataPropagationFunction).
 */
import { isKnown } from '../graph/dim.ts'
import type { KnownValue } from '../operators/value.ts'
import { numbers, scalar, vector } from '../operators/value.ts'
import type { NodeContext } from './context.ts'

/** What an operator's rule reads: the node, and what is followed of its inputs. */
export interface Followed {
  readonly context: NodeContext
  /** Followed values; null for constants, too. */
  followed(input: number): KnownValue | null
}

type Rule = (f: Followed) => KnownValue | null

/** The value that the node's first output then has; null where the runtime does not follow it. */
export function follow(f: Followed): KnownValue | null {
  const { node } = f.context
  return node.domain === '' && Object.hasOwn(rules, node.op) ? (rules[node.op]?.(f) ?? null) : null
}

const rules: Readonly<Record<string, Rule>> = {
  Shape({ context: c }) {
    const shape = c.shape(0)
    if (!shape) return null
    const at = (position: number) => {
      const counted = position < 0 ? position + shape.length : position
      return Math.min(Math.max(counted, 0), shape.length)
    }
    const end = c.written('end') ? at(c.int('end', 0)) : shape.length
    const dims = shape.slice(c.since < 15 ? 0 : at(c.int('start', 0)), c.since < 15 ? shape.length : end)
    return dims.length > 0 && dims.every(isKnown) ? vector(dims) : null
  },
  Size(f) {
    const known = elementsOf(f, 0)
    return known && known.dims.length > 0 ? scalar(known.elements.reduce((product, size) => product * size, 1)) : null
  },
  Cast: (f) => (f.context.since < 13 ? null : vectorOf(f, 0)),
  Concat(f) {
    const { context: c } = f
    const axis = c.int('axis', 0)
    if (c.since < 13 || (axis !== 0 && (axis !== -1 || c.rank(0) !== 1))) return null
    const all: number[] = []
    for (let input = 0; input < c.inputCount; input++) {
      const known = vectorOf(f, input)
      if (!known) return null
      all.push(...(numbers(known) ?? []))
    }
    return vector(all)
  },
  Gather(f) {
    const { context: c } = f
    const data = elementsOf(f, 0)
    if (!data || data.dims.length === 0) return null
    const pick = (index: number) => data.elements[index < 0 ? index + data.elements.length : index]
    const followed = vectorOf(f, 1)
    const indices = numbers(followed ?? (c.isConst(1) ? c.value(1) : null))
    if (!indices || (!followed && indices.length !== 1)) return null
    const picked = indices.flatMap((index) => pick(index) ?? [])
    const [first] = picked
    if (picked.length !== indices.length || first === undefined) return null
    if (followed) return c.int('axis', 0) === 0 ? vector(picked) : null
    const rank = c.value(1)?.dims.length ?? 0
    return rank === 0 ? scalar(first) : rank === 1 ? vector([first]) : null
  },
  Slice(f) {
    const { context: c } = f
    const [data, starts, ends] = [elementsOf(f, 0), elementsOf(f, 1), elementsOf(f, 2)]
    if (c.since < 13 || !data || !starts || !ends || c.inputCount > 3) return null
    const [start, end] = [starts.elements[0] ?? 0, ends.elements[0] ?? 0]
    const picked = starts.elements.length === 1 && ends.elements.length === 1 ? data.elements.slice(start, end) : []
    return picked.length > 0 ? vector(picked) : null
  },
  Squeeze(f) {
    const data = elementsOf(f, 0)
    if (!data || data.dims.length === 0) return null
    const [first] = data.elements
    return data.elements.length === 1 && first !== undefined ? scalar(first) : null
  },
  Unsqueeze(f) {
    const data = elementsOf(f, 0)
    const [first] = data?.elements ?? []
    return data && data.dims.length === 0 && first !== undefined ? vector([first]) : null
  },
  Add: (f) => combine(f, (a, b) => a + b, 14),
  Sub: (f) => combine(f, (a, b) => a - b, 14),
  Mul: (f) => combine(f, (a, b) => a * b, 14),
  Div: (f) => combine(f, (a, b) => (b === 0 ? null : Math.trunc(a / b)), null),
}

interface Numbers {
  readonly dims: readonly number[]
  readonly elements: readonly number[]
}

function elementsOf(f: Followed, input: number): Numbers | null {
  const known = f.followed(input)
  const elements = numbers(known)
  return known && elements ? { dims: known.dims, elements } : null
}

/** ONNX's own rules see vectors, not scalars. */
function vectorOf(f: Followed, input: number): KnownValue | null {
  const known = f.followed(input)
  return known && known.dims.length > 0 ? known : null
}

/** Vectors element by element where ONNX has the rule (`vectors`: since that version); else single elements only. */
function combine(
  f: Followed,
  work: (a: number, b: number) => number | null,
  vectors: number | null,
): KnownValue | null {
  const [a, b] = [elementsOf(f, 0), elementsOf(f, 1)]
  if (!a || !b) return null
  const single = a.elements.length === 1 && b.elements.length === 1
  if (!single && (vectors === null || f.context.since < vectors || a.dims.length === 0 || b.dims.length === 0))
    return null
  const size = a.elements.length === 1 ? b.elements.length : a.elements.length
  const at = (known: Numbers, i: number) => known.elements[known.elements.length === 1 ? 0 : i]
  const out: number[] = []
  for (let i = 0; i < size; i++) {
    const [x, y] = [at(a, i), at(b, i)]
    const result = x === undefined || y === undefined ? null : work(x, y)
    if (result === null) return null
    out.push(result)
  }
  const [first] = out
  if (a.dims.length === 0 && b.dims.length === 0) return first === undefined ? null : scalar(first)
  return vector(out)
}
