/**
 * Tensors at random for the inputs of a model, the same on every machine: the same seed gives the same bits. Beside
 * them the edges: all zeros, all at the smallest value, all at the largest, and a batch of two where that is open.
 */
import { type DType, integerRange, isInteger } from '../../graph/dtype.ts'
import { Problem } from '../../result/problem.ts'
import { arrayFor, countOf, encodeElement } from '../../tensors/arrays.ts'
import type { Tensor, TensorData } from '../../tensors/tensor.ts'
import type { InputSpec } from '../outputs.ts'
import type { SampleRef } from './sample-set.ts'

export type Range = readonly [smallest: number, largest: number]

export interface RandomOptions {
  /** Random samples beside the edges; by default 3. */
  readonly count?: number
  /** By default 0. */
  readonly seed?: number
  /** Per symbolic dimension; others are 1. */
  readonly dims?: Readonly<Record<string, number>>
  /** Per input. By default floats are normal, of mean 0 and deviation 1; bytes take all their values; other integers are 0 and 1, which are valid as ids of any table. */
  readonly ranges?: Readonly<Record<string, Range>>
  /** Per input: its elements in every sample, where they are known. */
  readonly values?: ReadonlyMap<string, readonly (number | bigint)[]>
}

type Case = 'random' | 'zeros' | 'smallest' | 'largest'

/**
 * @throws Problem `no-random-input` where an input is no tensor, or has a type that cannot be made up; `bad-flag` where
 * values are given that do not fit an input
 */
export function randomSamples(inputs: readonly InputSpec[], options: RandomOptions = {}): SampleRef[] {
  const { count = 3, seed = 0 } = options
  for (const input of inputs) mustBeMade(input)
  // The same name is the same size, wherever it stands.
  const batchNames = new Set(inputs.flatMap(({ shape }) => (typeof shape?.[0] === 'string' ? [shape[0]] : [])))
  for (const name of Object.keys(options.dims ?? {})) batchNames.delete(name)
  // Values that are given are those of one batch.
  if (options.values?.size) batchNames.clear()
  const sizes =
    (batch: number): Sizes =>
    (dim, axis) => {
      const known = options.dims && Object.hasOwn(options.dims, dim) ? options.dims[dim] : undefined
      if (known !== undefined) return known
      return dim === '' ? (axis === 0 ? batch : 1) : batchNames.has(dim) ? batch : 1
    }
  for (const input of inputs) {
    const given = options.values?.get(input.name)
    if (given) givenTensor(input, sizes(1), given)
  }
  const sample = (id: string, kind: Case, batch: number, number: number): SampleRef => ({
    id,
    load: async () => {
      const tensors = inputs.map((input, i): [string, Tensor] => {
        const given = options.values?.get(input.name)
        if (given) return [input.name, givenTensor(input, sizes(batch), given)]
        const random = new RandomNumbers(seed * 7919 + number * 131 + i)
        return [input.name, tensorFor(input, kind, sizes(batch), random, options.ranges)]
      })
      return { id, tags: [batch > 1 ? 'batch' : kind], tensors: Object.fromEntries(tensors) }
    },
  })
  return [
    ...Array.from({ length: count }, (_, i) => sample(`random-${i}`, 'random', 1, i)),
    sample('zeros', 'zeros', 1, count),
    sample('smallest', 'smallest', 1, count),
    sample('largest', 'largest', 1, count),
    ...(batchNames.size > 0 ? [sample('batch-of-2', 'random', 2, count + 1)] : []),
  ]
}

function mustBeMade({ name, dtype }: InputSpec): void {
  if (dtype !== null && (dtype === 'string' || arrayFor(dtype)) && !dtype.startsWith('float8')) return
  throw new Problem('no-random-input', `input ${JSON.stringify(name)} is ${dtype ?? 'no tensor'}: none is made up`, {
    fix: 'give samples: a wrapper, an .npz file, or a test_data_set folder',
  })
}

/** The size that a dimension without a number gets; '' has no name. */
type Sizes = (dim: string, axis: number) => number

function tensorFor(
  input: InputSpec,
  kind: Case,
  sizeOf: Sizes,
  random: RandomNumbers,
  ranges: Readonly<Record<string, Range>> = {},
): Tensor {
  const dtype = input.dtype as DType
  const dims = (input.shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : sizeOf(dim, axis)))
  const count = countOf(dims)
  if (dtype === 'string') {
    const words = kind === 'random' ? ['a', 'b', 'ab', ''] : ['']
    return { dtype, dims, data: Array.from({ length: count }, () => words[random.below(words.length)] ?? '') }
  }
  const data = new (arrayFor(dtype) as new (length: number) => TensorData)(count) as { [i: number]: number | bigint }
  const draw = drawing(dtype, kind, random, Object.hasOwn(ranges, input.name) ? ranges[input.name] : undefined)
  for (let i = 0; i < count; i++) data[i] = encodeElement(dtype, draw())
  return { dtype, dims, data: data as TensorData }
}

/** @throws Problem `bad-flag` where there are more or fewer values than elements */
function givenTensor(input: InputSpec, sizeOf: Sizes, values: readonly (number | bigint)[]): Tensor {
  const dtype = input.dtype as DType
  const shape = input.shape ?? []
  // The length of a list of values is that of the list.
  const isOpenList = shape.length === 1 && typeof shape[0] === 'string'
  const dims = isOpenList ? [values.length] : shape.map((dim, i) => (typeof dim === 'number' ? dim : sizeOf(dim, i)))
  const Elements = arrayFor(dtype)
  if (!Elements || countOf(dims) !== values.length)
    throw new Problem('bad-flag', `--input-value ${input.name} has ${values.length} values`, {
      expected: Elements ? `${countOf(dims)}, for the shape [${dims.join(', ')}]` : 'an input of numbers',
      fix: 'give a value for each element, and --input-shape or --dim where the shape is open',
    })
  const data = new (Elements as new (length: number) => TensorData)(values.length) as { [i: number]: number | bigint }
  values.forEach((value, i) => {
    data[i] = encodeElement(dtype, value)
  })
  return { dtype, dims, data: data as TensorData }
}

/** What gives one element after the other. */
function drawing(dtype: DType, kind: Case, random: RandomNumbers, range: Range | undefined): () => number {
  const whole = isInteger(dtype) || dtype === 'bool'
  const [low, high] = range ?? defaultRange(dtype)
  if (kind === 'zeros') return () => Math.min(Math.max(0, low), high)
  if (kind === 'smallest') return () => low
  if (kind === 'largest') return () => high
  if (whole) return () => low + random.below(high - low + 1)
  return range ? () => low + random.uniform() * (high - low) : () => random.normal()
}

/** Where nothing is declared. Normal numbers lie within four deviations, nearly all of them. */
function defaultRange(dtype: DType): Range {
  if (dtype === 'bool') return [0, 1]
  if (!isInteger(dtype)) return [-4, 4]
  const [low, high] = integerRange(dtype).map(Number) as [number, number]
  return high < 256 ? [low, high] : [0, 1]
}

/** Integer arithmetic and correctly rounded operations only: engines differ in the last bit of Math.log and Math.cos. */
class RandomNumbers {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** Uniform in [0, 1), by the mulberry32 generator. */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let bits = this.state
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit)
  }

  /** Close to a standard normal: the sum of twelve uniform numbers less six. */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.uniform()
    return sum
  }
}
