/**
 * Nodes that a kernel provider gives back to the CPU because all they read lies there already, as shape arithmetic
 * does. Source: framework/fallback_cpu_capability.cc of ONNX Runtime 1.30.
 */
import type { DType } from '../graph/dtype.ts'
import type { Value } from '../graph/model.ts'
import { count } from '../operators/value.ts'
import type { KernelRow } from '../profiles/profile.ts'
import type { View, ViewNode } from './view.ts'

/** Initializers up to this many elements may be read from either side. */
const smallInitializer = 100
const neverMoved: ReadonlySet<DType> = new Set([
  'float16',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'float4e2m1',
])

/**
 * The nodes that go back. `kernels` has every node that the provider takes, with the kernel that was found; `later`
 * says which other nodes belong to the CPU for certain.
 */
export function pulledBack(view: View, kernels: ReadonlyMap<ViewNode, KernelRow | null>): Set<ViewNode> {
  const onCpu = new Set<Value>()
  const candidates = new Set<ViewNode>()
  const offer = (value: Value): void => {
    onCpu.add(value)
    for (const { node } of view.readings(value)) candidates.add(node)
  }
  for (const [node, kernel] of kernels)
    for (const output of kernel?.cpuOutputs ?? []) {
      const value = node.outputs[output]
      if (value) offer(value)
    }
  const back = new Set<ViewNode>()
  // Nodes stand in topological order, so one pass meets every candidate after those that feed it.
  for (const node of view.nodes) {
    if (!candidates.has(node)) continue
    const taken = kernels.has(node)
    if (taken && !readsOnlyCpu(view, node, kernels.get(node) ?? null, onCpu)) continue
    if (taken) back.add(node)
    for (const value of node.outputs) if (value) offer(value)
  }
  return back
}

function readsOnlyCpu(view: View, node: ViewNode, kernel: KernelRow | null, onCpu: ReadonlySet<Value>): boolean {
  return node.inputs.every((value, index) => {
    if (!value) return false
    const { type } = view.facts(value)
    if (type?.kind === 'tensor' && type.dtype && neverMoved.has(type.dtype)) return false
    if (value.isInput || isSmall(view, value)) return true
    return onCpu.has(value) && kernel?.cpuInputs?.includes(index) !== true
  })
}

function isSmall(view: View, value: Value): boolean {
  if (view.constant(value) === null) return false
  const { type } = view.facts(value)
  if (type?.kind !== 'tensor' || !type.shape) return false
  const dims = type.shape.filter((dim) => typeof dim === 'number')
  return dims.length === type.shape.length && count(dims) <= smallInitializer
}
