/**
 * How far two values may lie apart. Two limits: beyond the first it is a drift, beyond the second a mismatch. Where
 * somebody gives a tolerance of their own, both are that one.
 */
import { type DType, isInteger } from '../graph/dtype.ts'

/** The limit for an element x of the reference is `atol + scaled·s + rtol·|x|`, s the largest finite |x| of its tensor. */
export interface Bound {
  readonly atol: number
  readonly scaled: number
  readonly rtol: number
}

export type Tolerance =
  | { readonly kind: 'exact'; readonly label: string }
  | { readonly kind: 'close'; readonly drift: Bound; readonly mismatch: Bound; readonly label: string }
  | Steps

/** Differences in steps of a quantisation; half a step is none. */
export interface Steps {
  readonly kind: 'steps'
  /** Size of a step; 1 for integers. */
  readonly step: number
  /** Share of the elements that may be one step away, and always one element. */
  readonly few: number
  /** Steps from which on it is a mismatch. */
  readonly most: number
  readonly label: string
}

/** Two of a kind compute in the same way; a GPU or NPU uses other kernels, other orders and faster functions. */
export type PairKind = 'cpu' | 'accelerated'

/** Drift and mismatch, relative to the largest value of the output and to the value itself. Whence: docs/run.md. */
const table: Record<'single' | 'half' | 'brain', Record<PairKind, readonly [number, number]>> = {
  single: { cpu: [1e-5, 1e-3], accelerated: [1e-4, 5e-3] },
  half: { cpu: [2e-3, 2e-2], accelerated: [5e-3, 5e-2] },
  brain: { cpu: [1e-2, 1e-1], accelerated: [1e-2, 1e-1] },
}

/** Where everything of the reference is zero there is nothing to scale by: the absolute tolerance of ONNX's own tests. */
export const leastScale = 1e-7

const relative = (limit: number): Bound => ({ atol: 0, scaled: limit, rtol: limit })

export interface OutputNature {
  readonly dtype: DType
  /** The model computes in float16 somewhere. */
  readonly half: boolean
  /** Made by quantised operators. `step`: of the last quantisation; null where it is not known. */
  readonly quantised: { readonly step: number | null } | null
}

const few = 0.01

/** The default for an output of the model. `pair`: for people, `cpu – wasm`. */
export function defaultTolerance({ dtype, half, quantised }: OutputNature, kind: PairKind, pair: string): Tolerance {
  const label = `(${dtype}, ${pair})`
  if (quantised && (dtype === 'int8' || dtype === 'uint8')) return { kind: 'steps', step: 1, few, most: 2, label }
  if (dtype === 'string' || dtype === 'bool' || isInteger(dtype) || dtype.startsWith('float8'))
    return { kind: 'exact', label }
  if (quantised) {
    const { step } = quantised
    const inQuantised = `(${dtype} of a quantised model, ${pair})`
    if (step !== null) return { kind: 'steps', step, few, most: 3, label: inQuantised }
    // One and some steps of eight bits over the range of the output.
    return { kind: 'close', drift: relative(1e-2), mismatch: relative(1e-1), label: inQuantised }
  }
  const row = dtype === 'bfloat16' ? 'brain' : half || dtype === 'float16' ? 'half' : 'single'
  const [drift, mismatch] = table[row][kind]
  const inHalf = row === 'half' && dtype !== 'float16' ? `(${dtype} of a float16 model, ${pair})` : label
  return { kind: 'close', drift: relative(drift), mismatch: relative(mismatch), label: inHalf }
}

/** What goes into the model, and fields of a result, where nothing is said of them. */
export const plainTolerance = (kind: PairKind, label: string): Tolerance => {
  const [drift, mismatch] = table.single[kind]
  return { kind: 'close', drift: relative(drift), mismatch: relative(mismatch), label }
}

/** What somebody asks for: beyond it is a mismatch. */
export function givenTolerance({ atol = 0, rtol = 0 }: { atol?: number; rtol?: number }): Tolerance {
  const bound = { atol, scaled: 0, rtol }
  return { kind: 'close', drift: bound, mismatch: bound, label: '(given)' }
}

/** `drift beyond 1e-5·s + 1e-5·|x|, mismatch beyond 1e-3·s + 1e-3·|x| (float32, cpu – wasm)` */
export function toleranceText(tolerance: Tolerance): string {
  const { label } = tolerance
  switch (tolerance.kind) {
    case 'exact':
      return `equal ${label}`
    case 'steps': {
      const { step, most } = tolerance
      const unit = step === 1 ? '' : ` of ${short(step)}`
      return `drift beyond 1 step${unit} in 1 % of the elements, mismatch beyond ${most} steps ${label}`
    }
    case 'close': {
      const [drift, mismatch] = [boundText(tolerance.drift), boundText(tolerance.mismatch)]
      return drift === mismatch
        ? `mismatch beyond ${mismatch} ${label}`
        : `drift beyond ${drift}, mismatch beyond ${mismatch} ${label}`
    }
  }
}

function boundText({ atol, scaled, rtol }: Bound): string {
  const terms = [
    ...(atol > 0 ? [short(atol)] : []),
    ...(scaled > 0 ? [`${short(scaled)}·s`] : []),
    ...(rtol > 0 ? [`${short(rtol)}·|x|`] : []),
  ]
  return terms.join(' + ') || '0'
}

const short = (value: number): string => {
  const rounded = Number(value.toPrecision(3))
  return rounded >= 0.01 && rounded < 1000 ? String(rounded) : rounded.toExponential().replace('e+', 'e')
}
