/**
 * Reshapes whose shape the runtime puts together without computing it, and Reshapes in a row. Source:
 * optimizer/reshape_fusion.cc of ONNX Runtime 1.30; what the shape then is, infer/reshape-fusion.ts says.
 */
import { isKnown } from '../../graph/dim.ts'
import { tensorType } from '../../graph/type.ts'
import { vector } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { isOp } from './match.ts'

const reshapes = [5, 13, 14, 19, 21, 23, 24, 25] as const

export function fuseReshapes(draft: Draft): void {
  if (!draft.holds('Reshape')) return
  for (const node of draft.order()) {
    if (!draft.has(node) || !isOp(node, 'Reshape', reshapes) || node.int('allowzero')) continue
    const concat = draft.maker(node.inputs[1])
    if (concat?.op === 'Concat' && concat.domain === '' && foldShape(draft, concat)) continue
    fuseRow(draft, node)
  }
}

/** The shape of a Reshape that the runtime knows without computing it; what nobody else reads goes with it. */
function foldShape(draft: Draft, concat: ViewNode): boolean {
  const [output] = concat.outputs
  if (!output || draft.facts(output).origin !== 'folded' || draft.onlyReader(concat)?.op !== 'Reshape') return false
  draft.fold(concat, 'the Reshape that it is for gets a constant shape')
  return true
}

/** A Reshape and what only rearranges behind it become one Reshape to the last shape. */
function fuseRow(draft: Draft, first: ViewNode): void {
  const row = [first]
  for (let next = draft.onlyReader(first); next && rearranges(draft, next); next = draft.onlyReader(next))
    row.push(next)
  const last = row.at(-1)
  const type = draft.tensor(last?.outputs[0])
  const shape = type?.shape
  if (row.length < 2 || !shape || shape.includes(0)) return
  const target = draft.constantOf('shape', tensorType('int64', [shape.length]), vector(shape.filter(isKnown)))
  draft.merge('Reshape', row, [first.inputs[0] ?? null, target])
}

function rearranges(draft: Draft, node: ViewNode): boolean {
  if (node.op !== 'Reshape' && node.op !== 'Squeeze' && node.op !== 'Unsqueeze') return false
  if (node.op === 'Reshape' && node.int('allowzero')) return false
  return draft.tensor(node.outputs[0])?.shape?.every(isKnown) === true
}
