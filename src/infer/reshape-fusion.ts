/**
 * The shape of a Reshape that is put together from sizes of what it reshapes becomes a constant when a session is made:
 * `Concat(Unsqueeze(Gather(Shape(x), 0)), [4, 8])` is `[0, 4, 8]`, and one part that is not known is `-1`.
 * Source: optimizer/reshape_fusion.cc of ONNX Runtime 1.23; since 1.30 sizes of other values may do, too, if their
 * dimension has the same name. Sizes that are numbers have been folded before.
 */
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
    else if (isSizeOf(root, part, sizes.length, known)) sizes.push(0)
    else if (isSingle(part, known)) sizes.push(-1)
    else return null
  }
  return sizes.filter((size) => size === -1).length > 1 ? null : { output, value: vector(sizes) }
}

const isNonZero = (node: Node, name: string): boolean => {
  const attribute = node.attributes.get(name)
  return attribute?.type === 'INT' && Number(attribute.value) !== 0
}

/** `Unsqueeze(Gather(Shape(root), axis))`. */
function isSizeOf(root: Value, part: Value, axis: number, known: Known): boolean {
  const chain = sizeChain(part, known)
  const index = chain && numbers(known.constant(chain.index))
  return chain?.of === root && index?.length === 1 && index[0] === axis
}

function sizeChain(part: Value, known: Known): { readonly of: Value; readonly index: Value } | null {
  const unsqueeze = makerOf(part, 'Unsqueeze')
  const gather = makerOf(unsqueeze?.inputs[0], 'Gather')
  const shape = makerOf(gather?.inputs[0], 'Shape')
  const [of] = shape?.inputs ?? []
  const index = gather?.inputs[1]
  if (!unsqueeze || !shape || !of || !index || shape.attributes.size > 0) return null
  return isAxisZero(unsqueeze, known) ? { of, index } : null
}

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
