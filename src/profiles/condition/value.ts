/**
 * What a condition computes with. Known values are plain JavaScript values and a few small classes; *symbolic* has no
 * number for the runtime; *undetermined* is what we cannot tell; *absent* was left out.
 */
import { type Dim, isKnown, isSymbolic, symbolsOf } from '../../graph/dim.ts'

export type Value =
  | number
  /** Integers beyond the safe range of a number, and only these. */
  | bigint
  | string
  | boolean
  | Float32
  | Literal
  | Version
  | Tensor
  | readonly Value[]
  | Absent
  | Symbolic
  | Undetermined

export type Truth = boolean | Undetermined

/** Left out, without a value, or an index outside of its list. */
class Absent {
  readonly kind = 'absent'
}
export const absent: Absent = new Absent()

/** There is no number for the runtime: a symbolic dimension, a rank that was lost. */
export class Symbolic {
  readonly kind = 'symbolic'
  constructor(
    /** Equal texts are equal values; null where even that is not known. */
    readonly text: string | null,
    /** Why there is no number, where the text does not say it. */
    readonly why: string | null = null,
    /** The flag that would make it known: `--dim N=1`. */
    readonly flag: string | null = null,
  ) {}
}

/** We cannot tell, and why. */
export class Undetermined {
  readonly kind = 'undetermined'
  constructor(
    readonly why: string,
    /** What would make it known, as a flag. */
    readonly flag: string | null = null,
  ) {}
}

/** A float32 of the file: literals beside it are rounded to float32. */
export class Float32 {
  readonly kind = 'float32'
  constructor(readonly value: number) {}
}

/** A number that stands in the condition itself. `text` where it was written and not computed. */
export class Literal {
  readonly kind = 'literal'
  constructor(
    readonly value: number | bigint,
    readonly text: string | null,
  ) {}
}

/** Compared by parts: 1.9 < 1.24; missing parts are 0. */
export class Version {
  readonly kind = 'version'
  readonly parts: readonly number[]
  constructor(readonly text: string) {
    this.parts = text.split('.').map(Number)
  }
  static readonly pattern = /^\d+(\.\d+){0,3}$/
  static from(text: string): Version | null {
    return Version.pattern.test(text) ? new Version(text) : null
  }
}

/** Negative, 0 or positive, as a is before, equal to or after b. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < Math.max(a.parts.length, b.parts.length); i++) {
    const difference = (a.parts[i] ?? 0) - (b.parts[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** An input or output of a node, seen through its facts. Each of them may be computed when asked. */
export interface Tensor {
  readonly kind: 'tensor'
  readonly name: string
  /** A number; symbolic where the runtime itself has lost it. */
  readonly rank: Value
  /** A list of dimensions; symbolic or undetermined as a whole where the rank is. */
  readonly shape: Value
  /** A DType name; absent for what is not a tensor. */
  readonly dtype: Value
  /** The elements as a flat list; undetermined above 4,096 elements or unread, symbolic where the runtime computes it. */
  readonly value: Value
  /** An initializer that no input overrides, of this or an outer scope, or a Constant. */
  readonly constant: Truth
  /** An initializer of this graph, also one that an input can override. */
  readonly initializer: Truth
  /** Its payload is stored as raw bytes, not in a typed field. */
  readonly storedRaw: Truth
  /** Scale and zero point of the Q or DQ node beside it in a QDQ unit, or of the operator's own inputs. */
  readonly scale: Value
  readonly zeroPoint: Value
  /** The integer type that it is quantised to, by an annotation of the file (FINN: `INT4`) or a QDQ pair; absent without. */
  readonly annotation: Value
  /** The node that makes it; null for inputs and initializers. */
  readonly maker: Maker | null
  /** Nodes that read it, one entry per reading. */
  readonly users: readonly User[]
  /** The graph gives it out. */
  readonly isOutput: Truth
  /** Its type is an optional one, which may hold nothing. */
  readonly isOptional: Truth
  /** Which constant, input or node it is, for people: `node "transpose_3" (Transpose)`. */
  readonly origin: string
}

export interface Maker {
  readonly op: string
  /** It is on channels last, in the domain that the runtime has for that. */
  readonly channelsLast: boolean
  /** Whether the target takes that node. */
  supported(): Truth
  /** Whether it is in the group that is being formed. */
  inCurrentGroup(): Truth
  /** What the target has answered about that node in its turn: makers are asked before their readers. */
  onTarget(): Truth
  /** It is not of the file: a preparation has put it in. */
  readonly added: boolean
  /** What it reads there; null where that is left out. */
  reads(input: number): Tensor | null
}

export interface User {
  readonly op: string
  /** The element type that a Cast casts to. */
  readonly castsTo: string | null
}

/** The list that a value is, or null. */
export const asList = (value: Value): readonly Value[] | null =>
  Array.isArray(value) ? (value as readonly Value[]) : null

export const isTensor = (value: Value): value is Tensor =>
  typeof value === 'object' && 'kind' in value && value.kind === 'tensor'
/** Symbolic or undetermined. */
export const isUnknown = (value: Value): value is Symbolic | Undetermined =>
  value instanceof Symbolic || value instanceof Undetermined

/** The plain number of a number, literal or float32; null for everything else. */
export function asNumber(value: Value): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Float32 || value instanceof Literal ? value.value : null
}

/** A whole number that fits an array index, or null. */
export function asIndex(value: Value): number | null {
  const number = asNumber(value)
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

/** Some value that is not a truth: unknown for logic. The reason is found again when it is explained. */
export const unknown = new Undetermined('it hangs on a value that is not known')

/** A dimension as conditions see it: a number, or symbolic with the flag that sets its symbols. */
export function dimValue(dim: Dim): Value {
  if (isKnown(dim)) return dim
  let value = openDims.get(dim)
  if (!value) {
    value = openDim(dim)
    openDims.set(dim, value)
  }
  return value
}

/** The same dimension goes through many tensors. */
const openDims = new WeakMap<Exclude<Dim, number>, Symbolic>()

function openDim(dim: Exclude<Dim, number>): Symbolic {
  if (!isSymbolic(dim)) return new Symbolic(null, dim.why)
  const symbols = [...symbolsOf(dim)].sort()
  return new Symbolic(dim.text, null, symbols.map((name) => `--dim ${quoted(name)}=1`).join(' '))
}

const quoted = (name: string): string => (/^[\w.:/-]+$/.test(name) ? name : `'${name}'`)
