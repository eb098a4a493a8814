/**
 * `x × 0.5 × (1 + erf(x / √2))` becomes the operator Gelu, from opset 20 on. Source: optimizer/gelu_fusion.cc of ONNX
 * Runtime 1.30 (GeluFusion at level 1).
 */
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { arithmetic, isOp, isScalarConstant } from './match.ts'

const floats: ReadonlySet<string | null | undefined> = new Set(['float16', 'float32', 'float64'])
/** As exporters write √2 that have computed it in float16. */
const coarseRoot = 1.4142099618911743

export function fuseGelu(draft: Draft): void {
  if (draft.opset() < 20 || !draft.holds('Erf')) return
  for (const node of draft.order()) if (draft.has(node)) fuseOne(draft, node)
}

function fuseOne(draft: Draft, div: ViewNode): void {
  const [x, root] = div.inputs
  if (!isMathOp(draft, div, 'Div', arithmetic) || !x) return
  if (![coarseRoot, Math.SQRT2].some((value) => isScalarConstant(draft, root, value))) return
  const erf = draft.onlyReader(div)
  if (!isMathOp(draft, erf, 'Erf', [9, 13])) return
  const add = draft.onlyReader(erf)
  if (!isMathOp(draft, add, 'Add', arithmetic) || !isScalarConstant(draft, otherInput(add, erf), 1)) return
  const mul = draft.onlyReader(add)
  if (!isMathOp(draft, mul, 'Mul', arithmetic)) return
  const half = mul.inputs.map((value) => draft.maker(value)).find((maker) => maker?.op === 'Mul')
  const nodes = half
    ? halvedBefore(draft, [div, erf, add, half, mul], half, x)
    : halvedBehind(draft, [div, erf, add, mul], mul, x)
  if (nodes) draft.merge('Gelu', nodes, [x])
}

function halvedBefore(draft: Draft, nodes: readonly ViewNode[], half: ViewNode, x: ViewNode['inputs'][number]) {
  const at = half.inputs.indexOf(x)
  if (!isMathOp(draft, half, 'Mul', arithmetic) || !draft.onlyReader(half) || at < 0) return null
  return isScalarConstant(draft, half.inputs[1 - at], 0.5) ? nodes : null
}

function halvedBehind(draft: Draft, nodes: readonly ViewNode[], mul: ViewNode, x: ViewNode['inputs'][number]) {
  const half = draft.onlyReader(mul)
  if (!mul.inputs.includes(x) || !isMathOp(draft, half, 'Mul', arithmetic)) return null
  return isScalarConstant(draft, otherInput(half, mul), 0.5) ? [...nodes, half] : null
}

const isMathOp = (draft: Draft, node: ViewNode | null, op: string, since: readonly number[]): node is ViewNode =>
  isOp(node, op, since) && node.inputs.every((value) => floats.has(draft.tensor(value)?.dtype))

/** The input that the other node does not make. */
const otherInput = (node: ViewNode, maker: ViewNode) =>
  node.inputs[0] === maker.outputs[0] ? node.inputs[1] : node.inputs[0]
