/** What can be asked of a host, and what it answers: the same for a child process and for a page. */

import type { Tensors } from '../../tensors/tensor.ts'
import type { Adapter, GraphOptimizationLevel, Run, SessionValue } from '../runtime.ts'

/** Method → its request and its answer. */
export interface Requests {
  start: [StartRequest, null]
  open: [OpenRequest, Opened]
  run: [RunRequest, Run]
  measure: [{ session: number; feeds: Tensors; runs: number; timeLimit: number }, number[]]
  /** Ends profiling; gives what the runtime wrote. */
  profile: [{ session: number }, string]
  memory: [null, number | null]
  close: [{ session: number }, null]
  load: [{ url: string }, { code: number; exports: string[] }]
  call: [{ code: number; name: string; args: readonly unknown[] }, { value: unknown; time: number }]
  /** The GPU that this place offers, without a session. */
  adapter: [AdapterRequest, AdapterAnswer]
}

export type Method = keyof Requests

export interface StartRequest {
  /** URL of onnxruntime's module. */
  module: string
  /** `native` is onnxruntime-node; the others have no file system of their own. */
  build: 'native' | 'web'
  /** Of the WebAssembly build, which has them per process. */
  threads: number | null
}

export interface OpenRequest {
  /** A path or URL that onnxruntime reads itself, or the bytes. */
  model: string | Uint8Array
  externalData: { path: string; data: string }[]
  provider: { name: string } & Record<string, unknown>
  graphOptimizationLevel: GraphOptimizationLevel
  threads: number | null
  profiling: boolean
  config: Record<string, string>
}

export interface Opened {
  session: number
  inputs: SessionValue[]
  outputs: SessionValue[]
  time: number
  /** Of the device that the session uses; null where the runtime does not tell. */
  adapter: Adapter | null
}

export interface RunRequest {
  session: number
  feeds: Tensors
  /** Null: all outputs. */
  fetches: readonly string[] | null
}

export type AdapterRequest = {
  /** URL of the package `webgpu`; null in a page, which has navigator.gpu. */
  webgpu: string | null
  /** Also try WebNN with this kind of device. */
  webnn: string | null
}

export interface AdapterAnswer {
  /** Null: there is none. */
  webgpu: Adapter | null
  /** Why WebNN does not work; null where it does or was not asked for. */
  webnn: string | null
}
