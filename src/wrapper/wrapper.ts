/**
 * What a user writes: one module with the samples of a model, what happens before and after it, and what of the result
 * matters. The same module runs in Node and, bundled, in a browser.
 */
import type { Tensor, Tensors } from '../tensors/tensor.ts'
import type { Kit } from './kit/kit.ts'

/** One sample of the user: a file, tensors, or whatever else the wrapper's own `preprocess` understands. */
export interface Sample {
  /** Unique within the run; reports name the sample by it. For a file: its path as the pattern spells it. */
  readonly id: string
  /** Absolute path, where the sample is a file. A browser cannot open it: use `bytes`. */
  readonly path?: string
  /** Content of the file. */
  readonly bytes?: Uint8Array
  /** From an .npz file, an ONNX test data set, a generator, or made at random. */
  readonly tensors?: Tensors
  /** What is known to be right: a class, a text, boxes. For `metrics`. */
  readonly label?: unknown
  /** For `slices`. Without `slices` in the wrapper, these are the slices. */
  readonly tags?: readonly string[]
  /** Outputs of the model that are known to be right, by name. */
  readonly expected?: Tensors
  /** Anything else that a generator wants to hand on; what structured clone can carry. */
  readonly data?: unknown
}

/** As a wrapper or its generator gives it: a sample without an id is numbered. */
export type SampleInput = Omit<Sample, 'id'> & { readonly id?: string }

/** Files that share a label or tags. */
export interface SampleFiles {
  /** A path or pattern, from the wrapper's folder: `samples/night/*.png`. */
  readonly files: string
  readonly label?: unknown
  readonly tags?: readonly string[]
}

export type Samples =
  | string
  | readonly (string | SampleFiles | SampleInput)[]
  | (() => AsyncIterable<SampleInput> | Iterable<SampleInput>)

/** When two values of one result field agree. Given limits must all hold. */
export interface FieldTolerance {
  /** Largest absolute difference of a number. */
  readonly atol?: number
  /** Largest difference as a share of the expected number; where both are given: atol + rtol · |expected|. */
  readonly rtol?: number
  /** The field holds boxes [x0, y0, x1, y1]: the smallest intersection over union of a box and its partner. */
  readonly iou?: number
  /** The field holds scores or a ranking: the first so many must be the same, in the same order. */
  readonly topK?: number
  /** The field is left out of the comparison. */
  readonly ignore?: boolean
}

/** True where they agree; a text says why they do not. */
export type FieldComparer = (expected: unknown, actual: unknown) => boolean | string

/** An object that is the wrapper's own: filled by `preprocess`, given to `postprocess`. For the scale of a letterbox. */
export type Context = Record<string, unknown>

type Awaitable<T> = T | Promise<T>

/** A tensor of ours, or one of onnxruntime. */
export type TensorLike = Tensor | { readonly type: string; readonly dims: readonly number[]; readonly data: unknown }

export interface Wrapper<R = unknown> {
  /** Patterns from the wrapper's folder, samples as they are, or a generator. Left out: seeded random tensors. */
  readonly samples?: Samples
  /** The model's inputs by name. Left out: `sample.tensors` as they are. */
  preprocess?(sample: Sample, kit: Kit, context: Context): Awaitable<Readonly<Record<string, TensorLike>>>
  /** The result, an object with fields. Left out: there is no stage `post`. */
  postprocess?(outputs: Tensors, kit: Kit, sample: Sample, context: Context): Awaitable<R>
  /** Per field of the result. */
  readonly compare?: Readonly<Record<string, FieldTolerance | FieldComparer>>
  /** The team's own goals, averaged per runtime and per slice. */
  readonly metrics?: Readonly<Record<string, (result: R, sample: Sample) => Awaitable<number | boolean>>>
  /** The groups that a sample belongs to. */
  slices?(sample: Sample): readonly string[]
}

/** Gives the wrapper back as it is, with its types checked. */
export function defineWrapper<R>(wrapper: Wrapper<R>): Wrapper<R> {
  return wrapper
}
