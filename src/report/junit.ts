/**
 * JUnit XML, as CI systems show it: one suite per model and target, or per model and runtime. A test case fails where
 * a gate does, so that the suite is red exactly when the command is; findings that do not gate are cases that pass and
 * say something.
 */
import { type GateFailure, isFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import type { RunResult, RuntimeRun } from '../result/run.ts'
import { figureText, standing } from './candidates.ts'
import { type Reason, reasonsApart, reasonsOf, refOf } from './reasons.ts'
import { targetName, targetReasons } from './target.ts'
import { name, safe } from './text.ts'
import { outcome } from './verdict.ts'
import { element, type XmlElement, xmlDocument } from './xml.ts'

interface Case {
  readonly name: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  /** What is said in one line. */
  readonly message: string
  readonly text?: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
  readonly properties?: Readonly<Record<string, string>>
}

export function junitReport(result: Result): string {
  const suites = suitesOf(result)
  const all = suites.flatMap(({ cases }) => cases)
  const attributes = { name: result.tool.name, tests: all.length, ...counts(all) }
  return xmlDocument(element('testsuites', attributes, ...suites.map(suiteElement)))
}

function suitesOf(result: Result): Suite[] {
  const { error, models, runs = [], findings = [] } = result
  const asked = [
    ...(error ? [failed('the question', 'error', error)] : []),
    ...reasonsApart(findings).map((reason) => findingCase(reason)),
  ]
  return [
    ...(asked.length > 0 ? [{ name: 'deploycheck', cases: asked }] : []),
    ...candidateSuite(result),
    ...models.flatMap((model) =>
      isFailure(model)
        ? [{ name: model.path, cases: [failed('can be read', 'error', model.error)] }]
        : [modelSuite(model, result), ...(model.targets ?? []).map((target) => targetSuite(target, model, result))],
    ),
    ...runs.flatMap((run) => [
      ...run.runtimes.map((runtime) => runtimeSuite(runtime, run, result)),
      runSuite(run, result),
    ]),
  ]
}

/** What a comparison says of each candidate; it fails nothing. */
function candidateSuite({ comparison }: Result): Suite[] {
  if (!comparison || comparison.candidates.length === 0) return []
  const { columns, candidates } = comparison
  const cases = candidates.map((one): Case => {
    const message = standing(one)
    const lines = columns.map((column) => `${column.id}: ${figureText(one.values[column.id] ?? null, column)}`)
    return {
      name: one.model,
      outcome: 'passed',
      message,
      text: [message, ...lines].map((line) => safe(line)).join('\n'),
    }
  })
  return [{ name: 'candidates', cases }]
}

const failed = (title: string, outcome: Case['outcome'], error: { message: string; fix?: string }): Case => ({
  name: title,
  outcome,
  message: error.message,
  ...(error.fix ? { text: `${safe(error.message)}\n${safe(error.fix)}` } : {}),
})

/** Gates about what was run and measured. */
const isOfRun = ({ gate }: GateFailure): boolean => ['run', 'p50', 'load', 'memory', 'baseline'].includes(gate)

/** The gates of the model itself, then what is known of it. */
function modelSuite(model: ModelResult, result: Result): Suite {
  const errors = result.gates.filter((gate) => gate.model === model.path && gate.target === null && !isOfRun(gate))
  const gate: Case = { name: 'has no errors', outcome: 'passed', message: '' }
  return {
    name: model.path,
    cases: [
      ...(errors.length === 0 ? [gate] : errors.map(({ gate, message }) => failed(gate, 'failure', { message }))),
      ...reasonsOf(model.findings).map((reason) => findingCase(reason)),
    ],
  }
}

function targetSuite(target: TargetResult, model: ModelResult, { gates }: Result): Suite {
  const failures = gates.filter((gate) => gate.model === model.path && gate.target === target.id && !isOfRun(gate))
  const names = new Map(target.nodes.map((node) => [refOf(node), node.name || node.op]))
  const said = `${target.verdict}: ${outcome(target)}`
  const verdict: Case[] = failures.some(({ gate }) => gate === 'verdict')
    ? []
    : [{ name: 'verdict', outcome: 'passed', message: said }]
  return {
    name: `${model.path} · ${targetName(target, model.targets ?? [])}`,
    properties: Object.fromEntries(Object.entries(target.parameters).map(([key, value]) => [key, String(value)])),
    cases: [
      ...verdict,
      ...failures.map(({ gate, message }) => failed(gate, 'failure', { message: `${message}; ${said}` })),
      ...targetReasons(target).map((reason) => findingCase(reason, (ref) => names.get(ref) ?? '')),
    ],
  }
}

const shownNodes = 20

/** What gates is a case of its own; a finding says its part without failing a second time. */
function findingCase(reason: Reason, nameOf: (ref: number | string) => string = () => ''): Case {
  const nodes = reason.nodes.slice(0, shownNodes).map((ref) => `  #${ref} ${name(nameOf(ref), 100)}`.trimEnd())
  const more = reason.nodes.length - nodes.length
  const lines = [
    `${reason.severity}: ${safe(reason.message)}`,
    ...nodes,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(reason.condition ? [`needs: ${safe(reason.condition)}`] : []),
    ...(reason.fix ? [`fix: ${safe(reason.fix)}`] : []),
  ]
  return { name: reason.id, outcome: 'passed', message: reason.message, text: lines.join('\n') }
}

function runtimeSuite(runtime: RuntimeRun, run: RunResult, { gates }: Result): Suite {
  const suite = `${run.model} · ${runtime.id}`
  const failures = gates.filter((gate) => isOfRun(gate) && gate.model === run.model && gate.target === runtime.id)
  const gated = failures.map(({ gate, message }) => failed(gate, 'failure', { message }))
  const reason = runtime.reason ?? runtime.sentence
  if (runtime.status !== 'ok') {
    const outcome = gated.length > 0 || runtime.status === 'unavailable' ? 'skipped' : 'error'
    return { name: suite, cases: [{ name: 'runs', outcome, message: reason }, ...gated] }
  }
  // Without a wrapper there is nothing before and after the model.
  const happened = Object.entries(runtime.stages ?? {}).filter(([, { verdict }]) => verdict !== 'not-run')
  const stages = happened.map(([stage, { verdict, outputs }]): Case => {
    const parted = outputs.filter((output) => output.verdict === verdict)
    const detail = parted.map(
      (one) => `${safe(one.name, 80)}: ${one.verdict}, at most ${one.maxAbs} off (${safe(one.tolerance, 100)})`,
    )
    return {
      name: `${stage} agrees with ${run.reference}`,
      outcome: verdict === 'mismatch' && gated.length > 0 ? 'failure' : 'passed',
      message: `${verdict}: ${runtime.sentence}`,
      text: detail.slice(0, shownNodes).join('\n'),
    }
  })
  return { name: suite, cases: [{ name: 'runs', outcome: 'passed', message: '' }, ...stages, ...gated] }
}

/** What is about the run as a whole, and what was found in it. */
function runSuite({ model, findings, baseline }: RunResult, { gates }: Result): Suite {
  const failures = gates.filter((gate) => isOfRun(gate) && gate.model === model && gate.target === null)
  const compared: Case[] = baseline
    ? [{ name: 'baseline', outcome: 'passed', message: baseline.verdict, text: baselineText(baseline) }]
    : []
  return {
    name: `${model} · run`,
    cases: [
      ...failures.map(({ gate, message }) => failed(gate, 'failure', { message })),
      ...compared,
      ...reasonsApart(findings).map((reason) => findingCase(reason)),
    ],
  }
}

const baselineText = ({ verdict, runtimes }: NonNullable<RunResult['baseline']>): string =>
  [verdict, ...runtimes.map((one) => `${safe(one.id, 60)}: ${one.verdict}, ${safe(one.why)}`)].join('\n')

const counts = (cases: readonly Case[]) => ({
  failures: cases.filter((one) => one.outcome === 'failure').length,
  errors: cases.filter((one) => one.outcome === 'error').length,
})

function suiteElement({ name: title, cases, properties = {} }: Suite): XmlElement {
  const set = Object.entries(properties).map(([key, value]) =>
    element('property', { name: safe(key, 60), value: safe(value, 200) }),
  )
  const skipped = cases.filter((one) => one.outcome === 'skipped').length
  const attributes = { name: safe(title, 300), tests: cases.length, ...counts(cases), skipped }
  return element(
    'testsuite',
    attributes,
    ...(set.length > 0 ? [element('properties', {}, ...set)] : []),
    ...cases.map((one) => caseElement(one, title)),
  )
}

function caseElement({ name: title, outcome, message, text }: Case, suite: string): XmlElement {
  const attributes = { classname: safe(suite, 300), name: safe(title, 200) }
  const shown = text || safe(message)
  if (outcome === 'passed')
    return element('testcase', attributes, ...(shown === '' ? [] : [element('system-out', {}, shown)]))
  const body = outcome === 'skipped' ? [] : [shown]
  return element('testcase', attributes, element(outcome, { message: safe(message) }, ...body))
}
