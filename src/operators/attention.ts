/** Attention of ai.onnx, and its linear and flexible forms. Those of com.microsoft: contrib-attention.ts. */
import { add, type Dim, isKnown, mul, same, sub, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { elementsOf, macsOf, macsSum } from './cost.ts'
import { attentionMacs, perHead, ranked, unknown } from './heads.ts'
import { like, shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { agree, shapeText } from './shapes.ts'

/** Query, key and value as `[batch, heads, length, size]`, whichever form they come in. */
interface Parts {
  readonly query: Shape
  readonly key: Shape
  readonly value: Shape
  /** Keys of the past and present. */
  readonly total: Dim
}

function split(c: Context, input: number, attribute: string): Shape {
  const shape = ranked(c, input, 3, 4)
  if (!shape) return Array.from({ length: 4 }, () => unknown(c, input))
  if (shape.length === 4) return shape
  const heads = c.int(attribute)
  if (heads === undefined) c.mismatch(`inputs of rank 3 take the attribute ${attribute}, and it is missing`)
  const [batch = 1, length = 1, hidden = 1] = shape
  return [batch, heads ?? 1, length, perHead(c, hidden, heads ?? 1, 'the hidden size')]
}

const at = (shape: Shape, axis: number): Dim => shape[axis] ?? new Unknown('the rank is not known')

function partsOf(c: Context): Parts {
  const query = split(c, 0, 'q_num_heads')
  const key = split(c, 1, 'kv_num_heads')
  const value = split(c, 2, 'kv_num_heads')
  checkParts(c, query, key, value)
  const past = ranked(c, 4, 4)
  const length = agree(c, [at(key, 2), at(value, 2)], 'keys and values differ in length', [1, 2])
  const before = past ? at(past, 2) : c.given(4) ? unknown(c, 4) : 0
  return { query, key, value, total: add(before, length) }
}

function checkParts(c: Context, query: Shape, key: Shape, value: Shape): void {
  agree(c, [at(query, 0), at(key, 0), at(value, 0)], 'batch sizes differ', [0, 1, 2])
  agree(c, [at(query, 3), at(key, 3)], 'head sizes of query and key differ', [0, 1])
  const shared = agree(c, [at(key, 1), at(value, 1)], 'numbers of heads of key and value differ', [1, 2])
  const heads = at(query, 1)
  if (isKnown(heads) && isKnown(shared) && (shared === 0 || heads % shared !== 0))
    c.mismatch(`${heads} heads of the query are no multiple of ${shared} heads of keys and values`, [0, 1])
}

function attentionOutput(c: Context, { query, value }: Parts): Shape | Unknown {
  const shape = c.shape(0)
  if (!shape) return unknown(c, 0)
  if (shape.length === 4) return [at(query, 0), at(query, 1), at(query, 2), at(value, 3)]
  return [at(query, 0), at(query, 2), mul(at(query, 1), at(value, 3))]
}

const scaledDotProduct: Operator = {
  infer(c) {
    const parts = partsOf(c)
    const { query, key, value, total } = parts
    c.output(0, attentionOutput(c, parts))
    if (c.wanted(1)) c.output(1, [at(key, 0), at(key, 1), total, at(key, 3)])
    if (c.wanted(2)) c.output(2, [at(value, 0), at(value, 1), total, at(value, 3)])
    if (c.wanted(3)) c.output(3, [at(query, 0), at(query, 1), at(query, 2), total])
  },
  macs(c) {
    const { query, value, total } = partsOf(c)
    const heads = at(query, 1)
    return attentionMacs({
      batch: at(query, 0),
      queries: at(query, 2),
      keys: total,
      width: mul(heads, at(query, 3)),
      valueWidth: mul(heads, at(value, 3)),
    })
  },
}

const flexible: Operator = {
  infer(c) {
    for (const input of [0, 1, 2]) ranked(c, input, 4)
    const parts = partsOf(c)
    c.output(0, attentionOutput(c, parts))
  },
  macs: (c) => scaledDotProduct.macs?.(c) ?? null,
}

/** Heads and sizes of linear attention over `[batch, length, heads × size]`. */
function linearSizes(c: Context) {
  const query = ranked(c, 0, 3)
  const value = ranked(c, 2, 3)
  const queryHeads = c.int('q_num_heads', 1)
  const sharedHeads = c.int('kv_num_heads', 1)
  const larger = Math.max(queryHeads, sharedHeads)
  const smaller = Math.min(queryHeads, sharedHeads)
  if (smaller < 1 || larger % smaller !== 0)
    c.mismatch(`${queryHeads} heads of the query and ${sharedHeads} of keys and values do not share evenly`)
  return {
    batch: query?.[0] ?? unknown(c, 0),
    length: query?.[1] ?? unknown(c, 0),
    heads: larger,
    sharedHeads,
    keySize: perHead(c, query?.[2] ?? unknown(c, 0), queryHeads, 'the hidden size of the query'),
    valueSize: perHead(c, value?.[2] ?? unknown(c, 2), sharedHeads, 'the hidden size of the value'),
  }
}

/** The last states of a window come stacked in front. */
const stacked = (c: Context, state: Shape): Shape => {
  const window = c.int('state_window', 0)
  return window > 0 ? [window, ...state] : state
}

const linear: Operator = {
  infer(c) {
    const { batch, length, heads, sharedHeads, keySize, valueSize } = linearSizes(c)
    c.output(0, [batch, length, mul(heads, valueSize)])
    c.output(1, stacked(c, [batch, sharedHeads, keySize, valueSize]), c.dtype(3) ?? c.dtype(0))
  },
  /** Each step adds keys × values to the state and reads it with the query; the delta rule reads it once before. */
  macs(c) {
    const { batch, length, heads, sharedHeads, keySize, valueSize } = linearSizes(c)
    const updates = c.string('update_rule', 'gated_delta').includes('delta') ? 2 : 1
    return macsSum(
      macsOf(batch, length, sharedHeads, keySize, valueSize, updates),
      macsOf(batch, length, heads, keySize, valueSize),
    )
  },
}

/** A depthwise convolution over the last axis that only looks back; the state is the end of what it has seen. */
const causalConvolution: Operator = {
  infer(c) {
    if (c.int('channels_last', 0) !== 0 || c.int('state_length', 0) !== 0 || c.int('input_channels', 0) !== 0) {
      c.output(0, new Unknown('no rule for this layout of the input'))
      return
    }
    const axes = c.int('ndim', 1)
    const input = ranked(c, 0, axes + 2)
    const weight = ranked(c, 1, axes + 2)
    const channels = input?.[1] ?? unknown(c, 0)
    if (weight) {
      agree(c, [channels, ...weight.slice(0, 1)], 'the channels of input and weights differ', [0, 1])
      if (same(weight[1] ?? 1, 1) === false)
        c.mismatch(`the weights have the shape ${shapeText(weight)}, and they take 1 on axis 1`, [1])
    }
    const kernel = weight?.at(-1) ?? unknown(c, 1)
    const lookBack = mul(sub(kernel, 1), c.int('dilation', 1))
    c.output(0, shapeOf(c, 0))
    const inner = input ? input.slice(2, -1) : Array.from({ length: axes - 1 }, () => unknown(c, 0))
    c.output(1, stacked(c, [input?.[0] ?? unknown(c, 0), channels, ...inner, lookBack]))
  },
  macs: (c) => macsOf(elementsOf(c.outputShape(0)), elementsOf(c.shape(1)?.slice(2) ?? null)),
}

const rotary = like(0, (c) => {
  const shape = ranked(c, 0, 3, 4)
  if (shape?.length === 3 && c.node.domain === '' && c.int('num_heads', 0) === 0)
    c.mismatch('an input of rank 3 takes the attribute num_heads, and it is missing')
})

export const attention = family({
  Attention: scaledDotProduct,
  RotaryEmbedding: rotary,
  LinearAttention: linear,
  CausalConvWithState: causalConvolution,
  'ai.onnx.preview::FlexAttention': flexible,
  'com.microsoft::LinearAttention': linear,
  'com.microsoft::CausalConvWithState': causalConvolution,
  'com.microsoft::RotaryEmbedding': rotary,
  'com.microsoft::MRotaryEmbedding': rotary,
})
