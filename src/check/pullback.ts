/**
 * Nodes that a kernel provider gives back to the CPU because all they read lies there already, as shape arithmetic
 * does. Source: framework/fallback_cpu_capability.cc and framework/graph_partitioner.cc of ONNX Runtime 1.30.
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

/** Every node that the provider claims, with the kernel that was found. */
export type Claims = ReadonlyMap<ViewNode, KernelRow | null>

/**
 * The nodes that go back to the CPU. Providers that work channels last are asked a second time, with the claims of the
 * first time fixed: only what was given back then is looked at again, and CPU memory that fixed nodes fill does not
 * count. A provider that has nothing after the first time is not asked again.
 */
export function pulledBack(view: View, claims: Claims, times: 'once' | 'twice'): ReadonlySet<ViewNode> {
  const first = onePass(view, claims, (node) => claims.has(node))
  if (times === 'once' || first.size === claims.size) return first
  return onePass(view, claims, (node) => first.has(node))
}

function onePass(view: View, claims: Claims, isOpen: (node: ViewNode) => boolean): Set<ViewNode> {
  const onCpu = new Set<Value>()
  const candidates = new Set<ViewNode>()
  const offer = (value: Value): void => {
    onCpu.add(value)
    for (const { node } of view.readings(value)) candidates.add(node)
  }
  for (const [node, kernel] of claims)
    for (const output of kernel?.cpuOutputs ?? []) {
      const value = node.outputs[output]
      if (value && isOpen(node)) offer(value)
    }
  const back = new Set<ViewNode>()
  // Nodes stand in topological order, so one pass meets every candidate after those that feed it.
  for (const node of view.nodes) {
    if (!candidates.has(node)) continue
    if (claims.has(node)) {
      if (!isOpen(node) || !readsOnlyCpu(view, node, claims.get(node) ?? null, onCpu)) continue
      back.add(node)
    }
    for (const value of node.outputs) if (value) offer(value)
  }
  return back
}

function readsOnlyCpu(view: View, node: ViewNode, kernel: KernelRow | null, onCpu: ReadonlySet<Value>): boolean {
  return node.inputs.every((value, index) => {
    if (!value) return false
    const { type } = view.facts(value)
    if (type?.kind === 'tensor' && type.dtype && neverMoved.has(type.dtype)) return false
    if (isFed(view, value) || isSmall(view, value)) return true
    return onCpu.has(value) && kernel?.cpuInputs?.includes(index) !== true
  })
}

/** An input of this very graph; those with a default count as initializers. */
const isFed = (view: View, value: Value): boolean =>
  value.isInput && value.initializer === null && value.graph === view.graph

function isSmall(view: View, value: Value): boolean {
  if (value.initializer) return count(value.initializer.dims) <= smallInitializer
  if (view.constant(value) === null) return false
  const { type } = view.facts(value)
  if (type?.kind !== 'tensor' || !type.shape) return false
  const dims = type.shape.filter((dim) => typeof dim === 'number')
  return dims.length === type.shape.length && count(dims) <= smallInitializer
}
