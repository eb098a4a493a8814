/** What stands before thresholds goes into them. Source: streamline/absorb.py, round_thresholds.py of FINN. */
import { type Constant, isScalar, isVector, mapped, some } from '../constant.ts'
import { binary, bipolar, type DataType, isSigned, rangeOf, smallestFor } from '../datatype.ts'
import { constantTensor, like, type Network, Operation } from '../network.ts'
import { absorbed, roundFor, type Thresholds } from '../thresholds.ts'
import type { Transformation } from '../transform.ts'
import { stopAtDynamic } from './affine.ts'

/** The summand of a signed quantiser becomes the bias of its thresholds. */
export function absorbSignBias(network: Network): boolean {
  let changed = false
  for (const operation of network.of('MultiThreshold')) {
    const { thresholds } = operation
    const add = network.isLinear(operation) ? network.consumer(operation.output) : null
    const summand = add?.op === 'Add' ? add.parameter : null
    if (!thresholds || !add || !summand || !isScalar(summand)) continue
    const [value = Number.NaN] = summand.values ?? []
    const bias = value + thresholds.bias
    const type = smallestFor(thresholds.steps).replace('UINT', 'INT')
    checkSummand(network, operation, thresholds, bias, type)
    thresholds.bias = bias
    thresholds.outType = type
    network.remove(add)
    operation.absorb(add)
    network.setOutput(operation, 0, add.output)
    add.output.type = type
    changed = true
  }
  return changed
}

/** The type is that of the number of thresholds, made signed: what comes out has to fit it. */
function checkSummand(
  network: Network,
  operation: Operation,
  { steps }: Thresholds,
  bias: number,
  type: DataType,
): void {
  const [low, high] = rangeOf(type)
  if (Number.isInteger(bias) && bias >= low && bias + steps <= high) return
  const why = `${steps} thresholds and the summand ${bias} behind them do not fit the type ${type} that FINN chooses`
  if (!Number.isNaN(bias)) network.stop('Quant/summand', operation, why, [operation.output])
}

/** The development version asks which axis the values of a summand are along. */
export const absorbAdds = (development: boolean): Transformation =>
  absorbInto('Add', (network, add, thresholds) => {
    const { parameter } = add
    if (!parameter) {
      stopAtDynamic(network, add)
      return null
    }
    const fits = development ? isScalar(parameter) || isAlongChannels(parameter) : isVector(parameter)
    return fits ? absorbed(thresholds, parameter, (threshold, value) => threshold - value, false) : null
  })

export const absorbMuls: Transformation = absorbInto('Mul', (network, mul, thresholds) => {
  const { parameter } = mul
  if (!parameter) {
    stopAtDynamic(network, mul)
    return null
  }
  if (some(parameter, (value) => value < 0) || !isVector(parameter)) return null
  return absorbed(thresholds, parameter, (threshold, value) => threshold / value, true)
})

function absorbInto(
  op: string,
  taken: (network: Network, operation: Operation, thresholds: Thresholds) => Thresholds | null,
): Transformation {
  return (network) => {
    let changed = false
    for (const operation of network.of(op)) {
      if (!network.isLinear(operation)) continue
      const target = network.consumer(operation.output)
      if (!target?.thresholds) continue
      const next = taken(network, operation, target.thresholds)
      if (!next) continue
      target.thresholds = next
      target.absorb(operation)
      network.setInput(target, 0, operation.input)
      network.remove(operation)
      changed = true
    }
    return changed
  }
}

/** By the rank of the constant: C, NC, NWC and NCHW. */
function isAlongChannels({ shape }: Constant): boolean {
  const size = shape.reduce((product, dim) => product * dim, 1)
  const axis = shape.length === 1 ? 0 : shape.length === 3 ? 2 : 1
  return shape[axis] === size
}

/** Negative factors: their signs and their magnitudes become two nodes. */
export const factorOutSigns =
  (development: boolean): Transformation =>
  (network) => {
    let changed = false
    for (const mul of network.of('Mul')) {
      if (development && network.isJoin(mul)) continue
      const tensor = mul.inputs[1]
      if (!tensor?.constant) {
        stopAtDynamic(network, mul)
        continue
      }
      if (!some(tensor.constant, (value) => value < 0) || !isVector(tensor.constant) || tensor.type === bipolar)
        continue
      const signs = constantTensor(mapped(tensor.constant, Math.sign))
      signs.type = bipolar
      const middle = like(mul.input)
      network.insert(new Operation('Mul', [mul.input, signs], [middle], new Set(mul.origins)), mul.previous)
      network.setInput(mul, 0, middle)
      network.setInput(mul, 1, constantTensor(mapped(tensor.constant, Math.abs)))
      changed = true
    }
    return changed
  }

/** Signs go into the weights before them, where the type of the weights has the negative ones. */
export const absorbSigns =
  (op: 'MatMul' | 'Conv', development: boolean): Transformation =>
  (network) => {
    let changed = false
    for (const layer of network.of(op)) {
      if (development && network.isFork(layer)) continue
      const weight = layer.inputs[1]
      if (!weight?.constant) {
        if (!development) network.stop(`${op}/constant-weight`, layer, 'its weight is computed', [weight])
        continue
      }
      const mul = network.consumer(layer.output)
      if (mul?.op !== 'Mul') continue
      if (!mul.parameter) {
        if (!development) stopAtDynamic(network, mul)
        continue
      }
      const type = mul.inputs[1]?.type
      if ((type !== bipolar && type !== binary) || !isVector(mul.parameter)) continue
      if (op === 'MatMul' && mul.parameter.shape.length > weight.constant.shape.length) {
        network.stop('MatMul/sign', layer, 'the signs of the factor behind it have more dimensions than its weight')
        continue
      }
      if (weight.isFull || !isSigned(weight.type)) continue
      weight.constant = { shape: weight.constant.shape, values: null }
      layer.absorb(mul)
      network.remove(mul)
      network.setOutput(layer, 0, mul.output)
      changed = true
    }
    return changed
  }

/** FINN 0.10 rounds the thresholds of integer inputs while it streamlines. */
export function roundThresholds(network: Network): boolean {
  let changed = false
  for (const { thresholds, input } of network.all()) if (thresholds && roundFor(thresholds, input.type)) changed = true
  return changed
}

/** What a TopK does not depend on. */
export function absorbIntoTopK(network: Network): boolean {
  let changed = false
  for (const topK of network.of('TopK')) {
    const linear = network.maker(topK.input)
    const { parameter } = linear ?? {}
    if (!linear || !parameter || !isScalar(parameter) || (linear.op !== 'Mul' && linear.op !== 'Add')) continue
    if (linear.op === 'Mul' && !((parameter.values?.[0] ?? 1) > 0)) continue
    network.setInput(topK, 0, linear.input)
    if (network.consumers(linear.output).length === 0) network.remove(linear)
    changed = true
  }
  return changed
}
