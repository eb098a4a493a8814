/**
 * The shape of a Reshape that is put together from sizes of what it reshapes becomes a constant when a session is made:
 * `Concat(Unsqueeze(Gather(Shape(x), 0)), [4, 8])` is `[0, 4, 8]`, and one part that is not known is `-1`. Sizes of
 * other values do, too, if they are the same size. Sizes that are numbers have been folded before.
 * Source: optimizer/reshape_fusion.cc of ONNX Runtime 1.30.
 */
import { equal, isUnknown } from '../graph/dim.ts'
import type { Node, Value } from '../graph/model.ts'
import type { Shape } from '../graph/type.ts'
import { type KnownValue, numbers, vector } from '../operators/value.ts'

export interface Known {
  shape(value: Value): Shape | null
  /** Of constants. */
  constant(value: Value): KnownValue | null
}

/** The Concat behind the shape input and the constant that takes its place; null where it stays. */
export function fusedShape(reshape: Node, known: Known): { output: Value; value: KnownValue } | null {
  const [root, output] = reshape.inputs
  const concat = output?.producer
  if (!root || !output || concat?.op !== 'Concat' || concat.domain !== '') return null
  if (output.isOutput || output.uses.length !== 1 || isNonZero(reshape, 'allowzero')) return null
  const sizes: number[] = []
  for (const part of concat.inputs) {
    if (!part) return null
    const given = numbers(known.constant(part))
    if (given) sizes.push(...given)
    else if (isSizeOf(root, part, sizes.length, concat, known)) sizes.push(0)
    else if (isSingle(part, known)) sizes.push(-1)
    else return null
  }
  return sizes.filter((size) => size === -1).length > 1 ? null : { output, value: vector(sizes) }
}

const isNonZero = ({ attributes }: Node, name: string): boolean => {
  const attribute = attributes.get(name)
  return attribute?.type === 'INT' && Number(attribute.value) !== 0
}

/** `Unsqueeze(Gather(Shape(x), axis))`, where that size of `x` is the root's. */
function isSizeOf(root: Value, part: Value, axis: number, concat: Node, known: Known): boolean {
  const chain = sizeChain(part, known)
  const index = chain && numbers(known.constant(chain.index))
  if (!chain || index?.length !== 1 || index[0] !== axis) return false
  if (chain.of === root || isPooled(root, chain.of, axis)) return true
  const [ours, theirs] = [root, chain.of].map((value) => known.shape(value)?.[axis])
  if (ours !== undefined && theirs !== undefined && !isUnknown(ours) && equal(ours, theirs)) return true
  return chain.of.producer !== null && isLinear(concat, chain.of.producer, known)
}

/** The root is the GlobalAveragePool of the value: the batch stays. */
const isPooled = (root: Value, of: Value, axis: number): boolean =>
  axis === 0 && root.producer?.op === 'GlobalAveragePool' && root.producer.inputs[0] === of

/** What is reshaped is a square linear layer of what the node makes: MatMul, then Add. */
function isLinear(concat: Node, before: Node, known: Known): boolean {
  const reshape = concat.outputs[0]?.uses[0]?.node
  const add = makerOf(reshape?.inputs[0], 'Add')
  const product = makerOf(add?.inputs[0], 'MatMul')
  const [source, weight] = product?.inputs ?? []
  const bias = add?.inputs[1]
  if (!source || !weight || !bias?.initializer || (source.producer && source.producer !== before)) return false
  const [size, ...more] = known.shape(bias) ?? []
  const sides = known.shape(weight)
  return size !== undefined && more.length === 0 && sides?.length === 2 && sides.every((side) => side === size)
}

function sizeChain(part: Value, known: Known): { readonly of: Value; readonly index: Value } | null {
  const unsqueeze = makerOf(part, 'Unsqueeze')
  const gather = makerOf(unsqueeze?.inputs[0], 'Gather')
  const shape = makerOf(gather?.inputs[0], 'Shape')
  const [of] = shape?.inputs ?? []
  const index = gather?.inputs[1]
  if (!unsqueeze || !shape || !of || !index || !isWhole(shape)) return null
  return isAxisZero(unsqueeze, known) ? { of, index } : null
}

/** All dimensions are asked for. */
const isWhole = (shape: Node): boolean => !isNonZero(shape, 'start') && !shape.attributes.has('end')

const makerOf = (value: Value | null | undefined, op: string): Node | null => {
  const node = value?.producer
  return node?.op === op && node.domain === '' ? node : null
}

function isAxisZero(unsqueeze: Node, known: Known): boolean {
  const attribute = unsqueeze.attributes.get('axes')
  const input = unsqueeze.inputs[1]
  const axes = attribute?.type === 'INTS' ? attribute.value.map(Number) : input && numbers(known.constant(input))
  return axes?.length === 1 && axes[0] === 0
}

/** One element, whatever it is. */
function isSingle(part: Value, known: Known): boolean {
  const shape = known.shape(part)
  if (shape?.every((dim) => dim === 1)) return true
  const chain = sizeChain(part, known)
  return chain !== null && (known.shape(chain.index)?.every((dim) => dim === 1) ?? false)
}
