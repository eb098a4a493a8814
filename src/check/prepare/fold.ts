/** Constant folding. Sources: optimizer/constant_folding.cc, graph/graph_utils.cc of ONNX Runtime 1.30. */
import { isKnown } from '../../graph/dim.ts'
import type { Value } from '../../graph/model.ts'
import { numbers } from '../../operators/value.ts'
import { bytesOf } from '../cost.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'

/** Larger results are left to the run. */
const maxBytes = 2 ** 30

export function foldConstants(draft: Draft): void {
  for (const node of draft.order()) {
    if (!draft.has(node) || !node.schema) continue
    if (node.op === 'If' && node.domain === '') inlineBranch(draft, node)
    if (node.source.bodies.size > 0) continue
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

/** An If whose condition is constant: the nodes of the branch that always runs take its place. */
function inlineBranch(draft: Draft, node: ViewNode): void {
  const [chosen] = numbers(draft.constantValue(node.inputs[0])) ?? []
  const branch = chosen === undefined ? null : node.source.bodies.get(chosen ? 'then_branch' : 'else_branch')
  if (branch) draft.inline(node, branch, 'its condition is constant: the branch takes its place')
}
