/** What a run can be asked. */
import type { FieldRule } from '../compare/fields.ts'
import type { Budget } from '../latency/budgets.ts'
import type { PresetName } from '../latency/plan.ts'
import type { RuntimeSettings } from '../runtimes/runtime.ts'

export interface RunOptions {
  /** Also the graph of the model as it is drawn: see ModelResult.graphs. */
  readonly graphs?: boolean
  /** As `createRuntime` takes them; by default `defaultRuntimes`. The reference is run first, whether named or not. */
  readonly runtimes?: readonly string[]
  /** Runtimes that must be there; run as well. */
  readonly require?: readonly string[]
  /** What the others are held against; by default `cpu`. */
  readonly reference?: string
  /** How many samples at most; without samples, how many random ones. */
  readonly samples?: number
  /** An .npz file, an ONNX test_data_set folder, or a folder of such: in place of the wrapper's own samples. */
  readonly inputs?: string
  /** Of random samples. */
  readonly seed?: number
  /** Tolerances of outputs of the model, by name; `*` is for all that are not named. */
  readonly tolerances?: Readonly<Record<string, Pick<FieldRule, 'atol' | 'rtol'>>>
  /** Another model for one runtime: what is shipped there. By the runtime's id. */
  readonly models?: Readonly<Record<string, string>>
  /** Another wrapper for one runtime: the code that is shipped there. By the runtime's id. */
  readonly wrappers?: Readonly<Record<string, string>>
  /** Look for the first diverging node also where nothing mismatches. */
  readonly bisect?: boolean
  /** Folder for the first diverging node as a model of its own, with its inputs and expected outputs. */
  readonly saveRepro?: string
  /** File that inputs, stage tensors and results of the reference are written to. */
  readonly record?: string
  /** A recording that takes the place of the reference. */
  readonly replay?: string
  /** Metric → by how much it may be lower than that of the reference. */
  readonly maxDrop?: Readonly<Record<string, number>>
  /** How fast it is; without this nothing is measured. */
  readonly latency?: LatencyOptions
  /** Sizes of symbolic dimensions, for random samples. */
  readonly dims?: ReadonlyMap<string, number>
  /** Shapes of inputs, likewise. */
  readonly inputShapes?: ReadonlyMap<string, readonly (number | string)[]>
  /** Values of inputs, likewise: every sample has these. */
  readonly inputValues?: ReadonlyMap<string, readonly (number | bigint)[]>
  /** Browser, threads, time limit. */
  readonly settings?: Omit<RuntimeSettings, 'signal'>
  /** Ends early; what is compared so far is the result, marked partial. */
  readonly signal?: AbortSignal
  /** Called with what is being done. */
  readonly onStep?: (text: string) => void
}

/** Without a wrapper a browser adds nothing that the same provider in Node does not show; with one, its platform does. */
export const defaultRuntimes = (hasWrapper: boolean): readonly string[] =>
  hasWrapper ? ['cpu', 'wasm', 'webgpu', 'browser-wasm', 'browser-webgpu'] : ['cpu', 'wasm', 'webgpu']

export const defaultReference = 'cpu'

/** For user code, in milliseconds: decoding an image takes less, and a hang should not take minutes to be noticed. */
export const wrapperTimeLimit = 30_000

/** How latency is measured, and what it is held against. */
export interface LatencyOptions {
  /** How much is measured; by default `quick`. */
  readonly preset?: PresetName
  /** Repetitions of the process, which lie further apart than the runs of one; by default one. */
  readonly repeat?: number
  /** Runs in flight at the same time, for the throughput; by default one. */
  readonly concurrency?: number
  readonly budgets?: readonly Budget[]
  /** File with an earlier measurement to compare with. */
  readonly baseline?: string
  /** File that this measurement is written to. */
  readonly saveBaseline?: string
  /** Runtime whose time is the unit of the comparison: ratios travel between machines. */
  readonly relativeTo?: string
}
