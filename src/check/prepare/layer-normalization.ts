/**
 * The arithmetic of a layer normalisation becomes the operator, from opset 17 on.
 *
 *     X → ReduceMean → Sub → Pow → ReduceMean → Add → Sqrt → Div → Mul → Add
 *
 * Source: optimizer/layer_norm_fusion.cc of ONNX Runtime 1.30 (LayerNormFusion at level 1).
 */
import type { Attribute, Value } from '../../graph/model.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { arithmetic, constantNumber, constantNumbers, isOp } from './match.ts'

const reductions = [1, 11, 13, 18] as const
const casts = [9, 13, 19, 21, 23, 24, 25] as const
const floats: ReadonlySet<string | null> = new Set(['float16', 'float32', 'float64', 'bfloat16'])

export function fuseLayerNormalization(draft: Draft): void {
  if (draft.opset() < 17 || !draft.holds('ReduceMean') || !draft.holds('Sqrt')) return
  for (const node of draft.order()) if (draft.has(node)) fuseOne(draft, node)
}

interface Pattern {
  readonly nodes: readonly ViewNode[]
  readonly input: Value
  readonly scale: Value
  readonly bias: Value
  readonly axis: number
  readonly epsilon: number
}

function fuseOne(draft: Draft, mean: ViewNode): void {
  const found = match(draft, mean)
  if (!found) return
  const { nodes, input, scale, bias, axis, epsilon } = found
  const attributes = new Map<string, Attribute>([
    ['axis', { type: 'INT', value: axis }],
    ['epsilon', { type: 'FLOAT', value: epsilon }],
  ])
  if ([input, scale].some((value) => draft.tensor(value)?.dtype === 'float64'))
    attributes.set('stash_type', { type: 'INT', value: 11 })
  draft.merge('LayerNormalization', nodes, [input, scale, bias], { attributes })
}

function match(draft: Draft, mean: ViewNode): Pattern | null {
  if (!isOp(mean, 'ReduceMean', reductions) || draft.makesOutput(mean) || !isFloat(draft, mean.inputs[0])) return null
  const subs = draft.readings(mean).map(({ node }) => node)
  const [sub, twin] = subs
  const [x] = mean.inputs
  if (!sub || !x || subs.length > 2 || !subs.every((node) => isSubOf(draft, node, x))) return null
  const nodes = [mean, ...subs]
  const before = draft.maker(x)
  const leading = isOp(before, 'Cast', casts) && countsReaders(draft, before, subs.length + 1) ? before : null
  if (leading) nodes.unshift(leading)
  // A Cast of the difference, for Pow and Div.
  const next = twin ? null : draft.onlyReader(sub)
  const cast =
    isOp(next, 'Cast', casts) && countsReaders(draft, next, 2) && isFloat(draft, next.inputs[0]) ? next : null
  if (cast) nodes.push(cast)
  if (!countsReaders(draft, sub, subs.length === 1 && !cast ? 2 : 1)) return null

  const div = childOf(draft, cast ?? sub, 'Div') ?? (twin ? childOf(draft, twin, 'Div') : null)
  if (!isOp(div, 'Div', arithmetic) || !hasOneReader(draft, div)) return null
  const sqrt = parentOf(draft, div, 'Sqrt')
  if (!isOp(sqrt, 'Sqrt', [6, 13]) || !hasOneReader(draft, sqrt)) return null
  const sum = draft.maker(sqrt.inputs[0])
  if (!isOp(sum, 'Add', arithmetic) || !hasOneReader(draft, sum)) return null
  const variance = parentOf(draft, sum, 'ReduceMean')
  if (!isOp(variance, 'ReduceMean', reductions) || !hasOneReader(draft, variance)) return null
  const power = draft.maker(variance.inputs[0])
  if (!isOp(power, 'Pow', [7, 12, 13, 15]) || !hasOneReader(draft, power)) return null
  nodes.push(div, sqrt, sum, variance, power)
  const second = parentOf(draft, power, 'Cast')
  if (second && second !== cast) {
    if (!isOp(second, 'Cast', casts) || !hasOneReader(draft, second)) return null
    nodes.push(second)
  } else if (!second) {
    const base = parentOf(draft, power, 'Sub')
    if (!base || !subs.includes(base)) return null
  }

  let scaling = draft.onlyReader(div)
  if (isOp(scaling, 'Cast', casts) && hasOneReader(draft, scaling)) {
    nodes.push(scaling)
    scaling = draft.onlyReader(scaling)
  }
  if (!isOp(scaling, 'Mul', arithmetic) || !hasOneReader(draft, scaling)) return null
  const shift = draft.onlyReader(scaling)
  if (!isOp(shift, 'Add', arithmetic)) return null
  nodes.push(scaling, shift)

  const rank = draft.tensor(x)?.shape?.length ?? null
  const axis = lastAxis(axesOf(draft, mean), rank)
  const scale = vectorInput(draft, scaling)
  const bias = vectorInput(draft, shift)
  if (axis === null || lastAxis(axesOf(draft, variance), rank) !== axis || !scale || !bias) return null
  const [a, b] = [scale, bias].map((value) => draft.tensor(value)?.shape?.[0])
  if ((typeof a === 'number' ? a : 0) !== (typeof b === 'number' ? b : 0)) return null
  const input = leading?.inputs[0] ?? x
  return { nodes, input, scale, bias, axis, epsilon: constantNumber(draft, sum.inputs[1]) ?? 1e-5 }
}

const isFloat = (draft: Draft, value: Value | null | undefined): boolean =>
  floats.has(draft.tensor(value)?.dtype ?? null)

const isSubOf = (draft: Draft, node: ViewNode, x: Value): boolean =>
  isOp(node, 'Sub', arithmetic) && node.inputs.includes(x) && node.inputs.every((value) => isFloat(draft, value))

/** So many inputs read it, and nothing of it leaves the graph. */
const countsReaders = (draft: Draft, node: ViewNode, count: number): boolean =>
  !draft.makesOutput(node) && draft.readings(node).length === count

const hasOneReader = (draft: Draft, node: ViewNode): boolean => countsReaders(draft, node, 1)

const childOf = (draft: Draft, node: ViewNode, op: string): ViewNode | null =>
  draft.readings(node).find((reading) => reading.node.op === op)?.node ?? null

function parentOf(draft: Draft, node: ViewNode, op: string): ViewNode | null {
  for (const value of node.inputs) {
    const maker = draft.maker(value)
    if (maker?.op === op) return maker
  }
  return null
}

function axesOf(draft: Draft, node: ViewNode): readonly number[] {
  if (node.attributes.has('axes')) return node.ints('axes') ?? []
  return node.inputs.length === 2 ? (constantNumbers(draft, node.inputs[1]) ?? []) : []
}

/** -1 for the last axis alone; null otherwise. */
function lastAxis(axes: readonly number[], rank: number | null): number | null {
  const [axis, ...others] = axes
  if (axis === undefined || others.length > 0) return null
  // Axis 0 is not counted from the end.
  if (axis <= 0) return axis === -1 ? -1 : null
  return rank !== null && axis - rank === -1 ? -1 : null
}

/** The last input of rank 1. */
function vectorInput(draft: Draft, node: ViewNode): Value | null {
  const vectors = node.inputs.filter((value) => draft.tensor(value)?.shape?.length === 1)
  return vectors.at(-1) ?? null
}
