/**
 * What hls4ml makes of layers with weights: how many multipliers each takes when nothing is reused, and the reuse factors
 * that it accepts without changing them. Source: hls4ml (ef92ebdf2) backends/fpga/fpga_backend.py, get_layer_mult_size
 * and get_valid_reuse_factors.
 */
import { nodeRef, type Value } from '../graph/model.ts'
import type { LayerFigures } from '../result/result.ts'
import type { View, ViewNode } from './view.ts'

export const hls4mlLayers = (view: View): LayerFigures[] => view.nodes.flatMap((node) => layerOf(view, node) ?? [])

function layerOf(view: View, node: ViewNode): LayerFigures | null {
  const [of] = node.carries
  const size = sizeOf(view, node)
  if (!of || !size) return null
  const { inputs, outputs, weights } = size
  return {
    node: nodeRef(of),
    name: of.name,
    op: of.op,
    figures: { weights, multipliers: weights, 'reuse factors': reuseFactors(inputs, outputs) },
  }
}

interface Size {
  /** Of the matrix that the layer multiplies by: for a convolution, the window over all channels. */
  readonly inputs: number
  readonly outputs: number
  readonly weights: number
}

function sizeOf(view: View, node: ViewNode): Size | null {
  const { op } = node
  const [, weights] = node.inputs
  const shape = sizes(view, weights)
  if (op === 'MatMul' && shape?.length === 2 && isHeld(view, weights)) {
    const [inputs = 0, outputs = 0] = shape
    return { inputs, outputs, weights: inputs * outputs }
  }
  if (op !== 'Conv' || !shape) return null
  // A filter holds the channels of its group; hls4ml counts those of all groups also where layers are depthwise.
  const [filters = 0, ...filter] = shape
  const each = product(filter)
  return { inputs: each * (node.int('group') ?? 1), outputs: filters, weights: filters * each }
}

/** A constant, or a quantiser of one. */
function isHeld(view: View, value: Value | null | undefined): boolean {
  const maker = value && view.maker(value)
  const source = maker ? maker.inputs[0] : value
  return source != null && view.constant(source) !== null
}

function sizes(view: View, value: Value | null | undefined): number[] | null {
  const type = value ? view.facts(value).type : null
  const shape = type?.kind === 'tensor' ? type.shape : null
  return shape?.every((dim) => typeof dim === 'number') ? shape.filter((dim) => typeof dim === 'number') : null
}

const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1)

/** Those that divide the products evenly over the multipliers, from 1 on. */
function reuseFactors(inputs: number, outputs: number): number[] {
  return divisors(inputs * outputs).filter((factor) => {
    if (factor >= inputs) return factor % inputs === 0
    return Math.ceil((inputs * outputs) / factor) % outputs === 0
  })
}

function divisors(of: number): number[] {
  const small: number[] = []
  for (let i = 1; i * i <= of; i++) if (of % i === 0) small.push(i)
  return [...new Set([...small, ...small.map((i) => of / i).reverse()])]
}
