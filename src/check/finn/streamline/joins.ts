/**
 * Past forks and joins, which only extended steps do: a factor before a fork goes into every branch, equal ones before
 * a join go behind it. Source: streamline/reorder.py, absorb.py of FINN.
 */
import { type Constant, combined, isScalar, sizeOf } from '../constant.ts'
import { constantTensor, like, type Network, Operation, type Tensor } from '../network.ts'
import { isPerm, permuted, toChannelsFirst, toChannelsLast, transposeTo } from './transposes.ts'

/** One copy of the node for every reader but the first. */
export const movePastForks =
  (...operators: readonly string[]) =>
  (network: Network): boolean => {
    let changed = false
    for (const operation of network.of(...operators)) {
      const [, ...others] = network.consumers(operation.output)
      const parameter = operation.inputs[1]
      if (others.length === 0 || network.isJoin(operation) || (parameter && !parameter.constant)) continue
      if (network.outputs.has(operation.output) || new Set([...others]).size < others.length) continue
      for (const reader of others) {
        const copy = like(operation.output)
        copy.type = operation.output.type
        const inputs = [operation.input, ...(parameter?.constant ? [constantTensor(parameter.constant)] : [])]
        const made = new Operation(operation.op, inputs, [copy], new Set(operation.origins))
        made.perm = operation.perm
        made.absorb(operation)
        network.insert(made, operation)
        network.setInput(reader, reader.inputs.indexOf(operation.output), copy)
      }
      changed = true
    }
    return changed
  }

/** The makers of all inputs, where each is made for this node only. */
function branches(network: Network, join: Operation, op: string): Operation[] | null {
  const makers = join.inputs.map((tensor) => network.maker(tensor))
  if (makers.length < 2 || new Set(makers).size < makers.length) return null
  const found = makers.filter((maker) => maker !== null)
  const fit = found.every((maker) => maker.op === op && network.consumers(maker.output).length === 1)
  return fit && found.length === makers.length ? found : null
}

/** The first of the nodes goes behind the join, the others are gone. */
function moveBehindJoin(network: Network, join: Operation, makers: readonly Operation[], middle: Tensor): void {
  const [first, ...others] = makers
  if (!first) return
  const end = join.output
  makers.forEach((maker, index) => {
    network.setInput(join, index, maker.input)
  })
  network.setOutput(join, 0, middle)
  network.setInput(first, 0, middle)
  network.setOutput(first, 0, end)
  network.place(first, join)
  for (const other of others) {
    first.absorb(other)
    network.remove(other)
  }
}

const equal = (a: Constant, b: Constant): boolean =>
  sizeOf(a.shape) === sizeOf(b.shape) && a.values !== null && a.values.every((value, i) => value === b.values?.[i])

/** x * c + y * c is (x + y) * c, and (x + a) + (y + b) is (x + y) + (a + b). */
export function moveLinearPastAdds(network: Network): boolean {
  let changed = false
  for (const join of network.of('Add')) {
    const factors = branches(network, join, 'Mul')
    const [a, b] = (factors ?? []).map(({ parameter }) => parameter)
    if (factors && a && b && equal(a, b)) {
      moveBehindJoin(network, join, factors, like(join.output))
      changed = true
      continue
    }
    const sums = branches(network, join, 'Add')
    const [c, d] = (sums ?? []).map(({ parameter }) => parameter)
    const sum = c && d && combined(c, d, (left, right) => left + right)
    if (!sums?.[0] || !sum) continue
    network.setInput(sums[0], 1, constantTensor(sum))
    moveBehindJoin(network, join, sums, like(join.output))
    changed = true
  }
  return changed
}

/** The development version also takes equal factors and summands of one number past Concat. */
export function moveLinearPastConcats(network: Network): boolean {
  let changed = false
  for (const join of network.of('Concat'))
    for (const op of ['Mul', 'Add']) {
      const makers = branches(network, join, op)
      const [first, ...others] = (makers ?? []).map(({ parameter }) => parameter)
      if (!makers || !first || !isScalar(first) || !others.every((other) => other && equal(first, other))) continue
      moveBehindJoin(network, join, makers, like(join.output))
      changed = true
    }
  return changed
}

export function moveTransposesPastAdds(network: Network): boolean {
  let changed = false
  for (const join of network.of('Add')) {
    const makers = branches(network, join, 'Transpose')
    const perm = makers?.[0]?.perm
    if (!makers || !perm || !makers.every((maker) => isPerm(maker, perm))) continue
    moveBehindJoin(network, join, makers, like(makers[0]?.input as Tensor))
    changed = true
  }
  return changed
}

/** The axis moves with the Transpose. */
export function moveTransposesPastConcats(network: Network): boolean {
  let changed = false
  for (const join of network.of('Concat')) {
    const makers = branches(network, join, 'Transpose')
    const perm = makers?.[0]?.perm
    const axis = join.int('axis')
    if (!makers || !perm || axis === null || !makers.every((maker) => isPerm(maker, perm))) continue
    const back = perm.map((_, index) => perm.indexOf(index))
    const attributes = new Map(join.attributes)
    attributes.set('axis', { type: 'INT', value: perm.at(axis) ?? axis })
    join.attributes = attributes
    moveBehindJoin(network, join, makers, permuted(join.output, back))
    changed = true
  }
  return changed
}

/** Nothing moves where height and width are 1. */
export function absorbTransposesIntoFlatten(network: Network): boolean {
  let changed = false
  for (const flatten of network.of('Flatten', 'Reshape')) {
    const transpose = network.maker(flatten.input)
    const { shape } = flatten.input
    if (!transpose || !isPerm(transpose, toChannelsFirst) || shape?.[2] !== 1 || shape[3] !== 1) continue
    if (flatten.output.shape?.length !== 2 || flatten.output.shape[0] !== shape[0]) continue
    flatten.op = 'Flatten'
    network.setInput(flatten, 0, transpose.input)
    network.cutInputs(flatten, 1)
    if (network.consumers(transpose.output).length === 0) network.remove(transpose)
    changed = true
  }
  return changed
}

/** A Resize by nearest neighbours changes sides with the Transpose before it. */
export function absorbTransposesIntoResize(network: Network): boolean {
  let changed = false
  for (const resize of network.of('Resize', 'Upsample')) {
    const transpose = network.maker(resize.input)
    const at = resize.op === 'Upsample' ? 1 : 2
    const scales = resize.inputs[at]?.constant ?? null
    const [batch, channels, height, width] = scales?.values ?? []
    if (!transpose || !isPerm(transpose, toChannelsFirst) || network.isFork(transpose)) continue
    if (resize.text('mode') !== 'nearest' || width === undefined) continue
    const end = resize.output
    const middle = permuted(end, toChannelsLast)
    const turned = { shape: [4], values: [batch, height, width, channels].map(Number) }
    network.setInput(resize, 0, transpose.input)
    network.setInput(resize, at, constantTensor(turned))
    network.remove(transpose)
    network.setOutput(resize, 0, middle)
    network.insert(transposeTo(middle, end, toChannelsFirst, transpose.origins), resize)
    changed = true
  }
  return changed
}

/** The development version: a single factor or summand, and a Transpose, go into every part of a Split. */
export function movePastSplits(network: Network): boolean {
  let changed = false
  for (const split of network.of('Split')) {
    const maker = network.maker(split.input)
    if (!maker || network.isFork(maker)) continue
    const { perm, parameter } = maker
    const axis = split.int('axis')
    const turned = maker.op === 'Transpose' && perm !== null && axis !== null
    const linear = (maker.op === 'Mul' || maker.op === 'Add') && parameter !== null && isScalar(parameter)
    if (!turned && !linear) continue
    const back = turned ? perm.map((_, index) => perm.indexOf(index)) : null
    network.setInput(split, 0, maker.input)
    for (const [index, end] of [...split.outputs].entries()) {
      if (!end) continue
      const part = back ? permuted(end, back) : like(end)
      part.type = maker.input.type
      const inputs = [part, ...(linear ? [constantTensor(parameter)] : [])]
      const copy = new Operation(maker.op, inputs, [end], new Set(maker.origins))
      copy.perm = perm
      network.setOutput(split, index, part)
      network.insert(copy, split)
    }
    if (turned) split.attributes = new Map(split.attributes).set('axis', { type: 'INT', value: perm.at(axis) ?? axis })
    network.remove(maker)
    changed = true
  }
  return changed
}
