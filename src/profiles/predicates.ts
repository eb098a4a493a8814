/**
 * What a line of the language cannot say. Each predicate is pure, answers in three values, names the runtime code
 * that it follows by its meaning, and can be used from any profile.
 */
import { format } from './condition/format.ts'
import type { FunctionSpec, Type } from './condition/functions.ts'
import {
  absent,
  asIndex,
  asList,
  asNumber,
  isTensor,
  isUnknown,
  type Tensor,
  type Truth,
  unknown,
  type Value,
} from './condition/value.ts'
import type { NodeFacts } from './facts.ts'
import { fixedPointFault } from './fixed-point.ts'

interface Predicate {
  readonly params: readonly Type[]
  readonly meaning: string
  readonly tells?: NonNullable<FunctionSpec['tells']>
  readonly reads?: readonly string[]
  readonly result?: Type
  readonly run: (facts: NodeFacts, args: readonly Value[]) => Value
}

export const predicate = ({ result = 'boolean', ...rest }: Predicate): FunctionSpec => ({ result, ...rest })

/** A predicate on one tensor: false for what is absent, unknown for what is not known. */
export const onTensor = (
  meaning: string,
  holds: (tensor: Tensor, facts: NodeFacts, rest: readonly Value[]) => Truth,
  more: readonly Type[] = [],
): FunctionSpec =>
  predicate({
    params: ['tensor', ...more],
    meaning,
    run: (facts, [value = absent, ...rest]) => {
      if (isTensor(value)) return holds(value, facts, rest)
      return value === absent ? false : unknown
    },
  })

/** True if one is, else unknown if one is. */
function anyOf(truths: Iterable<Truth>): Truth {
  let result: Truth = false
  for (const truth of truths) {
    if (truth === true) return true
    if (truth !== false) result = truth
  }
  return result
}

/** All elements of a constant hold. */
function everyElement(value: Value, holds: (element: number) => boolean): Truth {
  const items = asList(value)
  if (!items) return value === absent ? false : unknown
  let result: Truth = true
  for (const item of items) {
    const number = asNumber(item)
    if (number === null) {
      if (!isUnknown(item)) return false
      result = unknown
    } else if (!holds(Number(number))) return false
  }
  return result
}

const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isFinite(value) && significand(value) === 1

/** The odd integer of `odd × 2^k`; 0 for 0. */
function significand(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  let number = Math.abs(value)
  while (!Number.isInteger(number)) number *= 2
  while (number % 2 === 0) number /= 2
  return number
}

/** Every value is `k × 2^e` with one `e` and k in -128..127. */
function fitsEightBits(values: readonly number[]): boolean {
  if (!values.every(Number.isFinite)) return false
  let steps = values
  while (!steps.every(Number.isInteger)) steps = steps.map((value) => value * 2)
  while (steps.some((value) => value !== 0) && steps.every((value) => value % 2 === 0)) steps = steps.map((v) => v / 2)
  return steps.every((value) => value >= -128 && value <= 127)
}

/** The value of a constant input as integers: null when left out, undefined when not known. */
function integers(facts: NodeFacts, name: string): readonly number[] | null | undefined {
  const input = facts.lookup(name)
  if (input === absent) return null
  const items = isTensor(input) ? asList(input.value) : asList(input)
  if (!items) return undefined
  const numbers = items.map(asNumber)
  // Ends such as 2^63 - 1 lose digits here; they are clamped to a dimension afterwards.
  return numbers.includes(null) ? undefined : numbers.map(Number)
}

const dimsOf = (facts: NodeFacts, name: string): readonly Value[] | null => {
  const tensor = facts.lookup(name)
  return isTensor(tensor) ? asList(tensor.shape) : null
}

/** Number of elements that a slice keeps of `dim`, with the clamping of ONNX Slice. */
function sliceLength(dim: number, start: number, end: number, step: number): number {
  const low = step > 0 ? 0 : -1
  const high = step > 0 ? dim : dim - 1
  const clamp = (at: number, least: number): number => Math.min(Math.max(at < 0 ? at + dim : at, least), high)
  const from = clamp(start, 0)
  return Math.max(0, Math.ceil((clamp(end, low) - from) / step))
}

function sliceNotEmpty(facts: NodeFacts): Truth {
  const dims = dimsOf(facts, 'data')
  const starts = integers(facts, 'starts')
  const ends = integers(facts, 'ends')
  const axes = integers(facts, 'axes')
  const steps = integers(facts, 'steps')
  if (!dims || !starts || !ends || axes === undefined || steps === undefined) return unknown
  let result: Truth = true
  for (const [i, start] of starts.entries()) {
    const dim = dims.at(axes?.[i] ?? i)
    const end = ends[i]
    const step = steps?.[i] ?? 1
    if (dim === undefined || end === undefined || step === 0) return false
    const size = asIndex(dim)
    if (size === null) result = unknown
    else if (sliceLength(size, start, end, step) === 0) return false
  }
  return result
}

function sizesByPosition(facts: NodeFacts): Truth {
  const dims = dimsOf(facts, 'X')
  const sizes = integers(facts, 'sizes')
  const axes = integers(facts, 'axes')
  if (!dims || !sizes || axes === undefined) return unknown
  let result: Truth = true
  for (const [i, size] of sizes.entries()) {
    const axis = axes?.[i] ?? i
    if ((axis < 0 ? axis + dims.length : axis) >= dims.length - 2) continue
    const dim = dims[i] ?? absent
    const number = asIndex(dim)
    if (number === null) {
      if (dim === absent) return false
      result = unknown
    } else if (number !== size) return false
  }
  return result
}

/**
 * The shape of an Einsum equation, as graph compilers tell them apart: `identity`, `transpose`, `diagonal`,
 * `reduce` (one input summed over some axes), `multiply` (two inputs, nothing summed), `matmul` (two inputs, one
 * summed index that both have), else `other`.
 */
export function einsumFormOf(equation: string): string {
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (equation.includes('.') || terms.length > 2) return 'other'
  const [a = '', b] = terms
  const letters = [...left.replaceAll(',', '')]
  const output =
    right ??
    [...new Set(letters)]
      .filter((l) => letters.indexOf(l) === letters.lastIndexOf(l))
      .sort()
      .join('')
  const repeats = (term: string) => new Set(term).size !== term.length
  if (repeats(output)) return 'other'
  if (b === undefined) {
    if (repeats(a)) return [...new Set(a)].length === output.length ? 'diagonal' : 'other'
    if (a === output) return 'identity'
    return a.length === output.length ? 'transpose' : 'reduce'
  }
  if (repeats(a) || repeats(b)) return 'other'
  const summed = [...new Set(letters)].filter((letter) => !output.includes(letter))
  if (summed.length === 0) return 'multiply'
  return summed.length === 1 && summed.every((letter) => a.includes(letter) && b.includes(letter)) ? 'matmul' : 'other'
}

export const predicates = {
  shrinksExactly: predicate({
    params: ['number', 'number'],
    meaning: 'the scale is below 1, its inverse is a whole number (to 0.0001), and that number divides the dimension',
    run: (_, [scale = absent, dim = absent]) => {
      const factor = asNumber(scale)
      if (factor === null) return scale === absent ? false : unknown
      const inverse = 1 / Math.fround(Number(factor))
      const whole = Math.round(inverse)
      if (!(Number(factor) > 0 && Number(factor) < 1) || Math.abs(inverse - whole) >= 1e-4) return false
      const size = asIndex(dim)
      return size === null ? (dim === absent ? false : unknown) : size % whole === 0
    },
  }),
  sliceNotEmpty: predicate({
    params: [],
    meaning: 'the slice keeps at least one element of every axis',
    reads: ['shape(data)', 'value(starts)', 'value(ends)', 'value(axes)', 'value(steps)'],
    run: sliceNotEmpty,
  }),
  sizesByPosition: predicate({
    params: [],
    meaning:
      'sizes keep every axis but the last two, compared with the input shape by position in the list (Core ML does so even when axes are given)',
    reads: ['shape(X)', 'value(sizes)', 'axes'],
    run: sizesByPosition,
  }),
  madeBySupported: onTensor(
    'it is made by a node of that type that the target takes',
    (tensor, _, [op = absent]) => (tensor.maker?.op === op ? tensor.maker.supported() : false),
    ['string'],
  ),
  usedByCast: onTensor(
    'a Cast to that type reads it',
    (tensor, _, [type = absent]) => tensor.users.some((user) => user.castsTo !== null && user.castsTo === type),
    ['string'],
  ),
  rawEmpty: onTensor('its typed data field is empty, as it is when the values are stored as raw bytes', (tensor) =>
    anyOf([tensor.storedRaw, isEmpty(tensor.value)]),
  ),
  optional: onTensor('its type is an optional one, which may hold nothing', ({ isOptional }) => isOptional),
  inCurrentGroup: onTensor(
    'a node already in the same group makes it',
    ({ maker }) => maker?.inCurrentGroup() ?? false,
  ),
  fusible: onTensor(
    'a single node that the target takes in the layout channels last makes it, and nothing else reads it',
    ({ maker, users, isOutput }) =>
      maker?.channelsLast === true && isOutput === false && users.length === 1 ? maker.supported() : false,
  ),
  onTarget: {
    ...onTensor('a node that the target takes makes it', ({ maker }) => maker?.onTarget() ?? false),
    tells: ([value = absent]) => (isTensor(value) ? `${format(value)} comes from ${value.origin}` : null),
  },
  fixedPoint: predicate({
    params: ['tensor'],
    meaning:
      'it is not quantised, or in fixed point: int8 (a bias int32), one scale that is a power of two, zero point 0',
    tells: ([value = absent]) => (isTensor(value) ? (fixedPointFault(value)?.text ?? null) : null),
    run: (_, [value = absent]) => {
      if (isTensor(value)) return fixedPointFault(value)?.truth ?? true
      return value === absent ? true : unknown
    },
  }),
  exactEightBit: onTensor('its values are exact in 8 bits with one power-of-two scale', (tensor) => {
    const items = asList(tensor.value)
    const numbers = items?.map(asNumber)
    if (!numbers || numbers.includes(null)) return unknown
    return fitsEightBits(numbers.map(Number))
  }),
  powerOfTwo: predicate({
    params: ['any'],
    meaning: 'it is a power of two, in every element',
    run: (_, [value = absent]) =>
      everyElement(isTensor(value) ? value.value : (asList(value) ?? [value]), isPowerOfTwo),
  }),
  einsumForm: predicate({
    params: [],
    result: 'string',
    meaning: 'the form of the equation: identity, transpose, diagonal, reduce, multiply, matmul or other',
    reads: ['equation'],
    run: (facts) => {
      const equation = facts.lookup('equation')
      return typeof equation === 'string' ? einsumFormOf(equation) : equation === absent ? absent : unknown
    },
  }),
  blankInput: predicate({
    params: [],
    meaning: 'an input is left out as an empty name',
    reads: ['inputs'],
    run: (facts) => facts.inputs.includes(absent),
  }),
  integerType: onTensor('its quantization annotation is an integer type', (tensor) => {
    const type = tensor.annotation
    if (typeof type === 'string') return /^(U?INT[1-9]\d*|BINARY|BIPOLAR|TERNARY)$/.test(type)
    return type === absent ? false : unknown
  }),
} satisfies Readonly<Record<string, FunctionSpec>>

const isEmpty = (value: Value): Truth => {
  const items = asList(value)
  return items ? items.length === 0 : value === absent ? false : unknown
}
