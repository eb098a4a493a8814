/**
 * The GPU that WebGPU finds, by the package `webgpu`: Dawn, which onnxruntime-node has inside as well but does not let
 * speak. The same environment gives the same adapter.
 */
import { type AdapterInfo, adapterOf } from '../detect/adapter.ts'
import type { Adapter } from '../runtime.ts'

interface Gpu {
  requestAdapter(options: object): Promise<AdapterInfo | null>
}

/** @param url of the package's module. Null: no adapter. */
export async function webgpuAdapter(url: string): Promise<Adapter | null> {
  const { create } = (await import(url)) as { create(flags: string[]): Gpu }
  // onnxruntime asks for the same.
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' })
  return adapter && adapterOf(adapter)
}
