/** Attention and mixtures of experts of com.microsoft, as ONNX Runtime fuses them. Source: its contrib operator schemas. */
import { add, type Dim, divideExactly, max, mul, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { elementsOf, macsOf, macsSum } from './cost.ts'
import { attentionMacs, axisSize, perHead, ranked, unknown } from './heads.ts'
import { like, shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText, unknownDims } from './shapes.ts'
import { toDim } from './value.ts'

/** Projection and attention in one: input `[batch, length, size]`, weights of query, key and value side by side. */
interface Projected {
  readonly past: number
}

/** Widths of query, key and value. */
function projectedWidths(c: Context): readonly [Dim, Dim, Dim] {
  const written = c.ints('qkv_hidden_sizes')
  if (written && written.length > 0) {
    const [query, key, value, ...rest] = written
    if (query === undefined || key === undefined || value === undefined || rest.length > 0)
      return c.mismatch(`qkv_hidden_sizes has ${written.length} elements, and it takes 3`)
    return [query, key, value]
  }
  const bias = c.shape(2)?.[0]
  const together = agree(
    c,
    [axisSize(c, 1, -1), ...(bias === undefined ? [] : [bias])],
    'weights and bias differ',
    [1, 2],
  )
  const width = perHead(c, together, 3, 'the width of the weights')
  return [width, width, width]
}

/** The length of the past that input `past` holds, on this axis. */
const pastLength = (c: Context, past: number, axis: number): Dim => (c.given(past) ? axisSize(c, past, axis) : 0)

const projected = ({ past }: Projected): Operator => ({
  infer(c) {
    const input = ranked(c, 0, 3)
    const weights = ranked(c, 1, 2)
    if (input && weights && same(input[2] ?? 1, weights[0] ?? 1) === false)
      c.mismatch(`the input is ${shapeText(input)}, and the weights ${shapeText(weights)} do not take it`, [0, 1])
    const [, , width] = projectedWidths(c)
    const [batch = unknown(c, 0), length = unknown(c, 0)] = input ?? []
    c.output(0, [batch, length, width])
    if (!c.wanted(1)) return
    const heads = c.int('num_heads', 1)
    const before = c.shape(past)
    if (c.int('past_present_share_buffer', 0) !== 0) c.output(1, before ?? unknownDims(5, c.why(past)))
    else
      c.output(1, [2, batch, heads, add(pastLength(c, past, 3), length), perHead(c, width, heads, 'the hidden size')])
  },
  macs(c) {
    const [query, key, value] = projectedWidths(c)
    const [batch = unknown(c, 0), length = unknown(c, 0), size = unknown(c, 0)] = c.shape(0) ?? []
    return macsSum(
      macsOf(batch, length, size, add(query, key, value)),
      attentionMacs({
        batch,
        queries: length,
        keys: add(pastLength(c, past, 3), length),
        width: query,
        valueWidth: value,
      }),
    )
  },
})

/** Sequences without padding, one behind the other: how long each is, only the data tell. */
const packedProjected: Operator = {
  infer(c) {
    const input = ranked(c, 0, 2)
    c.output(0, [input?.[0] ?? unknown(c, 0), projectedWidths(c)[2]])
  },
  macs: () => null,
}

/** What the forms of separate or packed query, key and value come to. */
interface HeadsIn {
  readonly batch: Dim
  readonly queries: Dim
  /** Keys that come with this run. */
  readonly length: Dim
  readonly width: Dim
  readonly valueWidth: Dim
}

function headsIn(c: Context): HeadsIn {
  const query = ranked(c, 0, 3, 5)
  const key = ranked(c, 1, 3, 4, 5)
  const value = ranked(c, 2, 3, 4)
  const [batch = unknown(c, 0), queries = unknown(c, 0), third = unknown(c, 0)] = query ?? []
  // [batch, length, heads, 3, size]
  if (query?.length === 5) {
    const width = mul(third, query[4] ?? 1)
    return { batch, queries, length: queries, width, valueWidth: width }
  }
  // Query, key and value side by side.
  if (!c.given(1)) {
    const width = divideExactly(third, 3) ?? new Unknown('the width is that of query, key and value together')
    return { batch, queries, length: queries, width, valueWidth: width }
  }
  // [batch, length, heads, 2, size]
  if (key?.length === 5) return { batch, queries, length: key[1] ?? 1, width: third, valueWidth: third }
  const length = key ? (key[key.length === 4 ? 2 : 1] ?? 1) : unknown(c, 1)
  if (value?.length === 4)
    return { batch, queries, length, width: third, valueWidth: mul(value[1] ?? 1, value[3] ?? 1) }
  return { batch, queries, length, width: third, valueWidth: value?.[2] ?? unknown(c, 2) }
}

/** `past`: position of the past keys; the past values follow. */
const multiHead = (past: number, shares: (c: Context) => boolean): Operator => ({
  infer(c) {
    const { batch, queries, length, width, valueWidth } = headsIn(c)
    const heads = c.int('num_heads', 1)
    c.output(0, [batch, queries, valueWidth])
    const before = ranked(c, past, 4)
    const total = shares(c) ? axisSize(c, past, 2) : add(before?.[2] ?? pastLength(c, past, 2), length)
    if (c.wanted(1)) c.output(1, [batch, heads, total, perHead(c, width, heads, 'the hidden size')])
    if (c.wanted(2)) c.output(2, [batch, heads, total, perHead(c, valueWidth, heads, 'the hidden size of the value')])
    if (c.wanted(3)) c.output(3, [batch, heads, queries, total])
  },
  macs(c) {
    const { batch, queries, length, width, valueWidth } = headsIn(c)
    // A shared buffer is as large as it may become; how much of it is filled is not known.
    if (shares(c)) return null
    return attentionMacs({ batch, queries, keys: add(pastLength(c, past, 2), length), width, valueWidth })
  },
})

interface Grouped {
  readonly batch: Dim
  readonly queries: Dim
  readonly heads: number
  readonly sharedHeads: number
  readonly size: Dim
  /** Keys in all: an input of the operator says it. */
  readonly total: Dim
}

function grouped(c: Context, totalInput: number): Grouped {
  const query = ranked(c, 0, 3)
  const heads = c.int('num_heads', 1)
  const sharedHeads = c.int('kv_num_heads', 1)
  if (sharedHeads < 1 || heads % sharedHeads !== 0)
    c.mismatch(`num_heads ${heads} is no multiple of kv_num_heads ${sharedHeads}`)
  const [batch = unknown(c, 0), queries = unknown(c, 0), hidden = unknown(c, 0)] = query ?? []
  // Without a key the query holds key and value, too.
  const parts = c.given(1) ? heads : heads + 2 * sharedHeads
  const value = c.value(totalInput)
  const total = value ? toDim(value.elements[0]) : new Unknown(c.why(totalInput))
  return { batch, queries, heads, sharedHeads, size: perHead(c, hidden, parts, 'the hidden size'), total }
}

/** Keys and values of the past grow by those of this run, or lie in a buffer that is large enough. */
const groupedQuery = (total: number, fixedBuffer: (c: Context) => boolean): Operator => ({
  infer(c) {
    const sizes = grouped(c, total)
    c.output(0, [sizes.batch, sizes.queries, mul(sizes.heads, sizes.size)])
    for (const output of [1, 2]) {
      if (!c.wanted(output)) continue
      const past = ranked(c, 2 + output, 4)
      const plain = c.string(output === 1 ? 'k_quant_type' : 'v_quant_type', 'NONE') === 'NONE'
      const size = past ? (past[3] ?? 1) : plain ? sizes.size : new Unknown('the past is quantized')
      const before = past ? (past[2] ?? 0) : pastLength(c, 2 + output, 2)
      const length = fixedBuffer(c) ? before : max(before, sizes.total)
      const dtype = c.given(2 + output) ? c.dtype(2 + output) : plain ? c.dtype(0) : null
      c.output(output, [sizes.batch, sizes.sharedHeads, length, size], dtype)
    }
    if (c.wanted(3)) c.output(3, [sizes.batch, sizes.heads, sizes.queries, sizes.total])
  },
  macs(c) {
    const { batch, queries, heads, size, total: keys } = grouped(c, total)
    const width = mul(heads, size)
    return attentionMacs({ batch, queries, keys, width, valueWidth: width })
  },
})

/** `k` of the experts work on each token. */
function expertMacs(c: Context): Dim | null {
  const tokens = elementsOf(c.shape(0)?.slice(0, -1) ?? null)
  const perToken = [2, 4, 6].flatMap((input) =>
    c.given(input) ? [macsOf(tokens, c.int('k', 1), elementsOf(c.shape(input)?.slice(1) ?? null))] : [],
  )
  return macsSum(...perToken)
}

const byAttribute = (c: Context) => c.int('past_present_share_buffer', 0) !== 0

export const contribAttention = family({
  'com.microsoft::Attention': projected({ past: 4 }),
  'com.microsoft::DecoderMaskedSelfAttention': projected({ past: 4 }),
  'com.microsoft::QAttention': projected({ past: 8 }),
  'com.microsoft::PackedAttention': packedProjected,
  'com.microsoft::PackedMultiHeadAttention': {
    infer(c) {
      const query = ranked(c, 0, 2, 4)
      const tokens = query?.[0] ?? unknown(c, 0)
      const width = query?.length === 4 ? mul(query[1] ?? 1, query[3] ?? 1) : axisSize(c, 2, -1)
      c.output(0, [tokens, width])
    },
    macs: () => null,
  },
  'com.microsoft::MultiHeadAttention': multiHead(6, (c) => c.given(6) && c.given(8)),
  'com.microsoft::DecoderMaskedMultiHeadAttention': multiHead(5, byAttribute),
  'com.microsoft::GroupQueryAttention': groupedQuery(6, (c) => c.int('sliding_window_cache', 0) === 1),
  // Which blocks of the past are looked at, only the data tell.
  'com.microsoft::SparseAttention': { ...groupedQuery(7, () => true), macs: () => null },
  'com.microsoft::PagedAttention': {
    infer(c) {
      const query = ranked(c, 0, 2)
      const heads = c.int('num_heads', 1)
      const size = c.int('v_head_size', 0)
      const packed = !c.given(1) && c.string('kv_cache_layout', 'SEPARATE') === 'SEPARATE'
      const parts = packed ? heads + 2 * c.int('kv_num_heads', 1) : heads
      const width = mul(heads, size > 0 ? size : perHead(c, query?.[1] ?? unknown(c, 0), parts, 'the hidden size'))
      c.output(0, [query?.[0] ?? unknown(c, 0), width])
      for (const output of [1, 2]) if (c.wanted(output)) c.output(output, shapeOf(c, output + 2))
    },
    macs: () => null,
  },
  'com.microsoft::LongformerAttention': { ...like(0, (c) => void ranked(c, 0, 3)), macs: () => null },
  'com.microsoft::MoE': { ...like(), macs: expertMacs },
  // Several weights share one element, by attributes that differ between versions.
  'com.microsoft::QMoE': { ...like(), macs: () => null },
  'com.microsoft::RelativePositionBias': {
    infer(c) {
      const [, heads = unknown(c, 0)] = ranked(c, 0, 2) ?? []
      const length = (input: number): Dim => toDim(c.value(input)?.elements[0] ?? unknown(c, input))
      c.output(0, [1, heads, length(1), length(2)])
    },
  },
  'com.microsoft::RemovePadding': {
    infer(c) {
      const input = ranked(c, 0, 3)
      const [batch = unknown(c, 0), length = unknown(c, 0), hidden = unknown(c, 0)] = input ?? []
      c.output(0, [new Unknown('the number of tokens depends on the data'), hidden])
      c.output(1, [batch, length])
      c.output(2, [add(batch, 1)])
      c.output(3, [1])
    },
  },
  'com.microsoft::RestorePadding': {
    infer(c) {
      const offsets: Shape | null = ranked(c, 1, 2)
      ranked(c, 0, 2)
      c.output(0, [offsets?.[0] ?? unknown(c, 1), offsets?.[1] ?? unknown(c, 1), axisSize(c, 0, 1)])
    },
  },
})
