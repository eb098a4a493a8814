/**
 * Gemm as MatMul, Mul by alpha, Add of C times beta. One at which qonnx stops stays: without C, or with a beta, which it
 * writes as a double, so that the product with a constant C cannot be computed. Source: qonnx (cc2ec17)
 * transformation/gemm_to_matmul.py.
 */
import type { Node, Value } from '../../../graph/model.ts'
import { tensorType } from '../../../graph/type.ts'
import { scalar } from '../../../operators/value.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { removeIdentities } from './identities.ts'
import { orderOf } from './order.ts'
import { addTranspose, isDequantised } from './transpose.ts'

export function gemmToMatMul(draft: Draft): void {
  const gemms = orderOf(draft).filter(({ op }) => op === 'Gemm')
  const converted = gemms.filter((gemm) => convert(draft, gemm))
  if (converted.length > 0) removeIdentities(draft)
}

function convert(draft: Draft, gemm: ViewNode): boolean {
  const [a, b, c] = gemm.inputs
  const [output] = gemm.outputs
  if (!a || !b || !c || !output || (hasBeta(gemm) && draft.constant(c))) return false
  const { carries } = gemm
  const left = gemm.int('transA') ? reversed(draft, gemm, a, carries) : a
  const right = gemm.int('transB') ? reversed(draft, gemm, b, draft.constant(b) ? [] : carries) : b
  draft.tell(gemm, 'written as MatMul and Add by qonnx')
  draft.drop(gemm)
  const scaled = draft.value(`${output.name}/scaled`, draft.facts(output).type)
  const product = scale(draft, gemm, scaled)
  draft.add('MatMul', gemm, { inputs: [left, right], outputs: [product], carries })
  draft.add('Add', gemm, { inputs: [scaled, bias(draft, gemm, c)], outputs: [output], carries })
  return true
}

/** qonnx writes no perm here: the axes are reversed. */
function reversed(draft: Draft, gemm: ViewNode, value: Value, carries: readonly Node[]): Value {
  if (isDequantised(draft, value)) return value
  return addTranspose(draft, gemm, value, [1, 0], { attributes: new Map(), carries })
}

/** Puts the factor in front of `scaled`; gives what is to be multiplied. A factor of 1 is taken out at once. */
function scale(draft: Draft, gemm: ViewNode, scaled: Value): Value {
  const factor = factorOf(gemm, 'alpha')
  if (isOne(factor)) return scaled
  const plain = draft.value(`${scaled.name}/plain`, draft.facts(scaled).type)
  const by = draft.constantOf('alpha', tensorType('float64', []), scalar(factor, 'float64'))
  draft.add('Mul', gemm, { inputs: [plain, by], outputs: [scaled], carries: gemm.carries })
  return plain
}

/** C as it is, or a Mul of it. */
function bias(draft: Draft, gemm: ViewNode, c: Value): Value {
  if (!hasBeta(gemm)) return c
  const scaled = draft.value(`${c.name}/scaled`, draft.facts(c).type)
  const by = draft.constantOf('beta', tensorType('float64', []), scalar(factorOf(gemm, 'beta'), 'float64'))
  draft.add('Mul', gemm, { inputs: [c, by], outputs: [scaled], carries: gemm.carries })
  return scaled
}

/** As close as qonnx calls it when it takes a factor out. */
const isOne = (factor: number): boolean => Math.abs(factor - 1) <= 2e-5
const hasBeta = (gemm: ViewNode): boolean => !isOne(factorOf(gemm, 'beta'))

function factorOf(gemm: ViewNode, name: string): number {
  const attribute = gemm.attributes.get(name)
  return attribute?.type === 'FLOAT' ? attribute.value : 1
}
