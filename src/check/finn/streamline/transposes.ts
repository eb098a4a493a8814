/** Transposes between convolutions go into thresholds and pools, or meet. Source: streamline/absorb.py, reorder.py. */
import { like, type Network, Operation, Tensor } from '../network.ts'

export const toChannelsLast = [0, 2, 3, 1]
export const toChannelsFirst = [0, 3, 1, 2]

export const isPerm = (operation: Operation | null | undefined, perm: readonly number[]): boolean =>
  operation?.op === 'Transpose' &&
  operation.perm?.length === perm.length &&
  perm.every((axis, i) => operation.perm?.[i] === axis)

export function transposeTo(input: Tensor, output: Tensor, perm: readonly number[], origins: Operation['origins']) {
  const made = new Operation('Transpose', [input], [output], new Set(origins))
  made.perm = perm
  return made
}

export const permuted = (tensor: Tensor, perm: readonly number[]): Tensor =>
  new Tensor(tensor.shape && perm.map((axis) => tensor.shape?.[axis] ?? 0))

/** FINN reads `perm`, which ONNX lets one leave out. */
function hasPerm(network: Network, transpose: Operation): boolean {
  if (transpose.perm) return true
  network.stop('Transpose/perm', transpose, 'perm is not written')
  return false
}

export function absorbTransposesIntoThresholds(network: Network): boolean {
  let changed = false
  for (const transpose of network.of('Transpose')) {
    if (network.isFork(transpose) || !hasPerm(network, transpose) || !isPerm(transpose, toChannelsFirst)) continue
    const target = network.consumer(transpose.output)
    if (!target?.thresholds) continue
    target.thresholds = { ...target.thresholds, layout: 'NHWC' }
    const end = target.output
    const middle = like(transpose.input)
    middle.layout = 'NHWC'
    middle.type = end.type
    network.setInput(target, 0, transpose.input)
    network.remove(transpose)
    network.setOutput(target, 0, middle)
    network.insert(transposeTo(middle, end, toChannelsFirst, transpose.origins), target)
    changed = true
  }
  return changed
}

/** A Transpose whose readers all undo it is gone with them. */
export function absorbConsecutiveTransposes(network: Network): boolean {
  let changed = false
  for (const transpose of network.of('Transpose')) {
    if (!network.has(transpose) || !hasPerm(network, transpose)) continue
    const readers = network.consumers(transpose.output)
    if (readers.length === 0 || !readers.every((reader) => undoes(transpose, reader))) continue
    if (readers.some(({ output }) => network.outputs.has(output))) {
      network.stop('Transpose/output', transpose, 'it is undone by a Transpose that gives an output of the model')
      continue
    }
    for (const reader of [...readers]) {
      network.remove(reader)
      network.redirect(reader.output, transpose.input)
    }
    network.remove(transpose)
    changed = true
  }
  return changed
}

const undoes = ({ perm }: Operation, { op, perm: back }: Operation): boolean =>
  op === 'Transpose' && perm?.length === back?.length && back?.every((axis, i) => perm?.[axis] === i) === true

/** MaxPool beside a Transpose changes sides with it and then works on channels last. */
export function makePoolsChannelsLast(network: Network): boolean {
  let changed = false
  for (const pool of network.of('MaxPool')) {
    const after = network.consumer(pool.output)
    const before = network.maker(pool.input)
    if (after?.op === 'Transpose') {
      if (!isPerm(after, toChannelsLast)) continue
      swap(network, pool, after, after.output, toChannelsLast)
      changed = true
    } else if (isPerm(before, toChannelsFirst) && before) {
      const start = before.input
      const end = pool.output
      network.setInput(pool, 0, start)
      const middle = permuted(end, toChannelsLast)
      network.setOutput(pool, 0, middle)
      const { origins } = before
      if (network.consumers(before.output).length === 0) network.remove(before)
      network.insert(transposeTo(middle, end, toChannelsFirst, origins), pool)
      nowChannelsLast(network, pool)
      changed = true
    }
  }
  return changed
}

function swap(network: Network, pool: Operation, after: Operation, end: Tensor, perm: readonly number[]): void {
  const start = pool.input
  const middle = permuted(start, perm)
  network.remove(after)
  network.setOutput(pool, 0, end)
  network.setInput(pool, 0, middle)
  network.insert(transposeTo(start, middle, perm, after.origins), pool.previous)
  nowChannelsLast(network, pool)
}

function nowChannelsLast(network: Network, pool: Operation): void {
  pool.op = 'MaxPoolNHWC'
  for (const name of ['kernel_shape', 'pads', 'strides'])
    if (!pool.ints(name)) network.stop(`MaxPool/${name.replace('_', '-')}`, pool, `${name} is not written`)
  const [top, left, bottom, right] = pool.ints('pads') ?? [0, 0, 0, 0]
  if (top !== bottom || left !== right)
    network.stop('MaxPool/uneven', pool, `pads is [${pool.ints('pads')?.join(', ')}], uneven`)
}
