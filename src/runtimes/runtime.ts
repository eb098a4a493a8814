/**
 * What runs a model: one small interface over onnxruntime in Node and in browsers. A runtime keeps its sessions in a
 * process or a page of its own, so that a crash, a hang or a ruined page costs that and nothing else.
 *
 * Times are milliseconds, sizes bytes. Whatever a user can cause is a Problem; its code says what failed:
 * `runtime-unavailable`, `model-refused`, `bad-feeds`, `not-carried`, `run-failed`, `code-failed`,
 * `runtime-timeout`, `runtime-crashed`, `interrupted`, `session-closed`.
 */
import type { DType } from '../graph/dtype.ts'
import type { RuntimePlacement } from '../result/run.ts'
import type { Tensors } from '../tensors/tensor.ts'

export type RuntimeKind = 'cpu' | 'gpu' | 'npu'

export interface Runtime {
  /** As it was asked for, parameters included: `browser-webgpu@impl=jsep`. */
  readonly id: string
  readonly kind: RuntimeKind
  /** Where its sessions live, and the code that `load` takes there. */
  readonly platform: 'node' | 'browser'
  /** Whether it can run here, found out by trying, once. Does not throw for what is missing. */
  available(): Promise<Availability>
  /** A session for a model. @throws Problem `runtime-unavailable`, `model-refused`, `not-carried` */
  open(model: ModelSource, options?: OpenOptions): Promise<Session>
  /** Code of the user, where the sessions live: its pre- and post-processing run there. */
  load(code: CodeSource): Promise<LoadedCode>
  /** Ends the process or page and all that lives there. May be opened again. */
  close(): Promise<void>
}

export interface Availability {
  readonly available: boolean
  /** Why it is not: what was looked for, what was found. Null where it is. */
  readonly reason: string | null
  /** What to do about it. */
  readonly fix: string | null
  /** Of the runtime's package; null where it is not installed. */
  readonly version: string | null
  /** All that takes part, with its version: `onnxruntime-web`, `playwright-core`, `chromium`. */
  readonly parts: Readonly<Record<string, string>>
  /** Null on the CPU. */
  readonly adapter: Adapter | null
}

/** The GPU behind a runtime. */
export interface Adapter {
  /** As the runtime or its driver says it; null where nobody does. */
  readonly name: string | null
  /** Made of software, such as SwiftShader: its speed says nothing about a device. Null where it is not known. */
  readonly software: boolean | null
  /** Whether it computes in float16 (the feature shader-f16). Null where it is not known. */
  readonly float16: boolean | null
}

/** How a runtime is made; the same for all its sessions. */
export interface RuntimeSettings {
  /** Threads of a session on the CPU; by default what the runtime chooses. */
  readonly threads?: number
  /** Path or name (`chrome`, `edge`, `chromium`) of the browser; by default CHROME_PATH, then what is installed. */
  readonly browser?: string
  /** For each request, in milliseconds; beyond it the process or page is ended. Default: two minutes, ten on a software adapter. */
  readonly timeLimit?: number
  /** Ends everything at once. */
  readonly signal?: AbortSignal
  /** What the runtime or the user's code writes to its console. */
  readonly log?: (text: string) => void
}

/**
 * Makes a runtime; nothing is started before it is asked something.
 * @param id as it was asked for
 * @param parameters all that it has
 */
export type MakeRuntime = (
  id: string,
  parameters: Readonly<Record<string, string>>,
  settings: RuntimeSettings,
) => Runtime

/** A file, or a model made in memory; `folder` is where its external data lies, if it has any. */
export type ModelSource = { readonly path: string } | { readonly bytes: Uint8Array; readonly folder?: string }

export type GraphOptimizationLevel = 'disabled' | 'basic' | 'extended' | 'layout' | 'all'

export interface OpenOptions {
  /** Default: `all`, as that of a session without options. */
  readonly graphOptimizationLevel?: GraphOptimizationLevel
  /** Records where and how long each node runs, until `profile` is asked. */
  readonly profiling?: boolean
  /** Options of the execution provider: `{ preferredLayout: 'NCHW' }`. */
  readonly provider?: Readonly<Record<string, unknown>>
  /** Session configuration entries by their whole key: `{ 'session.disable_prepacking': '1' }`. */
  readonly config?: Readonly<Record<string, string>>
  /** In place of the runtime's own, for opening and for each run. */
  readonly timeLimit?: number
}

/** An input or output of a session. */
export interface SessionValue {
  readonly name: string
  /** Null: not a tensor. */
  readonly dtype: DType | null
  /** A text is a symbolic size, '' one without a name. Null: not a tensor. */
  readonly shape: readonly (number | string)[] | null
}

export interface Session {
  readonly inputs: readonly SessionValue[]
  readonly outputs: readonly SessionValue[]
  /** Creation of the session, the reading of the model included. */
  readonly loadTime: number
  /** The GPU that this session uses, as far as it is known; null on the CPU. */
  readonly adapter: Adapter | null
  /** One run. `fetches`: names of outputs, by default all. The outputs are copies in memory. */
  run(feeds: Tensors, fetches?: readonly string[]): Promise<Run>
  /**
   * Durations of up to `runs` runs, one after the other, each with all outputs read back. Ends early, after at least
   * one run, where half of the time limit is used up.
   */
  measure(feeds: Tensors, runs: number): Promise<number[]>
  /** Needs `profiling`. The first call ends it: runs before it are in the profile, later ones run without. */
  profile(): Promise<SessionProfile>
  /** Where the nodes really ran: that of the profile. */
  placement(): Promise<RuntimePlacement>
  /** Peak resident memory of the process with all its sessions; of a page what the browser says now. Null: unknown. */
  memory(): Promise<number | null>
  close(): Promise<void>
}

export interface Run {
  readonly outputs: Tensors
  /** From the feeds in memory to the outputs in memory, measured beside the session. */
  readonly time: number
}

export interface SessionProfile {
  readonly placement: RuntimePlacement
  /** Runs that were recorded. */
  readonly runs: number
  /** In the order in which they ran first. */
  readonly nodes: readonly NodeTime[]
}

/** One node of the graph as the session optimised it: fused nodes have names of their own. */
export interface NodeTime {
  readonly name: string
  readonly op: string
  /** `CPUExecutionProvider`, `WebGpuExecutionProvider`, … */
  readonly provider: string
  /** Mean per run; the first run counts only where it is the only one. On a GPU this is the time to submit the work. */
  readonly time: number
  /** The same on the GPU's own clock, where it has one. */
  readonly deviceTime: number | null
}

/** An ES module: its text, or (in Node only) where it lies. */
export type CodeSource = { readonly code: string } | { readonly url: string }

export interface LoadedCode {
  readonly exports: readonly string[]
  /**
   * Calls an exported function, `preprocess`, or a method of an exported object, `default.preprocess`. Arguments and
   * result are what structured clone can carry. @throws Problem `code-failed`, with the error's own words
   */
  call(name: string, args: readonly unknown[], timeLimit?: number): Promise<Called>
}

export interface Called {
  readonly value: unknown
  /** Measured beside the code. */
  readonly time: number
}
