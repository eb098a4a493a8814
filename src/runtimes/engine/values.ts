/** Our tensors and those of onnxruntime, one into the other, and what its bindings for JavaScript cannot carry. */
import type { Tensor as OrtTensor } from 'onnxruntime-node'
import type { DType } from '../../graph/dtype.ts'
import { Problem } from '../../result/problem.ts'
import type { Tensor, TensorData } from '../../tensors/tensor.ts'
import type { SessionValue } from '../runtime.ts'

/** onnxruntime-node has tables of its own, and the packages differ: js/node/src/tensor_helper.cc, js/web/lib/wasm/wasm-common.ts. */
export type Build = 'native' | 'web'

const everywhere: readonly DType[] = [
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
]
const carried: Record<Build, { readonly in: ReadonlySet<DType>; readonly out: ReadonlySet<DType> }> = {
  // An int4 output of 1.30 ends the process: the binding reads behind the end of its table.
  native: { in: new Set(everywhere), out: new Set(everywhere) },
  // For an int4 output 1.30 has no array (`unsupported type: int4`, after the run).
  web: { in: new Set([...everywhere, 'int4', 'uint4']), out: new Set(everywhere) },
}

const packageOf: Record<Build, string> = { native: 'onnxruntime-node', web: 'onnxruntime-web' }

/** @throws Problem `not-carried` where the value is no tensor or has a type that does not pass. */
export function mustCarry(build: Build, direction: 'in' | 'out', { name, dtype }: SessionValue): void {
  const what = `${direction === 'in' ? 'input' : 'output'} ${JSON.stringify(name)}`
  if (dtype === null)
    throw new Problem('not-carried', `${what} is not a tensor; ${packageOf[build]} carries tensors only`, {
      expected: 'a tensor, not a sequence, a map or an optional',
      fix:
        direction === 'in'
          ? 'take the sequence apart inside the model'
          : 'fetch other outputs, or make it a tensor inside the model',
    })
  if (!carried[build][direction].has(dtype)) throw typeProblem(build, what, dtype)
}

const typeProblem = (build: Build, what: string, dtype: string): Problem =>
  new Problem('not-carried', `${what} has the type ${dtype}, which ${packageOf[build]} cannot carry`, {
    fix: 'put a Cast to a type that it carries beside it, for example float32',
  })

type OrtTensorConstructor = new (type: string, data: unknown, dims: number[]) => OrtTensor

/** @throws Problem `bad-feeds` where type, shape and data do not fit together. */
export function toOrt(make: OrtTensorConstructor, build: Build, name: string, tensor: Tensor): OrtTensor {
  const { dtype, data } = tensor
  const dims = [...tensor.dims]
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (data.length !== count)
    throw new Problem(
      'bad-feeds',
      `input ${JSON.stringify(name)}: ${data.length} elements for the shape [${dims.join(', ')}]`,
      {
        expected: `${count} elements`,
      },
    )
  try {
    if (dtype === 'string') return new make(dtype, [...(data as readonly string[])], dims)
    if (dtype === 'int4' || dtype === 'uint4') return new make(dtype, packed(data as Int8Array | Uint8Array), dims)
    // Where JavaScript has Float16Array the constructor makes one, and the native binding takes its length for zero.
    if (dtype === 'float16' && build === 'native')
      return { type: dtype, data, dims, location: 'cpu' } as unknown as OrtTensor
    return new make(dtype, data, dims)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/ { \[native code\] }/, '') : String(cause)
    throw new Problem('bad-feeds', `input ${JSON.stringify(name)}: ${reason}`, { cause })
  }
}

/** Two elements a byte, the first in the lower half. */
function packed(elements: Int8Array | Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(elements.length / 2))
  elements.forEach((element, i) => {
    bytes[i >> 1] = (bytes[i >> 1] ?? 0) | ((element & 15) << (i & 1 ? 4 : 0))
  })
  return bytes
}

/** Data that already is in memory; float16 as bits, whatever the arrays that this JavaScript has. */
export function fromOrt({ type, dims, data }: OrtTensor): Tensor {
  const dtype = type as DType
  if (dtype !== 'float16') return { dtype, dims: [...dims], data: data as TensorData }
  const { buffer, byteOffset, length } = data as Uint16Array
  return { dtype, dims: [...dims], data: new Uint16Array(buffer, byteOffset, length) }
}
