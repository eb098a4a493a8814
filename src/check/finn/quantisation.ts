/** How a model says that it is quantised. */
import type { Graph } from '../../graph/model.ts'

const qonnx: ReadonlySet<string> = new Set(['Quant', 'BipolarQuant', 'Trunc', 'IntQuant', 'MultiThreshold'])
const qdq: ReadonlySet<string> = new Set(['QuantizeLinear', 'DequantizeLinear'])

export function quantisationOf({ nodes }: Graph): 'qonnx' | 'qdq' | 'none' {
  if (nodes.some(({ op }) => qonnx.has(op))) return 'qonnx'
  return nodes.some(({ op }) => qdq.has(op)) ? 'qdq' : 'none'
}
