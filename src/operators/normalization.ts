/** Normalizations: the output is as large as the input; what differs is the size of the scale, and of what else comes out. */
import { type Dim, isKnown, mod, Unknown } from '../graph/dim.ts'
import { dtypeFromNumber } from '../graph/dtype.ts'
import type { Shape } from '../graph/type.ts'
import { checkOneWay, like, shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, axisOf, shapeText } from './shapes.ts'

/** The channels, on which the input and these vectors agree; each of them has rank 1. */
function channelsOf(c: Context, vectors: readonly number[], axis = 1): Dim {
  const x = c.shape(0)
  // A batch of single numbers counts as one channel.
  const dims: Dim[] = [x ? (x.at(axis) ?? 1) : new Unknown(c.why(0))]
  for (const input of vectors) {
    const shape = c.shape(input)
    if (!shape) continue
    const [size, ...rest] = shape
    if (size === undefined || rest.length > 0)
      c.mismatch(`${nameOf(c, input)} has the shape ${shapeText(shape)}, and it takes one number per channel`, [input])
    else dims.push(size)
  }
  return agree(c, dims, 'the numbers of channels differ', [0, ...vectors])
}

const nameOf = (c: Context, input: number): string => c.schema?.inputs[input]?.name ?? `input ${input}`

function rankAtLeast(c: Context, least: number): void {
  const rank = c.rank(0)
  if (rank !== null && rank < least) c.mismatch(`the input has rank ${rank}, and it takes at least ${least}`, [0])
}

const batchNormalization: Operator = {
  infer(c) {
    c.output(0, shapeOf(c, 0))
    // With `spatial` 0 there is one mean per element instead of one per channel.
    const perChannel = c.int('spatial', 1) !== 0
    const channels = perChannel ? channelsOf(c, [1, 2, 3, 4]) : null
    const training = c.int('training_mode', 0) !== 0
    if (c.since >= 14 && !training && (c.wanted(1) || c.wanted(2)))
      c.mismatch('running mean and variance come out only with training_mode 1, and it is 0')
    for (let output = 1; output < c.outputCount; output++)
      c.output(output, channels === null ? shapeOf(c, output % 2 === 1 ? 3 : 4) : [channels])
  },
}

const instanceNormalization = like(0, (c) => {
  rankAtLeast(c, 3)
  channelsOf(c, [1, 2])
})

/** The shape of what there is once per normalized part: 1 from `axis` on. */
function reducedFrom(c: Context, axis: number): Shape | Unknown {
  const shape = c.shape(0)
  return shape ? shape.map((dim, i) => (i < axis ? dim : 1)) : new Unknown(c.why(0))
}

/** Outputs beyond the first hold one number per normalized part. */
const layerNormalization = (parameters: readonly number[]): Operator => ({
  infer(c) {
    c.output(0, shapeOf(c, 0))
    const rank = c.rank(0)
    const axis = rank === null ? 0 : axisOf(c, c.int('axis', -1), rank)
    for (const input of parameters) checkOneWay(c, input, 0, nameOf(c, input))
    const dtype = dtypeFromNumber(c.int('stash_type', 1))
    for (let output = 1; output < c.outputCount; output++) c.output(output, reducedFrom(c, axis), dtype)
  },
})

/** `input + skip + bias` normalized over its last axis; the sum comes out, too. */
const skipNormalization = (parameters: readonly number[]): Operator => ({
  infer(c) {
    const rank = c.rank(0)
    if (rank === 0) c.mismatch('the input is a scalar, and it takes at least rank 1', [0])
    for (const input of parameters) {
      const shape = c.shape(input)
      const last = c.shape(0)?.at(-1)
      if (shape && shape.length !== 1)
        c.mismatch(`${nameOf(c, input)} has the shape ${shapeText(shape)}, and it takes rank 1`, [input])
      if (shape && last !== undefined) agree(c, [last, ...shape], `${nameOf(c, input)} does not fit`, [0, input])
    }
    c.output(0, shapeOf(c, 0))
    for (const output of [1, 2]) if (c.wanted(output)) c.output(output, reducedFrom(c, (rank ?? 1) - 1), 'float32')
    if (c.wanted(3)) c.output(3, shapeOf(c, 0))
  },
})

function checkGroups(c: Context, channels: Dim, groups: number): void {
  if (groups < 1) c.mismatch(`the number of groups is ${groups}, and it has to be at least 1`)
  const rest = mod(channels, groups)
  if (isKnown(rest) && rest !== 0) c.mismatch(`${String(channels)} channels are not divisible by ${groups} groups`)
}

const groupNormalization = like(0, (c) => {
  rankAtLeast(c, 2)
  const groups = c.int('num_groups', 1)
  // Version 18 has one scale per group, later ones one per channel.
  const channels = channelsOf(c, c.since >= 21 ? [1, 2] : [])
  if (c.since < 21)
    for (const input of [1, 2]) {
      const shape = c.shape(input)
      if (shape) agree(c, [groups, ...shape], `${nameOf(c, input)} takes one number per group`, [input])
    }
  checkGroups(c, channels, groups)
})

const fusedGroupNormalization = like(0, (c) => {
  rankAtLeast(c, 3)
  checkGroups(c, channelsOf(c, [1, 2], c.int('channels_last', 1) !== 0 ? -1 : 1), c.int('groups', 1))
})

function checkAxes(c: Context): void {
  const rank = c.rank(0)
  if (rank !== null) for (const axis of c.ints('axes') ?? []) axisOf(c, axis, rank)
}

/** Sums of embeddings by word, position and segment, normalized: `[batch, sequence, hidden]`. */
const embedding = (gamma: number): Operator => ({
  infer(c) {
    const ids = c.shape(0)
    if (ids && ids.length !== 2)
      c.mismatch(`input_ids has the shape ${shapeText(ids)}, and it takes [batch, sequence]`, [0])
    const tables = [2, 3, 4].flatMap((input) => {
      const shape = c.shape(input)
      if (shape && shape.length !== 2)
        c.mismatch(`${nameOf(c, input)} has the shape ${shapeText(shape)}, and it takes [count, hidden]`, [input])
      return shape?.slice(1) ?? []
    })
    const vectors = [gamma, gamma + 1].flatMap((input) => c.shape(input)?.slice(0, 1) ?? [])
    const hidden = agree(c, [...tables, ...vectors], 'hidden sizes differ', [2, 3, 4])
    const [batch = new Unknown(c.why(0)), sequence = new Unknown(c.why(0))] = ids ?? []
    c.output(0, [batch, sequence, hidden])
    if (c.wanted(1)) c.output(1, [batch])
    if (c.wanted(2)) c.output(2, [batch, sequence, hidden])
  },
})

export const normalization = family({
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization([1, 2]),
  SimplifiedLayerNormalization: layerNormalization([1]),
  RMSNormalization: layerNormalization([1]),
  GroupNormalization: groupNormalization,
  LpNormalization: like(0, (c) => {
    const rank = c.rank(0)
    if (rank !== null) axisOf(c, c.int('axis', -1), rank)
  }),
  MeanVarianceNormalization: like(0, checkAxes),
  LRN: like(0, (c) => {
    rankAtLeast(c, 2)
    if (c.int('size', 1) < 1) c.mismatch(`size is ${c.int('size')}, and it has to be at least 1`)
  }),
  'com.microsoft::SkipLayerNormalization': skipNormalization([2, 3, 4]),
  'com.microsoft::SkipSimplifiedLayerNormalization': skipNormalization([2, 3]),
  'com.microsoft::EmbedLayerNormalization': embedding(5),
  'com.microsoft::QEmbedLayerNormalization': embedding(5),
  'com.microsoft::GatedRMSNorm': like(),
  'com.microsoft::QOrderedLayerNormalization': like(),
  'com.microsoft::GroupNorm': fusedGroupNormalization,
  'com.microsoft::SkipGroupNorm': fusedGroupNormalization,
})
