/** What brings a node into hardware that FINN leaves in software; null where nothing is known that would. */
import { isScalar } from './constant.ts'
import { isInteger } from './datatype.ts'
import type { FlowOptions } from './flow.ts'
import type { Operation } from './network.ts'

const extended = 'finn@steps=extended: its flow has a layer for it'
const quantiseInput = 'a quantiser in front of it, with one scale for the whole tensor'

export function remedyOfSoftware(operation: Operation, { version, steps }: FlowOptions): string | null {
  const { op, input, inputs } = operation
  const plain = version === '0.10' && steps === 'default'
  switch (op) {
    case 'MatMul':
    case 'Conv':
      return remedyOfProduct(operation, plain)
    case 'Gemm':
      return 'quantise its input and weights (Quant), or write it as MatMul and Add'
    case 'Mul':
    case 'Add':
    case 'Sub':
    case 'Div':
      return remedyOfAffine(operation)
    case 'MultiThreshold':
      return 'a quantiser on what it reads, so that its thresholds are on integers'
    case 'Im2Col':
      return quantiseInput
    case 'MaxPool':
    case 'MaxPoolNHWC':
    case 'QuantAvgPool2d':
      if (!isInteger(input.type)) return quantiseInput
      return plain ? 'finn@steps=extended, or a kernel that is its stride and divides the image' : null
    case 'Relu':
    case 'Selu':
      return 'a quantiser directly behind it'
    case 'GlobalAveragePool':
    case 'Concat':
    case 'Resize':
    case 'Upsample':
      if (inputs.some((tensor) => tensor && !tensor.constant && !isInteger(tensor.type))) return quantiseInput
      return plain ? extended : null
    case 'QuantizeLinear':
    case 'DequantizeLinear':
      return 'express quantisation by Quant (qonnx: QCDQToQuant)'
    default:
      return null
  }
}

function remedyOfProduct({ inputs }: Operation, plain: boolean): string | null {
  const [input, weight] = inputs
  if (!weight?.constant) return null
  if (!isInteger(weight.type)) return 'quantise the weight (Quant)'
  if (input && !isInteger(input.type)) return quantiseInput
  return plain && weight.depthwise ? extended : null
}

function remedyOfAffine({ parameter }: Operation): string {
  if (!parameter) return 'quantise both streams with the same scale, such as by one quantiser that both share'
  return isScalar(parameter)
    ? 'a quantiser behind it, on the same branch, whose thresholds take the factor in'
    : 'a quantiser directly behind it, whose thresholds take the parameters in'
}
