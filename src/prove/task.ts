/** What the program that asks a provider is told, and what it answers: a line of JSON per model. */
import type { ModelCopy } from './copy.ts'

export interface Task {
  /** URL of the runtime's module. */
  readonly module: string
  /** URL of the package `webgpu`, for a device without a GPU; null where the provider needs none. */
  readonly dawn: string | null
  /** The runtime reads files itself. */
  readonly native: boolean
  readonly provider: Readonly<Record<string, unknown>> & { readonly name: string }
  readonly level: 'disabled' | 'basic'
  readonly models: readonly ModelCopy[]
}

export interface Proof {
  /** Name of a node → `WebGpuExecutionProvider`, as far as the runtime has said it. */
  readonly placement: Readonly<Record<string, string>>
  /** Why no session was made; null where one was. */
  readonly error: string | null
}
