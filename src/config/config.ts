/**
 * The config file: a release's contract. What is checked, for which targets, and what fails. Plain data, so that it
 * can be JSON; `schema/config.json` is generated from these types, and files are checked against it.
 */
import type { Ignored } from '../result/acceptance.ts'

export interface Config {
  /** For editors: `./node_modules/deploycheck/schema/config.json`. */
  $schema?: string
  /**
   * Files, folders, globs, or entries with settings of their own; of several that name one model the last one counts.
   * Paths in a config are taken from its folder.
   */
  models?: string | (string | ModelEntry)[]
  /** As `--target` takes them, or with a severity. Default: ios, android, web. */
  targets?: (string | TargetEntry)[]
  /** Files or packages with targets of your own. */
  profiles?: string[]
  /** Sizes of symbolic dimensions. */
  dims?: Record<string, number>
  /** Shapes of inputs. */
  inputShapes?: Record<string, (number | string)[]>
  /** Values of small integer inputs; those beyond 2^53 as text. */
  inputValues?: Record<string, (number | string)[]>
  /** Operators that you register with the runtime: `domain::Op`. */
  customOps?: string[]
  /** Judge the nodes as they stand in the file. */
  asIs?: boolean
  /** Judge as if external data lay inside the file. */
  inlineWeights?: boolean
  /** A missing external-data file is a note, not an error. */
  withoutWeights?: boolean
  /** Also the SHA-256 of whole files. */
  hash?: boolean
  /** Ask the real providers beside the rules, where this machine can. */
  prove?: boolean
  /** Also what ONNX Runtime's own usability checker would say. */
  verdict?: 'ort'
  /** Your pre- and postprocessing, a module with defineWrapper. With it, or with runtimes, models are run, too. */
  wrapper?: string
  /** Where models are run, as `--runtime` takes them; an empty list runs nothing. */
  runtimes?: string[]
  /** Runtimes without which the run fails. */
  require?: string[]
  /** What the other runtimes are held against. Default: cpu. */
  reference?: string
  /** How many samples at most, or where they are: an .npz file, a test_data_set folder. */
  samples?: number | string
  /** Of random samples. */
  seed?: number
  /** Tolerances of outputs, by name; `*` for all that are not named. */
  tolerances?: Record<string, ToleranceConfig>
  /** By how much a metric of the wrapper may be lower than on the reference. */
  maxDrop?: Record<string, number>
  /** By runtime: the model that it gets in the place of the one that is named. */
  modelFor?: Record<string, string>
  /** By runtime: the wrapper that it gets. */
  wrapperFor?: Record<string, string>
  /** Name the first diverging node also where nothing mismatches. */
  bisect?: boolean
  /** Where a browser is: a path, or chrome, edge, chromium. */
  browser?: string
  /**
   * Of a session on the CPU.
   * @minimum 0
   */
  threads?: number
  /**
   * For each request to a runtime, in seconds.
   * @minimum 1
   */
  timeLimit?: number
  /** Measure latency where models are run; without it `ci` compares them only. */
  latency?: LatencyConfig | false
  /** What makes the exit code 1, beside errors. */
  gates?: GateConfig
  /** Findings and gates that do not count, each with a reason. */
  ignore?: Ignored[]
  /** A known-problems file: only what is not in it fails. `--update-known` writes it. */
  known?: string
  /** What `ci` writes, as `--format` takes it: `pretty`, `sarif=deploycheck.sarif`. */
  formats?: string[]
}

/** Models with settings of their own, which go before those of the config. */
export interface ModelEntry {
  /** Files, folders, globs. */
  files: string | string[]
  targets?: (string | TargetEntry)[]
  dims?: Record<string, number>
  inputShapes?: Record<string, (number | string)[]>
  inputValues?: Record<string, (number | string)[]>
  customOps?: string[]
  gates?: GateConfig
  wrapper?: string
  runtimes?: string[]
  samples?: number | string
  tolerances?: Record<string, ToleranceConfig>
  maxDrop?: Record<string, number>
  modelFor?: Record<string, string>
  wrapperFor?: Record<string, string>
  latency?: LatencyConfig | false
}

export interface LatencyConfig {
  /** How long is measured. */
  preset?: 'rapid' | 'quick' | 'normal'
  /**
   * Start everything anew so often.
   * @minimum 1
   */
  repeat?: number
  /**
   * Runs in flight at the same time.
   * @minimum 1
   */
  concurrency?: number
  budgets?: BudgetConfig
  /** A file of `--save-baseline`: what is slower than that fails. */
  baseline?: string
  /** Compare the ratio to this runtime, which travels between machines. */
  relativeTo?: string
}

/** By runtime, `*` for all of them: `{ "webgpu": "12ms" }`. A limit for all takes the place of those in what it goes before. */
export interface BudgetConfig {
  /** Of the median. */
  p50?: Record<string, string>
  /** Of creating the session. */
  load?: Record<string, string>
  /** Of the peak of memory. */
  memory?: Record<string, string>
  /** Of the file and its external data: `20MB`. */
  modelBytes?: string
}

export interface ToleranceConfig {
  /**
   * Absolute.
   * @minimum 0
   */
  atol?: number
  /**
   * Relative to the reference.
   * @minimum 0
   */
  rtol?: number
}

export interface TargetEntry {
  /** As `--target` takes it: `nnapi`, `android`, `nnapi@api=29`. */
  target: string
  /** Instead of what stands after `@`. */
  parameters?: Record<string, string | number | boolean>
  /** `error` (default) fails as a target named by itself does, `warning` is shown and never fails, `off` is not asked. */
  severity?: 'error' | 'warning' | 'off'
}

export interface GateConfig {
  /** The verdict from which on a target fails. */
  failOn?: 'partial' | 'unknown' | 'blocked'
  /**
   * Least MAC coverage in percent.
   * @minimum 0
   * @maximum 100
   */
  minCoverage?: number
  /**
   * Most accelerator partitions.
   * @minimum 0
   */
  maxPartitions?: number
}

/** Gives a config its type; changes nothing. */
export const defineConfig = (config: Config): Config => config
