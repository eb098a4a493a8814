/**
 * From QONNX to FINN's own dialect, weights: biases out of convolutions, Gemm to MatMul, quantisers of weights folded.
 * Source: convert_qonnx_to_finn.py, fold_quant_weights.py of FINN; extract_conv_bias.py, gemm_to_matmul.py of qonnx.
 */
import { type Constant, every, isScalar, reshaped, scalarConstant, sizeOf } from './constant.ts'
import { bipolar, isSigned, rangeOf } from './datatype.ts'
import { constantTensor, like, type Network, Operation, Tensor } from './network.ts'
import { isConstantQuantizer } from './read.ts'
import { quantType, removeIdentities } from './transform.ts'

/** The bias of a convolution becomes an Add behind it. The development version also takes quantised ones. */
export function extractBiases(network: Network, development: boolean): void {
  for (const conv of network.of('Conv', 'ConvTranspose')) {
    const bias = conv.inputs[2]
    if (!bias) continue
    const rank = conv.output.shape?.length ?? 4
    const quantizer = network.maker(bias)
    const quantized = development && quantizer !== null && isConstantQuantizer(quantizer)
    if (!bias.constant && !quantized) continue
    if (bias.constant) bias.constant = alongChannels(bias.constant, rank)
    else if (quantizer) reshapeQuantizer(network, conv, quantizer, rank)
    const sum = new Operation('Add', [], [conv.output], new Set(conv.origins))
    const { output } = conv
    network.setOutput(conv, 0, like(output))
    network.cutInputs(conv, 2)
    sum.inputs = [conv.output, bias]
    network.insert(sum, conv)
  }
}

const alongChannels = (constant: Constant, rank: number): Constant =>
  reshaped(constant, [1, sizeOf(constant.shape), ...Array<number>(Math.max(0, rank - 2)).fill(1)])

function reshapeQuantizer(network: Network, conv: Operation, quantizer: Operation, rank: number): void {
  const channels = sizeOf(quantizer.input.constant?.shape ?? [])
  for (const [index, tensor] of quantizer.inputs.entries()) {
    if (!tensor?.constant || index > 2) continue
    const { shape } = tensor.constant
    if (index > 0 && shape.length === 1 && shape[0] === 1) continue
    if (sizeOf(shape) !== channels) {
      const why = `the scale or zero point of its quantised bias has ${sizeOf(shape)} value for ${channels} channels and no dimension of 1`
      network.stop('Conv/quantised-bias', conv, why, [tensor])
      continue
    }
    tensor.constant = alongChannels(tensor.constant, rank)
    tensor.shape = tensor.constant.shape
  }
  quantizer.output.shape = quantizer.input.shape
}

/** Gemm becomes MatMul and Add, with factors and transpositions as nodes of their own. */
export function replaceGemms(network: Network): void {
  for (const gemm of network.of('Gemm')) {
    const [a, b, c] = gemm.inputs
    if (!a || !b) continue
    if (!c) network.stop('Gemm/bias', gemm, 'it has no third input (bias)')
    const add = (op: string, inputs: Tensor[], output: Tensor, behind: Operation): Operation =>
      network.insert(new Operation(op, inputs, [output], new Set(gemm.origins)), behind)
    let last = gemm
    const turned = (tensor: Tensor, flag: string): Tensor => {
      if (!gemm.int(flag)) return tensor
      const turnedShape = tensor.shape && [...tensor.shape].reverse()
      const out = new Tensor(turnedShape)
      out.type = tensor.type
      last = add('Transpose', [tensor], out, last)
      return out
    }
    const left = turned(a, 'transA')
    const right = turned(b, 'transB')
    const { output } = gemm
    const product = like(output)
    const scaled = c ? like(output) : output
    last = add('MatMul', [left, right], product, last)
    last = add('Mul', [product, constantTensor(scalarConstant(gemm.float('alpha') ?? 1))], scaled, last)
    if (c) {
      const bias = like(c)
      bias.type = c.type
      last = add('Mul', [c, constantTensor(scalarConstant(gemm.float('beta') ?? 1))], bias, last)
      add('Add', [scaled, bias], output, last)
    }
    network.remove(gemm)
  }
  removeIdentities(network)
}

const scaledBehind: ReadonlySet<string> = new Set('Mul Div Conv MatMul Gather ConvTranspose Add Sub'.split(' '))

/** Quantisers of weights: the integers stay as the constant, the scale goes behind the node that reads them. */
export function foldQuantizedWeights(network: Network, development: boolean): void {
  for (const quantizer of network.of('Quant', 'BipolarQuant'))
    if (isConstantQuantizer(quantizer)) foldWeight(network, quantizer, development)
}

function foldWeight(network: Network, quantizer: Operation, development: boolean): void {
  const [weight, scaleTensor, zero] = quantizer.inputs
  const { output } = quantizer
  const readers = network.consumers(output)
  const [target] = readers
  if (quantizer.op === 'Quant') checkZeroPoint(network, quantizer, zero)
  if (readers.length > 1)
    network.stop('Quant/shared-weight', quantizer, `${readers.length} nodes read the quantised constant`, [weight])
  const scale = scaleTensor?.constant
  if (!target || !scale) {
    network.remove(quantizer)
    return
  }
  const type = quantType(quantizer)
  const constant: Constant = { shape: weight?.constant?.shape ?? [], values: null }
  const unit = every(scale, (value) => value === 1)
  const folded = new Tensor(constant.shape, weight?.value ?? null)
  folded.constant = integers(quantizer, constant)
  folded.type = unit ? output.type : (type ?? output.type)
  folded.isFull = isFull(quantizer)
  const biasOfConv = development && target.op.startsWith('Conv') && target.inputs[2] === output
  network.remove(quantizer)
  for (const origin of quantizer.origins) for (const reader of readers) reader.origins.add(origin)
  network.redirect(output, folded)
  if (unit) return
  if (!scaledBehind.has(target.op)) {
    network.stop('Quant/weight-consumer', quantizer, `${target.op} reads the quantised constant`, [weight])
    return
  }
  if (biasOfConv) network.stop('Conv/quantised-bias', target, 'its bias is quantised and could not be moved out')
  const behind = scaleFor(network, quantizer, target, scale, development)
  if (target.op === 'Add' || target.op === 'Sub') divideBefore(network, target, folded, behind, development)
  const result = target.output
  network.setOutput(target, 0, like(result))
  const factor = new Operation('Mul', [target.output, constantTensor(behind)], [result], new Set(quantizer.origins))
  network.insert(factor, target)
}

/** The shape that the scale has behind the node. */
function scaleFor(
  network: Network,
  quantizer: Operation,
  target: Operation,
  scale: Constant,
  development: boolean,
): Constant {
  const { shape } = scale
  const rank = target.output.shape?.length ?? 4
  const isConv = target.op === 'Conv' || (development && target.op === 'ConvTranspose')
  if (!isConv || shape.length === 0) return shape.length === 1 && shape[0] === 1 ? reshaped(scale, []) : scale
  const perOutput = target.op === 'Conv' ? sizeOf(shape.slice(1)) === 1 : sizeOf(shape.slice(2)) === 1 && shape[0] === 1
  if (shape.length > 1 && !perOutput)
    network.stop('Quant/weight-scale', quantizer, `the scale has the shape [${shape.join(',')}]`, [quantizer.inputs[1]])
  return alongChannels(scale, rank)
}

/** FINN 0.10 divides the first input, whichever is the quantised one. */
function divideBefore(
  network: Network,
  target: Operation,
  folded: Tensor,
  scale: Constant,
  development: boolean,
): void {
  const index = development && target.inputs[0] === folded ? 1 : 0
  const input = target.inputs[index]
  if (!input) return
  const divided = like(input)
  const division = new Operation('Div', [input, constantTensor(scale)], [divided], new Set(target.origins))
  network.insert(division, target.previous)
  network.setInput(target, index, divided)
}

/** What the quantiser rounds a constant to, where both were read. */
function integers(quantizer: Operation, { shape }: Constant): Constant {
  const [weight, scale] = quantizer.inputs.map((tensor) => tensor?.constant)
  const type = quantType(quantizer)
  if (!weight?.values || !scale?.values || !type || sizeOf(scale.shape) !== 1) return { shape, values: null }
  const [factor = 1] = scale.values
  if (type === bipolar) return { shape, values: weight.values.map((value) => (value >= 0 ? 1 : -1)) }
  const [low, high] = rangeOf(type)
  return { shape, values: weight.values.map((value) => Math.min(high, Math.max(low, Math.round(value / factor)))) }
}

/** Whether the smallest value of a signed type occurs, the one that has no negative. */
function isFull(quantizer: Operation): boolean {
  const type = quantType(quantizer)
  if (!type || type === bipolar) return false
  if (!isSigned(type)) return true
  if (quantizer.int('narrow')) return false
  const { values } = integers(quantizer, { shape: [], values: null })
  const [low] = rangeOf(type)
  return values?.includes(low) ?? false
}

/** FINN takes a zero point of 0 only, as one constant. */
export function checkZeroPoint(network: Network, quantizer: Operation, zero: Tensor | null | undefined): void {
  const { op } = quantizer
  const unread = zero?.constant && !zero.constant.values
  if (unread) network.doubt(`${op}/zero-point`, quantizer, 'the zero point was not read', [zero])
  else if (!isZero(zero?.constant))
    network.stop(`${op}/zero-point`, quantizer, `the zero point is ${shown(zero?.constant)}`, [zero])
}

const isZero = (constant: Constant | null | undefined): boolean =>
  constant != null && isScalar(constant) && every(constant, (value) => value === 0)

export function shown(constant: Constant | null | undefined): string {
  if (!constant) return 'no constant'
  if (!constant.values) return `a constant of the shape [${constant.shape.join(',')}]`
  const { values } = constant
  return values.length === 1 ? String(values[0]) : `[${values.slice(0, 4).join(', ')}${values.length > 4 ? ', …' : ''}]`
}
