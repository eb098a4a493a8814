/**
 * What an operator is, for inference: one entry per operator, grouped into families (one file each). An entry holds
 * the inference of types and shapes, the computation of small values, and the cost, side by side:
 *
 *     export const conv = family({
 *       Conv: {
 *         infer(c) { c.output(0, spatialShape(…)) },
 *         macs(c) { … },
 *       },
 *     })
 *
 * The engine (infer/) looks up the entry, hands it a `Context`, and does what is the same for all: element types by
 * the type parameters of the schema, arity and attribute checks, constness, folding, findings.
 */
import type { Dim, Unknown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import type { Graph, Node } from '../graph/model.ts'
import type { Tensor } from '../graph/tensor.ts'
import type { Shape, ValueType } from '../graph/type.ts'
import type { OperatorSchema } from './schema.ts'
import type { KnownValue } from './value.ts'

export interface Operator {
  /**
   * Sets the outputs' shapes (`c.output`), or types where they are not tensors or the element type does not follow
   * from the schema. What it does not set is unknown. Throws `Mismatch` (by `c.mismatch`) for what cannot be.
   */
  readonly infer?: (c: Context) => void
  /**
   * Computes output values from known input values (`c.value`, `c.outputValue`). Called after `infer`, only while
   * outputs are small; where an input value it needs is not known it just returns.
   */
  readonly value?: (c: Context) => void
  /**
   * Multiply-accumulate operations of one run. Absent: none (data movement and element-by-element work count zero).
   * Null: not known.
   */
  readonly macs?: (c: Context) => Dim | null
  /**
   * Whether the output does not depend on the values of the inputs, only on their types: Shape and Size. A runtime
   * folds it as soon as the input's shape is static.
   */
  readonly typeOnly?: boolean
}

/** The operators of one family by name; `com.microsoft::Gelu` outside ai.onnx. */
export type Family = Readonly<Record<string, Operator>>
export const family = <F extends Family>(operators: F): F => operators

/** One node as an operator sees it. Positions beyond the inputs written are absent. */
export interface Context {
  readonly node: Node
  /** Null for an operator without a known schema. */
  readonly schema: OperatorSchema | null
  /** Version of the operator in force; 0 without schema. */
  readonly since: number
  /** Version of the operator's domain that the model imports. */
  readonly opset: number

  /** Number of inputs (outputs) as written, trailing and inner empty names included. */
  readonly inputCount: number
  readonly outputCount: number
  /** Whether the input is there: written with a name. */
  given(input: number): boolean
  /** Whether the output is asked for. */
  wanted(output: number): boolean
  type(input: number): ValueType | null
  /** Element type of a tensor input; null where unknown, absent or no tensor. */
  dtype(input: number): DType | null
  /** Null where not even the rank is known, absent or no tensor. */
  shape(input: number): Shape | null
  rank(input: number): number | null
  /** A small value that is known, at least in part. Decodes an initializer of up to `valueLimit` elements. */
  value(input: number): KnownValue | null
  /** Constant at run time: an initializer that no input overrides, a Constant node, or folded from such. */
  isConst(input: number): boolean
  /** Why the type or value of an input is not known: to be passed on. */
  why(input: number): string
  /** What has been set so far. */
  outputShape(output: number): Shape | null
  outputDType(output: number): DType | null

  /** Attributes as written, else the schema's default, else `fallback`, else undefined. */
  int(name: string): number | undefined
  int(name: string, fallback: number): number
  float(name: string): number | undefined
  float(name: string, fallback: number): number
  string(name: string): string | undefined
  string(name: string, fallback: string): string
  ints(name: string): readonly number[] | undefined
  floats(name: string): readonly number[] | undefined
  strings(name: string): readonly string[] | undefined
  tensor(name: string): Tensor | undefined
  typeAttribute(name: string): ValueType | undefined
  /** Whether the attribute is written in the file. */
  written(name: string): boolean
  /** The elements of a tensor attribute, if there are at most `valueLimit` and they can be had. */
  tensorValue(name: string): KnownValue | null
  body(name: string): Graph | undefined

  /**
   * Sets shape and element type of an output. `shape`: dimensions; or Unknown: the rank is not known, and why.
   * `dtype` undefined: by the schema's type parameter; null: not known.
   */
  output(index: number, shape: Shape | Unknown, dtype?: DType | null): void
  outputType(index: number, type: ValueType | Unknown): void
  /** Sets a value that is known; element type and shape must be those of the output. */
  outputValue(index: number, value: KnownValue): void

  /** The node is wrong: what was found and what is allowed. Makes a finding; its outputs become unknown. */
  mismatch(message: string, inputs?: readonly number[], id?: MismatchId): never
  /** Something worth saying that does not stop inference. */
  warn(id: WarningId, message: string): void

  /**
   * Infers a body with these types for its formal inputs (null: unknown) and returns the types of its outputs.
   * `values`: what is known of the inputs' values.
   */
  inferBody(graph: Graph, inputs: readonly (ValueType | null)[], values?: readonly (KnownValue | null)[]): BodyResult
  /** Infers a body that never runs: its nodes get their facts, and what is wrong in it is no finding. */
  inferDeadBody(graph: Graph): void
}

export interface BodyResult {
  readonly types: readonly (ValueType | null)[]
  readonly values: readonly (KnownValue | null)[]
  /** Why an output is not known. */
  readonly whys: readonly (string | null)[]
}

/** What kind of finding a warning is: the part of its id after `model/`. */
export type WarningId = 'huge-tensor' | 'long-loop' | 'division-by-zero'

/** What kind of finding a mismatch is: the part of its id after `model/`. */
export type MismatchId = 'shape-mismatch' | 'type-mismatch' | 'body-arity' | 'body-type'

/** Thrown by `Context.mismatch`; the engine turns it into a finding. */
export class Mismatch extends Error {
  constructor(
    message: string,
    /** Input positions concerned. */
    readonly inputs: readonly number[],
    readonly id: MismatchId,
  ) {
    super(message)
  }
}
