/** From a model's numbers to a decision: softmax, the largest, the k largest. */
import { Problem } from '../../result/problem.ts'
import { countOf, numbersOf } from '../../tensors/arrays.ts'
import type { Tensor } from '../../tensors/tensor.ts'

/** Elements as numbers: float16 decoded, int64 to the nearest double. */
export function numbers(tensor: Tensor): ArrayLike<number> {
  const values = numbersOf(tensor)
  if (values) return values
  throw new Problem('bad-tensor', `a tensor of type ${tensor.dtype} holds no numbers`)
}

/** Runs of elements along an axis: where each begins, the step between two elements, and how many. */
function runs(
  { dims }: Tensor,
  axis: number,
): { readonly starts: number[]; readonly step: number; readonly length: number } {
  const index = axis < 0 ? axis + dims.length : axis
  const length = dims[index]
  if (length === undefined)
    throw new Problem('bad-choice', `axis ${axis} of a tensor with the shape [${dims.join(', ')}]`, {
      expected: `from ${-dims.length} to ${dims.length - 1}`,
    })
  const step = countOf(dims.slice(index + 1))
  const outer = countOf(dims.slice(0, index))
  const starts = Array.from({ length: outer * step }, (_, i) => Math.floor(i / step) * step * length + (i % step))
  return { starts, step, length }
}

/** Along an axis; −1 is the last one. In double, with the largest element taken off first; float32 comes out. */
export function softmax(tensor: Tensor, axis: number): Tensor {
  const values = numbers(tensor)
  const { starts, step, length } = runs(tensor, axis)
  const data = new Float32Array(values.length)
  for (const start of starts) {
    const at = (k: number) => start + k * step
    let largest = Number.NEGATIVE_INFINITY
    for (let k = 0; k < length; k++) largest = Math.max(largest, values[at(k)] as number)
    const powers = Array.from({ length }, (_, k) => Math.exp((values[at(k)] as number) - largest))
    const sum = powers.reduce((total, power) => total + power, 0)
    powers.forEach((power, k) => {
      data[at(k)] = power / sum
    })
  }
  return { dtype: 'float32', dims: [...tensor.dims], data }
}

/** Of all elements, by their position; of equal ones the first. NaN is never the largest. */
export function argmax(tensor: Tensor): number {
  return topK(tensor, 1)[0]?.index ?? -1
}

export interface Ranked {
  readonly index: number
  readonly score: number
}

/** The k largest of all elements, largest first; of equal ones the first comes first. NaN comes last. */
export function topK(tensor: Tensor, k: number): Ranked[] {
  const values = numbers(tensor)
  const size = (score: number) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score)
  return Array.from(values, (score, index) => ({ index, score }))
    .sort((a, b) => size(b.score) - size(a.score) || a.index - b.index)
    .slice(0, k)
}

/** 1 / (1 + e^−x) of a number. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
