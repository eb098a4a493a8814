/** `targets diff`: what the second target asks that the first does not, and what that means for a model. */
import type { DiffSide, ModelDiff, Rule, TargetDiff } from '../result/answers.ts'
import { count, percent, plural } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { verbs } from './targets.ts'
import { name, safe, wrap } from './text.ts'
import { verdictPaint } from './verdict.ts'

export function targetDiffReport({ a, b, onlyA, onlyB, model }: TargetDiff, options: ReportOptions): string {
  const { style } = options
  const lines = [style.bold(`${sideText(a, b)} → ${sideText(b, a)}`)]
  if (model) lines.push('', ...modelLines(model, options))
  lines.push('', style.bold('Rules'), ...ruleLines(onlyA, onlyB, options))
  return `${lines.join('\n')}\n`
}

/** Of one target only the parameters that differ say something. */
function sideText({ id, parameters }: DiffSide, other: DiffSide): string {
  const shown = Object.entries(parameters).filter(([key, value]) => id !== other.id || other.parameters[key] !== value)
  return safe(shown.length === 0 ? id : `${id}@${shown.map(([key, value]) => `${key}=${value}`).join(',')}`, 100)
}

const maxNodes = 20

function modelLines({ path, verdicts, coverage, partitions, nodes }: ModelDiff, options: ReportOptions): string[] {
  const { style, columns } = options
  const verdict = (['a', 'b'] as const).map((key) => verdictPaint(style, verdicts[key])(verdicts[key])).join(' → ')
  const lines = [
    style.bold(name(path, columns)),
    `  verdict ${verdict}; MACs on the target ${percent(coverage.a)} → ${percent(coverage.b)}; partitions ${count(partitions.a)} → ${count(partitions.b)}`,
  ]
  if (nodes.length === 0) return [...lines, '  no node changes its place']
  lines.push(`  ${plural(nodes.length, 'node changes its place', 'nodes change their place')}`)
  for (const node of nodes.slice(0, maxNodes)) {
    const why = node.why ? `: ${safe(node.why, 200)}` : ''
    const text = `#${node.ref} ${name(node.name || node.op, 40)} (${safe(node.op, 40)}) ${node.a} → ${node.b}${why}`
    lines.push(...wrap(text, Math.min(columns, 140) - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`))
  }
  if (nodes.length > maxNodes)
    lines.push(style.dim(`  and ${count(nodes.length - maxNodes)} more: --format json has all`))
  return lines
}

function ruleLines(onlyA: readonly Rule[], onlyB: readonly Rule[], { columns, style }: ReportOptions): string[] {
  if (onlyA.length + onlyB.length === 0) return ['  both ask the same']
  const lines: string[] = []
  for (const op of [...new Set([...onlyA, ...onlyB].map((rule) => rule.op))].sort()) {
    lines.push(`  ${safe(op, 100)}`)
    const show = (rules: readonly Rule[], sign: string, paint: (text: string) => string) => {
      for (const rule of rules) {
        if (rule.op !== op) continue
        const when = rule.when ? ` when ${safe(rule.when, 300)}` : ''
        const text = `${sign} ${rule.since ? `${rule.since} ` : ''}${verbs[rule.verb]} ${safe(rule.condition, 600)}${when}`
        lines.push(
          ...wrap(text, Math.min(columns, 140) - 6).map((line, i) => paint(`${i === 0 ? '    ' : '      '}${line}`)),
        )
      }
    }
    show(onlyA, '-', style.red)
    show(onlyB, '+', style.green)
  }
  return lines
}
