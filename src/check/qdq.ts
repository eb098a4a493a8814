/**
 * QDQ units as ONNX Runtime's shared selectors form them: DequantizeLinear nodes before an operator, the operator, and
 * QuantizeLinear nodes behind it, judged and placed as one. Sources: optimizer/qdq_transformer/selectors_actions
 * (qdq_selectors.cc, shared/utils.cc), framework/node_unit.cc, ONNX Runtime 1.30.
 */
import { type DType, integerRange, isInteger } from '../graph/dtype.ts'
import type { Value } from '../graph/model.ts'
import { type KnownValue, numbers } from '../operators/value.ts'
import { singleUnit, type Unit } from './units.ts'
import { channelsLastDomain, type View, type ViewNode } from './view.ts'

/** A candidate: the operator with the Q and DQ nodes around it. */
interface Group {
  readonly view: View
  readonly target: ViewNode
  readonly dq: readonly ViewNode[]
  readonly q: readonly ViewNode[]
  /** A Relu or Clip behind the target that the quantization makes redundant. */
  readonly clip: ViewNode | null
}
type Selector = (group: Group) => boolean

const inputType = (group: Group, i: number): DType | null => dtypeOf(group.view, group.dq[i]?.inputs[0])
const outputType = (group: Group, i = 0): DType | null => dtypeOf(group.view, group.q[i]?.outputs[0])

function dtypeOf(view: View, value: Value | null | undefined): DType | null {
  const type = value ? view.facts(value).type : null
  return type?.kind === 'tensor' ? type.dtype : null
}

const constantOf = (view: View, value: Value | null | undefined): KnownValue | null =>
  value && view.constant(value) ? view.valueOf(value) : null

const sameInAndOut: Selector = (group) => inputType(group, 0) === outputType(group)
const allInputsAlike = (group: Group): boolean => group.dq.every((_, i) => inputType(group, i) === inputType(group, 0))
const allAlike: Selector = (group) =>
  allInputsAlike(group) && group.q.every((_, i) => outputType(group, i) === inputType(group, 0))
const weightFits: Selector = (group) => inputType(group, 0) !== 'int8' || inputType(group, 1) === 'int8'

/** The groups of operators that share conditions. */
const oneInput: Selector = (group) => surrounded(group, 1) && sameInAndOut(group)

const movesData: Selector = (group) =>
  group.clip === null &&
  surrounded(group, 1) &&
  sameInAndOut(group) &&
  (group.target.op !== 'Resize' ||
    (group.target.string('mode') === 'nearest' &&
      group.target.string('coordinate_transformation_mode') !== 'tf_crop_and_resize')) &&
  sameQuantization(group)

const argument: Selector = (group) => {
  const [dq] = group.dq
  if (group.clip || group.dq.length !== 1 || !dq || !canGroup(group)) return false
  return quantizationOf(group.view, dq, true) !== null
}

const twoInputs: Selector = (group) => surrounded(group) && group.dq.length >= 2 && allAlike(group)
const manyInputs: Selector = (group) => surrounded(group) && allAlike(group)

const convolution: Selector = (group) => {
  if (!surrounded(group) || !sameInAndOut(group) || !weightFits(group)) return false
  return group.dq.length < 3 || (inputType(group, 2) === 'int32' && biasFits(group))
}

const product: Selector = (group) =>
  group.dq.length === 2 && weightFits(group) && group.q.length > 0 && surrounded(group) && sameInAndOut(group)

const gemm: Selector = (group) => {
  if (!surrounded(group, undefined, true) || !weightFits(group)) return false
  const [a, b] = group.dq
  if (!a || !b || !a.inputs[2] || !b.inputs[2]) return false
  if (!isScalar(group.view, a.inputs[1]) || !isScalar(group.view, a.inputs[2])) return false
  if (!gemmWeightFits(group, b)) return false
  const [q] = group.q
  if (q) {
    if (!sameInAndOut(group) || !q.inputs[2]) return false
    if (!isScalar(group.view, q.inputs[1]) || !isScalar(group.view, q.inputs[2])) return false
  }
  if (group.dq.length < 3) return true
  return floatOf(group.target, 'alpha') === 1 && floatOf(group.target, 'beta') === 1 && inputType(group, 2) === 'int32'
}

const split: Selector = (group) =>
  group.clip === null && surrounded(group, 1) && group.q.every((_, i) => outputType(group, i) === inputType(group, 0))

const normalization: Selector = (group) => {
  if (!surrounded(group) || !sameInAndOut(group)) return false
  return group.dq.length < 3 || inputType(group, 2) === 'int32'
}

const batchNormalization: Selector = (group) =>
  group.dq.length >= 3 &&
  group.dq.length <= 5 &&
  surrounded(group, group.dq.length) &&
  sameInAndOut(group) &&
  weightFits(group)

const comparison: Selector = (group) => surrounded(group, undefined, true) && allInputsAlike(group)
const select: Selector = (group) => surrounded(group, 2) && allAlike(group)
const padding: Selector = (group) =>
  (group.dq.length === 1 || group.dq.length === 2) && surrounded(group, group.dq.length) && allAlike(group)
const limits: Selector = (group) =>
  group.dq.length >= 1 && group.dq.length <= 3 && surrounded(group, group.dq.length) && sameInAndOut(group)
const optionalOutput: Selector = (group) =>
  surrounded(group, undefined, true) && (group.q.length === 0 || sameInAndOut(group))

const topK: Selector = (group) => {
  if (group.clip || group.q.length !== 1 || group.dq.length !== 1 || !canGroup(group)) return false
  return sameInAndOut(group) && sameQuantization(group)
}

const rows: readonly (readonly [operators: string, selector: Selector, since?: readonly number[]])[] = [
  ['Gather GatherElements Reshape Expand Flatten Transpose Resize Squeeze Unsqueeze Tile', movesData],
  ['MaxPool', movesData, [12, 22]],
  ['ArgMax ArgMin', argument],
  [
    'AveragePool GlobalAveragePool GlobalMaxPool LeakyRelu ReduceMean ReduceMin ReduceMax ReduceProd ReduceSum Relu ' +
      'Gelu Elu HardSigmoid HardSwish Sigmoid Slice LogSoftmax Softmax Sqrt Atan Asin Sin Cos Sign Tanh Exp Log LRN ' +
      'Ceil Floor Round Abs Neg DepthToSpace SpaceToDepth LpNormalization CumSum',
    oneInput,
  ],
  ['Clip', limits],
  ['Add Div Mul Pow Sub PRelu GridSample', twoInputs],
  ['Concat Max Min', manyInputs],
  ['Split', split],
  ['Conv ConvTranspose', convolution],
  ['MatMul', product],
  ['Gemm', gemm],
  ['Where ScatterElements', select],
  ['Pad', padding],
  ['InstanceNormalization LayerNormalization RMSNormalization', normalization],
  ['BatchNormalization', batchNormalization],
  ['Equal Greater GreaterOrEqual Less LessOrEqual', comparison],
  ['TopK', topK],
  ['Einsum Reciprocal', optionalOutput],
]
const selectors = new Map<string, { selector: Selector; since: readonly number[] | undefined }>(
  rows.flatMap(([operators, selector, since]) => operators.split(' ').map((op) => [op, { selector, since }] as const)),
)

const domains: ReadonlySet<string> = new Set(['', 'com.microsoft', channelsLastDomain])

/** The units of a graph, in topological order of their last node; a node outside of any unit is one of its own. */
export function qdqUnits(view: View): Unit[] {
  const unitOf = new Map<ViewNode, Unit>()
  if (view.nodes.some((node) => node.op === 'DequantizeLinear'))
    for (const node of view.nodes) {
      const unit = formUnit(view, node)
      // The first unit that takes a node keeps it.
      if (unit) for (const member of unit.members) if (!unitOf.has(member)) unitOf.set(member, unit)
    }
  return inOrder(view, unitOf)
}

function inOrder(view: View, unitOf: ReadonlyMap<ViewNode, Unit>): Unit[] {
  const last = new Map<Unit, ViewNode>()
  for (const node of view.nodes) {
    const unit = unitOf.get(node)
    if (unit) last.set(unit, node)
  }
  return view.nodes.flatMap((node) => {
    const unit = unitOf.get(node)
    if (!unit) return [singleUnit(node)]
    return last.get(unit) === node ? [unit] : []
  })
}

function formUnit(view: View, target: ViewNode): Unit | null {
  if (!domains.has(target.domain)) return null
  const rule = selectors.get(target.op)
  if (!rule || (rule.since && !rule.since.includes(target.schema?.since ?? 0))) return null
  const before = new Map<number, ViewNode>()
  target.inputs.forEach((value, index) => {
    const maker = value && view.maker(value)
    if (maker?.op === 'DequantizeLinear') before.set(index, maker)
  })
  const clip = clipBehind(view, target)
  const behind = quantizersBehind(view, clip ?? target)
  const [onlyQ] = behind.values()
  if (clip && (behind.size !== 1 || !onlyQ || !isRedundant(view, clip, onlyQ))) return null
  const q = quantizers(view, clip ?? target)
  const group: Group = { view, target, dq: [...before.values()], q, clip }
  if (!rule.selector(group)) return null
  const members = [...before.values(), target, ...(clip ? [clip] : []), ...q]
  return { target, members: [...new Set(members)], before, behind, qdq: true }
}

/** Every node that reads an output: one entry per reading. */
const consumers = (view: View, node: ViewNode): ViewNode[] =>
  node.outputs.flatMap((value) => (value ? view.readings(value).map((reading) => reading.node) : []))

const quantizers = (view: View, node: ViewNode): ViewNode[] => [
  ...new Set(consumers(view, node).filter((reader) => reader.op === 'QuantizeLinear')),
]

function quantizersBehind(view: View, node: ViewNode): Map<number, ViewNode> {
  const behind = new Map<number, ViewNode>()
  node.outputs.forEach((value, index) => {
    const reader = value && view.readings(value).find((reading) => reading.node.op === 'QuantizeLinear')
    if (reader) behind.set(index, reader.node)
  })
  return behind
}

const makesOutput = (view: View, node: ViewNode): boolean =>
  node.outputs.some((value) => value !== null && view.isOutput(value))

function clipBehind(view: View, target: ViewNode): ViewNode | null {
  const [next, ...others] = consumers(view, target)
  if (!next || others.length > 0 || (next.op !== 'Relu' && next.op !== 'Clip')) return null
  return consumers(view, next).length === 1 && !makesOutput(view, next) ? next : null
}

const given = (values: readonly (Value | null)[]): number => values.filter((value) => value !== null).length

/** What nearly every selector asks: the right number of DQ, and Q on every output. */
function surrounded(group: Group, inputs = given(group.target.inputs), withoutQ = false): boolean {
  if (group.dq.length !== inputs || !canGroup(group)) return false
  if (group.q.length === 0) return withoutQ
  const { view, target, q } = group
  return given(target.outputs) === q.length && q.length === consumers(view, target).length && !makesOutput(view, target)
}

function canGroup({ view, target, dq, clip }: Group): boolean {
  for (const node of dq) {
    const readers = consumers(view, node)
    if (makesOutput(view, node) || readers.length !== 1 || readers[0] !== target) return false
  }
  if (clip) return !makesOutput(view, target)
  return target.outputs.every((value) => {
    if (!value) return true
    const readers = view.readings(value).map((reading) => reading.node.op === 'QuantizeLinear')
    if (!readers.includes(true)) return true
    return !readers.includes(false) && !view.isOutput(value)
  })
}

const isScalar = (view: View, value: Value | null | undefined): boolean => {
  const type = value ? view.facts(value).type : null
  if (type?.kind !== 'tensor' || !type.shape) return false
  return type.shape.length === 0 || (type.shape.length === 1 && type.shape[0] === 1)
}

interface Quantization {
  readonly scale: number
  readonly zeroPoint: number
  readonly dtype: DType
  readonly scaleType: DType
}

/** Constant scalar parameters of a Q or DQ node; null where they are anything else. */
function quantizationOf(view: View, node: ViewNode, zeroPointNeeded: boolean): Quantization | null {
  const [, scale, zeroPoint] = node.inputs
  if (!isScalar(view, scale) || (zeroPoint ? !isScalar(view, zeroPoint) : zeroPointNeeded)) return null
  const scaleValue = constantOf(view, scale)
  const zeroValue = zeroPoint ? constantOf(view, zeroPoint) : null
  const [s] = numbers(scaleValue) ?? []
  const [z] = zeroPoint ? (numbers(zeroValue) ?? []) : [0]
  if (s === undefined || z === undefined || !scaleValue) return null
  return { scale: s, zeroPoint: z, dtype: zeroValue?.dtype ?? 'uint8', scaleType: scaleValue.dtype }
}

function sameQuantization({ view, dq, q }: Group): boolean {
  const [input] = dq
  const first = input ? quantizationOf(view, input, true) : null
  if (!first) return false
  return q.every((node) => {
    const other = quantizationOf(view, node, true)
    return (
      other !== null &&
      other.scale === first.scale &&
      other.zeroPoint === first.zeroPoint &&
      other.dtype === first.dtype &&
      other.scaleType === first.scaleType
    )
  })
}

/** Whether the range of the QuantizeLinear behind lies within what the Relu or Clip lets pass. */
function isRedundant(view: View, clip: ViewNode, q: ViewNode): boolean {
  const quantization = quantizationOf(view, q, false)
  if (quantization?.scaleType !== 'float32' || !isInteger(quantization.dtype)) return false
  const [low, high] = integerRange(quantization.dtype).map(Number)
  if (low === undefined || high === undefined) return false
  if (clip.op === 'Relu') return quantization.zeroPoint === low
  const least = limitOf(view, clip, 1, 'min', -3.4028234663852886e38)
  const most = limitOf(view, clip, 2, 'max', 3.4028234663852886e38)
  if (least === null || most === null) return false
  const step = (limit: number): number => {
    const at = Math.fround(limit / quantization.scale)
    // What does not fit an int32 becomes its smallest value there.
    return (Math.abs(at) >= 2 ** 31 ? -(2 ** 31) : roundHalfEven(at)) + quantization.zeroPoint
  }
  return step(least) <= low && step(most) >= high
}

const roundHalfEven = (value: number): number => {
  const low = Math.floor(value)
  const part = value - low
  if (part !== 0.5) return Math.round(value)
  return low % 2 === 0 ? low : low + 1
}

/** A limit of Clip: an attribute before version 11, then an input; null where it is not constant. */
function limitOf(view: View, clip: ViewNode, input: number, name: string, fallback: number): number | null {
  if ((clip.schema?.since ?? 0) < 11) {
    const attribute = clip.attributes.get(name)
    return attribute?.type === 'FLOAT' ? attribute.value : fallback
  }
  const value = clip.inputs[input]
  if (!value) return fallback
  return numbers(constantOf(view, value))?.[0] ?? null
}

/**
 * The scale of a bias is that of the activation times that of the weight, channel by channel; its zero point is 0.
 * Constants whose values are not at hand count as fitting: that is how quantisers write them.
 */
function biasFits({ view, dq }: Group): boolean {
  const [x, w, b] = dq
  const scales = [x, w, b].map((node) => node?.inputs[1])
  if (!isScalar(view, scales[0])) return false
  if (!scales.every((scale) => scale && view.constant(scale) && dtypeOf(view, scale) === 'float32')) return false
  const zero = b?.inputs[2]
  if (zero) {
    if (!view.constant(zero) || dtypeOf(view, zero) !== 'int32') return false
    const zeros = numbers(constantOf(view, zero))
    if (zeros && (zeros.length === 0 || zeros.some((element) => element !== 0))) return false
  }
  const [xScales, wScales, bScales] = scales.map((scale) => numbers(constantOf(view, scale)))
  if (!xScales || !wScales || !bScales) return true
  const xScale = xScales[0] ?? Number.NaN
  if (wScales.length === 0 || bScales.length === 0) return false
  if (wScales.length !== 1 && bScales.length !== 1 && wScales.length !== bScales.length) return false
  for (let i = 0; i < Math.max(wScales.length, bScales.length); i++) {
    const expected = Math.fround(xScale * (wScales[wScales.length === 1 ? 0 : i] ?? 0))
    const found = bScales[bScales.length === 1 ? 0 : i] ?? Number.NaN
    if (!(Math.abs(found - expected) <= 1e-6 + 1e-2 * Math.abs(expected))) return false
  }
  return true
}

/** Scalar parameters, or one per output channel; scale and zero point of the same shape. */
function gemmWeightFits({ view, target }: Group, b: ViewNode): boolean {
  const shapeOf = (value: Value | null | undefined) => {
    const type = value ? view.facts(value).type : null
    return type?.kind === 'tensor' ? type.shape : null
  }
  const [scale, zero] = [shapeOf(b.inputs[1]), shapeOf(b.inputs[2])]
  if (!scale || !zero) return false
  if (isScalar(view, b.inputs[1]) && isScalar(view, b.inputs[2])) return true
  if (scale.length !== 1 || zero.length !== 1 || scale[0] !== zero[0]) return false
  const weight = shapeOf(b.inputs[0])
  return weight?.[target.int('transB') ? 0 : 1] === scale[0]
}

const floatOf = (node: ViewNode, name: string): number => {
  const attribute = node.attributes.get(name)
  return attribute?.type === 'FLOAT' ? attribute.value : 1
}
