/** Why a node has not become hardware, in words. */
import { mostBits } from './activations.ts'
import { isScalar } from './constant.ts'
import { isInteger } from './datatype.ts'
import type { FlowOptions } from './flow.ts'
import type { Operation } from './network.ts'

export function whySoftware(operation: Operation, { version, steps }: FlowOptions): string {
  const { op, input, inputs } = operation
  const plain = version === '0.10' && steps === 'default'
  switch (op) {
    case 'MatMul':
    case 'Conv':
      return whyProduct(operation, plain)
    case 'Gemm':
      return 'FINN converts a Gemm only in a model with a Quant or Trunc'
    case 'Mul':
    case 'Add':
    case 'Sub':
    case 'Div':
      return whyAffine(operation)
    case 'MultiThreshold':
      return `the quantiser reads ${input.type} values, and its thresholds have to be on integers`
    case 'Quant':
      return whyQuant(operation)
    case 'Im2Col':
      return `its input has the type ${input.type}, and windows are made of integers`
    case 'MaxPool':
    case 'MaxPoolNHWC':
    case 'QuantAvgPool2d':
      if (!isInteger(input.type)) return `its input has the type ${input.type}`
      return plain
        ? 'the default steps of FINN 0.10 take only a MaxPool whose kernel is its stride and divides the image'
        : 'its kernel is smaller than its stride'
    case 'Transpose':
      return 'it turns the layout, and nothing beside it takes that in'
    case 'Flatten':
    case 'Reshape':
      return 'it stands beside no layer that takes it in'
    case 'Relu':
    case 'Selu':
      return 'no quantiser stands directly behind it'
    case 'TopK':
      return isInteger(input.type) ? 'its values are read' : `its input has the type ${input.type}`
    case 'GlobalAveragePool':
    case 'Concat':
    case 'Resize':
    case 'Upsample': {
      const float = inputs.find((tensor) => tensor && !tensor.constant && !isInteger(tensor.type))
      return float ? `its input has the type ${float.type}` : notCalled(op, plain)
    }
    case 'QuantizeLinear':
    case 'DequantizeLinear':
      return "FINN reads quantisation from QONNX's Quant only"
    default:
      return `FINN has no hardware layer for ${op}`
  }
}

const notCalled = (op: string, plain: boolean): string =>
  plain ? `the default steps of FINN 0.10 do not ask for a layer for ${op}` : `its form of ${op} has no layer`

function whyProduct({ inputs }: Operation, plain: boolean): string {
  const [input, weight] = inputs
  if (!weight?.constant) return 'both of its inputs are computed'
  if (!isInteger(weight.type)) return `its weight is not quantised (${weight.type})`
  if (input && !isInteger(input.type))
    return `its input has the type ${input.type}, not quantised or scaled by a factor that could not be moved`
  return plain && weight.depthwise
    ? 'the default steps of FINN 0.10 have no layer for depthwise convolutions'
    : 'its form has no layer'
}

function whyAffine({ op, parameter }: Operation): string {
  const what = op === 'Mul' || op === 'Div' ? 'factor' : 'summand'
  if (!parameter) return `it joins two streams, and FINN could not bring both to the same integers`
  const form = isScalar(parameter) ? 'single' : 'per-channel'
  return `its ${form} ${what} could not be moved into the thresholds of a quantiser`
}

/** The rule of the profile that the node does not meet, where it is one. */
export function ruleOfSoftware(operation: Operation, { version, steps }: FlowOptions): string | null {
  if (isTooWide(operation)) return 'Quant/too-wide'
  if (operation.op === 'Softmax') return 'Softmax/layer'
  const plain = version === '0.10' && steps === 'default'
  const [input, weight] = operation.inputs
  const integer = input && weight && isInteger(input.type) && isInteger(weight.type)
  return operation.op === 'MatMul' && integer && weight.depthwise && plain ? 'Conv/depthwise' : null
}

function whyQuant(operation: Operation): string {
  return isTooWide(operation)
    ? `the quantiser has ${bitsOfQuantiser(operation)} bits, and FINN makes thresholds of 1 to ${mostBits}`
    : 'the quantiser was not made into thresholds'
}

export const bitsOfQuantiser = ({ inputs }: Operation): number => inputs[3]?.constant?.values?.[0] ?? 0
export const isTooWide = (operation: Operation): boolean =>
  operation.op === 'Quant' && bitsOfQuantiser(operation) > mostBits
