/**
 * Four Slices that take every second pixel, and the Concat of their channels, become a SpaceToDepth, as in the Focus
 * layer of YOLOv5. Source: optimizer/slice_concat_to_space_to_depth_fusion.cc of ONNX Runtime 1.30.
 */
import { type Dim, isKnown, Unknown } from '../../graph/dim.ts'
import type { Value } from '../../graph/model.ts'
import { type Shape, tensorType } from '../../graph/type.ts'
import { vector } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { constantNumbers, isOp } from './match.ts'

export function fuseSpaceToDepth(draft: Draft): void {
  if (!draft.holds('Slice') || !draft.holds('Concat')) return
  for (const node of draft.order()) if (draft.has(node)) fuseOne(draft, node)
}

function fuseOne(draft: Draft, concat: ViewNode): void {
  if (!isOp(concat, 'Concat', [4, 11, 13]) || concat.inputs.length !== 4) return
  const axis = concat.int('axis') ?? 0
  const slices = concat.inputs.map((value) => draft.maker(value))
  const [input] = slices[0]?.inputs ?? []
  const type = draft.tensor(input)
  const { dtype = null, shape = null } = type ?? {}
  if (!input || shape?.length !== 4 || (dtype !== 'float32' && dtype !== 'float64') || (axis !== 1 && axis !== -3))
    return
  const phases = slices.map((slice) => (slice ? phaseOf(draft, slice, concat, input, shape) : null))
  const order = phases.filter((phase) => phase !== null)
  if (new Set(order).size !== 4) return
  const nodes = [...slices.filter((slice) => slice !== null), concat]
  const attributes = new Map([['blocksize', { type: 'INT', value: 2 } as const]])
  const channels = shape[1]
  if (order.every((phase, i) => phase === i)) draft.merge('SpaceToDepth', nodes, [input], { attributes })
  else if (channels !== undefined && isKnown(channels)) {
    const apart = draft.value(`${input.name}/apart`, tensorType(dtype, apartShape(shape)))
    const last = draft.merge('SpaceToDepth', nodes, [input], { attributes, outputs: [apart] })
    const indices = order.flatMap((phase) => Array.from({ length: channels }, (_, c) => phase * channels + c))
    const constant = draft.constantOf('channels', tensorType('int64', [indices.length]), vector(indices))
    draft.add('Gather', last, {
      inputs: [apart, constant],
      outputs: concat.outputs,
      attributes: new Map([['axis', { type: 'INT', value: 1 } as const]]),
    })
  }
}

const apartShape = (shape: Shape): Dim[] =>
  shape.map((dim, axis) => {
    const changed = isKnown(dim) && (axis === 1 || dim % 2 === 0)
    if (axis === 0) return dim
    return changed ? (axis === 1 ? dim * 4 : dim / 2) : new Unknown('the runtime leaves it open')
  })

/** 0 to 3 for the top left, top right, bottom left and bottom right of each two by two pixels; null for anything else. */
function phaseOf(draft: Draft, slice: ViewNode, concat: ViewNode, input: Value, shape: Shape): number | null {
  if (!isOp(slice, 'Slice', [10, 11, 13]) || slice.inputs[0] !== input || draft.onlyReader(slice) !== concat)
    return null
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => constantNumbers(draft, slice.inputs[i]))
  if (!starts || starts.length === 0 || ends?.length !== starts.length) return null
  if ((slice.inputs[3] && axes?.length !== starts.length) || (slice.inputs[4] && steps?.length !== starts.length))
    return null
  const start = [0, 0, 0, 0]
  const step = [1, 1, 1, 1]
  const seen = new Set<number>()
  for (const [i, from] of starts.entries()) {
    const axis = axes?.[i] ?? i
    const at = axis < 0 ? axis + 4 : axis
    if (at < 0 || at > 3 || seen.has(at) || !reachesEnd(ends[i] ?? 0, shape[at])) return null
    seen.add(at)
    start[at] = from
    step[at] = steps?.[i] ?? 1
  }
  const [batch, channel, top = 0, left = 0] = start
  if (batch !== 0 || channel !== 0 || step.join() !== '1,1,2,2') return null
  return [0, 1].includes(top) && [0, 1].includes(left) ? 2 * top + left : null
}

const reachesEnd = (end: number, dim: Dim | undefined): boolean =>
  end >= 2 ** 63 - 1 || (dim !== undefined && isKnown(dim) && end >= dim && end >= 0)
