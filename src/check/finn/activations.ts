/**
 * Quantisers of activations become MultiThreshold, with the Relu or Selu before them; summand and factor follow as
 * nodes. Source: quant_act_to_multithreshold.py and qonnx_activation_handlers.py of FINN.
 */
import { type Constant, every, isScalar, reshaped, scalarConstant, sizeOf } from './constant.ts'
import { float32 } from './datatype.ts'
import { checkZeroPoint, shown } from './dialect.ts'
import { constantTensor, like, type Network, Operation } from './network.ts'
import type { Thresholds } from './thresholds.ts'
import { quantType } from './transform.ts'

/** Quantisers with more bits stay as they are (`max_multithreshold_bit_width`). */
export const mostBits = 8

export function convertActivations(network: Network, development: boolean): void {
  for (const quantizer of network.of('Quant', 'BipolarQuant')) {
    if (quantizer.inputs[0]?.constant) continue
    if (isConvertible(network, quantizer)) convert(network, quantizer, development)
  }
}

/** Whether FINN goes on to make thresholds of it; an error of the bit width leaves no way to. */
function isConvertible(network: Network, quantizer: Operation): boolean {
  if (quantizer.op === 'BipolarQuant') return true
  const [, , zero, bits] = quantizer.inputs
  checkZeroPoint(network, quantizer, zero)
  const widths = bits?.constant?.values
  if (bits?.constant && !widths) {
    network.doubt('Quant/bit-width', quantizer, 'the bit width was not read', [bits])
    return false
  }
  const [width, ...others] = widths ?? []
  if (width === undefined || others.length > 0) {
    network.stop('Quant/bit-width', quantizer, `the bit width is ${shown(bits?.constant)}`, [bits])
    return false
  }
  return width <= mostBits
}

function convert(network: Network, quantizer: Operation, development: boolean): void {
  const [activation] = network.predecessors(quantizer)
  const isRelu = activation?.op === 'Relu' || activation?.op === 'Selu'
  const merged = isRelu && network.maker(quantizer.input) === activation ? activation : null
  const scale = quantizer.inputs[1]?.constant
  if (!scale) {
    network.stop('Quant/scale', quantizer, 'the scale is computed by the network', [quantizer.inputs[1]])
    return
  }
  if (merged?.op === 'Relu') checkRelu(network, quantizer)
  else if (!merged) checkIdentity(network, quantizer, scale)
  const thresholds = thresholdsOf(network, quantizer, merged?.op ?? null, scale, development)
  if (thresholds) replace(network, quantizer, merged, thresholds, scale)
}

function checkRelu(network: Network, quantizer: Operation): void {
  if (quantizer.op !== 'Quant') return
  const signed = (quantizer.int('signed') ?? 1) !== 0
  const narrow = (quantizer.int('narrow') ?? 0) !== 0
  if (!signed && !narrow) return
  const found = [signed ? 'signed' : 'unsigned', ...(narrow ? ['narrow'] : [])].join(' and ')
  network.stop('Quant/relu', quantizer, `it stands behind Relu and is ${found}`, [quantizer.output])
}

function checkIdentity(network: Network, quantizer: Operation, scale: Constant): void {
  if (quantizer.op === 'BipolarQuant') {
    if (!scale.values) network.doubt('BipolarQuant/scale', quantizer, 'the scale was not read', [quantizer.inputs[1]])
    else if (!isScalar(scale) || !every(scale, (value) => value === 1))
      network.stop('BipolarQuant/scale', quantizer, `the scale is ${shown(scale)}`, [quantizer.inputs[1]])
    return
  }
  if ((quantizer.int('signed') ?? 1) !== 0) return
  const before = network.predecessors(quantizer)[0]?.op
  const where = before ? `it stands behind ${before}` : 'it reads an input of the model'
  network.stop('Quant/unsigned', quantizer, `${where} and is unsigned`, [quantizer.output])
}

function thresholdsOf(
  network: Network,
  quantizer: Operation,
  activation: string | null,
  scale: Constant,
  development: boolean,
): Thresholds | null {
  const outType = quantType(quantizer)
  if (!outType) return null
  const bits = quantizer.op === 'BipolarQuant' ? 1 : Math.trunc(quantizer.inputs[3]?.constant?.values?.[0] ?? 0)
  const common = { type: float32, outType, scale: 1, bias: 0, layout: 'NCHW' } as const
  if (activation === null && bits === 1) return { ...common, rows: 1, steps: 1, even: { first: [0], step: [0] } }
  const narrow = activation !== 'Relu' && (quantizer.int('narrow') ?? 0) !== 0
  const steps = 2 ** bits - (narrow ? 2 : 1)
  const channels = quantizer.output.shape?.[1]
  const given = sizeOf(scale.shape)
  if (channels === undefined || (given !== 1 && given !== channels)) {
    const rank = quantizer.output.shape?.length
    const few = rank === undefined ? 'the shape of the tensor is not known' : `the tensor has ${rank} dimensions`
    const found = channels === undefined ? few : `${given} scales for ${channels} channels`
    network.stop('Quant/granularity', quantizer, found, [quantizer.inputs[1]])
    return null
  }
  // FINN 0.10 repeats the row of a scalar scale for every channel.
  const rows = development ? given : channels
  return {
    ...common,
    rows,
    steps,
    even: activation === 'Selu' ? null : evenSteps(scale, rows, steps, activation, narrow),
  }
}

function evenSteps({ values }: Constant, rows: number, steps: number, activation: string | null, narrow: boolean) {
  if (!values) return null
  const step = Array.from({ length: rows }, (_, row) => Math.abs(values[values.length === 1 ? 0 : row] as number))
  const lowest = -1 / 2 - (Math.floor(steps / 2) - 1) - (narrow ? 0 : 1)
  return { first: step.map((size) => Math.fround(size * (activation === 'Relu' ? 1 / 2 : lowest))), step }
}

/** What is added to the number of thresholds that were passed. */
function summand(quantizer: Operation, activation: string | null): number {
  if (activation === 'Relu') return 0
  const bits = quantizer.op === 'BipolarQuant' ? 1 : (quantizer.inputs[3]?.constant?.values?.[0] ?? 1)
  if (bits === 1) return -0.5
  return -(2 ** (bits - 1)) + (quantizer.int('narrow') ? 1 : 0)
}

function replace(
  network: Network,
  quantizer: Operation,
  activation: Operation | null,
  thresholds: Thresholds,
  scale: Constant,
): void {
  const origins = new Set([...(activation?.origins ?? []), ...quantizer.origins])
  const doubled = !activation && thresholds.steps === 1
  const factor = doubled ? { ...scale, values: scale.values?.map((value) => value * 2) ?? null } : scale
  const bias = summand(quantizer, activation?.op ?? null)
  const input = activation?.input ?? quantizer.input
  const { output } = quantizer
  const made = new Operation('MultiThreshold', [input], [output], origins)
  made.thresholds = thresholds
  const [single] = isScalarShape(factor) ? (factor.values ?? []) : []
  network.insert(made, quantizer)
  if (quantizer.op === 'BipolarQuant' && single !== undefined) {
    thresholds.scale = single
    thresholds.bias = bias * single
  } else {
    const follow = (op: string, parameter: Constant, behind: Operation): Operation => {
      network.setOutput(behind, 0, like(output))
      return network.insert(
        new Operation(op, [behind.output, constantTensor(parameter)], [output], new Set(quantizer.origins)),
        behind,
      )
    }
    const summed = bias === 0 ? made : follow('Add', scalarConstant(bias), made)
    if (single !== 1) follow('Mul', single === undefined ? factor : reshaped(factor, []), summed)
  }
  network.remove(quantizer)
  // Another reader of the activation is left without it in FINN; here it keeps it.
  if (activation && network.consumers(activation.output).length === 0) network.remove(activation)
}

/** FINN looks at the shape: `[]` and `[1]` are one number, `[1,1]` is not. */
const isScalarShape = ({ shape }: Constant): boolean => shape.length === 0 || (shape.length === 1 && shape[0] === 1)
