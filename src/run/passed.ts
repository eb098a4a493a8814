/** What became of one sample on one runtime, stage by stage. */
import type { Tensor, Tensors } from '../tensors/tensor.ts'
import type { Context, Sample } from '../wrapper/wrapper.ts'

export interface Passed {
  /** What enters the model; null where it did not come so far. */
  readonly feeds: Tensors | null
  /** Null in a recording: then that of the runtime itself. */
  readonly context: Context | null
  readonly outputs: Tensors | null
  /** Fields of the result; null where there is no stage `post`, or it did not come so far. */
  readonly fields: Readonly<Record<string, unknown>> | null
  /** As the wrapper gave it. */
  readonly result: unknown
}

/** What the others are held against. */
export interface Reference {
  /** Of a runtime, or the path of a recording. */
  readonly id: string
  readonly isAccelerated: boolean
  /** What goes wrong is a failure of its own, and null stands for it. */
  pass(sample: Sample, position: number): Promise<Passed>
}

/** A result that is no object with fields is one field. */
export function fieldsOf(result: unknown): Readonly<Record<string, unknown>> | null {
  if (result === undefined) return null
  const isRecord =
    typeof result === 'object' && result !== null && !Array.isArray(result) && !ArrayBuffer.isView(result)
  return isRecord ? (result as Record<string, unknown>) : { result }
}

/** Bit for bit. */
export function areIdentical(a: Tensors, b: Tensors): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [a[name], b[name]]
      return one !== undefined && other !== undefined && isIdentical(one, other)
    })
  )
}

export function isIdentical(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.dims.join() !== b.dims.join()) return false
  const [x, y] = [a.data, b.data]
  if (ArrayBuffer.isView(x) && ArrayBuffer.isView(y)) return bytesOf(x).equals(bytesOf(y))
  return x.length === y.length && (x as readonly string[]).every((text, i) => text === y[i])
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
