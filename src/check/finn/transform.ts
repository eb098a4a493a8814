/** How FINN applies a transformation: again and again, until it changes nothing; then it tidies the network. */

import { every, sizeOf } from './constant.ts'
import { accumulated, bipolar, type DataType, float32, integerType } from './datatype.ts'
import type { Network, Operation } from './network.ts'

/** True where it has changed something and is to be applied again. */
export type Transformation = (network: Network) => boolean

/** More rounds than a transformation needs on any network that it can finish. */
const manyRounds = 10_000

export function apply(network: Network, transformation: Transformation): void {
  for (let round = 0; round < manyRounds && transformation(network); round++);
  network.sort()
}

/** In streamlining, each one is followed by the removal of identities and new types. */
export function streamlineWith(network: Network, transformations: readonly Transformation[]): void {
  for (const transformation of transformations) {
    apply(network, transformation)
    removeIdentities(network)
    inferTypes(network)
  }
}

const nearly = (target: number) => (value: number) => Math.abs(value - target) <= 1e-5 + (target === 0 ? 0 : 1e-5)

/** Add of 0, Mul by 1, Pad by nothing. Source: transformation/remove.py of qonnx. */
export function removeIdentities(network: Network): void {
  for (const operation of network.all())
    if (network.isLinear(operation) && isIdentity(operation)) network.bypass(operation)
}

function isIdentity(operation: Operation): boolean {
  const { op, parameter } = operation
  if (op === 'Add' || op === 'Sub') return parameter !== null && every(parameter, nearly(0))
  if (op === 'Mul' || op === 'Div') return parameter !== null && every(parameter, nearly(1))
  if (op !== 'Pad') return false
  const pads = operation.ints('pads') ?? parameter?.values
  return pads?.every((pad) => pad === 0) ?? false
}

/** Types that pass through. */
const keepsType: ReadonlySet<string> = new Set([
  ...['Reshape', 'Transpose', 'Flatten', 'Slice', 'Gather', 'GatherElements', 'GatherND', 'Identity', 'Expand'],
  ...['MaxPool', 'GlobalMaxPool', 'Scatter', 'ScatterElements', 'ScatterND', 'Squeeze', 'Unsqueeze', 'Tile', 'Pad'],
  ...['Concat', 'Clip', 'Im2Col', 'MaxPoolNHWC'],
])
const accumulates: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'Add', 'Sub', 'Mul'])

/** FINN's data types of all tensors. Source: transformation/infer_datatypes.py of qonnx. */
export function inferTypes(network: Network): void {
  // Rows are nearly in order, so a second pass is rare.
  for (let changed = true; changed; ) {
    changed = false
    for (const operation of network.all())
      for (const tensor of operation.outputs) {
        if (!tensor) continue
        const type = typeOf(operation, tensor.type)
        changed ||= type !== tensor.type
        tensor.type = type
      }
  }
}

function typeOf(operation: Operation, before: DataType): DataType {
  const { op, inputs, outType, thresholds } = operation
  if (outType !== null) return outType
  if (thresholds) {
    const whole = Number.isInteger(thresholds.scale) && Number.isInteger(thresholds.bias)
    return whole ? thresholds.outType : float32
  }
  const types = inputs.map((tensor) => tensor?.type ?? float32)
  if (op === 'Sign') return bipolar
  if (op === 'Quant' || op === 'BipolarQuant') return quantizedType(operation)
  if (op === 'XnorPopcountMatMul') return 'UINT32'
  if (accumulates.has(op)) return accumulated(types, op === 'Sub')
  if (op === 'Resize' || op === 'Upsample') return operation.text('mode') === 'nearest' ? (types[0] ?? before) : before
  if (keepsType.has(op)) return types[0] ?? before
  if (op === 'QuantizeLinear') {
    const zero = inputs[2]?.value?.initializer?.dtype
    return zero === 'int8' ? 'INT8' : 'UINT8'
  }
  return before
}

/** Scaled integers are no integers for FINN. Source: custom_op/general/quant.py and bipolar_quant.py of qonnx. */
function quantizedType(operation: Operation): DataType {
  const [, scale, zero, bits] = operation.inputs.map((tensor) => tensor?.constant)
  if (!scale || !every(scale, (value) => value === 1)) return float32
  if (operation.op === 'BipolarQuant') return bipolar
  if (!zero || !every(zero, (value) => value === 0) || bits?.shape.length !== 0) return float32
  return quantType(operation) ?? float32
}

/** The integer type that a quantiser rounds to, whatever its scale; null where the bit width is not known. */
export function quantType(operation: Operation): DataType | null {
  if (operation.op === 'BipolarQuant') return bipolar
  const bits = operation.inputs[3]?.constant
  const [width] = bits?.values ?? []
  if (!bits || width === undefined || sizeOf(bits.shape) !== 1) return null
  return integerType(Math.trunc(width), (operation.int('signed') ?? 1) !== 0)
}
