/** Plain answers of `targets` and `explain`: what a target is, which rules it has, why a node got its verdict. */
import type { Evidence, Finding, NodeRef, Source } from './finding.ts'
import type { NodeVerdict, Placement, TargetStatus, Verdict } from './result.ts'

interface Answer {
  schemaVersion: number
  tool: { name: string; version: string }
  exitCode: number
}

/** `targets`: all that can be asked. */
export interface TargetList extends Answer {
  targets: TargetInfo[]
  groups: { id: string; targets: string[] }[]
}

export interface TargetInfo {
  id: string
  title: string
  status: TargetStatus
  parameters: TargetParameter[]
  /** Operators that it has a rule for. */
  operators: number
  /** Conditions by how they are known. */
  evidence: Partial<Record<Evidence, number>>
  notes: string[]
}

export interface TargetParameter {
  name: string
  title: string
  type: string
  /** Null: not set unless asked for. */
  default: string | number | boolean | null
  /** `27–36`, `native, jsep`; empty where anything goes. */
  range: string
}

/** `targets <id>` and `explain <op> --target t`: every rule that a target has, of all operators or of one. */
export interface TargetRules extends Answer {
  targets: {
    info: TargetInfo
    rules: Rule[]
    /** Conditions with a name that rules use. */
    shared: { name: string; condition: string }[]
  }[]
}

/** One condition. */
export interface Rule {
  /** `domain::Op` or `Op`; `*` for rules of every node, `(model)` for those of the model as a whole. */
  op: string
  /** Versions of the operator, `11..`; empty: all. */
  since: string
  /** The rule is for nodes for which this holds. */
  when?: string
  phase: string
  /** What follows: refused unless it holds; claimed and then failing, or computed wrongly, when it holds. */
  verb: 'that' | 'fails' | 'wrong' | 'kernel'
  condition: string
  fix?: string
  issue?: string
  source?: Source
  evidence?: Evidence
}

/** `explain <model> <node>`. */
export interface NodeExplanation extends Answer {
  model: string
  node: { ref: NodeRef; name: string; op: string; domain: string; since: number | null }
  inputs: ExplainedValue[]
  outputs: ExplainedValue[]
  attributes: { name: string; value: string }[]
  targets: ExplainedVerdict[]
}

export interface ExplainedValue {
  name: string
  dtype: string | null
  /** `[1, 3, H, W]`; null where not even the rank is known. */
  shape: (number | string | null)[] | null
  const: boolean
  why: string | null
}

export interface ExplainedVerdict {
  id: string
  group: string | null
  parameters: Record<string, string | number | boolean>
  /** Of the whole model. */
  verdict: Verdict
  /** As in the result of a target. */
  host: string | null
  node: NodeVerdict
  findings: Finding[]
  /** In the order in which the provider asks. */
  conditions: ExplainedCondition[]
}

export interface ExplainedCondition extends Rule {
  /** null: unknown. */
  holds: boolean | null
  /** The terms that decide, with the values found. */
  explanation: string
}

/** `targets diff <a> <b>`: rules that one of two targets has and the other has not. */
export interface TargetDiff extends Answer {
  a: DiffSide
  b: DiffSide
  onlyA: Rule[]
  onlyB: Rule[]
  /** Null without a model. */
  model: ModelDiff | null
}

export interface DiffSide {
  id: string
  parameters: Record<string, string | number | boolean>
}

/** What changes for one model. */
export interface ModelDiff {
  path: string
  verdicts: { a: Verdict; b: Verdict }
  coverage: { a: number | null; b: number | null }
  partitions: { a: number; b: number }
  nodes: { ref: NodeRef; name: string; op: string; a: Placement; b: Placement; why: string | null }[]
}

/** `targets lint <file>`: what a reviewer would say about a target of one's own. */
export interface TargetLint extends Answer {
  file: string
  findings: Finding[]
}

/** `targets test <file> <cases>` */
export interface TargetTest extends Answer {
  file: string
  cases: { model: string; node: string; expected: Placement; found: Placement; why: string | null }[]
}

/** `runtimes`: what can run a model on this machine. */
export interface RuntimeList extends Answer {
  runtimes: RuntimeInfo[]
  /** Those of `--require` that are not available; then the exit code is 1. */
  missing: string[]
}

export interface RuntimeInfo {
  /** As asked for, with its parameters: `browser-webgpu@impl=jsep`. */
  id: string
  title: string
  kind: 'cpu' | 'gpu' | 'npu'
  available: boolean
  /** Why it is not available, and what to do about it. */
  reason: string | null
  fix: string | null
  /** Of its package; null where that is not installed. */
  version: string | null
  /** All that takes part: `onnxruntime-web` → `1.30.0`, `chromium` → `156.0.8078.79`. */
  versions: Record<string, string>
  /** Name of the GPU; null on the CPU, or where nobody says it. */
  adapter: string | null
  /** The GPU is made of software: its speed says nothing about a device. Null where that is not known. */
  software: boolean | null
  /** The GPU computes in float16. Null where that is not known, and on the CPU. */
  float16: boolean | null
}
