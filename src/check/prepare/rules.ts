/** The rules of level 1 that ONNX Runtime applies node by node, in its order (optimizer/graph_transformer_utils.cc, 1.30). */
import type { ViewNode } from '../view.ts'
import { fuseBehindConv, fusePad } from './convolution.ts'
import type { Draft } from './draft.ts'
import { eliminations } from './eliminate.ts'
import { fuseGemmSum, fuseGemmTranspose, fuseMatMulNormalization } from './gemm.ts'
import { fuseDivMul, fuseNotWhere, fuseReluClip } from './pairs.ts'

/** True where the node is gone. */
type Rule = (draft: Draft, node: ViewNode) => boolean

const fusions: Readonly<Record<string, readonly Rule[]>> = {
  Div: [fuseDivMul],
  Relu: [fuseReluClip],
  Gemm: [fuseGemmSum, fuseGemmTranspose],
  Where: [fuseNotWhere],
  Conv: [fuseBehindConv('Add'), fuseBehindConv('Mul'), fuseBehindConv('BatchNormalization')],
  Pad: [fusePad],
  MatMul: [fuseMatMulNormalization],
}

const rules: ReadonlyMap<string, readonly Rule[]> = new Map(
  [...new Set([...Object.keys(eliminations), ...Object.keys(fusions)])].map((op) => [
    op,
    [...(eliminations[op] ?? []), ...(fusions[op] ?? [])],
  ]),
)

export function applyRules(draft: Draft): void {
  for (const node of draft.order()) {
    if (node.domain !== '' || !draft.has(node)) continue
    for (const rule of rules.get(node.op) ?? []) if (rule(draft, node) || !draft.has(node)) break
  }
}
