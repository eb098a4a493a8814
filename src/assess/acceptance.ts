/** Which findings and gates do not count: those that the config ignores with a reason, and the known problems. */
import type { Accepted, AcceptedEntry, Ignored, KnownProblem } from '../result/acceptance.ts'
import { config as catalogue } from '../result/catalogue/config.ts'
import { type Finding, report } from '../result/finding.ts'
import { type GateFailure, isFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'
import { gateFailures, type Measured, strength } from './exit-code.ts'
import type { Gates } from './gates.ts'
import { NodeLabels } from './node-labels.ts'
import { runtimeOf } from './run-gates.ts'

export interface Acceptances {
  readonly ignored?: { readonly file: string; readonly entries: readonly Ignored[] }
  readonly known?: { readonly file: string; readonly problems: readonly KnownProblem[] }
  /** `2027-03-31`: entries that ended before do not hold. */
  readonly today: string
}

/** A finding or a gate, as entries see it. */
interface Subject {
  readonly model: string
  readonly target: string | null
  readonly finding: string
  readonly nodes: readonly string[]
  /** Of a gate. */
  readonly value?: string | number | null
}

/** One place that can accept something, and how often it did. */
interface Entry {
  readonly said: Omit<AcceptedEntry, 'uses'>
  readonly expired: boolean
  readonly accepts: (subject: Subject) => boolean
  /** Of the known-problems file. */
  readonly problem?: KnownProblem
  uses: number
}

const posix = (path: string): string => path.replaceAll('\\', '/').replace(/^\.\//, '')

export class Acceptance {
  private readonly entries: readonly Entry[]
  /** By model: what was asked of it, as `target` of an entry has it. */
  private readonly asked = new Map<string, Set<string | null>>()

  constructor({ ignored, known, today }: Acceptances) {
    this.entries = [
      ...(ignored?.entries ?? []).map((entry) => ignoredEntry(entry, ignored?.file ?? '', today)),
      ...(known?.problems ?? []).map((problem) => knownEntry(problem, known?.file ?? '')),
    ]
  }

  /** The model with its accepted findings marked; `full` has its nodes where they were left out of `model`. */
  mark(model: ModelResult, full: ModelResult = model): ModelResult {
    this.note(model.path, null, ...(model.targets ?? []).map(({ id }) => id))
    if (this.entries.length === 0) return model
    const labels = new NodeLabels(full)
    const mark = (findings: Finding[], target: string | null): Finding[] =>
      findings.map((finding) => {
        if (finding.severity === 'note') return finding
        const nodes = labels.of(finding)
        const accepted = this.find({ model: posix(model.path), target, finding: finding.id, nodes })
        return accepted ? { ...finding, accepted } : finding
      })
    return {
      ...model,
      findings: mark(model.findings, null),
      ...(model.targets && {
        targets: model.targets.map((target) => ({ ...target, findings: mark(target.findings, target.id) })),
      }),
    }
  }

  /** The run with its accepted findings marked; what is a target there is the runtime here. */
  markRun(run: RunResult): RunResult {
    this.note(run.model, aRun, ...run.runtimes.map(({ id }) => id))
    if (this.entries.length === 0) return run
    const findings = run.findings.map((finding) => {
      if (finding.severity === 'note') return finding
      const { values, id } = finding
      const accepted = this.find({
        model: posix(run.model),
        target: runtimeOf(finding),
        finding: id,
        nodes: [...values].sort(),
      })
      return accepted ? { ...finding, accepted } : finding
    })
    return { ...run, findings }
  }

  /** Whether a limit of a run, such as a budget, may be broken. */
  acceptsLimit({ model, target, gate }: GateFailure): boolean {
    const subject = { model: posix(model), target, finding: `gate/${gate}`, nodes: [] }
    return this.find(subject) !== null
  }

  /** The gates that fail although accepted findings do not count. Models must be marked. */
  gates(models: Result['models'], gates: Gates): GateFailure[] {
    return models.flatMap((model) => (isFailure(model) ? [] : gateFailures([model], gates, this.acceptsGate)))
  }

  private readonly acceptsGate = ({ model, target, gate, value }: Measured): boolean => {
    // A verdict is what its findings make it: where all of these are accepted, it is, too.
    if (gate === 'verdict' && restsOnAccepted(target)) return true
    return (
      this.find({ model: posix(model.path), target: target.id, finding: `gate/${gate}`, nodes: [], value }) !== null
    )
  }

  /** Every entry that fits was of use, also one that is over: what is due is still there. */
  private find(subject: Subject): Accepted | null {
    const fitting = this.entries.filter(({ accepts }) => accepts(subject))
    for (const entry of fitting) entry.uses++
    const entry = fitting.find(({ expired }) => !expired)
    return entry ? { reason: entry.said.reason, file: entry.said.file } : null
  }

  private note(path: string, ...targets: (string | null)[]): void {
    const model = posix(path)
    this.asked.set(model, new Set([...(this.asked.get(model) ?? []), ...targets]))
  }

  /** Whether what a known problem is about was asked: its model, and of that its target, or the run. */
  asksAbout({ model, target, finding }: KnownProblem): boolean {
    return this.asked.get(model)?.has(target ?? (finding.startsWith('run/') ? aRun : null)) === true
  }

  /** What each entry did. @param all nothing was left out that the config asks for */
  used(all = true): AcceptedEntry[] {
    return this.entries.map(({ said, uses, problem }) => {
      const asked = all || (problem !== undefined && this.asksAbout(problem))
      return { ...said, uses, ...(!asked && { asked }) }
    })
  }
}

/** What is about a run as a whole; no runtime is called so. */
const aRun = 'a run'

function restsOnAccepted({ findings }: TargetResult): boolean {
  const loud = findings.filter(({ severity }) => severity !== 'note')
  return loud.length > 0 && loud.every(({ accepted }) => accepted !== undefined)
}

/**
 * What is to be said of entries: those that are over, and those that nothing needs.
 * @param complete no part of the question is still open, as with an interruption or in one of several parts
 */
export function entryFindings(entries: readonly AcceptedEntry[], today: string, complete: boolean): Finding[] {
  return entries.flatMap((entry) => {
    const over = entry.expires !== undefined && entry.expires < today
    const where = { found: { file: entry.file } }
    const args = { entry: entryText(entry), file: entry.file, expires: entry.expires ?? '' }
    if (entry.uses === 0)
      return complete && entry.asked !== false ? [report(catalogue, 'config/entry-unused', args, where)] : []
    return over ? [report(catalogue, 'config/entry-expired', args, where)] : []
  })
}

const entryText = ({ finding, model, target }: AcceptedEntry): string =>
  [finding, ...(target === undefined ? [] : [`on ${target}`]), ...(model === undefined ? [] : [`of ${model}`])].join(
    ' ',
  )

/** `*` stands for any characters. */
function wildcard(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/]/g, '\\$&'))
  const expression = new RegExp(`^${source.join('.*')}$`, 'su')
  return (text) => expression.test(text)
}

function ignoredEntry(entry: Ignored, file: string, today: string): Entry {
  const { finding, model, target, node, reason, expires } = entry
  const [ofFinding, ofModel, ofTarget, ofNode] = [wildcard(finding), wildcard(model), wildcard(target), wildcard(node)]
  return {
    said: {
      file,
      finding,
      ...(model === undefined ? {} : { model }),
      ...(target === undefined ? {} : { target }),
      reason,
      ...(expires === undefined ? {} : { expires }),
    },
    expired: expires !== undefined && expires < today,
    uses: 0,
    accepts: (subject) =>
      ofFinding(subject.finding) &&
      ofModel(subject.model) &&
      (target === undefined || (subject.target !== null && ofTarget(subject.target))) &&
      (node === undefined || (subject.nodes.length > 0 && subject.nodes.every(ofNode))),
  }
}

function knownEntry(problem: KnownProblem, file: string): Entry {
  const { model, target, finding, nodes = [], value, reason = 'a known problem' } = problem
  return {
    said: { file, finding, model, ...(target === null ? {} : { target }), reason },
    expired: false,
    problem,
    uses: 0,
    accepts: (subject) =>
      subject.finding === finding &&
      subject.model === model &&
      subject.target === target &&
      isPart(subject.nodes, nodes) &&
      !isWorse(subject, value),
  }
}

/** Every name of `some` is in `all`, as often. */
function isPart(some: readonly string[], all: readonly string[]): boolean {
  const left = new Map<string, number>()
  for (const name of all) left.set(name, (left.get(name) ?? 0) + 1)
  return some.every((name) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count > 0
  })
}

function isWorse({ finding, value: found }: Subject, known: KnownProblem['value']): boolean {
  if (found === undefined) return false
  if (finding === 'gate/verdict') return strength(String(found)) > strength(String(known))
  if (typeof found !== 'number' || typeof known !== 'number') return found !== known
  return finding === 'gate/coverage' ? found < known : found > known
}

/** Problems as a known-problems file holds them. Reasons that people wrote into the last one stay. */
export function joinedProblems(problems: readonly KnownProblem[], before: readonly KnownProblem[]): KnownProblem[] {
  const reasons = new Map(before.map((problem) => [keyOf(problem), problem.reason]))
  const joined = new Map<string, KnownProblem>()
  for (const problem of problems) {
    const key = keyOf(problem)
    const reason = reasons.get(key)
    const nodes = [...(joined.get(key)?.nodes ?? []), ...(problem.nodes ?? [])].sort()
    joined.set(key, { ...problem, ...(nodes.length > 0 && { nodes }), ...(reason !== undefined && { reason }) })
  }
  return [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem)
}

/** Several findings of one id are one problem: how nodes are grouped by reason may change. */
const keyOf = ({ model, target, finding }: KnownProblem): string => JSON.stringify([model, target, finding])

/** All that runtimes have now, beside what is accepted already. Budgets are no problems: times differ from run to run. */
export const problemsOfRun = ({ model, findings }: RunResult): KnownProblem[] =>
  findings
    .filter(({ severity, accepted }) => severity !== 'note' && accepted === undefined)
    .map((finding) => {
      const { id, message, values } = finding
      const nodes = [...values].sort()
      return {
        model: posix(model),
        target: runtimeOf(finding),
        finding: id,
        ...(nodes.length > 0 && { nodes }),
        message,
      }
    })

/** All that a model has now, beside what is accepted already. */
export function problemsOf(model: ModelResult, gates: Gates): KnownProblem[] {
  const labels = new NodeLabels(model)
  const path = posix(model.path)
  const ofFindings = (findings: readonly Finding[], target: string | null): KnownProblem[] =>
    findings
      .filter(({ severity, accepted }) => severity !== 'note' && accepted === undefined)
      .map((finding) => {
        const nodes = labels.of(finding)
        const { id, message } = finding
        return { model: path, target, finding: id, ...(nodes.length > 0 ? { nodes } : {}), message }
      })
  const measured: KnownProblem[] = []
  const note = ({ target, gate, value }: Measured): boolean => {
    // The findings beside it speak for a verdict, where there are any.
    const spoken = gate === 'verdict' && target.findings.some(({ severity }) => severity !== 'note')
    if (!spoken) measured.push({ model: path, target: target.id, finding: `gate/${gate}`, value })
    return true
  }
  gateFailures([model], gates, note)
  const targets = (model.targets ?? []).filter(({ decides }) => decides)
  return [
    ...ofFindings(model.findings, null),
    ...targets.flatMap((target) => ofFindings(target.findings, target.id)),
    ...measured,
  ]
}
