/**
 * Tensors as hardware keeps them that shifts in the place of multiplying: integers of 8 bits with one scale for the whole
 * tensor, which is a power of two, and the zero point 0.
 */
import { format } from './condition/format.ts'
import { asList, asNumber, isTensor, type Tensor, type Truth, unknown, type Value } from './condition/value.ts'

/** What keeps a tensor from being in fixed point; null for one that is, or that is not quantised at all. */
export interface FixedPointFault {
  /** Unknown where it hangs on a value that was not read. */
  readonly truth: Exclude<Truth, true>
  readonly text: string
}

/** A bias is kept in the width of the accumulator. */
const widths: ReadonlySet<string> = new Set(['int8', 'int32'])
/** Positions of the binary point: a signed byte. Source: quant_utils.py of vai_q_onnx, get_pos_overflow. */
const [least, most] = [-128, 127]

export function fixedPointFault(tensor: Tensor): FixedPointFault | null {
  const { scale, zeroPoint } = tensor
  if (!isTensor(scale)) return null
  const fault = (text: string, truth: FixedPointFault['truth'] = false) => ({
    truth,
    text: `${format(tensor)} ${text}`,
  })
  const type = typeof tensor.annotation === 'string' ? tensor.annotation.toLowerCase() : tensor.dtype
  if (typeof type === 'string' && !widths.has(type)) return fault(`is quantised to ${type}, not int8`)
  if (scale.constant === false) return fault('has a scale that is computed when the model runs')
  const scales = elementCount(scale)
  if (scales !== null && scales !== 1) return fault(`has ${scales} scales, one per channel, not one for the tensor`)
  const [factor] = asList(scale.value) ?? []
  const number = factor === undefined ? null : asNumber(factor)
  if (factor === undefined || number === null) return fault('has a scale that was not read', unknown)
  const position = -Math.log2(Number(number))
  if (!Number.isInteger(position) || position < least || position > most)
    return fault(`has the scale ${format(factor)}, not 2^-n with a whole n from ${least} to ${most}`)
  return isTensor(zeroPoint) ? zeroPointFault(zeroPoint, fault) : null
}

function zeroPointFault(
  zeroPoint: Tensor,
  fault: (text: string, truth?: FixedPointFault['truth']) => FixedPointFault,
): FixedPointFault | null {
  if (zeroPoint.constant === false) return fault('has a zero point that is computed when the model runs')
  const points = asList(zeroPoint.value)?.map(asNumber)
  if (!points || points.includes(null)) return fault('has a zero point that was not read', unknown)
  const other = points.find((point) => Number(point) !== 0)
  return other === undefined ? null : fault(`has the zero point ${other}, not 0`)
}

function elementCount({ shape }: Tensor): number | null {
  const dims = asList(shape)?.map((dim: Value) => asNumber(dim))
  return dims && !dims.includes(null) ? dims.reduce<number>((product, dim) => product * Number(dim), 1) : null
}
