/**
 * A result for a comment or a step summary: verdicts first, then why, one entry per kind of finding. What does not fit
 * is left out from the end, and the text says so.
 */
import type { Finding } from '../result/finding.ts'
import { isFailure, type ModelFailure, type ModelResult, type Result, type TargetResult } from '../result/result.ts'
import type { RunResult, RuntimeRun, Stage } from '../result/run.ts'
import { bestOf, figureText, standing } from './candidates.ts'
import { code, markdownTable, prose } from './markdown-text.ts'
import { bytes, count, percent, plural, quantity } from './numbers.ts'
import { type Reason, reasonsApart, reasonsOf, refOf } from './reasons.ts'
import { targetName, targetReasons } from './target.ts'
import { outcome } from './verdict.ts'

/** GitHub's limit of a comment is 65,536 characters, that of a step's summary 1 MiB. */
export const markdownLimits = { comment: 65_536, summary: 1024 * 1024 } as const

const marks = { ready: '✅', partial: '⚠️', unknown: '❔', blocked: '⛔' } as const
const severityMarks = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const

/** At most `limit` bytes of UTF-8. */
export function markdownReport(result: Result, limit: number = markdownLimits.comment): string {
  return fitted(blocksOf(result), limit)
}

/** Blocks, the most important first. */
function* blocksOf(result: Result): Generator<string> {
  const { models, runs = [], error } = result
  const failed = result.exitCode !== 0 || result.partial
  yield `## ${failed ? '❌' : '✅'} deploycheck: ${headline(result)}`
  if (error) yield `${severityMarks.error} ${prose(error.message)}${error.fix ? `\n\n${prose(error.fix)}` : ''}`
  if (result.partial) yield 'Interrupted: what was not reached is missing.'
  if (result.gates.length > 0) yield gateList(result)
  const failures = models.filter(isFailure)
  const read = models.filter((model): model is ModelResult => !isFailure(model))
  yield* candidateBlocks(result)
  yield* verdictTables(read)
  for (const failure of failures) yield failureText(failure)
  if (result.findings?.length) yield findingsText(result.findings)
  for (const run of runs) yield runText(run)
  for (const model of read) yield* modelBlocks(model, read.length > 1)
}

/** A row per candidate: there may be many, and tables of people's comments scroll downwards. */
function* candidateBlocks({ comparison }: Result): Generator<string> {
  if (!comparison || comparison.candidates.length === 0) return
  const { columns, candidates } = comparison
  const head = ['candidate', 'front', ...columns.map(({ id }) => code(id, 40))]
  const rows = candidates.map(({ model, isOnFront, values }) => [
    code(model, 60),
    isOnFront ? '✅' : '',
    ...columns.map((column) => {
      const value = values[column.id] ?? null
      const text = figureText(value, column)
      return value !== null && value === bestOf(column, candidates) ? `**${text}**` : text
    }),
  ])
  for (let at = 0; at < rows.length; at += rowsPerTable) yield markdownTable(head, rows.slice(at, at + rowsPerTable))
  yield candidates
    .map((one) => `- ${code(one.model, 60)}: ${standing(one, (path) => code(path, 60))}`)
    .slice(0, rowsPerTable)
    .join('\n')
}

/** About what was asked, such as entries that nothing needs. */
function findingsText(findings: readonly Finding[]): string {
  const reasons = reasonsApart(findings)
  const lines = reasons.slice(0, reasonsPerTarget).map((reason) => reasonText(reason))
  if (reasons.length > reasonsPerTarget) lines.push(`- and ${count(reasons.length - reasonsPerTarget)} more`)
  return lines.join('\n')
}

function headline({ models, runs = [], gates, error }: Result): string {
  if (error) return 'the question could not be asked'
  const unreadable = models.filter(isFailure).length
  const parts = [
    models.length > 0 ? plural(models.length, 'model') : '',
    runs.length > 0 ? plural(runs.length, 'run') : '',
    unreadable > 0 ? `${count(unreadable)} unreadable` : '',
    gates.length > 0 ? `${plural(gates.length, 'gate')} failed` : 'no gate failed',
  ]
  return parts.filter(Boolean).join(', ')
}

const shownGates = 20

function gateList({ gates }: Result): string {
  const lines = gates.slice(0, shownGates).map(({ model, target, message }) => {
    const where = [code(model), target === null ? '' : code(target, 40)].filter(Boolean).join(' · ')
    return `- ${where}: ${prose(message)}`
  })
  if (gates.length > shownGates) lines.push(`- and ${count(gates.length - shownGates)} more`)
  return lines.join('\n')
}

const failureText = ({ path, error }: ModelFailure): string => {
  const at = error.offset === null ? '' : ` (at byte ${error.offset})`
  const fix = error.fix ? `  \nWhat to do: ${prose(error.fix)}` : ''
  return `${severityMarks.error} ${code(path)} could not be read: ${prose(error.message)}${at}${fix}`
}

/** Models × targets; models that were asked about other targets have a table of their own. */
function* verdictTables(models: readonly ModelResult[]): Generator<string> {
  const tables = new Map<string, ModelResult[]>()
  for (const model of models) {
    const key = labels(model).join('\n')
    if (key !== '') tables.set(key, [...(tables.get(key) ?? []), model])
  }
  for (const group of tables.values()) {
    const [first] = group
    if (!first) continue
    const head = ['model', ...labels(first).map((label) => code(label, 40))]
    const rows = group.map((model) => [code(model.path, 60), ...(model.targets ?? []).map(cell)])
    // A table that does not fit is cut between its rows.
    for (let at = 0; at < rows.length; at += rowsPerTable) yield markdownTable(head, rows.slice(at, at + rowsPerTable))
  }
}

const rowsPerTable = 100

const labels = ({ targets = [] }: ModelResult): string[] => targets.map((target) => targetName(target, targets))

const cell = ({ verdict, coverage, decides }: TargetResult): string => {
  const share = verdict === 'partial' && coverage.macs !== null ? ` ${percent(coverage.macs)}` : ''
  return `${marks[verdict]} ${verdict}${share}${decides ? '' : ' (not gating)'}`
}

/** The model and its findings, then one block per target that is not ready. */
function* modelBlocks(model: ModelResult, several: boolean): Generator<string> {
  const { totals, bytes: size, findings, targets = [] } = model
  const facts = `${plural(totals.nodes, 'node')} · ${quantity(totals.macs)} MACs · ${bytes(size)}`
  const own = reasonsOf(findings)
  const weak = targets.filter((target) => target.verdict !== 'ready' || targetReasons(target).some(isLoud))
  if (several && own.length === 0 && weak.length === 0) return
  yield `### ${code(model.path)}\n\n${facts}`
  if (own.length > 0) yield own.map((reason) => reasonText(reason)).join('\n')
  for (const target of weak) yield targetText(target, targets)
}

const isLoud = ({ severity }: Reason): boolean => severity !== 'note'

const reasonsPerTarget = 12

function targetText(target: TargetResult, all: readonly TargetResult[]): string {
  const reasons = targetReasons(target)
  const names = new Map(target.nodes.map((node) => [refOf(node), node.name || node.op]))
  const open = target.decides ? ' open' : ''
  const summary = `${marks[target.verdict]} <b>${target.verdict}</b> on ${html(targetName(target, all))}: ${html(outcome(target))}`
  const lines = reasons.slice(0, reasonsPerTarget).map((reason) => reasonText(reason, (ref) => names.get(ref) ?? ''))
  if (reasons.length > reasonsPerTarget) lines.push(`- and ${plural(reasons.length - reasonsPerTarget, 'more kind')}`)
  return `<details${open}><summary>${summary}</summary>\n\n${lines.join('\n')}\n\n</details>`
}

/** Inside a summary Markdown is HTML. */
const html = (text: string): string =>
  text.replace(/[&<>"'@#]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/\s+/g, ' ')

const exampleNodes = 4

/** `- ⚠️ message` with what it costs, where, and what to do. */
function reasonText(reason: Reason, nameOf: (ref: number | string) => string = () => ''): string {
  const lines = [`- ${severityMarks[reason.severity]} ${prose(reason.message)}`]
  if (reason.nodes.length > 0) {
    const examples = reason.nodes.slice(0, exampleNodes).map((ref) => code(`#${ref} ${nameOf(ref)}`.trimEnd(), 60))
    const more = reason.nodes.length - examples.length
    lines.push(`nodes: ${examples.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`)
  }
  if (reason.condition) lines.push(`needs: ${code(reason.condition, 160)}`)
  if (reason.effect) lines.push(`solved: ${prose(reason.effect)}`)
  if (reason.fix) lines.push(`fix: ${prose(reason.fix)}`)
  lines.push(`rule: ${code(reason.id)}`)
  return lines.join('<br>\n  ')
}

const stageOrder: readonly Stage[] = ['pre', 'model', 'post']

function runText(run: RunResult): string {
  const title = `### ${code(run.model)}${run.wrapper === null ? '' : ` with ${code(run.wrapper)}`}`
  const about = `${plural(run.samples, 'sample')} (${prose(run.source)}), against ${code(run.reference)}`
  const head = ['runtime', ...stageOrder, 'decisions', 'median', 'says']
  const rows = run.runtimes.map((runtime) => [
    code(runtime.id, 40),
    ...stageOrder.map((stage) => runtime.stages?.[stage].verdict ?? '–'),
    runtime.stages ? runtime.decisions : '–',
    medianText(runtime),
    prose(runtime.reason ?? runtime.sentence, 200),
  ])
  const findings = reasonsApart(run.findings)
    .slice(0, reasonsPerTarget)
    .map((reason) => reasonText(reason))
  const baseline = run.baseline ? `Against the baseline: **${run.baseline.verdict}**` : ''
  return [title, about, markdownTable(head, rows), baseline, findings.join('\n')].filter(Boolean).join('\n\n')
}

function medianText({ latency, software }: RuntimeRun): string {
  const p50 = latency?.warm.p50 ?? null
  if (p50 === null) return '–'
  return `${p50.toPrecision(3)} ms${software ? ' (software)' : latency?.warm.valid ? '' : ' (not valid)'}`
}

/** Whole blocks, as many as fit; room is kept for the line that says what is missing. */
function fitted(blocks: Iterable<string>, limit: number): string {
  const kept: string[] = []
  let used = 0
  let left = 0
  for (const block of blocks) {
    const size = Buffer.byteLength(block) + 2
    if (left > 0 || used + size + roomForMore > limit) left++
    else {
      kept.push(block)
      used += size
    }
  }
  if (left > 0) kept.push(`_${plural(left, 'more part')} left out: the whole is in --format html or json._`)
  const text = `${kept.join('\n\n')}\n`
  return Buffer.byteLength(text) <= limit ? text : ''
}

const roomForMore = 120
