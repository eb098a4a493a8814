/** Predicates for flows that read QONNX: what stands around a node, and which constants fit a tensor without its batch. */
import type { FunctionSpec } from './condition/functions.ts'
import {
  asIndex,
  asList,
  isTensor,
  type Maker,
  type Tensor,
  type Truth,
  unknown,
  type Value,
} from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import { onTensor, predicate } from './predicates.ts'

/** A DequantizeLinear counts with them: where a flow refuses it, that is one fault, and not one more at each layer. */
const quantisers: ReadonlySet<string> = new Set(['Quant', 'IntQuant', 'BipolarQuant', 'DequantizeLinear'])

/** Sizes from an axis on; null where one of them is not a number. */
function sizesOf(tensor: Tensor, from = 0): number[] | null {
  const sizes = asList(tensor.shape)?.slice(from).map(asIndex)
  return sizes && !sizes.includes(null) ? sizes.map(Number) : null
}

/**
 * As hls4ml's merge_const.py: the constant is taken as it is where its sizes, those of 1 left out, are those of the
 * data; else it is broadcast to them, which fails for a constant of more axes.
 */
function fitsWithoutBatch(constant: Tensor, data: Value): Truth {
  const own = sizesOf(constant)
  const sizes = isTensor(data) ? sizesOf(data, 1) : null
  if (!own || !sizes) return unknown
  // A scalar becomes a vector of one element there.
  const shape = own.length === 0 ? [1] : own
  if (same(shape, sizes) || same(squeezed(shape), sizes)) return true
  const skip = sizes.length - shape.length
  return skip >= 0 && shape.every((size, axis) => size === 1 || size === sizes[skip + axis])
}

const squeezed = (sizes: readonly number[]): number[] => sizes.filter((size) => size !== 1)
const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i])

/** As qonnx's qcdq_to_qonnx.py finds pairs. */
function becomesQuant({ op, inputs }: NodeFacts, outputs: readonly Value[]): Truth {
  const [data, scale, zeroPoint] = inputs
  if (inputs.length !== 3 || !data || !isTensor(data)) return false
  if (![scale, zeroPoint].every((value) => value && isTensor(value) && value.constant === true)) return false
  if (op === 'DequantizeLinear')
    return data.constant === true || ['QuantizeLinear', 'Clip'].includes(data.maker?.op ?? '')
  const [output] = outputs
  return output !== undefined && isTensor(output) && output.users.some((user) => user.op !== 'QuantizeLinear')
}

const readsConstant = (maker: Maker | null, input: number): boolean => maker?.reads(input)?.constant === true

/**
 * hls4ml merges a constant factor or summand behind a convolution (or its BatchNormalization) into the weights, which
 * only works out for one per filter; weights with a quantiser of their own, and results that others read, it leaves.
 */
function takesConstantIntoWeights(tensor: Tensor): Truth {
  let at: Tensor | null = tensor
  if (at.users.length === 1 && at.maker?.op === 'BatchNormalization') at = at.maker.reads(0)
  return at?.users.length === 1 && at.maker?.op === 'Conv' && readsConstant(at.maker, 1)
}

function isModelInput(tensor: Tensor): Truth {
  let at: Tensor | null = tensor
  while (at?.maker?.added) at = at.maker.reads(0)
  return at !== null && at.maker === null && at.constant === false
}

export const qonnxPredicates = {
  quantisedConstant: onTensor(
    'a quantiser of a constant makes it',
    ({ maker }) => maker !== null && quantisers.has(maker.op) && readsConstant(maker, 0),
  ),
  addsConstant: onTensor(
    'an Add or Sub with a constant makes it',
    ({ maker }) =>
      maker !== null && ['Add', 'Sub'].includes(maker.op) && (readsConstant(maker, 0) || readsConstant(maker, 1)),
  ),
  mergedIntoConv: onTensor(
    'a Conv whose weights have no quantiser makes it, with a BatchNormalization behind it at most, and nothing else reads it',
    takesConstantIntoWeights,
  ),
  modelInput: onTensor('it is an input of the model, as it is or transposed by the preparation', isModelInput),
  fitsWithoutBatch: onTensor(
    'without the first axis of the second, it has those sizes, or fewer axes and broadcasts to them',
    (constant, _, [data]) => (data === undefined ? unknown : fitsWithoutBatch(constant, data)),
    ['tensor'],
  ),
  graphHolds: predicate({
    params: ['string'],
    meaning: 'a node of that domain is in the graph',
    run: (facts, [domain]) => (typeof domain === 'string' ? facts.graphHolds(domain) : unknown),
  }),
  becomesQuant: predicate({
    params: [],
    meaning:
      'qonnx can turn it into a Quant: scale and zero point are written and constant, and QuantizeLinear and DequantizeLinear meet, with a Clip between them at most',
    reads: ['inputs'],
    run: (facts) => becomesQuant(facts, facts.outputs),
  }),
} satisfies Readonly<Record<string, FunctionSpec>>
