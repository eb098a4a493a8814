/**
 * Nodes that do nothing, as qonnx takes them out: only where its Gemm conversion has changed the graph does it look for
 * them. Source: qonnx (cc2ec17) transformation/remove.py.
 */
import { numbers } from '../../../operators/value.ts'
import type { ViewNode } from '../../view.ts'
import type { Draft } from '../draft.ts'
import { orderOf } from './order.ts'

export function removeIdentities(draft: Draft): void {
  for (const node of orderOf(draft)) {
    const why = whyIdentity(draft, node)
    if (why !== null) remove(draft, node, why)
  }
}

function whyIdentity(draft: Draft, node: ViewNode): string | null {
  const { op, inputs } = node
  const second = () => numbers(draft.constantValue(inputs[1]))
  const all = (wanted: number): boolean => second()?.every((value) => isClose(value, wanted)) ?? false
  switch (op) {
    case 'Add':
    case 'Sub':
      return all(0) ? `the ${op} is of 0` : null
    case 'Mul':
    case 'Div':
      return all(1) ? `the ${op} is by 1` : null
    case 'Pad':
      return (node.ints('pads') ?? second())?.every((pad) => pad === 0) ? 'the Pad adds nothing' : null
    case 'Identity':
      return 'an Identity only passes its input on'
    case 'Dropout':
      return isIdleDropout(draft, node) ? 'a Dropout passes its input on when it is not trained' : null
    default:
      return null
  }
}

/** As np.isclose compares, with its relative and qonnx's absolute tolerance. */
const isClose = (value: number, wanted: number): boolean => Math.abs(value - wanted) <= 1e-5 + 1e-5 * Math.abs(wanted)

function isIdleDropout(draft: Draft, node: ViewNode): boolean {
  if (draft.opset() < 12) {
    const ratio = node.attributes.get('ratio')
    return ratio?.type === 'FLOAT' && ratio.value === 0
  }
  return node.inputs.length === 1 || numbers(draft.constantValue(node.inputs[1]))?.[0] === 0
}

/** Where its input has no other reader, the node before makes its output; otherwise its readers read the input. */
function remove(draft: Draft, node: ViewNode, why: string): void {
  const [from] = node.outputs
  const [to] = node.inputs
  if (!from || !to) return
  if (!draft.isOutput(from)) {
    draft.remove(node, { from, to }, why)
    return
  }
  const maker = draft.maker(to)
  if (maker && !draft.isOutput(to) && draft.readingsOf(to).length === 1) draft.removeBehind(node, maker, to, from, why)
}
