/**
 * What qonnx's clean-up does to a graph, as far as a verdict can see it: quantisers get one domain, constants are
 * folded, but not quantisers and QDQ pairs, and a Transpose of a quantised constant goes into it. Names, unused tensors
 * and copies of shared constants change nothing here. Sources: qonnx (cc2ec17) util/cleanup.py,
 * transformation/fold_constants.py, transformation/quant_constant_folding.py.
 */
import { schemaAt } from '../../../operators/schema.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { permutedConstant } from './constants.ts'
import { orderOf } from './order.ts'
import { permutationOrReversal } from './transpose.ts'

const generalDomain = 'qonnx.custom_op.general'
const renamed: ReadonlySet<string> = new Set(['Quant', 'BipolarQuant', 'Trunc'])

/** Never folded, also where all that they read is constant: they say how a weight is quantised. */
const kept: ReadonlySet<string> = new Set(['Quant', 'BipolarQuant', 'QuantizeLinear', 'DequantizeLinear'])
/** The quantisers whose constants a Transpose behind them is applied to. */
const quantisers: ReadonlySet<string> = new Set(['Quant', 'BipolarQuant'])

export function cleanUp(draft: Draft): void {
  nameDomains(draft)
  foldConstants(draft)
  foldTransposesIntoQuantisers(draft)
}

function nameDomains(draft: Draft): void {
  for (const node of orderOf(draft)) {
    if (!renamed.has(node.op) || node.domain === generalDomain) continue
    node.domain = generalDomain
    node.schema = schemaAt(generalDomain, node.op, 1)
  }
}

/** Whatever reads constants only, and every Shape of a tensor whose rank is known: an open dimension is read as 0. */
export function foldConstants(draft: Draft): void {
  for (const node of orderOf(draft)) {
    if (kept.has(node.op)) continue
    if (node.inputs.every((value) => draft.constant(value) !== null))
      draft.foldAlone(node, 'all that it reads is constant')
    else if (node.op === 'Shape' && draft.tensor(node.inputs[0])?.shape)
      draft.foldAlone(node, 'qonnx computes the shape that it asks for when it cleans up')
  }
}

export function foldTransposesIntoQuantisers(draft: Draft): void {
  for (const node of orderOf(draft)) {
    if (node.op !== 'Transpose' || !draft.has(node)) continue
    const quantiser = draft.maker(node.inputs[0])
    if (quantiser && isQuantisedConstant(draft, quantiser)) foldTranspose(draft, node, quantiser)
  }
}

const isQuantisedConstant = (draft: Draft, { op, inputs }: ViewNode): boolean =>
  quantisers.has(op) && inputs.every((value) => draft.constant(value) !== null)

/** Inputs of another rank, such as a scalar scale, stay as they are. */
function foldTranspose(draft: Draft, transpose: ViewNode, quantiser: ViewNode): void {
  const [from] = transpose.inputs
  const [to] = transpose.outputs
  const perm = permutationOrReversal(draft, transpose)
  if (!from || !to || !perm || draft.readingsOf(from).length > 1) return
  quantiser.inputs.forEach((value, input) => {
    if (value && draft.tensor(value)?.shape?.length === perm.length)
      draft.setInput(quantiser, input, permutedConstant(draft, value, perm))
  })
  draft.discard(transpose, 'the constant that it transposes is stored transposed')
  draft.makes(quantiser, to)
}
