/**
 * What conditions can ask about a node, and about a model as a whole. The check implements these over inference
 * results, lazily: every property may be computed when it is asked for the first time.
 */
import { Problem } from '../result/problem.ts'
import type { Truth, Value } from './condition/value.ts'

export type WindowPart = 'kernel' | 'strides' | 'pads' | 'dilations'

/**
 * How the file says that a model is quantised: not at all, by pairs of QuantizeLinear and DequantizeLinear, by operators
 * that compute with integers, or by the quantisers of QONNX.
 */
export type Quantization = 'float' | 'qdq' | 'qoperator' | 'qonnx'

export interface NodeFacts {
  readonly op: string
  readonly domain: string
  /** The version of the operator's definition that the node resolves to; null where no schema is known. */
  readonly since: number | null
  /** Every version of the operator's definition, oldest first, where they are at hand. */
  readonly versions?: readonly number[]
  /** The model's opset import of the node's domain. */
  readonly opset: number | null
  /** The model's IR version. */
  readonly ir: number | null
  /** Of the model as a whole. */
  readonly quantization: Quantization
  /** The node stands for a QDQ unit: formal names mean the values outside its Q and DQ. */
  readonly qdq: boolean
  /** As written: absent for an empty name. In a QDQ unit the values outside of it. */
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /**
   * The formal input, output or attribute of that name: a Tensor (a list of them where it is variadic), the
   * attribute's value or the schema's default, absent where it is left out or belongs to another version.
   * Float attributes are Float32, integers numbers or bigints as `Value` says.
   */
  lookup(name: string): Value
  /** Whether the input or output is named, or the attribute written in the file. */
  given(name: string): Truth
  /** Whether a node of that domain is in the graph. */
  graphHolds(domain: string): Truth
  /** The window of Conv and pools, defaults filled in and auto_pad resolved; absent for operators without one. */
  window(part: WindowPart): Value
  /**
   * The element types that a type parameter of the schema (or a formal name) is bound to: a list, without absent
   * values; absent where the schema has no such parameter.
   */
  typeParameter(name: string): Value
}

/** What checks on the whole model can ask, besides parameters. */
export interface ModelFacts {
  /** Import of ai.onnx; null without one. */
  readonly opset: number | null
  readonly ir: number | null
  /** Default `float`. */
  readonly quantization?: Quantization
}

/** Names that every condition knows, apart from parameters, shared conditions and the operator's own names. */
export const builtInNames = [
  'op',
  'inputs',
  'outputs',
  'since',
  'opset',
  'ir',
  'domain',
  'quantization',
  'qdq',
  'window.kernel',
  'window.strides',
  'window.pads',
  'window.dilations',
] as const
export type BuiltInName = (typeof builtInNames)[number]

const missing = () => {
  throw new Problem('bad-profile', 'a condition on the whole model, or on parameters, asks for a fact of a node', {
    fix: 'deploycheck targets lint names it',
  })
}

/** Facts of a model in the form that conditions ask. Throws Problem `bad-profile` where a fact of a node is asked. */
export const modelAsNode = ({ opset, ir, quantization = 'float' }: ModelFacts): NodeFacts => ({
  op: '',
  domain: '',
  since: null,
  opset,
  ir,
  quantization,
  qdq: false,
  inputs: [],
  outputs: [],
  lookup: missing,
  given: missing,
  graphHolds: missing,
  window: missing,
  typeParameter: missing,
})
