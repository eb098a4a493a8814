/** Constant folding. Sources: optimizer/constant_folding.cc, graph/graph_utils.cc of ONNX Runtime 1.30. */
import { isKnown } from '../../graph/dim.ts'
import type { Graph, Node, Value } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import { numbers } from '../../operators/value.ts'
import { bytesOf } from '../cost.ts'
import type { Overlay, ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

/** Larger results are left to the run. */
const maxBytes = 2 ** 30

export function foldConstants(draft: Draft): void {
  for (const node of draft.order()) {
    if (!draft.has(node) || !node.schema || node.source.bodies.size > 0) continue
    if (node.op === 'Shape' && node.domain === '') {
      if (draft.tensor(node.inputs[0])?.shape?.every(isKnown)) draft.fold(node, 'the shape that it asks for is fixed')
    } else if (isFoldable(draft, node)) draft.fold(node, 'all that it reads is constant')
  }
}

function isFoldable(draft: Draft, node: ViewNode): boolean {
  if (!node.schema?.deterministic || !node.inputs.every((value, i) => isFixed(draft, node, value, i))) return false
  if (node.op === 'DequantizeLinear' && !beforeFoldableUnit(draft, node)) return false
  const sizes = node.outputs.map((value) => (value ? bytesOf(draft.facts(value).type) : 0))
  return sizes.every((size) => size !== null && size <= maxBytes)
}

const isFixed = (draft: Draft, node: ViewNode, value: Value | null, input: number): boolean =>
  value ? draft.constant(value) !== null : (node.inputNames[input] ?? '') === ''

/** A DequantizeLinear stays, for units need it, unless the whole of DQ, operator and Q can go. */
function beforeFoldableUnit(draft: Draft, node: ViewNode): boolean {
  const operator = draft.onlyReader(node)
  if (operator?.inputs.length !== 1 || operator.outputs.length !== 1 || !operator.schema?.deterministic) return false
  return draft.onlyReader(operator)?.op === 'QuantizeLinear'
}

/** The branch of an If that always runs, because its condition is constant; null otherwise. */
export function chosenBranch(inference: Inference, node: Node, overlay: Overlay): Graph | null {
  if (node.op !== 'If' || node.domain !== '') return null
  const [condition] = node.inputs
  if (!condition || !(inference.isConst(condition) || overlay.folded.has(condition))) return null
  const [chosen] = numbers(inference.valueOf(condition)) ?? []
  if (chosen === undefined) return null
  return node.bodies.get(chosen ? 'then_branch' : 'else_branch') ?? null
}
