/** Sequences and optionals. */
import { type Dim, isKnown, Unknown } from '../graph/dim.ts'
import { dtypeFromNumber } from '../graph/dtype.ts'
import { type Shape, tensorType, type ValueType } from '../graph/type.ts'
import { type Context, family } from './operator.ts'
import { axisOf } from './shapes.ts'
import { unionType } from './types.ts'
import { numbers, toDims } from './value.ts'

const differ = 'the elements of the sequence have different shapes'

const elementOf = (c: Context, input: number): ValueType | null => {
  const type = c.type(input)
  return type?.kind === 'sequence' ? type.element : null
}

const sequenceOf = (element: ValueType | null): ValueType => ({ kind: 'sequence', element })

/** The element type that an attribute asks for; float32 where it is not written. */
const elementType = (c: Context, attribute: string) => dtypeFromNumber(c.int(attribute, 1))

function splitToSequence(c: Context): void {
  const shape = c.shape(0)
  const dtype = c.dtype(0)
  if (!shape) {
    c.outputType(0, sequenceOf(tensorType(dtype, null)))
    return
  }
  const axis = axisOf(c, c.int('axis', 0), shape.length)
  const along = shape[axis] ?? 0
  const part = partSize(c, along)
  const drops = part === 1 && !c.given(1) && c.int('keepdims', 1) === 0
  const element: Shape = drops ? shape.filter((_, i) => i !== axis) : shape.map((dim, i) => (i === axis ? part : dim))
  c.outputType(0, sequenceOf(tensorType(dtype, element)))
}

/** The size that all parts share along the split axis. */
function partSize(c: Context, along: Dim): Dim {
  if (!c.given(1)) return 1
  const split = c.value(1)
  const sizes = split && toDims(split)
  const first = sizes?.[0]
  if (!split || first === undefined) return new Unknown(c.why(1))
  if (split.dims.length === 0) {
    const even = isKnown(first) && isKnown(along) ? along % first === 0 : false
    return even ? first : new Unknown(differ)
  }
  const known = numbers(split)
  if (known && isKnown(along) && known.reduce((a, b) => a + b, 0) !== along)
    c.mismatch(`split [${known.join(', ')}] does not add up to ${along}`, [0, 1])
  return known?.every((size) => size === known[0]) ? first : new Unknown(differ)
}

function concatFromSequence(c: Context): void {
  const element = elementOf(c, 0)
  const shape = element?.kind === 'tensor' ? element.shape : null
  const dtype = element?.kind === 'tensor' ? element.dtype : null
  if (!shape) {
    c.output(0, new Unknown(c.why(0)), dtype)
    return
  }
  const count = new Unknown('the length of a sequence is known only when it runs')
  const stacks = c.int('new_axis', 0) === 1
  const axis = axisOf(c, c.int('axis', 0), shape.length + (stacks ? 1 : 0))
  c.output(
    0,
    stacks ? [...shape.slice(0, axis), count, ...shape.slice(axis)] : shape.map((dim, i) => (i === axis ? count : dim)),
    dtype,
  )
}

export const sequence = family({
  SequenceEmpty: {
    infer(c) {
      c.outputType(0, sequenceOf(tensorType(elementType(c, 'dtype'), null)))
    },
  },
  SequenceConstruct: {
    infer(c) {
      let element = c.type(0)
      for (let i = 1; i < c.inputCount; i++) element = unionType(element, c.type(i), differ)
      c.outputType(0, sequenceOf(element))
    },
  },
  SequenceInsert: {
    infer(c) {
      c.outputType(0, sequenceOf(unionType(elementOf(c, 0), c.type(1), differ)))
    },
  },
  SequenceErase: {
    infer(c) {
      c.outputType(0, c.type(0) ?? new Unknown(c.why(0)))
    },
  },
  SequenceAt: {
    infer(c) {
      const element = elementOf(c, 0)
      if (element?.kind === 'tensor' && !element.shape) c.output(0, new Unknown(differ), element.dtype)
      else c.outputType(0, element ?? new Unknown(c.why(0)))
    },
  },
  SequenceLength: {
    infer(c) {
      c.output(0, [])
    },
  },
  SplitToSequence: { infer: splitToSequence },
  ConcatFromSequence: { infer: concatFromSequence },
  Optional: {
    infer(c) {
      const element = c.given(0) ? c.type(0) : (c.typeAttribute('type') ?? null)
      c.outputType(0, { kind: 'optional', element })
    },
  },
  OptionalHasElement: {
    infer(c) {
      c.output(0, [])
    },
  },
  OptionalGetElement: {
    infer(c) {
      const type = c.type(0)
      const element = type?.kind === 'optional' ? type.element : type
      if (element) c.outputType(0, element)
      else c.outputType(0, new Unknown(c.why(0)))
    },
  },
})
