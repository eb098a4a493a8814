/** GitLab's code quality report: what a merge request shows as new or solved. */
import type { Severity } from '../result/finding.ts'
import { portablePath } from '../result/fingerprint.ts'
import type { Result } from '../result/result.ts'
import { type Issue, issuesOf } from './issues.ts'
import { jsonOf } from './json.ts'
import { plural } from './numbers.ts'
import { name, safe } from './text.ts'

/** What gates stands above what does not. */
const severityOf = ({ decides, reason }: Issue): string => {
  const words: Record<Severity, [string, string]> = {
    error: ['critical', 'minor'],
    warning: ['minor', 'info'],
    note: ['info', 'info'],
  }
  return words[reason.severity][decides ? 0 : 1]
}

export const gitlabReport = (result: Result): string =>
  jsonOf(
    issuesOf(result)
      .filter(({ accepted }) => !accepted)
      .map((issue) => ({
        description: describe(issue),
        check_name: issue.reason.id,
        fingerprint: issue.fingerprint,
        severity: severityOf(issue),
        // A model has no lines; the report wants one.
        location: { path: portablePath(issue.model), lines: { begin: 1 } },
      })),
  )

function describe({ target, reason, nodes }: Issue): string {
  const on = target === null ? '' : `${safe(target, 60)}: `
  const where = nodes.length === 0 ? '' : ` (${plural(nodes.length, 'node')}, such as ${nodeText(nodes[0])})`
  const fix = reason.fix ? `. ${safe(reason.fix)}` : ''
  return `${on}${safe(reason.message)}${where}${fix}`
}

const nodeText = (node: Issue['nodes'][number] | undefined): string =>
  node ? name(node.name || `#${node.ref} ${node.op}`.trimEnd(), 80) : ''
