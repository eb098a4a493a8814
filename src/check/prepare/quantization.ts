/**
 * What ONNX Runtime does to DequantizeLinear and QuantizeLinear before it forms units of them. Sources: ONNX Runtime
 * 1.30, optimizer/double_qdq_pairs_remover.cc and optimizer/qdq_transformer/: qdq_propagation.cc,
 * weight_bias_quantization.cc, ensure_unique_dq_for_node_unit.cc, where_dummy_dq.cc.
 */
import { isKnown } from '../../graph/dim.ts'
import type { DType } from '../../graph/dtype.ts'
import type { Attribute, Value } from '../../graph/model.ts'
import { tensorType } from '../../graph/type.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { constantNumber, constantNumbers, isOp } from './match.ts'

const linear: ReadonlySet<string> = new Set(['', 'com.microsoft'])
const isQ = (node: ViewNode | null): node is ViewNode => node?.op === 'QuantizeLinear' && linear.has(node.domain)
const isDQ = (node: ViewNode | null): node is ViewNode => node?.op === 'DequantizeLinear' && linear.has(node.domain)

const holdsQuantization = (draft: Draft): boolean => draft.holds('DequantizeLinear', 'QuantizeLinear')

/** One element, of rank 0 or 1. */
function isScalar(draft: Draft, value: Value | null | undefined): boolean {
  const shape = draft.tensor(value)?.shape
  return shape != null && (shape.length === 0 || (shape.length === 1 && shape[0] === 1))
}

/** Constant scalar scale and, where there is one, zero point. */
function hasConstantScalars(draft: Draft, { inputs: [, scale, zero] }: ViewNode): boolean {
  const isConstantScalar = (value: Value | null | undefined) => isScalar(draft, value) && draft.constant(value) !== null
  return isConstantScalar(scale) && (!zero || isConstantScalar(zero))
}

const elementType = (draft: Draft, value: Value | null | undefined): DType | null => draft.tensor(value)?.dtype ?? null

/** Q → DQ → Q → DQ: the inner two go. The scale may change with it; its constness and shape do not. */
export function removeDoublePairs(draft: Draft): void {
  if (!draft.holds('DequantizeLinear') || !draft.holds('QuantizeLinear')) return
  for (const q of draft.order()) {
    if (!draft.has(q) || !isQ(q)) continue
    const dq = draft.onlyReader(q)
    const next = isDQ(dq) ? draft.onlyReader(dq) : null
    if (!isDQ(dq) || !isQ(next) || draft.makesOutput(next)) continue
    const readers = draft.readings(next).map(({ node }) => node)
    if (!readers.every(isDQ) || !matches(draft, q, dq) || !readers.every((last) => matches(draft, next, last))) continue
    if (elementType(draft, q.outputs[0]) !== elementType(draft, next.outputs[0])) continue
    const [from] = next.outputs
    const [to] = q.outputs
    if (!from || !to || !canJoin(draft, dq, next)) continue
    draft.remove(next, { from, to }, 'it quantises again what was quantised before')
    draft.discard(dq, 'what it gives is quantised again at once')
  }
}

/** Q and DQ with equal constant scalars: a pair. */
function matches(draft: Draft, q: ViewNode, dq: ViewNode): boolean {
  if (!hasConstantScalars(draft, q) || !hasConstantScalars(draft, dq)) return false
  return [1, 2].every((i) => {
    const [a, b] = [q.inputs[i], dq.inputs[i]]
    return a === b || constantNumber(draft, a) === constantNumber(draft, b)
  })
}

/** 8 and 16 bit types, float32 scales. */
function canJoin(draft: Draft, dq: ViewNode, q: ViewNode): boolean {
  const types = [dq.inputs[0], q.outputs[0]].map((value) => elementType(draft, value))
  const scales = [dq.inputs[1], q.inputs[1]].map((value) => elementType(draft, value))
  if (dq.inputs[1] !== q.inputs[1] && scales.some((type) => type !== 'float32')) return false
  return types[0] === types[1] && ['uint8', 'int8', 'uint16', 'int16'].includes(types[0] ?? '')
}

const propagating: readonly (readonly [string, readonly number[]])[] = [
  ['MaxPool', [12, 22]],
  ['Reshape', [5, 13, 14, 19, 21, 23, 24, 25]],
  ['Transpose', [1, 13, 21, 23, 24, 25]],
  ['Squeeze', [1, 11, 13, 21, 23, 24, 25]],
  ['Unsqueeze', [1, 11, 13, 21, 23, 24, 25]],
  ['Slice', [1, 10, 11, 13]],
]
const propagates = (node: ViewNode): boolean => propagating.some(([op, since]) => isOp(node, op, since))

/** Q moves up, and DQ down, over nodes that only move data: pairs are put in, so that those nodes become units, too. */
export function propagatePairs(draft: Draft): void {
  if (!holdsQuantization(draft)) return
  const nodes = draft.order()
  for (const node of nodes) if (draft.has(node) && isQ(node)) propagateUp(draft, node)
  for (const node of nodes) if (draft.has(node) && isDQ(node)) propagateDown(draft, node)
}

function propagateUp(draft: Draft, q: ViewNode): void {
  if (!hasConstantScalars(draft, q)) return
  for (let value = soleInput(draft, q); value; ) {
    const maker = draft.maker(value)
    if (!maker || !propagates(maker)) return
    value = soleInput(draft, maker)
    if (!value || isDQ(draft.maker(value))) return
    const reader = [...draft.readersOf(value)][0]
    if (reader) insertPair(draft, value, [reader], q, q)
  }
}

/** The first input, where nobody else reads it. */
function soleInput(draft: Draft, node: ViewNode): Value | null {
  const [value] = node.inputs
  if (!value) return null
  if (!draft.maker(value)) return value
  return !draft.isOutput(value) && draft.readingsOf(value).length === 1 ? value : null
}

function propagateDown(draft: Draft, dq: ViewNode): void {
  const first = draft.onlyReader(dq)
  const [data] = dq.inputs
  if (!first || !data || draft.constant(data) || !hasConstantScalars(draft, dq)) return
  const open = [first]
  for (const node of open) {
    const [value] = node.outputs
    if (!propagates(node) || !value) continue
    const readers = draft.readingsOf(value).filter(({ index }) => index >= 0)
    if (readers.some((reading) => isQ(reading.node)) || (readers.length === 0 && !draft.isOutput(value))) continue
    insertPair(
      draft,
      value,
      readers.map((reading) => reading.node),
      dq,
      dq,
    )
    open.push(...readers.map((reading) => reading.node))
  }
}

/** Q behind the value, then a DQ for each reader and for the graph's output. */
function insertPair(draft: Draft, value: Value, readers: readonly ViewNode[], model: ViewNode, beside: ViewNode): void {
  const [, scale = null, zero = null] = model.inputs
  const parameters = zero ? [scale, zero] : [scale]
  const { type, why } = draft.facts(value)
  const shape = type?.kind === 'tensor' ? type.shape : null
  const quantized = elementType(draft, model.op === 'QuantizeLinear' ? model.outputs[0] : model.inputs[0])
  const between = draft.value(`${value.name}/quantized`, tensorType(quantized, shape), why)
  const { domain } = model
  const attributes = new Map([...model.attributes].filter(([name]) => name === 'axis' || name === 'block_size'))
  const maker = draft.maker(value)
  const output = draft.isOutput(value)
  const own = output && maker ? draft.renew(maker, value) : value
  draft.add('QuantizeLinear', beside, { inputs: [own, ...parameters], outputs: [between], attributes, domain })
  for (const reader of readers) {
    const back = draft.value(`${value.name}/dequantized`, type, why)
    draft.add('DequantizeLinear', beside, { inputs: [between, ...parameters], outputs: [back], attributes, domain })
    reader.inputs.forEach((input, i) => {
      if (input === value) draft.setInput(reader, i, back)
    })
  }
  if (output)
    draft.add('DequantizeLinear', beside, { inputs: [between, ...parameters], outputs: [value], attributes, domain })
}

/** Conv and Gemm between DQ and Q get their float weights and bias quantised, too. */
export function quantizeWeights(draft: Draft): void {
  if (!holdsQuantization(draft)) return
  for (const node of draft.order())
    if (draft.has(node) && ['Conv', 'ConvTranspose', 'Gemm'].includes(node.op)) quantizeOne(draft, node)
}

function quantizeOne(draft: Draft, node: ViewNode): void {
  const [data, weight, bias = null] = node.inputs
  const before = draft.maker(data)
  if (!weight || !isDQ(before) || !isScalar(draft, before.inputs[1]) || !leadsToQ(draft, node)) return
  const maker = draft.maker(weight)
  const dq = isDQ(maker) ? maker : null
  if (!dq && (draft.constant(weight) === null || elementType(draft, weight) !== 'float32')) return
  const biasShape = draft.tensor(bias)?.shape
  if (bias && (draft.constant(bias) === null || biasShape?.length !== 1)) return
  if (dq && !bias) return
  if (dq && !isScalar(draft, dq.inputs[1]) && !fitsChannels(draft, node, dq, biasShape?.[0])) return
  const scale = dq?.inputs[1] ?? draft.constantOf('scale', tensorType('float32', []), null)
  if (!dq) quantizeWeight(draft, node, weight, scale)
  if (bias) quantizeBias(draft, node, bias, scale, dq)
}

/** Behind it stands a Q; a Relu or Clip may stand between. */
function leadsToQ(draft: Draft, node: ViewNode): boolean {
  for (let at: ViewNode | null = node; at; ) {
    const [value, ...others] = at.outputs
    if (!value || others.length > 0) return false
    const { nodes } = draft.consumers(value)
    const [reader] = nodes
    if (!reader || nodes.length !== 1) return false
    if (reader.op === 'QuantizeLinear') return true
    if (reader.op !== 'Relu' && reader.op !== 'Clip') return false
    at = reader
  }
  return false
}

function fitsChannels(draft: Draft, node: ViewNode, dq: ViewNode, channels: unknown): boolean {
  const shape = draft.tensor(dq.inputs[1])?.shape
  if (shape?.length !== 1 || !isKnown(shape[0] ?? 0) || shape[0] !== channels || dq.int('block_size')) return false
  const rank = draft.tensor(dq.inputs[0])?.shape?.length ?? 0
  const axis = dq.int('axis') ?? 1
  const expected = node.op === 'ConvTranspose' || (node.op === 'Gemm' && !node.int('transB')) ? 1 : 0
  return (axis < 0 ? axis + rank : axis) === expected
}

function quantizeWeight(draft: Draft, node: ViewNode, weight: Value, scale: Value): void {
  const { domain } = node
  const type = draft.tensor(weight)
  const zero = draft.constantOf('zero point', tensorType('int8', []), null)
  // Q of a constant is folded at once.
  const quantized = draft.constantOf(`${weight.name}/quantized`, tensorType('int8', type?.shape ?? null), null)
  const back = draft.value(`${weight.name}/dequantized`, type ?? null)
  draft.add('DequantizeLinear', node, { inputs: [quantized, scale, zero], outputs: [back], domain })
  draft.setInput(node, 1, back)
}

function quantizeBias(draft: Draft, node: ViewNode, bias: Value, scale: Value, dq: ViewNode | null): void {
  const { domain } = node
  const type = draft.tensor(bias)
  // Scale and bias are computed from constants, and folded at once.
  const scales = draft.constantOf('bias scale', draft.tensor(scale) ?? tensorType('float32', []), null)
  const quantized = draft.constantOf(`${bias.name}/quantized`, tensorType('int32', type?.shape ?? null), null)
  const back = draft.value(`${bias.name}/dequantized`, type ?? null)
  const perChannel = dq !== null && !isScalar(draft, dq.inputs[1])
  const attributes: ReadonlyMap<string, Attribute> = new Map(perChannel ? [['axis', { type: 'INT', value: 0 }]] : [])
  draft.add('DequantizeLinear', node, { inputs: [quantized, scales], outputs: [back], attributes, domain })
  draft.setInput(node, 2, back)
}

/** Each reader of a DQ gets one of its own, for a DQ belongs to one unit only. */
export function separatePairs(draft: Draft): void {
  if (!draft.holds('DequantizeLinear')) return
  for (const dq of draft.order()) {
    const [value] = dq.outputs
    if (!draft.has(dq) || !isDQ(dq) || !value) continue
    const readings = draft.readingsOf(value)
    const explicit = readings.filter(({ index }) => index >= 0)
    const keepsOwn = !draft.isOutput(value) && explicit.length === readings.length
    for (const { node, index } of keepsOwn ? explicit.slice(1) : explicit) {
      const { type, why } = draft.facts(value)
      const copy = draft.value(`${value.name}/duplicated`, type, why)
      const { inputs, attributes, domain } = dq
      draft.add('DequantizeLinear', dq, { inputs, outputs: [copy], attributes, domain })
      draft.setInput(node, index, copy)
    }
  }
}

/** A Where between DQ and Q with one constant scalar gets a DQ for that, too. */
export function quantizeWheres(draft: Draft): void {
  if (!draft.holds('Where') || !draft.holds('DequantizeLinear')) return
  for (const where of draft.order()) {
    if (!draft.has(where) || where.op !== 'Where') continue
    const q = draft.onlyReader(where)
    const [, yes, no] = where.inputs
    const dq = [draft.maker(yes), draft.maker(no)].find(isDQ)
    const scalar = [no, yes].find((value) => draft.constant(value) && dq?.outputs[0] !== value)
    if (!isQ(q) || !scalar || !dq || draft.tensor(scalar)?.shape?.length !== 0) continue
    const dtype = elementType(draft, dq.inputs[0])
    if (!dq.inputs[2] || dtype !== elementType(draft, q.outputs[0]) || elementType(draft, scalar) !== 'float32')
      continue
    if (constantNumbers(draft, scalar) === undefined || !['int8', 'uint8', 'int16', 'uint16'].includes(dtype ?? ''))
      continue
    const [quantized, zero] = [0, 1].map(() => draft.constantOf('quantized', tensorType(dtype, []), null))
    const scale = draft.constantOf('scale', tensorType('float32', []), null)
    const back = draft.value(`${scalar.name}/dequantized`, draft.facts(scalar).type)
    draft.add('DequantizeLinear', where, {
      inputs: [quantized ?? null, scale, zero ?? null],
      outputs: [back],
      domain: dq.domain,
    })
    draft.setInput(where, where.inputs.indexOf(scalar), back)
  }
}
