/**
 * What a run says: the wrapper on several runtimes, stage by stage against the reference, with latency and the user's
 * own metrics. Times are milliseconds, sizes bytes. A number is null where it was not measured or is not finite.
 */
import type { Finding } from './finding.ts'

/** One model with one wrapper, or without. */
export interface RunResult {
  model: string
  /** Path of the wrapper's module; null without one. */
  wrapper: string | null
  /** Id of the runtime that the others are held against. */
  reference: string
  samples: number
  /** Where the samples come from: `random`, `wrapper`, or the path of a recording or test data. */
  source: string
  runtimes: RuntimeRun[]
  baseline: BaselineVerdict | null
  findings: Finding[]
  environment: Environment
  /** Interrupted: what was measured so far. */
  partial?: true
}

/** Where it was measured. Two runs are comparable where all of this is equal. */
export interface Environment {
  cpu: string
  cores: number
  os: string
  node: string
  /** SHA-256 of the model file; null where it was not read whole. */
  model: string | null
}

export interface RuntimeRun {
  id: string
  /** Of the runtime's package; null where it is not installed. */
  version: string | null
  /** Name of the GPU, as the runtime says it; null on the CPU, or where it is not said. */
  adapter: string | null
  /** A GPU made of software, such as SwiftShader: its latency says nothing about a device. */
  software: boolean
  status: 'ok' | 'unavailable' | 'failed'
  /** Why it is not `ok`, and what to do. */
  reason: string | null
  /** Where the nodes really ran; null where the runtime does not tell. */
  placement: RuntimePlacement | null
  /** Null for the reference, and where the runtime did not run. */
  stages: Record<Stage, StageResult> | null
  decisions: 'agree' | 'change' | 'none'
  /** Samples that differ, the worst first. */
  worst: WorstSample[]
  /** Against the outputs that the samples say are right (ONNX test data); null where they say nothing. */
  expected: { verdict: StageVerdict; outputs: OutputComparison[] } | null
  /** The stage at which it parts from the reference. */
  attribution: Stage | null
  /** What happened, in one sentence. */
  sentence: string
  firstDiverging: FirstDiverging | null
  metrics: Record<string, MetricValue>
  slices: SliceResult[]
  latency: Latency | null
}

export type Stage = 'pre' | 'model' | 'post'
export type StageVerdict = 'match' | 'drift' | 'mismatch' | 'not-run'

export interface RuntimePlacement {
  /** Nodes by provider, as the session's profile has them: `WebGpuExecutionProvider` → 12. */
  nodes: Record<string, number>
  /** Copies between device and host that the runtime put in. */
  copies: number
  /** Operators that ran on the CPU although a GPU was asked for, with how many nodes each. */
  fallback: Record<string, number>
}

export interface StageResult {
  /** On the runtime's own inputs of the stage: what a user of that runtime gets. */
  verdict: StageVerdict
  /** On the reference's inputs of the stage: what this stage alone does. */
  crossFed: StageVerdict
  outputs: OutputComparison[]
  /** The same on the reference's inputs of the stage. */
  crossFedOutputs: OutputComparison[]
}

/** A sample on which a runtime differs from the reference, the worst first. */
export interface WorstSample {
  sample: string
  /** Where it differs most. */
  stage: Stage
  output: string
  verdict: StageVerdict
  maxAbs: number | null
}

/** One tensor or result field over all samples; the worst sample decides. */
export interface OutputComparison {
  name: string
  verdict: StageVerdict
  maxAbs: number | null
  maxRel: number | null
  /** Mean and 99th percentile of the absolute error. */
  mean: number | null
  p99: number | null
  cosine: number | null
  /** Decibels, with the largest value of the reference as the peak; null where nothing differs. */
  psnr: number | null
  /** Largest distance in units in the last place, of float32, float16 and bfloat16. */
  maxUlp: number | null
  /** Elements compared, and those beyond the error tolerance. */
  count: number
  mismatched: number
  firstMismatch: Mismatch | null
  /** The tolerance that was used, in words: `1e-4·s + 1e-4·|x| (float32, cpu – webgpu)`. */
  tolerance: string
  /** Anything that the numbers do not say: another shape, NaN on one side, a constant output. */
  why: string | null
}

export interface Mismatch {
  sample: string
  /** One index per axis. */
  index: number[]
  expected: number | string | null
  actual: number | string | null
}

export interface FirstDiverging {
  /** Position in the file's node list, or `scope/index`. */
  node: number | string
  name: string
  op: string
  /** The output that leaves the tolerance while all inputs of the node agree. */
  output: string
  maxAbs: number | null
  maxRel: number | null
  inputs: { name: string; dtype: string; shape: number[]; maxAbs: number | null }[]
  attributes: Record<string, string>
  /** Making inner values outputs changed the answer of the whole model, so that the place is less certain. */
  tapsChangeResult: boolean
  /** Folder with the node as a model of its own, where one was asked for. */
  repro: string | null
}

export interface MetricValue {
  value: number | null
  /** Difference from the reference; null for the reference itself. */
  delta: number | null
  /** 95 % confidence interval of the difference. */
  deltaCi95: [number, number] | null
}

/** The metrics over the samples of one slice. */
export interface SliceResult {
  name: string
  samples: number
  metrics: Record<string, MetricValue>
}

export interface Latency {
  /** Session creation. */
  load: number
  /** First run after it. */
  first: number
  warm: Sampled
  /** Warm runs by stage. */
  stages: Partial<Record<Stage, Sampled>>
  /** From the session's profile; empty where the runtime has none. */
  perOp: OpTime[]
  /** Peak resident memory of the process, or what the browser says of the page; null where it is not known. */
  memoryBytes: number | null
  /** Fast end (5th percentile) of each repetition of the process, which a baseline compares; one where no more were asked for. */
  repetitions: number[]
  /** Runs in flight at the same time. */
  concurrency: number
  /** Runs before the first that counts, and whether their times had settled. */
  warmUp: { runs: number; settled: boolean }
}

export interface Sampled {
  n: number
  p50: number | null
  /** Bootstrap 95 % confidence interval of the median. */
  p50ci95: [number, number] | null
  /** From 100 samples on. */
  p90: number | null
  /** From 1000 samples on. */
  p99: number | null
  /** Median absolute deviation. */
  mad: number | null
  /** Runs per second. */
  throughput: number | null
  valid: boolean
  /** Why it is not valid: too few samples, unstable, timer too coarse, machine busy, software adapter. */
  reason: string | null
  /** The samples themselves, in the order measured. */
  samples: number[]
}

export interface OpTime {
  node: number | string | null
  name: string
  op: string
  provider: string
  /** Mean per run. */
  ms: number
  share: number
  macs: number | null
  bytes: number | null
  /** What its time goes into, judged against the other nodes of the same run; null where that cannot be said. */
  bound: 'compute' | 'memory' | 'overhead' | 'copy' | null
}

export type BaselineOutcome = 'faster' | 'same' | 'slower' | 'inconclusive' | 'not-comparable'

export interface BaselineVerdict {
  /** The worst of the runtimes. */
  verdict: BaselineOutcome
  file: string
  runtimes: RuntimeBaseline[]
}

export interface RuntimeBaseline {
  id: string
  verdict: BaselineOutcome
  /** New time over old, of the fast ends of the processes. */
  ratio: number | null
  ratioCi95: [number, number] | null
  /** Of the rank test. */
  p: number | null
  /** Change from which on it counts, as a share: 0.05. */
  threshold: number
  why: string
}
