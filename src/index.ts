/** The public library. What a command can do, a program can. */

export { assess } from './assess/assess.ts'
export { exitCodeOf, gateFailures } from './assess/exit-code.ts'
export { explainNode } from './assess/explain.ts'
export { findModels } from './assess/find-models.ts'
export type { Gates } from './assess/gates.ts'
export { inspect } from './assess/inspect.ts'
export type { AssessOptions, InspectOptions } from './assess/options.ts'
export { runModel } from './assess/run-model.ts'
export { diffTargets } from './assess/target-diff.ts'
export { lintTarget, testTarget } from './assess/target-review.ts'
export { listTargets, rulesForOperator, targetRules } from './assess/targets.ts'
export { type CheckOptions, checkModel } from './check/check.ts'
export { type Asks, asksOfCi, asksOfCompare, asksOfRun } from './ci/asks.ts'
export type { CiAnswer, CiOptions } from './ci/ci.ts'
export { mergeBlobs } from './ci/merge.ts'
export { runCi } from './ci/run-ci.ts'
export type { RunFiles } from './ci/run-files.ts'
export {
  type Config,
  defineConfig,
  type GateConfig,
  type ModelEntry,
  type TargetEntry,
  type ToleranceConfig,
} from './config/config.ts'
export { type LoadedConfig, loadConfig } from './config/load.ts'
export type { Attribute, Graph, Model, Node, Value } from './graph/model.ts'
export { type ReadOptions, readModel } from './graph/read.ts'
export type { Payload, Tensor } from './graph/tensor.ts'
export type { Shape, ValueType } from './graph/type.ts'
export type { Inference, InferOptions, NodeFacts, ValueFacts } from './infer/facts.ts'
export { inferModel } from './infer/infer.ts'
export { type Budget, parseBudget } from './latency/budgets.ts'
export { Registry } from './profiles/load.ts'
export type { Profile } from './profiles/profile.ts'
export { resolveTargets, type Target } from './profiles/targets.ts'
export { type ProveOptions, prove } from './prove/prove.ts'
export { type Blob, blobReport, readBlob, type Shard } from './report/blob.ts'
export { checkReport } from './report/check.ts'
export { comparisonReport } from './report/comparison.ts'
export { contractReport } from './report/contract.ts'
export { githubReport, stepSummary } from './report/github.ts'
export { gitlabReport } from './report/gitlab.ts'
export { htmlReport } from './report/html/report.ts'
export { inspectReport } from './report/inspect.ts'
export { jsonReport } from './report/json.ts'
export { junitReport } from './report/junit.ts'
export { markdownReport } from './report/markdown.ts'
export type { ReportOptions } from './report/options.ts'
export { runReport } from './report/run.ts'
export { sarifReport } from './report/sarif.ts'
export { coloured, plain } from './report/style.ts'
export type { AcceptedEntry, Ignored, KnownProblem } from './result/acceptance.ts'
export type {
  NodeExplanation,
  Rule,
  RuntimeInfo,
  RuntimeList,
  TargetDiff,
  TargetInfo,
  TargetLint,
  TargetList,
  TargetRules,
  TargetTest,
} from './result/answers.ts'
export type { Evidence, Finding, NodeRef, Severity, Source } from './result/finding.ts'
export { Problem } from './result/problem.ts'
export {
  type Candidate,
  type Cause,
  type Comparison,
  type GateFailure,
  isFailure,
  type ModelFailure,
  type ModelResult,
  type NodeVerdict,
  type Partition,
  type Placement,
  type Result,
  schemaVersion,
  type TargetResult,
  type Verdict,
} from './result/result.ts'
export type { LatencyOptions, RunOptions } from './run/options.ts'
export { listRuntimes } from './runtimes/list.ts'
export { createRuntime, runtimeIds } from './runtimes/registry.ts'
export type {
  Adapter,
  Availability,
  CodeSource,
  GraphOptimizationLevel,
  LoadedCode,
  ModelSource,
  NodeTime,
  OpenOptions,
  Run,
  Runtime,
  RuntimeKind,
  RuntimeSettings,
  Session,
  SessionProfile,
  SessionValue,
} from './runtimes/runtime.ts'
export { readNpz, writeNpz } from './tensors/npz.ts'
export type { Tensor as TensorValue, TensorData, Tensors } from './tensors/tensor.ts'
export type { Kit } from './wrapper/kit/kit.ts'
export { bundleWrapper, type WrapperClient, wrapperClient } from './wrapper/load.ts'
export {
  type Context,
  defineWrapper,
  type FieldComparer,
  type FieldTolerance,
  type Sample,
  type SampleFiles,
  type SampleInput,
  type Samples,
  type Wrapper,
} from './wrapper/wrapper.ts'
