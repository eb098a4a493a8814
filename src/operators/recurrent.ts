/** Recurrent layers: one state is carried along a sequence, by gates that are matrix products of input and state. */
import { type Dim, mul, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { macsOf, macsSum } from './cost.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText } from './shapes.ts'

/** Axes of the weights: `[directions, gates × hidden, size]`, or the other way round where they are transposed. */
interface Layer {
  readonly gates: number
  readonly transposed?: boolean
}

/** Sizes that inputs and attributes agree on. */
interface Sizes {
  readonly steps: Dim
  readonly batch: Dim
  readonly features: Dim
  readonly hidden: Dim
  readonly directions: number
}

const tensorOf = (c: Context, input: number, rank: number): Shape | null => {
  const shape = c.shape(input)
  if (shape && shape.length !== rank) {
    const name = c.schema?.inputs[input]?.name ?? `input ${input}`
    c.mismatch(`${name} has the shape ${shapeText(shape)}, and it takes rank ${rank}`, [input])
  }
  return shape
}

function directionsOf(c: Context): number {
  const direction = c.string('direction', 'forward')
  if (!['forward', 'reverse', 'bidirectional'].includes(direction))
    c.mismatch(`direction is '${direction}', and it is one of forward, reverse, bidirectional`)
  return direction === 'bidirectional' ? 2 : 1
}

const batchFirst = (c: Context): boolean => c.int('layout', 0) !== 0

function sizesOf(c: Context, { gates, transposed = false }: Layer): Sizes {
  const x = tensorOf(c, 0, 3)
  const weights = tensorOf(c, 1, 3)
  const recurrence = tensorOf(c, 2, 3)
  const bias = tensorOf(c, 3, 2)
  const directions = directionsOf(c)
  const [rows, columns] = transposed ? [2, 1] : [1, 2]
  const written = c.int('hidden_size')
  const first = new Unknown(c.why(0))
  const hidden = agree(
    c,
    [...(written === undefined ? [] : [written]), ...(recurrence ? [recurrence[columns] ?? first] : [])],
    'hidden_size and the recurrence weights R differ',
    [2],
  )
  const features = agree(
    c,
    [x?.[2] ?? first, ...(weights ? [weights[columns] ?? first] : [])],
    'the input size and the weights W differ',
    [0, 1],
  )
  for (const [shape, input, axis, factor] of [
    [weights, 1, rows, gates],
    [recurrence, 2, rows, gates],
    [bias, 3, 1, 2 * gates],
  ] as const) {
    if (!shape) continue
    const wanted = mul(factor, hidden)
    if (same(shape[0] ?? 1, directions) === false || same(shape[axis] ?? 1, wanted) === false)
      c.mismatch(
        `${c.schema?.inputs[input]?.name ?? input} has the shape ${shapeText(shape)}, and it takes ${directions} on axis 0 and ${String(wanted)} on axis ${axis}`,
        [input],
      )
  }
  const [steps, batch] = batchFirst(c) ? [x?.[1], x?.[0]] : [x?.[0], x?.[1]]
  return { steps: steps ?? first, batch: batch ?? first, features, hidden, directions }
}

/** `Y` holds the state after every step, the other outputs those after the last. */
function infer(c: Context, layer: Layer): void {
  const { steps, batch, hidden, directions } = sizesOf(c, layer)
  const all = batchFirst(c) ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
  const last = batchFirst(c) ? [batch, directions, hidden] : [directions, batch, hidden]
  if (c.wanted(0)) c.output(0, all)
  for (let output = 1; output < c.outputCount; output++) c.output(output, last)
}

const recurrent = (layer: Layer): Operator => ({
  infer: (c) => infer(c, layer),
  macs(c) {
    const { steps, batch, features, hidden, directions } = sizesOf(c, layer)
    const gates = [directions, steps, batch, layer.gates, hidden]
    return macsSum(macsOf(...gates, features), macsOf(...gates, hidden))
  },
})

export const recurrence = family({
  RNN: recurrent({ gates: 1 }),
  GRU: recurrent({ gates: 3 }),
  LSTM: recurrent({ gates: 4 }),
  'com.microsoft::DynamicQuantizeLSTM': recurrent({ gates: 4, transposed: true }),
  // Its input is the concatenation of X and the attention; what the attention costs is not counted.
  'com.microsoft::AttnLSTM': {
    infer(c) {
      const x = tensorOf(c, 0, 3)
      const hidden = c.int('hidden_size') ?? tensorOf(c, 2, 3)?.[2] ?? new Unknown(c.why(2))
      const directions = directionsOf(c)
      const [steps = new Unknown(c.why(0)), batch = new Unknown(c.why(0))] = x ?? []
      if (c.wanted(0)) c.output(0, [steps, directions, batch, hidden])
      for (let output = 1; output < c.outputCount; output++) c.output(output, [directions, batch, hidden])
    },
    macs: () => null,
  },
})
