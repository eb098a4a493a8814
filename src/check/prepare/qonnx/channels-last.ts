/**
 * qonnx moves what depends on the layout to channels last: Transposes around Conv, MaxPool and BatchNormalization, which
 * then are moved until they meet and cancel, or go into the weights of a dense layer behind a Flatten. Source: qonnx
 * (cc2ec17) transformation/channels_last.py.
 */
import type { Value } from '../../../graph/model.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { areEqual, firstToLast, inverse, lastToFirst, type Permutation } from '../transposes/permutation.ts'
import { foldConstants, foldTransposesIntoQuantisers } from './clean-up.ts'
import { permutedConstant } from './constants.ts'
import { orderOf } from './order.ts'
import { addTranspose, isDequantised, permAttribute, permutationOrReversal, permutedType } from './transpose.ts'

const channelsLast = 'qonnx.custom_op.channels_last'

/** qonnx goes on until nothing changes; each round moves what a fork or a join held up. */
const maxRounds = 50

export function toChannelsLast(draft: Draft): void {
  for (const node of orderOf(draft)) enter(draft, node)
  for (let round = 0; round < maxRounds; round++) {
    const { changes } = draft
    cancelPairs(draft)
    moveUpstream(draft)
    foldTransposesIntoQuantisers(draft)
    cancelPairs(draft)
    moveDownstream(draft)
    copyPastForks(draft)
    cancelPairs(draft)
    absorbIntoDense(draft)
    if (draft.changes === changes) break
  }
  foldConstants(draft)
}

/** How many of its inputs have channels: data, and the weights of a convolution. */
const inputsWithChannels: ReadonlyMap<string, number> = new Map([
  ['Conv', 2],
  ['MaxPool', 1],
  ['BatchNormalization', 1],
])

function enter(draft: Draft, node: ViewNode): void {
  const count = inputsWithChannels.get(node.op)
  const rank = rankOf(draft, node.inputs[0])
  // qonnx stops at other ranks; a BatchNormalization of vectors needs no change.
  if (count === undefined || node.domain !== '' || (rank !== 3 && rank !== 4)) return
  node.inputs.slice(0, count).forEach((value, input) => {
    if (value) draft.setInput(node, input, transposed(draft, node, value, firstToLast(rank)))
  })
  for (const output of [...node.outputs]) {
    if (!output) continue
    const own = draft.renew(node, output)
    draft.retype(own, permutedType(draft.facts(own).type, firstToLast(rank)))
    draft.add('Transpose', node, { inputs: [own], outputs: [output], attributes: permAttribute(lastToFirst(rank)) })
  }
  draft.tell(node, 'moved to channels last by qonnx')
  draft.moveTo(channelsLast, node.op, node)
}

function transposed(draft: Draft, beside: ViewNode, value: Value, perm: Permutation): Value {
  if (draft.constant(value)) return permutedConstant(draft, value, perm)
  return isDequantised(draft, value) ? value : addTranspose(draft, beside, value, perm)
}

const rankOf = (draft: Draft, value: Value | null | undefined): number | null =>
  draft.tensor(value)?.shape?.length ?? null

/** Transposes with that effect on the layout, in qonnx's order. */
function transposes(draft: Draft, effect: (rank: number) => Permutation): ViewNode[] {
  return orderOf(draft).filter((node) => node.op === 'Transpose' && hasEffect(draft, node, effect))
}

function hasEffect(draft: Draft, node: ViewNode, effect: (rank: number) => Permutation): boolean {
  const perm = permutationOrReversal(draft, node)
  return perm !== null && areEqual(perm, effect(perm.length))
}

/** To channels first, and back at once: both go. */
function cancelPairs(draft: Draft): void {
  for (const first of transposes(draft, lastToFirst)) {
    const second = draft.has(first) ? draft.onlyReader(first) : null
    const [from] = first.inputs
    const [to] = second?.outputs ?? []
    if (!from || !to || second?.op !== 'Transpose' || !hasEffect(draft, second, firstToLast)) continue
    if (draft.isOutput(to)) continue
    draft.replaceReadings(to, from)
    draft.discard(second, cancelled)
    draft.discard(first, cancelled)
  }
}

const cancelled = 'it cancels against the change to channels last'

/** What changes every element alike, so that a Transpose can come before it. */
const unary: ReadonlySet<string> = new Set(['Quant', 'Relu', 'Selu', 'LeakyRelu', 'Sigmoid', 'Tanh'])
const withScalar: ReadonlySet<string> = new Set(['Mul', 'Div', 'Sub', 'Add'])

/** To channels last: before the node before, as far as that goes. */
function moveUpstream(draft: Draft): void {
  for (const transpose of transposes(draft, firstToLast))
    while (draft.has(transpose) && swapWithMaker(draft, transpose)) {}
}

function swapWithMaker(draft: Draft, transpose: ViewNode): boolean {
  const [between] = transpose.inputs
  const [output] = transpose.outputs
  const before = draft.maker(between)
  const [data] = before?.inputs ?? []
  if (!before || !between || !output || !data || draft.constant(data)) return false
  if (!unary.has(before.op) && !(withScalar.has(before.op) && isScalar(draft, before.inputs[1]))) return false
  if (draft.isOutput(between) || draft.readingsOf(between).length > 1) return false
  draft.makes(transpose, null)
  draft.makes(before, output)
  draft.setInput(transpose, 0, data)
  draft.makes(transpose, between)
  draft.setInput(before, 0, between)
  draft.retype(between, draft.facts(output).type)
  return true
}

function isScalar(draft: Draft, value: Value | null | undefined): boolean {
  const shape = draft.tensor(value)?.shape
  return shape?.length === 0 || (shape?.length === 1 && shape[0] === 1)
}

const elementwise: ReadonlySet<string> = new Set(
  (
    'Identity Relu LeakyRelu Clip Selu Celu Elu Sigmoid HardSigmoid Tanh Softplus Exp Log Sqrt Erf Floor Ceil Round Sign ' +
    'Quant Mul Div Sub Add Mod And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual BitwiseAnd BitwiseOr BitwiseXor ' +
    'BitShift Pow'
  ).split(' '),
)

/** To channels first: behind the elementwise node behind, as far as that goes; its other inputs are turned back. */
function moveDownstream(draft: Draft): void {
  for (const transpose of transposes(draft, lastToFirst)) while (draft.has(transpose) && movePast(draft, transpose)) {}
}

function movePast(draft: Draft, transpose: ViewNode): boolean {
  const [data] = transpose.inputs
  const [between] = transpose.outputs
  if (!data || !between || !draft.maker(data) || draft.isOutput(between)) return false
  const [reading, ...others] = draft.readingsOf(between)
  const behind = reading?.node
  const [output] = behind?.outputs ?? []
  // A fork is copied first; qonnx itself moves on and leaves the other readers with the wrong layout.
  if (!behind || !output || others.length > 0 || !elementwise.has(behind.op)) return false
  const perm = permutationOrReversal(draft, transpose) ?? []
  behind.inputs.forEach((value, input) => {
    if (value && value !== between) draft.setInput(behind, input, turnedBack(draft, behind, value, inverse(perm)))
  })
  const at = behind.inputs.indexOf(between)
  const { type } = draft.facts(data)
  draft.makes(transpose, null)
  draft.makes(behind, null)
  draft.setInput(behind, at, data)
  draft.makes(behind, between)
  draft.retype(between, type)
  draft.setInput(transpose, 0, between)
  draft.makes(transpose, output)
  return true
}

/** A scalar broadcasts in any layout; what has fewer axes gets axes of size 1 in front. */
function turnedBack(draft: Draft, node: ViewNode, value: Value, perm: Permutation): Value {
  const rank = rankOf(draft, value)
  if (rank === 0 || rank === null) return value
  if (rank === perm.length || draft.constant(value)) return transposed(draft, node, value, perm)
  const wide = draft.value(`${value.name}/unsqueezed`, null, 'qonnx unsqueezes it')
  draft.add('Unsqueeze', node, { inputs: [value], outputs: [wide], carries: node.carries })
  return addTranspose(draft, node, wide, perm)
}

/** One that several nodes read: each but the first gets a copy. */
function copyPastForks(draft: Draft): void {
  for (const node of orderOf(draft)) {
    const [output] = node.outputs
    const [data] = node.inputs
    if (node.op !== 'Transpose' || !output || !data) continue
    const [, ...others] = draft.readingsOf(output).filter(({ index }) => index >= 0)
    for (const { node: reader, index } of others) {
      const { attributes, carries } = node
      draft.setInput(
        reader,
        index,
        addTranspose(draft, node, data, permutationOrReversal(draft, node) ?? [], { attributes, carries }),
      )
    }
  }
}

/**
 * To channels first, then flattened into a dense layer: the rows of its weights are sorted anew instead, and a Flatten
 * takes the place of both.
 */
function absorbIntoDense(draft: Draft): void {
  for (const flatten of orderOf(draft)) {
    if (!draft.has(flatten) || (flatten.op !== 'Flatten' && flatten.op !== 'Reshape')) continue
    const transpose = draft.maker(flatten.inputs[0])
    const [data] = transpose?.inputs ?? []
    const [output] = flatten.outputs
    if (transpose?.op !== 'Transpose' || !data || !output || !hasEffect(draft, transpose, lastToFirst)) continue
    const dense = draft.readingsOf(output)[0]?.node
    if (!keepsBatch(draft, flatten) || (dense?.op !== 'MatMul' && dense?.op !== 'Gemm') || !hasWeights(draft, dense))
      continue
    const attributes = new Map([['axis', { type: 'INT', value: 1 } as const]])
    const { carries } = flatten
    draft.tell(flatten, 'flattened in channels last by qonnx, which sorts the weights of the layer behind accordingly')
    draft.drop(flatten)
    draft.add('Flatten', flatten, { inputs: [data], outputs: [output], attributes, carries })
    draft.discardUnread([transpose], 'the weights of the layer behind it are sorted for channels last')
  }
}

function keepsBatch(draft: Draft, { inputs: [input], outputs: [output] }: ViewNode): boolean {
  const from = draft.tensor(input)?.shape
  const to = draft.tensor(output)?.shape
  return from != null && to?.length === 2 && from[0] === to[0]
}

/** A constant, or a Quant of one. */
function hasWeights(draft: Draft, { inputs: [, weights] }: ViewNode): boolean {
  const quantiser = draft.maker(weights)
  return quantiser
    ? quantiser.op === 'Quant' && draft.constant(quantiser.inputs[0]) !== null
    : draft.constant(weights) !== null
}
