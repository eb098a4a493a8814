/**
 * The one result type that check, run and all reporters share: plain data, versioned, serialisable.
 * `schema/result.json` is generated from this file.
 */
import type { AcceptedEntry } from './acceptance.ts'
import type { Evidence, Finding, NodeRef, Source } from './finding.ts'
import type { GraphPicture } from './graph.ts'
import type { RunResult } from './run.ts'

export const schemaVersion = 1

export interface Result {
  schemaVersion: number
  tool: { name: string; version: string }
  exitCode: number
  models: (ModelResult | ModelFailure)[]
  /** `run`, `compare` and `ci`: one entry per model and wrapper. */
  runs?: RunResult[]
  /** `compare` only: the models as candidates for one place. */
  comparison?: Comparison
  /** Why the exit code is 1, one entry per gate that failed; empty otherwise. */
  gates: GateFailure[]
  /** About what was asked, not about one model: entries that are expired or unused. */
  findings?: Finding[]
  /** `ignore` of the config and the known-problems file, entry by entry, where there are any. */
  accepted?: AcceptedEntry[]
  /** Interrupted: the models that were not reached are missing. */
  partial?: true
  /** The question could not be asked at all: an unknown target, a bad flag. */
  error?: ErrorInfo
}

/** Candidates side by side. */
export interface Comparison {
  /** Columns that were asked for; absent: all that there are. */
  asked?: string[]
  columns: ComparisonColumn[]
  candidates: Candidate[]
}

export interface ComparisonColumn {
  /** `macs`, `params`, `bytes`, `coverage:nnapi`, `partitions:nnapi`, `p50:cpu`, `memory:cpu`, `metric:top1`. */
  id: string
  better: 'less' | 'more'
  unit: 'count' | 'bytes' | 'ms' | 'share' | 'value'
}

export interface Candidate {
  /** Path of the model. */
  model: string
  /** By column; null where it is not known. */
  values: Record<string, number | null>
  /** Nothing else is as good in all columns and better in one. */
  isOnFront: boolean
  /** Candidates that are as good in all columns and better in one. */
  dominatedBy: string[]
}

/** A model that could not be read at all. */
export interface ModelFailure {
  path: string
  error: ErrorInfo
}

export interface ErrorInfo {
  /** Stable, kebab-case: `truncated`, `unknown-target`. */
  code: string
  message: string
  /** Byte position in the file; null where no byte is to blame. */
  offset: number | null
  expected?: string
  fix?: string
}

/** A gate that failed, and makes the exit code 1. */
export interface GateFailure {
  model: string
  /** Null where the model itself is at fault. */
  target: string | null
  gate: 'error' | 'verdict' | 'coverage' | 'partitions' | 'run' | 'p50' | 'load' | 'memory' | 'model-bytes' | 'baseline'
  /** What was asked and what was found, in one sentence. */
  message: string
}

/** A dimension: a number; an expression over symbols as text; null where unknown. */
export type DimText = number | string | null

export interface ValueInfo {
  name: string
  /** Element type; ONNX's type string for what is not a tensor; null where unknown. */
  dtype: string | null
  shape: DimText[] | null
}

export interface ModelResult {
  path: string
  /** SHA-256 over the skeleton and, for each skipped range, its source, offset and length. */
  digest: string
  sha256: string | null
  bytes: number
  weightBytes: number
  irVersion: number | null
  opsets: Record<string, number>
  producer: string
  inputs: ValueInfo[]
  outputs: ValueInfo[]
  totals: Totals
  findings: Finding[]
  /** Where its cost lies. */
  hotspots?: Hotspots
  /** How it fits below known ceilings of memory. */
  memory?: MemoryFit[]
  /** `inspect` only. */
  values?: Record<string, ValueDetail>
  /** `inspect` only: values of If, Loop and Scan bodies, by scope. */
  scopes?: Record<string, { values: Record<string, ValueDetail> }>
  /** `inspect` only: cost of each node of the main graph. */
  nodes?: NodeCost[]
  /** `check` only. */
  targets?: TargetResult[]
  /** For reports with a picture (`html`, and `blob` which such a report is made from): the main graph, then bodies. */
  graphs?: GraphPicture[]
}

/** What dominates: the largest first, at most five of each. */
export interface Hotspots {
  macs: Hotspot[]
  params: Hotspot[]
  /** Values that live when the activations take most, in bytes. */
  activations: Hotspot[]
}

export interface Hotspot {
  /** Null: an input of the model. */
  node: NodeRef | null
  name: string
  op: string
  amount: number
  /** Of the model's total. */
  share: number
}

export interface MemoryFit {
  /** `wasm32`, `protobuf`, `webgpu-buffer`, `webgpu-binding`, `ios-tab`. */
  id: string
  title: string
  /** Bytes. */
  limit: number
  /** Bytes that are needed at least. */
  needed: number
  /** Null: as far as it is known; more may be needed. */
  fits: boolean | null
  /** What is counted. */
  counted: string
  source: Source
  evidence: Evidence
}

export interface Totals {
  nodes: number
  macs: number | null
  params: number | null
  peakActivationBytes: number | null
}

export interface ValueDetail {
  dtype: string | null
  shape: DimText[] | null
  const: boolean
  /** Why something is unknown; null where nothing is. */
  why: string | null
}

export interface NodeCost {
  index: number
  name: string
  op: string
  domain: string
  macs: number | null
  params: number | null
  bytesRead: number | null
  bytesWritten: number | null
}

export type Verdict = 'ready' | 'partial' | 'unknown' | 'blocked'
export type Placement = 'target' | 'host' | 'folded' | 'blocked' | 'unknown'

export interface TargetResult {
  id: string
  /** The group through which it was asked; null when asked by its own name. */
  group: string | null
  /** Whether its verdict and errors gate the exit code. */
  decides: boolean
  parameters: Record<string, string | number | boolean>
  verdict: Verdict
  /** Share of the nodes that are not folded, by count and by MACs; null where it cannot be computed. */
  coverage: { nodes: number | null; macs: number | null }
  partitions: Partition[]
  nodes: NodeVerdict[]
  findings: Finding[]
  causes: Cause[]
  /** The name that people know the target by. */
  title?: string
  status?: TargetStatus
  /** The target whose kernels run what this one leaves: `cpu`, `wasm@build=reduced`; null: the application has to. */
  host?: string | null
  /** What a verdict on this target does not cover: drivers, the vendor's compiler. */
  limits?: string[]
  /** `--prove`: whether the real provider says the same, as far as it was heard; null where it was not asked. */
  verified?: boolean | null
  proof?: ProofFigures
  /** What an engineer asks next, layer by layer: FPGA flows say how a layer can be folded and what it takes. */
  layers?: LayerFigures[]
}

export interface LayerFigures {
  node: NodeRef
  name: string
  op: string
  /** By name: `multipliers`, `PE divisors`. */
  figures: Record<string, number | string | number[]>
}

/** What a real provider was heard to say. */
export interface ProofFigures {
  /** `onnxruntime-web 1.30.0`. */
  runtime: string
  /** Nodes of which it says the same, and nodes of which it says something else. */
  agree: number
  differ: number
}

export interface TargetStatus {
  state: string
  /** Since when: `Android 15`. */
  since?: string
  /** Targets to use instead. */
  instead?: string[]
}

export interface Partition {
  id: number
  nodes: NodeRef[]
  macs: number | null
  bytesIn: number | null
  bytesOut: number | null
}

export interface NodeVerdict {
  /** Position in the `graph.node` list of its own graph. */
  index: number
  /** `""` for the main graph, otherwise the path of its owners: `"12/then_branch"`. */
  scope: string
  name: string
  op: string
  domain: string
  /** The provider's rule for the node alone; null: unknown, or folded before it is asked. */
  supported: boolean | null
  placement: Placement
  /** Partition id; null when in none. */
  partition: number | null
  /** Why the placement is what it is, in one line, where it is not the target. */
  why?: string
  /** The nodes that carry the work of a fused node. */
  fusedInto?: NodeRef[]
  /** `--prove`: whether the real provider says the same; null where it says nothing of this node. */
  verified?: boolean | null
  /** Ids of the findings that concern it. */
  findings: string[]
}

export interface Cause {
  /** Ids of findings. */
  findings: string[]
  nodes: NodeRef[]
  /** "9 partitions become 1" */
  effect: string
}

export const isFailure = (model: ModelResult | ModelFailure): model is ModelFailure => 'error' in model
