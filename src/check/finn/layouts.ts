/** Which axis is which: guessed from the input on. Source: transformation/infer_data_layouts.py of qonnx. */
import type { Layout, Network, Operation, Tensor } from './network.ts'

const byRank: Readonly<Record<number, Layout>> = { 2: 'NC', 3: 'NWC', 4: 'NHWC' }
const namesByRank: Readonly<Record<number, Layout>> = { ...byRank, 4: 'NCHW' }

export function inferLayouts(network: Network, development: boolean): void {
  const [input] = network.inputs
  if (input && input.layout === null) input.layout = namesByRank[input.shape?.length ?? 0] ?? null
  for (let changed = true; changed; ) {
    changed = false
    for (const operation of network.all())
      for (const tensor of operation.outputs) {
        if (!tensor) continue
        const layout = layoutOf(operation, tensor, development)
        changed ||= layout !== tensor.layout
        tensor.layout = layout
      }
  }
}

const custom: ReadonlySet<string> = new Set([
  'Im2Col',
  'MaxPoolNHWC',
  'XnorPopcountMatMul',
  'Quant',
  'BipolarQuant',
  'Trunc',
])

function layoutOf(operation: Operation, tensor: Tensor, development: boolean): Layout {
  const { op, input, thresholds, hardware } = operation
  const rank = tensor.shape?.length ?? 0
  if (op === 'Transpose' && !hardware) return permutedLayout(input.layout, operation.perm)
  if (rank === 2) return 'NC'
  if (thresholds && !hardware) return rank === 4 ? thresholds.layout : null
  if (op === 'QuantAvgPool2d') return rank === 4 ? 'NCHW' : null
  if (!hardware && !custom.has(op)) return input.layout ?? (development ? (byRank[rank] ?? null) : null)
  if (development && input.layout !== null && input.shape?.length === rank) return input.layout
  return byRank[rank] ?? null
}

function permutedLayout(layout: Layout, perm: readonly number[] | null): Layout {
  if (!layout || !perm) return null
  return perm.map((axis) => layout[axis] ?? '').join('') as Layout
}
