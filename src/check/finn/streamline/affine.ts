/**
 * Everything affine becomes Mul and Add by constants; neighbours become one. Source: batchnorm_to_affine.py and
 * general.py of qonnx; collapse_repeated.py, sign_to_thres.py and reorder.py (MoveAddPastMul) of FINN.
 */
import { type Constant, combined, mapped, reshaped, sizeOf } from '../constant.ts'
import { bipolar, float32 } from '../datatype.ts'
import { constantTensor, like, type Network, Operation } from '../network.ts'

export function subtractByAdding(network: Network): boolean {
  for (const operation of network.of('Sub')) change(operation, 'Add', (value) => -value)
  return false
}
export function divideByMultiplying(network: Network): boolean {
  for (const operation of network.of('Div')) change(operation, 'Mul', (value) => 1 / value)
  return false
}
function change(operation: Operation, op: string, invert: (value: number) => number): void {
  const tensor = operation.inputs[1]
  if (!tensor?.constant) return
  operation.op = op
  tensor.constant = mapped(tensor.constant, invert)
}

export function batchNormToAffine(network: Network): boolean {
  for (const norm of network.of('BatchNormalization')) {
    const [scale, bias, mean, variance] = norm.inputs.slice(1).map((tensor) => tensor?.constant)
    if (!scale || !bias || !mean || !variance) {
      network.stop('BatchNormalization/constant', norm, 'one of its parameters is computed')
      continue
    }
    const epsilon = norm.float('epsilon') ?? 1e-5
    const deviation = mapped(variance, (value) => Math.sqrt(value + epsilon))
    const factor = combined(scale, deviation, (a, b) => a / b)
    const shift = factor && combined(factor, mean, (a, b) => a * b)
    const summand = shift && combined(bias, shift, (a, b) => a - b)
    if (!factor || !summand) continue
    const spatial = Math.max(0, (norm.output.shape?.length ?? 2) - 2)
    const shape = [1, sizeOf(scale.shape), ...Array<number>(spatial).fill(1)]
    const { output } = norm
    const scaled = like(output)
    const add = (op: string, input: typeof output, parameter: Constant, to: typeof output, behind: Operation) =>
      network.insert(
        new Operation(op, [input, constantTensor(reshaped(parameter, shape))], [to], new Set(norm.origins)),
        behind,
      )
    const product = add('Mul', norm.input, factor, scaled, norm)
    add('Add', scaled, summand, output, product)
    network.remove(norm)
  }
  return false
}

export function signToThresholds(network: Network): boolean {
  for (const sign of network.of('Sign')) {
    if (!network.consumer(sign.output)) network.stop('Sign/consumer', sign, 'nothing reads what it gives')
    sign.op = 'MultiThreshold'
    sign.thresholds = {
      rows: 1,
      steps: 1,
      even: { first: [0], step: [0] },
      type: float32,
      outType: bipolar,
      scale: 2,
      bias: -1,
      layout: 'NCHW',
    }
  }
  return false
}

/** (x + b) * a becomes x * a + b * a. */
export function moveAddPastMul(network: Network): boolean {
  let changed = false
  for (const add of network.of('Add')) {
    const mul = network.has(add) ? followed(network, add, 'Mul') : null
    const a = mul?.parameter
    const b = add.parameter
    const product = a && b && combined(b, a, (left, right) => left * right)
    if (!mul || !product) continue
    const { input, output } = add
    const end = mul.output
    network.setInput(mul, 0, input)
    network.setInput(add, 1, constantTensor(product))
    network.setOutput(mul, 0, output)
    network.setInput(add, 0, output)
    network.setOutput(add, 0, end)
    network.place(add, mul)
    changed = true
  }
  return changed
}

/** The node behind, where both are on a line and it is of that type. */
export function followed(network: Network, operation: Operation, ...operators: readonly string[]): Operation | null {
  if (!network.isLinear(operation)) return null
  const consumer = network.consumer(operation.output)
  return consumer && operators.includes(consumer.op) && !network.isJoin(consumer) ? consumer : null
}

export const collapseAdds = collapse('Add', (a, b) => b + a)
export const collapseMuls = collapse('Mul', (a, b) => b * a)

function collapse(op: string, combine: (a: number, b: number) => number) {
  return (network: Network): boolean => {
    let changed = false
    for (const first of network.of(op)) {
      const second = network.has(first) ? followed(network, first, op) : null
      if (!second) continue
      const [a, b] = [first.parameter, second.parameter]
      const merged = a && b && combined(a, b, combine)
      if (!merged) {
        if (!a || !b) stopAtDynamic(network, a ? second : first)
        continue
      }
      second.absorb(first)
      network.setInput(second, 0, first.input)
      network.setInput(second, 1, constantTensor(merged))
      network.remove(first)
      changed = true
    }
    return changed
  }
}

/** FINN asserts that what stands second is a constant. */
export function stopAtDynamic(network: Network, operation: Operation): void {
  const constantFirst = operation.inputs[0]?.constant
  const why = constantFirst ? 'its constant is the first input, not the second' : 'neither of its inputs is a constant'
  network.stop(`${operation.op}/constant`, operation, why)
}
