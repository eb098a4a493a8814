/**
 * Definitions of QONNX's quantisers, under the names that their documents give to inputs and attributes. They lie
 * outside of the ONNX specification: no runtime folds or runs them, so they stay custom operators for all targets but
 * those that declare them. Nothing is required here: what a flow insists on is a rule of that flow.
 * Source: docs/qonnx-custom-ops of fastmachinelearning/qonnx (cc2ec17).
 */
import type { AttributeSchema, FormalParameter, OperatorSchema } from './schema.ts'

/** The domain under which the tools write them today, and those of older releases. */
const qonnxDomains: readonly string[] = ['qonnx.custom_op.general', 'finn.custom_op.general', 'onnx.brevitas', 'finn']

const numeric: ReadonlySet<string> = new Set(
  'float float16 double int8 uint8 int16 uint16 int32 uint32 int64 uint64'.split(' ').map((type) => `tensor(${type})`),
)

interface Quantiser {
  readonly inputs: readonly string[]
  /** Inputs behind these may be left out. */
  readonly least: number
  readonly attributes: Readonly<Record<string, AttributeSchema>>
}

const integer = (fallback: number): AttributeSchema => ({ type: 'INT', required: false, fallback })
const word = (fallback: string): AttributeSchema => ({ type: 'STRING', required: false, fallback })

const quant: Quantiser = {
  inputs: ['X', 'scale', 'zeropt', 'bitwidth'],
  least: 4,
  attributes: { signed: integer(1), narrow: integer(0), rounding_mode: word('ROUND') },
}

const quantisers: Readonly<Record<string, Quantiser>> = {
  Quant: quant,
  IntQuant: quant,
  BipolarQuant: { inputs: ['X', 'scale'], least: 2, attributes: {} },
  // The second version has a scale of the output before the last input; by position, the first five are alike.
  Trunc: {
    inputs: ['X', 'scale', 'zeropt', 'in_bitwidth', 'out_bitwidth', 'out_bitwidth_v2'],
    least: 5,
    attributes: { rounding_mode: word('FLOOR'), signed: integer(1), narrow: integer(0) },
  },
  FloatQuant: {
    inputs: ['X', 'scale', 'exponent_bitwidth', 'mantissa_bitwidth', 'exponent_bias', 'max_val'],
    least: 5,
    attributes: {
      has_inf: integer(0),
      has_nan: integer(0),
      has_subnormal: integer(0),
      saturation: integer(0),
      rounding_mode: word('ROUND'),
    },
  },
}

function schemaOf(domain: string, name: string, { inputs, least, attributes }: Quantiser): OperatorSchema {
  const formal = (input: string, type: string, optional: boolean): FormalParameter => ({
    name: input,
    type,
    option: optional ? 'optional' : 'single',
    homogeneous: true,
  })
  return {
    domain,
    name,
    since: 1,
    deprecated: false,
    deterministic: false,
    hasBody: false,
    minIn: least,
    maxIn: inputs.length,
    minOut: 1,
    maxOut: 1,
    // Each input has a type of its own; the output has that of the first.
    inputs: inputs.map((input, i) => formal(input, `T${i}`, i >= least)),
    outputs: [formal('Y', 'T0', false)],
    attributes: new Map(Object.entries(attributes)),
    required: [],
    types: new Map(inputs.map((_, i) => [`T${i}`, numeric])),
  }
}

/** By domain, then name. */
export const qonnxSchemas: ReadonlyMap<string, ReadonlyMap<string, OperatorSchema>> = new Map(
  qonnxDomains.map((domain) => [
    domain,
    new Map(Object.entries(quantisers).map(([name, quantiser]) => [name, schemaOf(domain, name, quantiser)])),
  ]),
)
