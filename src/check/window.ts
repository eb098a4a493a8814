/** The window of convolutions and pools as numbers: defaults filled in, `auto_pad` resolved. */
import { absent, asList, asNumber, isTensor, Symbolic, type Value } from '../profiles/condition/value.ts'
import type { NodeFacts, WindowPart } from '../profiles/facts.ts'

const withWeights = new Set(['Conv', 'ConvTranspose', 'ConvInteger', 'QLinearConv', 'FusedConv', 'DeformConv'])
const pools = new Set(['AveragePool', 'MaxPool', 'LpPool', 'MaxUnpool', 'QLinearAveragePool'])

const notKnown = new Symbolic(null, 'the kernel size is not a number')

export function windowOf(facts: NodeFacts, part: WindowPart): Value {
  const weighted = withWeights.has(facts.op)
  if (!weighted && !pools.has(facts.op)) return absent
  const kernel = kernelOf(facts, weighted)
  if (part === 'kernel') return kernel ?? notKnown
  if (!kernel) return notKnown
  const ones = kernel.map(() => 1)
  const strides = numbers(facts.lookup('strides')) ?? ones
  const dilations = numbers(facts.lookup('dilations')) ?? ones
  if (part === 'strides') return strides
  if (part === 'dilations') return dilations
  const auto = facts.lookup('auto_pad')
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return samePads(facts, kernel, strides, dilations, auto)
  const zeros = [...kernel, ...kernel].map(() => 0)
  return auto === 'VALID' ? zeros : (numbers(facts.lookup('pads')) ?? zeros)
}

function kernelOf(facts: NodeFacts, weighted: boolean): number[] | null {
  const written = numbers(facts.lookup('kernel_shape'))
  if (written && written.length > 0) return written
  if (!weighted) return null
  const weights = facts.lookup(facts.op === 'QLinearConv' || facts.op === 'ConvInteger' ? 'w' : 'W')
  return isTensor(weights) ? (numbers(weights.shape)?.slice(2) ?? null) : null
}

/** Begin pads of all axes, then end pads. */
function samePads(
  facts: NodeFacts,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  auto: string,
): Value {
  const input = facts.inputs[0]
  const shape = input && isTensor(input) ? asList(input.shape) : null
  if (!shape) return new Symbolic(null, 'the size of the input is not known')
  const begins: Value[] = []
  const ends: Value[] = []
  for (const [axis, size] of kernel.entries()) {
    const dim = shape[axis + 2] ?? absent
    const length = asNumber(dim)
    if (length === null) {
      begins.push(dim)
      ends.push(dim)
      continue
    }
    const stride = strides[axis] ?? 1
    const reach = (size - 1) * (dilations[axis] ?? 1) + 1
    const total =
      facts.op === 'ConvTranspose'
        ? Math.max(0, reach - stride)
        : Math.max(0, (Math.ceil(Number(length) / stride) - 1) * stride + reach - Number(length))
    const small = Math.floor(total / 2)
    begins.push(auto === 'SAME_UPPER' ? small : total - small)
    ends.push(auto === 'SAME_UPPER' ? total - small : small)
  }
  return [...begins, ...ends]
}

/** A list of plain numbers, or null. */
function numbers(value: Value): number[] | null {
  const items = asList(value)?.map(asNumber)
  return items && !items.includes(null) ? items.map(Number) : null
}
