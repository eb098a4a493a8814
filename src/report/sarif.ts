/**
 * SARIF 2.1.0, as code scanning reads it: one result per kind of finding, model and target. The model's file is the
 * place, the path of a node the logical location. Fingerprints hold no node numbers, so that a known finding stays
 * known when the model is exported anew.
 */

import type { Severity } from '../result/finding.ts'
import { kindOfId } from '../result/finding-kind.ts'
import { portablePath } from '../result/fingerprint.ts'
import type { Result } from '../result/result.ts'
import { type Issue, type IssueNode, issuesOf } from './issues.ts'
import { jsonOf } from './json.ts'
import { count, plural } from './numbers.ts'
import { safe } from './text.ts'

/** GitHub takes more results and shows these; logical locations per result are cut where GitHub cuts locations. */
const limits = { results: 5_000, nodes: 100, text: 1_000 } as const

export function sarifReport(result: Result): string {
  const issues = issuesOf(result)
  const shown = issues.slice(0, limits.results)
  const rules = rulesOf(shown)
  const positions = new Map(rules.map(({ id }, position) => [id, position]))
  const { tool, error, comparison } = result
  const notes = [
    ...(error ? [{ level: 'error', message: { text: messageText(error.message) } }] : []),
    ...(issues.length > shown.length
      ? [{ level: 'warning', message: { text: `${plural(issues.length - shown.length, 'result')} left out` } }]
      : []),
  ]
  return jsonOf({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, semanticVersion: tool.version, rules } },
        invocations: [
          {
            executionSuccessful: error === undefined && !result.partial,
            exitCode: result.exitCode,
            ...(notes.length > 0 ? { toolExecutionNotifications: notes } : {}),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: shown.map((issue) => resultOf(issue, positions)),
        // No result is about candidates as such; what reads property bags finds them.
        ...(comparison ? { properties: { comparison } } : {}),
      },
    ],
  })
}

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', note: 'note' }
/** How often a rule is right hangs on how it is known. */
const precisions = { oracle: 'very-high', source: 'high', documented: 'medium', assumed: 'low' } as const

function rulesOf(issues: readonly Issue[]) {
  const rules = new Map<string, Issue>()
  for (const issue of issues) if (!rules.has(issue.reason.id)) rules.set(issue.reason.id, issue)
  return [...rules.values()].map(({ reason }) => {
    const kind = kindOfId(reason.id)
    const title = kind?.title ?? reason.id
    const help = kind?.help ?? reason.message
    const { source } = reason
    const origin = source ? ` Source: ${[source.title, source.path, source.revision].filter(Boolean).join(', ')}.` : ''
    return {
      id: safe(reason.id, 255),
      shortDescription: { text: messageText(title) },
      fullDescription: { text: messageText(help) },
      help: { text: messageText(help + origin) },
      defaultConfiguration: { level: levels[reason.severity] },
      properties: {
        tags: ['deployment'],
        'problem.severity': reason.severity === 'note' ? 'recommendation' : reason.severity,
        ...(reason.evidence ? { precision: precisions[reason.evidence] } : {}),
      },
    }
  })
}

function resultOf(
  { model, target, reason, nodes, fingerprint, accepted }: Issue,
  positions: ReadonlyMap<string, number>,
) {
  const ruleId = safe(reason.id, 255)
  const on = target === null ? '' : `${target}: `
  const where = nodes.length > 1 ? ` (${count(nodes.length)} nodes)` : ''
  const fix = reason.fix ? `. To do: ${reason.fix}` : ''
  const shown = nodes.slice(0, limits.nodes)
  return {
    ruleId,
    ruleIndex: positions.get(ruleId) ?? -1,
    level: levels[reason.severity],
    message: { text: messageText(`${on}${reason.message}${where}${fix}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(model),
          // A model has no lines; code scanning shows nothing without one.
          region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
        },
        ...(shown.length > 0 ? { logicalLocations: shown.map(logical) } : {}),
      },
    ],
    ...(accepted
      ? {
          suppressions: [
            { kind: 'external', justification: safe(`${accepted.reason} (${accepted.file})`, limits.text) },
          ],
        }
      : {}),
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1`, 'deploycheck/v1': fingerprint },
  }
}

const logical = ({ ref, name, op }: IssueNode) => ({
  fullyQualifiedName: safe(name || `#${ref} ${op}`.trimEnd(), limits.text),
  kind: 'function',
  ...(op ? { properties: { operator: safe(op, 100) } } : {}),
})

/** Relative paths hang on the repository's root; addresses and absolute paths say where they are. */
function artifact(path: string): { uri: string; uriBaseId?: string } {
  const plain = portablePath(path).replace(/\p{Cs}/gu, '\ufffd')
  if (/^https?:\/\//.test(plain)) return { uri: encodeURI(plain) }
  const encoded = plain
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')
  if (/^[A-Za-z]:\//.test(plain)) return { uri: `file:///${plain.slice(0, 2)}${encoded.slice(encoded.indexOf('/'))}` }
  return plain.startsWith('/') ? { uri: `file://${encoded}` } : { uri: encoded, uriBaseId: '%SRCROOT%' }
}

/** `{0}` would be a placeholder and `[text](target)` a link. */
const messageText = (text: string): string =>
  safe(text, limits.text)
    .replace(/\{(\d+)\}/g, '{ $1 }')
    .replace(/\[(?=[^\]]*\]\()/g, '\\[')
