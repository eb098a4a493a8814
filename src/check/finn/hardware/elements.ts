/** Layers on single elements: thresholds, sums, products, copies. Source: convert_to_hw_layers.py of FINN. */
import { type Constant, every } from '../constant.ts'
import { float32, isInteger, smallestFor } from '../datatype.ts'
import type { Network, Operation, Tensor } from '../network.ts'
import { becomes, duplicate, lastOf, mergeInto, turnToChannelsLast } from './layer.ts'
import { checkThresholds } from './matrix.ts'

/** The development version also takes thresholds on floats. */
export function inferThresholding(network: Network, development: boolean): void {
  for (const operation of network.of('MultiThreshold')) {
    const { thresholds, input } = operation
    if (!thresholds) continue
    const integer = isInteger(input.type)
    if (!integer && !(development && input.type === float32)) continue
    if (!development && !isInteger(thresholds.type))
      network.stop(
        'Quant/float-thresholds',
        operation,
        'its thresholds are whole numbers already, and stay of type float',
      )
    checkThresholds(network, operation, thresholds, null, false)
    const outType = operation.output.type
    turnToChannelsLast(network, operation)
    becomes(operation, {
      op: 'Thresholding',
      figures: { NumChannels: lastOf(operation.input), inputType: input.type },
      outType,
    })
  }
}

export function inferLabelSelect(network: Network): void {
  for (const topK of network.of('TopK')) {
    const [values, indices] = topK.outputs
    if (!isInteger(topK.input.type) || network.consumer(values)) continue
    const labels = lastOf(topK.input)
    topK.outputs.shift()
    if (indices) network.setOutput(topK, 0, indices)
    topK.op = 'LabelSelect'
    topK.hardware = true
    topK.figures = { Labels: labels, K: topK.parameter?.values?.[0] ?? 1 }
    topK.outType = smallestFor(Math.max(1, labels - 1))
  }
}

const same = (a: Tensor | null | undefined, b: Tensor | null | undefined): boolean =>
  a?.shape?.length === b?.shape?.length && a?.shape?.every((dim, axis) => dim === b?.shape?.[axis]) === true

/** FINN 0.10, extended steps: sums and differences of two integer streams. */
export function inferStreams(network: Network): void {
  for (const operation of network.of('Add', 'Sub')) {
    const [a, b] = operation.inputs
    if (!a || !b || a.constant || b.constant || !same(a, b) || !isInteger(a.type) || !isInteger(b.type)) continue
    if (operation.op === 'Add' && a.type !== b.type) continue
    const abs = operation.op === 'Sub' ? network.consumer(operation.output) : null
    if (abs?.op === 'Abs') mergeInto(network, operation, abs)
    turnToChannelsLast(network, operation, 2)
    const op = operation.op === 'Add' ? 'AddStreams' : 'StreamingEltwise'
    becomes(operation, { op, figures: { NumChannels: lastOf(operation.input), inputType: a.type }, outType: 'INT32' })
  }
}

/** FINN 0.10, extended steps: sums with and products by whole numbers. */
export function inferChannelwise(network: Network): void {
  for (const operation of network.of('Add', 'Mul')) {
    const { input, parameter } = operation
    const axis = input.layout === 'NCHW' ? 1 : input.layout === 'NHWC' || input.layout === 'NC' ? -1 : null
    if (!parameter || axis === null || !isInteger(input.type)) continue
    const channels = input.shape?.at(axis) ?? 0
    const size = parameter.shape.reduce((product, dim) => product * dim, 1)
    if (size !== 1 && (size !== channels || parameter.shape.at(axis) !== channels)) continue
    if (!every(parameter, Number.isInteger)) continue
    turnToChannelsLast(network, operation)
    becomes(operation, {
      op: 'ChannelwiseOp',
      figures: { NumChannels: channels, inputType: input.type },
      outType: 'INT32',
    })
  }
}

/** Operators that have a layer for elements of any type (`elementwise_binary.py` of the development version). */
const elementwise: ReadonlySet<string> = new Set(
  'Add Sub Mul Div And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual'.split(' '),
)

export function inferElementwise(network: Network): void {
  for (const operation of network.all()) {
    if (!elementwise.has(operation.op) || operation.hardware) continue
    const [a, b] = operation.inputs
    if (!a || !b) continue
    if (a.constant && b.constant) continue
    if (operation.output.shape?.length === 0)
      network.stop(`${operation.op}/scalar`, operation, 'it gives a scalar without dimensions')
    const types = [a, b].map((tensor) => constantType(tensor))
    const integer = types.every(isInteger)
    const abs = operation.op === 'Sub' ? network.consumer(operation.output) : null
    const outType = integer ? (abs?.op === 'Abs' ? 'UINT32' : 'INT32') : operation.output.type
    const op = abs?.op === 'Abs' ? 'ElementwiseAbsDiff' : `Elementwise${operation.op}`
    if (abs?.op === 'Abs') mergeInto(network, operation, abs)
    becomes(operation, { op, figures: { NumChannels: lastOf(operation.output) }, outType })
  }
}

/** Whole numbers get an integer type; the constant keeps it. */
function constantType(tensor: Tensor): string {
  const constant: Constant | null = tensor.constant
  if (tensor.type !== float32 || !constant || !every(constant, Number.isInteger)) return tensor.type
  const values = constant.values ?? []
  const [low, high] = [Math.min(...values), Math.max(...values)]
  tensor.type = smallestFor(low >= 0 ? high : Math.abs(low) > high ? low : -high - 1)
  return tensor.type
}

export function inferRelu(network: Network): void {
  for (const relu of network.of('Relu')) {
    const known = [relu.input, relu.output].every(({ type }) => isInteger(type) || type === float32)
    if (known) becomes(relu, { op: 'ElementwiseMax', figures: { NumChannels: lastOf(relu.output) } })
  }
}

/** Tensors that several nodes read. The development version takes those of any type, and the input. */
export function inferDuplicates(network: Network, development: boolean): void {
  const [input] = network.inputs
  if (development && input && network.consumers(input).length > 1) duplicate(network, null, input)
  for (const operation of network.all())
    for (const tensor of [...operation.outputs]) {
      if (!tensor || operation.op === 'DuplicateStreams') continue
      const readers = network.consumers(tensor).length + (development && network.outputs.has(tensor) ? 1 : 0)
      if (readers < 2 || (!development && (!isInteger(tensor.type) || tensor !== operation.output))) continue
      duplicate(network, operation, tensor)
    }
}

export function inferSoftmax(network: Network): void {
  for (const softmax of network.of('Softmax'))
    becomes(softmax, { op: 'HWSoftmax', figures: { NumChannels: lastOf(softmax.input) } })
}

/** Only what rounds to integers without a scale. */
export function inferRequant(network: Network): void {
  for (const quantizer of network.of('Quant')) {
    const [, scale, zero, bits] = quantizer.inputs.map((tensor) => tensor?.constant)
    const rounds = (quantizer.text('rounding_mode') ?? 'ROUND').toUpperCase() === 'ROUND'
    if (!rounds || !scale || !zero || bits?.values?.length !== 1) continue
    if (!every(scale, (value) => value === 1) || !every(zero, (value) => value === 0)) continue
    const outType = quantizer.output.type
    turnToChannelsLast(network, quantizer)
    becomes(quantizer, { op: 'Requant', figures: { NumChannels: lastOf(quantizer.input) }, outType })
  }
}

export function inferLayerNorm(network: Network): void {
  for (const norm of network.of('LayerNormalization')) {
    const scale = norm.inputs[1]?.constant
    if (!scale || !every(scale, (value) => value === 1)) continue
    if (norm.int('axis') === null) network.stop('LayerNormalization/axis', norm, 'axis is not written')
    if (norm.float('epsilon') === null) network.stop('LayerNormalization/epsilon', norm, 'epsilon is not written')
    const axis = norm.int('axis') ?? -1
    if (axis !== -1 && axis !== (norm.input.shape?.length ?? 0) - 1) continue
    turnToChannelsLast(network, norm)
    becomes(norm, { op: 'LayerNorm', figures: { NumChannels: lastOf(norm.input) } })
  }
}

export const isWholeStream = ({ inputs }: Operation): boolean =>
  inputs.every((tensor) => tensor && !tensor.constant && isInteger(tensor.type))
