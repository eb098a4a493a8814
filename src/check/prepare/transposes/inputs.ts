/**
 * Transposing what a node reads and makes. A constant is transposed at once; a Transpose before is cancelled or joined;
 * else one is put in. A DequantizeLinear before is looked past. Source: ONNX Runtime 1.30,
 * optimizer/transpose_optimization/onnx_transpose_optimization.cc (TransposeInputImpl, UnsqueezeInput, TransposeOutput).
 */
import { isKnown } from '../../../graph/dim.ts'
import type { Attribute, Node, Value } from '../../../graph/model.ts'
import { tensorType, type ValueType } from '../../../graph/type.ts'
import { flat } from '../../../operators/elements.ts'
import { count, type KnownValue, vector } from '../../../operators/value.ts'
import type { Reading, ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { constantNumbers } from '../match.ts'
import {
  areEqual,
  axesAt,
  axisAt,
  compose,
  inverse,
  isIdentity,
  type Permutation,
  permuted,
  unsqueezed,
  withOnes,
} from './permutation.ts'

export const shapeOf = (draft: Draft, value: Value | null | undefined) => draft.tensor(value)?.shape ?? null

/** Of a Transpose that is written out; null for other nodes. */
export function permutationOf(node: ViewNode | null): number[] | null {
  if (node?.op !== 'Transpose' || node.domain !== '') return null
  const attribute = node.attributes.get('perm')
  if (attribute?.type !== 'INTS') return null
  const perm = attribute.value.map(Number)
  return perm.length > 0 && axesAt(perm, perm.length) && perm.every((axis) => axis >= 0) ? perm : null
}

export const integers = (value: readonly number[]): Attribute => ({ type: 'INTS', value })
export const integer = (value: number): Attribute => ({ type: 'INT', value })

function permutedType(type: ValueType | null, perm: Permutation): ValueType | null {
  if (type?.kind !== 'tensor' || type.shape?.length !== perm.length) return type
  return tensorType(type.dtype, permuted(type.shape, perm))
}

const unsqueezedType = (type: ValueType | null, axes: readonly number[]): ValueType | null =>
  type?.kind === 'tensor' && type.shape ? tensorType(type.dtype, withOnes(type.shape, axes, 1)) : type

function addTranspose(
  draft: Draft,
  beside: ViewNode,
  input: Value,
  perm: Permutation,
  carries: readonly Node[] = [],
): Value {
  const { type, why } = draft.facts(input)
  const output = draft.value(`${input.name}/transposed`, permutedType(type, perm), why)
  const attributes = new Map([['perm', integers(perm)]])
  draft.add('Transpose', beside, { inputs: [input], outputs: [output], attributes, carries })
  return output
}

/** `input` of the node becomes its transpose. */
export function transposeInput(draft: Draft, node: ViewNode, input: number, perm: Permutation): void {
  const value = node.inputs[input]
  if (!value) return
  if (transposeConstant(draft, node, input, value, perm)) return
  const maker = draft.maker(value)
  const dq = dequantizer(draft, maker)
  const before = dq ? draft.maker(dq.inputs[0]) : maker
  const other = permutationOf(before)
  if (before && other?.length === perm.length) {
    const [source] = before.inputs
    if (source && areEqual(other, inverse(perm))) {
      if (dq) retarget(draft, dq, source, (axis) => inverse(perm)[axis] ?? axis)
      else draft.setInput(node, input, source)
      dropUnread(draft, before)
      return
    }
    if (source && !dq) {
      const carries = isOnlyRead(draft, value, node) ? before.carries : []
      draft.setInput(node, input, addTranspose(draft, node, source, compose(other, perm), carries))
      dropUnread(draft, before)
      return
    }
  }
  const same = draft.consumers(value).nodes.find((reader) => {
    const found = permutationOf(reader)
    return found !== null && areEqual(found, perm)
  })
  draft.setInput(node, input, same?.outputs[0] ?? addTranspose(draft, node, value, perm))
  if (!same && dq) closeUnit(draft, dq)
}

const isOnlyRead = (draft: Draft, value: Value, node: ViewNode): boolean => {
  const { nodes, all } = draft.consumers(value)
  return all && nodes.every((reader) => reader === node)
}

function transposeConstant(draft: Draft, node: ViewNode, input: number, value: Value, perm: Permutation): boolean {
  const dq = constantDequantizer(draft, value)
  const constant = dq ? dq.inputs[0] : value
  const type = draft.tensor(constant)
  if (!constant || !draft.constant(constant)) return false
  if (!draft.consumers(constant).all) return false
  const sizes = type?.shape ?? []
  if (sizes.every((dim) => dim === 1)) return true
  const known = draft.constantValue(constant)
  // One number per axis, such as sizes or scales.
  if (!dq && sizes.length === 1 && sizes[0] === perm.length) {
    const content = known && { ...known, elements: permuted(known.elements, perm) }
    draft.setInput(node, input, draft.constantOf(`${constant.name}/permuted`, type ?? tensorType(null, null), content))
    return true
  }
  const moved = permutedType(type, perm) ?? tensorType(null, null)
  const transposed = draft.constantOf(`${constant.name}/transposed`, moved, known && transposeValue(known, perm))
  const others = otherReadings(draft, constant, dq ?? node, dq ? 0 : input)
  if (others.length > 0) redirect(draft, others, addTranspose(draft, node, transposed, inverse(perm)))
  if (dq) retarget(draft, dq, transposed, (axis) => inverse(perm)[axis] ?? axis)
  else draft.setInput(node, input, transposed)
  return true
}

/** Who reads a constant that is changed for one reader gets it through a node that undoes the change. */
const otherReadings = (draft: Draft, constant: Value, user: ViewNode, input: number): Reading[] =>
  draft.readingsOf(constant).filter(({ node, index }) => node !== user || index !== input)

function redirect(draft: Draft, readings: readonly Reading[], value: Value): void {
  for (const { node, index } of readings) draft.setInput(node, index, value)
}

function transposeValue(known: KnownValue, perm: Permutation): KnownValue | null {
  if (known.dims.length !== perm.length) return null
  const dims = permuted(known.dims, perm)
  const back = inverse(perm)
  const elements = Array.from({ length: count(dims) }, (_, i) => {
    const position: number[] = []
    for (let axis = dims.length - 1, rest = i; axis >= 0; axis--) {
      const size = dims[axis] ?? 1
      position[axis] = rest % size
      rest = Math.floor(rest / size)
    }
    return known.elements[flat(known.dims, permuted(position, back))]
  })
  return elements.includes(undefined) ? null : { ...known, dims, elements: elements as KnownValue['elements'] }
}

/** A DequantizeLinear per tensor or per axis. */
function dequantizer(draft: Draft, node: ViewNode | null): ViewNode | null {
  return node?.op === 'DequantizeLinear' && quantizedAxis(draft, node) !== undefined ? node : null
}

/** Null: per tensor. Undefined: by blocks, or not known. */
function quantizedAxis(draft: Draft, node: ViewNode): number | null | undefined {
  const scale = shapeOf(draft, node.inputs[1])
  if (!scale) return undefined
  if (scale.length === 0 || (scale.length === 1 && scale[0] === 1)) return null
  const rank = shapeOf(draft, node.inputs[0])?.length
  if (rank === undefined || node.int('block_size')) return undefined
  return axisAt(node.int('axis') ?? 1, rank) ?? undefined
}

/** One over a constant, of which nobody else reads. */
function constantDequantizer(draft: Draft, value: Value): ViewNode | null {
  const dq = dequantizer(draft, draft.maker(value))
  if (!dq || !draft.constant(dq.inputs[0])) return null
  const { nodes, all } = draft.consumers(value)
  return all && nodes.length === 1 ? dq : null
}

/** The DequantizeLinear reads another value, whose axes lie otherwise. */
function retarget(draft: Draft, dq: ViewNode, value: Value, moved: (axis: number) => number): void {
  const axis = quantizedAxis(draft, dq)
  draft.setInput(dq, 0, value)
  if (axis != null) draft.setAttribute(dq, 'axis', integer(moved(axis)))
  const [output] = dq.outputs
  if (output) draft.retype(output, tensorType(draft.tensor(output)?.dtype ?? null, shapeOf(draft, value)))
}

/** DQ → Transpose or Unsqueeze gets Q → DQ behind it, so that it is a unit. */
export function closeUnit(draft: Draft, dq: ViewNode): boolean {
  const [value] = dq.outputs
  const { nodes, all } = value ? draft.consumers(value) : { nodes: [], all: false }
  const [next] = nodes
  const [output] = next?.outputs ?? []
  if (!next || !output || !all || nodes.length !== 1) return false
  const axis = quantizedAxis(draft, dq)
  const [data, scale = null, zero = null] = dq.inputs
  const dtype = draft.tensor(data)?.dtype ?? null
  if (axis === undefined || (!zero && dtype !== 'uint8' && (dq.domain !== '' || draft.opset() < 21))) return false
  const perm = permutationOf(next)
  const axes = perm ? null : axesOf(draft, next)
  const rank = shapeOf(draft, value)?.length ?? 0
  const at =
    axis === null
      ? null
      : perm
        ? (inverse(perm)[axis] ?? axis)
        : unsqueezedAxis(axesAt(axes ?? [], rank + (axes?.length ?? 0)) ?? [], axis)
  const parameters = zero ? [scale, zero] : [scale]
  const attributes = new Map(at === null ? [] : [['axis', integer(at)] as const])
  const shape = shapeOf(draft, output)
  const between = draft.value(`${output.name}/quantized`, tensorType(dtype, shape))
  const own = draft.renew(next, output)
  const { domain } = dq
  draft.add('QuantizeLinear', dq, { inputs: [own, ...parameters], outputs: [between], attributes, domain })
  draft.add('DequantizeLinear', dq, { inputs: [between, ...parameters], outputs: [output], attributes, domain })
  return true
}

const unsqueezedAxis = (axes: readonly number[], axis: number): number =>
  [...axes].sort((a, b) => a - b).reduce((at, added) => (added <= at ? at + 1 : at), axis)

/** `axes` as attribute or, from version 13 on, as a constant input. */
export function axesOf(draft: Draft, node: ViewNode): number[] | null {
  if (draft.opset() < 13) {
    const attribute = node.attributes.get('axes')
    return attribute?.type === 'INTS' ? attribute.value.map(Number) : null
  }
  return constantNumbers(draft, node.inputs[1]) ?? null
}

export const vectorConstant = (draft: Draft, values: readonly number[]): Value =>
  draft.constantOf('integers', tensorType('int64', [values.length]), vector(values))

/** `input` of the node gets axes of size 1 in front, where the node broadcasts. */
function unsqueezeInput(draft: Draft, node: ViewNode, input: number, axes: readonly number[]): void {
  const value = node.inputs[input]
  if (!value) return
  const dq = constantDequantizer(draft, value)
  const constant = dq ? dq.inputs[0] : value
  if (constant && draft.constant(constant) && draft.consumers(constant).all) {
    const type = unsqueezedType(draft.facts(constant).type, axes) ?? tensorType(null, null)
    const known = draft.constantValue(constant)
    const content = known && { ...known, dims: withOnes(known.dims, axes, 1) }
    const wide = draft.constantOf(`${constant.name}/unsqueezed`, type, content)
    const others = otherReadings(draft, constant, dq ?? node, dq ? 0 : input)
    if (others.length > 0) redirect(draft, others, addSqueeze(draft, node, wide, constant, axes))
    if (dq) retarget(draft, dq, wide, (axis) => unsqueezedAxis(axes, axis))
    else draft.setInput(node, input, wide)
    return
  }
  const maker = draft.maker(value)
  const over = dequantizer(draft, maker)
  const before = over ? draft.maker(over.inputs[0]) : maker
  const [source] = before?.inputs ?? []
  if (before?.op === 'Squeeze' && before.domain === '' && source && areEqual(axesOf(draft, before) ?? [-1], axes)) {
    if (over) retarget(draft, over, source, (axis) => unsqueezedAxis(axes, axis))
    else draft.setInput(node, input, source)
    dropUnread(draft, before)
    return
  }
  const { type, why } = draft.facts(value)
  const perm = permutationOf(maker)
  const [from] = maker?.inputs ?? []
  const wide = draft.value(
    `${value.name}/unsqueezed`,
    unsqueezedType(perm && from ? draft.facts(from).type : type, axes),
    why,
  )
  // A Transpose before goes behind at once.
  const [first, behind] = perm && from && maker ? [from, maker] : [value, null]
  addByAxes(draft, 'Unsqueeze', node, first, wide, axes)
  if (!behind || !perm) {
    draft.setInput(node, input, wide)
    if (maker?.op === 'DequantizeLinear') closeUnit(draft, maker)
    return
  }
  const carries = isOnlyRead(draft, value, node) ? behind.carries : []
  draft.setInput(node, input, addTranspose(draft, node, wide, unsqueezed(axes, perm), carries))
  dropUnread(draft, behind)
}

function addSqueeze(draft: Draft, beside: ViewNode, wide: Value, like: Value, axes: readonly number[]): Value {
  const { type, why } = draft.facts(like)
  const output = draft.value(`${like.name}/squeezed`, type, why)
  addByAxes(draft, 'Squeeze', beside, wide, output, axes)
  return output
}

/** Squeeze or Unsqueeze, with axes as the version in force takes them. */
function addByAxes(
  draft: Draft,
  op: string,
  beside: ViewNode,
  input: Value,
  output: Value,
  axes: readonly number[],
): void {
  const old = draft.opset() < 13
  const attributes = old ? new Map([['axes', integers(axes)]]) : noAttributes
  const inputs = old ? [input] : [input, vectorConstant(draft, axes)]
  draft.add(op, beside, { inputs, outputs: [output], attributes })
}

/** All these inputs get the same rank; false where one is not known or larger. */
export function normalizeRanks(draft: Draft, node: ViewNode, rank: number, inputs: readonly number[]): boolean {
  const ranks = inputs.map((input) => shapeOf(draft, node.inputs[input])?.length)
  if (!ranks.every((own) => own !== undefined && own <= rank)) return false
  inputs.forEach((input, i) => {
    const missing = rank - (ranks[i] ?? rank)
    if (missing > 0)
      unsqueezeInput(
        draft,
        node,
        input,
        Array.from({ length: missing }, (_, axis) => axis),
      )
  })
  return true
}

/** Every output is transposed behind the node, so that what comes out stays the same. */
export function transposeOutputs(draft: Draft, node: ViewNode, perm: Permutation, carries: readonly Node[]): void {
  if (isIdentity(perm)) return
  for (const output of [...node.outputs]) if (output) transposeOutput(draft, node, output, perm, carries)
}

export function transposeOutput(
  draft: Draft,
  node: ViewNode,
  output: Value,
  perm: Permutation,
  carries: readonly Node[] = [],
): void {
  const own = draft.renew(node, output)
  draft.retype(own, permutedType(draft.facts(output).type, inverse(perm)))
  const attributes = new Map([['perm', integers(perm)]])
  draft.add('Transpose', node, { inputs: [own], outputs: [output], attributes, carries })
}

/** Takes a node out of which nobody reads any more. */
export function dropUnread(draft: Draft, node: ViewNode): boolean {
  if (!draft.has(node) || draft.makesOutput(node) || draft.readings(node).length > 0) return false
  draft.discard(node, 'the runtime moves it until it cancels another')
  return true
}

/** Sizes that are numbers; null where one is not. */
export function fixedShape(draft: Draft, value: Value | null | undefined): number[] | null {
  const shape = shapeOf(draft, value)
  return shape?.every(isKnown) ? shape.filter(isKnown) : null
}

const noAttributes: ReadonlyMap<string, Attribute> = new Map()
