/** Factors and summands move behind what commutes with them. Source: streamline/reorder.py of FINN. */
import { type Constant, isScalar, reshaped, some } from '../constant.ts'
import { constantTensor, like, type Network, type Operation, type Tensor } from '../network.ts'
import type { Transformation } from '../transform.ts'
import { followed } from './affine.ts'

/** `linear` goes behind `through`, which reads what it gave. */
function moveBehind(network: Network, linear: Operation, through: Operation, parameter?: Constant): void {
  const { input, output } = linear
  const end = through.output
  network.setInput(through, through.inputs.indexOf(output), input)
  network.setOutput(through, 0, like(end))
  network.setInput(linear, 0, through.output)
  network.setOutput(linear, 0, end)
  if (parameter) network.setInput(linear, 1, constantTensor(parameter))
  network.place(linear, through)
}

/** Moves where `moved` gives the parameter that the node then has; null: it stays. */
function past(
  op: string,
  target: string,
  moved: (network: Network, linear: Operation, through: Operation, parameter: Constant) => Constant | null,
): Transformation {
  return (network) => {
    let changed = false
    for (const linear of network.of(op)) {
      const through = followed(network, linear, target)
      const { parameter } = linear
      const next = through && parameter && moved(network, linear, through, parameter)
      if (!through || !next) continue
      moveBehind(network, linear, through, next)
      changed = true
    }
    return changed
  }
}

const channelsOf = (operation: Operation): number | undefined => operation.input.shape?.[1]
const isPerChannel = ({ shape }: Constant, channels: number | undefined): boolean =>
  shape.length === 4 && shape[0] === 1 && shape[1] === channels && shape[2] === 1 && shape[3] === 1

export const moveMulPastMaxPool = past('Mul', 'MaxPool', (network, _, pool, factor) => {
  const kernel = pool.ints('kernel_shape')
  if (!kernel) network.stop('MaxPool/kernel-shape', pool, 'kernel_shape is not written')
  if ((kernel && kernel.length !== 2) || some(factor, (value) => value < 0)) return null
  return isScalar(factor) || isPerChannel(factor, channelsOf(pool)) ? factor : null
})

export const moveScalarAddPastMatMul = past('Add', 'MatMul', (_network, _, matmul, summand) => {
  const weight = matmul.inputs[1]?.constant
  if (!weight || !isScalar(summand)) return null
  // The sum over the columns: what it is only matters for thresholds, and is left open.
  return { shape: weight.shape.slice(1), values: columnSums(weight, summand) }
})

function columnSums(weight: Constant, summand: Constant): number[] | null {
  const [rows = 0, columns = 0] = weight.shape
  const [value] = summand.values ?? []
  if (!weight.values || value === undefined || weight.shape.length !== 2) return null
  const sums = Array<number>(columns).fill(0)
  for (let i = 0; i < rows * columns; i++) sums[i % columns] = (sums[i % columns] ?? 0) + (weight.values[i] ?? 0)
  return sums.map((sum) => Math.fround(sum * value))
}

export const moveAddPastConv = past('Add', 'Conv', (network, _, conv, summand) => {
  const pads = conv.ints('pads')
  if (!pads) {
    network.stop('Conv/pads', conv, 'pads is not written, and a summand before it is to be moved behind it')
    return null
  }
  if (pads.some((pad) => pad !== 0) || !(isScalar(summand) || isPerChannel(summand, channelsOf(conv)))) return null
  return { shape: [1, conv.output.shape?.[1] ?? 1, 1, 1], values: null }
})

/** FINN 0.10 asks for a constant weight, the development version also moves past a product of two streams. */
export const moveScalarMulPastMatMul = (development: boolean): Transformation => {
  const single = past('Mul', 'MatMul', (_network, _, matmul, factor) =>
    matmul.inputs[1]?.constant && isScalar(factor) ? factor : null,
  )
  return (network) => (development ? moveMulPastAnyMatMul(network) : single(network))
}

function moveMulPastAnyMatMul(network: Network): boolean {
  let changed = false
  for (const mul of network.of('Mul')) {
    if (!network.isLinear(mul)) continue
    const matmul = network.consumer(mul.output)
    const { parameter } = mul
    if (matmul?.op !== 'MatMul' || !parameter || !isScalar(parameter)) continue
    moveBehind(network, mul, matmul)
    changed = true
  }
  return changed
}

export const moveScalarMulPastConv = past('Mul', 'Conv', (_network, _, __, factor) =>
  isScalar(factor) ? factor : null,
)
export const moveScalarMulPastConvTranspose = past('Mul', 'ConvTranspose', (_network, _, __, factor) =>
  isScalar(factor) ? factor : null,
)

/** Only in extended steps. */
export const moveMulPastDepthwise = past('Mul', 'Conv', (_network, _, conv, factor) => {
  const channels = channelsOf(conv)
  return conv.int('group') === channels && isPerChannel(factor, channels) ? factor : null
})

const invariant: ReadonlySet<string> = new Set(['GlobalAveragePool', 'Reshape', 'Transpose', 'Flatten'])
const newlyInvariant: ReadonlySet<string> = new Set([...invariant, 'Slice', 'Squeeze', 'Unsqueeze'])

/** Single factors and summands move behind what only moves or averages values. */
export const moveScalarPastInvariants = (development: boolean): Transformation => {
  const operators = development ? newlyInvariant : invariant
  return (network) => {
    let changed = false
    for (const through of network.all()) {
      if (!operators.has(through.op) && !isNearest(network, through)) continue
      const linear = network.maker(through.input)
      const parameter = linear?.parameter
      if (!linear || !parameter || !isScalar(parameter) || !['Mul', 'Add', 'Div'].includes(linear.op)) continue
      const others = network.consumers(linear.output).filter((reader) => reader !== through)
      if (development && others.length > 0) continue
      const { output } = linear
      moveBehind(network, linear, through, reshaped(parameter, []))
      changed = true
      if (others.length > 0) loseAtFork(network, linear, through, output, others)
    }
    return changed
  }
}

/** In FINN 0.10 the tensor at the fork is then that behind the other node, without the factor or summand. */
function loseAtFork(
  network: Network,
  linear: Operation,
  through: Operation,
  fork: Tensor,
  others: readonly Operation[],
): void {
  network.redirect(fork, through.output)
  const why = `FINN 0.10 moves the ${linear.op} before the fork behind the ${through.op} of another branch: it then reads what that gives, without the ${linear.op}`
  for (const reader of others) network.fault(`${linear.op}/fork`, reader, why)
}

function isNearest(network: Network, operation: Operation): boolean {
  if (operation.op !== 'Resize' && operation.op !== 'Upsample') return false
  const mode = operation.text('mode')
  if (mode === null) network.stop('Resize/mode', operation, 'mode is not written')
  return mode === 'nearest'
}
