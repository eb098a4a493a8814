/** What a wrapper gives back, looked at before anything is run on it: in its own place first, then against the model. */
import type { DType } from '../graph/dtype.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { arrayFor, countOf } from '../tensors/arrays.ts'
import { fromFloat16 } from '../tensors/float16.ts'
import type { Tensor, TensorData, Tensors } from '../tensors/tensor.ts'

const quoted = (name: string): string => JSON.stringify(name)

/** Tensors out of whatever `preprocess` returned. @throws Problem `wrapper-output` that names what is no tensor */
export function tensorsFrom(value: unknown, from: string): Tensors {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    throw new Problem('wrapper-output', `${from} returned ${kindOf(value)}`, {
      expected: 'an object with a tensor for each input of the model',
      fix: `return { input: kit.tensor('float32', [1, 3, 224, 224], data) }, with the model's name for input`,
    })
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, tensorFrom(one, name, from)]))
}

function tensorFrom(value: unknown, name: string, from: string): Tensor {
  const wrong = (what: string, expected: string) =>
    new Problem('wrapper-output', `${from} returned ${what} for ${quoted(name)}`, { expected })
  const isTensor = typeof value === 'object' && value !== null && 'dims' in value && 'data' in value
  if (!isTensor) throw wrong(kindOf(value), 'a tensor, as kit.tensor makes one')
  const { data, dims } = value
  const dtype = ('dtype' in value ? value.dtype : 'type' in value ? value.type : undefined) as DType
  const isShape = Array.isArray(dims) && dims.every((dim) => Number.isInteger(dim) && dim >= 0)
  if (!isShape) throw wrong('a tensor whose dims are not whole numbers', 'dims as in [1, 3, 224, 224]')
  const kept = dataOf(dtype, data)
  if (!kept) throw wrong(`a tensor of type ${String(dtype)} with ${kindOf(data)}`, arrayName(dtype))
  if (kept.length !== countOf(dims))
    throw wrong(`${kept.length} elements with the shape [${dims.join(', ')}]`, `${countOf(dims)} elements`)
  return { dtype, dims: [...dims], data: kept }
}

/** The data as tensors of ours keep it; null where it does not fit the type. */
function dataOf(dtype: DType, data: unknown): TensorData | null {
  if (dtype === 'string') return Array.isArray(data) && data.every((one) => typeof one === 'string') ? data : null
  const name = arrayFor(dtype)?.name
  if (name === undefined || !ArrayBuffer.isView(data)) return null
  const { buffer, byteOffset, byteLength } = data
  const found = data.constructor.name
  // The bits of newer engines' own float16, and bytes that a canvas or Node calls otherwise.
  if (dtype === 'float16' && found === 'Float16Array') return new Uint16Array(buffer, byteOffset, byteLength / 2)
  if (name === 'Uint8Array' && (found === 'Uint8ClampedArray' || found === 'Buffer'))
    return new Uint8Array(buffer, byteOffset, byteLength)
  return found === name ? (data as unknown as TensorData) : null
}

function arrayName(dtype: DType): string {
  if (dtype === 'string') return 'an array of texts'
  const name = arrayFor(dtype)?.name
  return name === undefined ? "a type of ONNX by its name, such as 'float32' or 'int64'" : `its elements as ${name}`
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== 'Object' ? `an object of ${name}` : 'an object'
}

/** What a session says of one of its inputs. */
export interface InputSpec {
  readonly name: string
  readonly dtype: DType | null
  readonly shape: readonly (number | string)[] | null
}

/** All that is wrong with tensors as inputs of a model; none where it can run on them. */
export function checkFeeds(feeds: Tensors, inputs: readonly InputSpec[]): Problem[] {
  const problems: Problem[] = []
  const names = inputs.map(({ name }) => name)
  const missing = names.filter((name) => !Object.hasOwn(feeds, name))
  for (const [name, tensor] of Object.entries(feeds)) {
    const input = inputs.find((one) => one.name === name)
    const problem = input ? (misfit(input, tensor) ?? notFinite(name, tensor)) : unknownName(name, names, missing)
    if (problem) problems.push(problem)
  }
  for (const name of missing)
    problems.push(
      new Problem('bad-feeds', `there is no tensor for the input ${quoted(name)}`, {
        expected: `all of ${names.map(quoted).join(', ')}`,
      }),
    )
  return problems
}

function unknownName(name: string, names: readonly string[], missing: readonly string[]): Problem {
  const near = nearest(name, missing) ?? (missing.length === 1 ? missing[0] : null)
  return new Problem('bad-feeds', `the model has no input ${quoted(name)}`, {
    expected: `one of ${names.map(quoted).join(', ')}`,
    ...(near ? { fix: `did you mean ${quoted(near)}?` } : {}),
  })
}

function misfit({ name, dtype, shape }: InputSpec, tensor: Tensor): Problem | null {
  const { dims } = tensor
  if (dtype === null || shape === null) return null
  const fits = (found: readonly number[]) =>
    shape.length === found.length && shape.every((dim, i) => typeof dim === 'string' || dim === found[i])
  if (tensor.dtype === dtype && fits(dims)) return null
  const turned = tensor.dtype === dtype ? orderThatFits(dims, fits) : null
  return new Problem('bad-feeds', `input ${quoted(name)}: found ${tensor.dtype} [${dims.join(', ')}]`, {
    expected: `${dtype} [${shape.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`,
    ...(turned === null ? {} : { fix: turned }),
  })
}

/** The usual slips: the other layout, the missing batch. */
function orderThatFits(dims: readonly number[], fits: (found: readonly number[]) => boolean): string | null {
  const [n = 0, a = 0, b = 0, c = 0] = dims
  if (dims.length === 4 && fits([n, c, a, b])) return "it looks like NHWC where the model takes NCHW: layout: 'NCHW'"
  if (dims.length === 4 && fits([n, b, c, a])) return "it looks like NCHW where the model takes NHWC: layout: 'NHWC'"
  return fits([1, ...dims]) ? 'put a batch dimension of 1 in front' : null
}

function notFinite(name: string, { dtype, data }: Tensor): Problem | null {
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16') return null
  const numbers = data as ArrayLike<number>
  const decode = dtype === 'float16' ? fromFloat16 : (bits: number) => bits
  let count = 0
  let first = -1
  for (let i = 0; i < numbers.length; i++)
    if (!Number.isFinite(decode(numbers[i] as number))) {
      if (count++ === 0) first = i
    }
  if (count === 0) return null
  const value = decode(numbers[first] as number)
  const others = count === 1 ? '' : `, and ${count - 1} more`
  return new Problem('not-finite', `input ${quoted(name)} holds ${value} at element ${first}${others}`, {
    fix: 'look for a division by zero or an overflow in preprocess',
  })
}
