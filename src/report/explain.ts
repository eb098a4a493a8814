/** `explain`: why a node got its verdict, target by target, condition by condition with the values found. */
import type { ExplainedCondition, ExplainedValue, ExplainedVerdict, NodeExplanation } from '../result/answers.ts'
import type { Placement } from '../result/result.ts'
import { typeText } from './inspect.ts'
import { reasonLines } from './model.ts'
import type { ReportOptions } from './options.ts'
import { reasonsOf } from './reasons.ts'
import { labelled } from './table.ts'
import { sourceOf, verbs } from './targets.ts'
import { name, safe, wrap } from './text.ts'
import { leave } from './verdict.ts'

export function explainReport(answer: NodeExplanation, options: ReportOptions): string {
  const { columns, style } = options
  const { node } = answer
  const operator = `${node.domain ? `${safe(node.domain, 60)}::` : ''}${safe(node.op, 60)}`
  const version = node.since === null ? '' : ` (version ${node.since})`
  const layout = { width: Math.min(columns, 140), indent: 2, labelWidth: 11, paint: style.dim }
  const lines = [
    style.bold(`#${safe(String(node.ref), 80)} ${name(node.name || '(no name)', columns - 20)}: ${operator}${version}`),
    ...answer.inputs.slice(0, 16).flatMap((value) => labelled('input', valueText(value), layout)),
    ...answer.outputs.slice(0, 16).flatMap((value) => labelled('output', valueText(value), layout)),
    ...answer.attributes
      .slice(0, 24)
      .flatMap(({ name: key, value }) => labelled('attribute', `${safe(key, 40)} = ${safe(value, 120)}`, layout)),
  ]
  for (const target of answer.targets) lines.push('', ...verdictLines(target, options))
  return `${lines.join('\n')}\n`
}

function valueText(value: ExplainedValue): string {
  const notes = [value.const ? 'constant' : '', value.why ? safe(value.why, 120) : ''].filter(Boolean).join('; ')
  return `${name(value.name || '(left out)', 60)} ${typeText(value.dtype, value.shape)}${notes ? ` (${notes})` : ''}`
}

/** What a placement means, for this node. */
const meaning: Record<Exclude<Placement, 'host'>, string> = {
  target: 'runs on the target',
  folded: 'is computed when the model is loaded, and never asked about',
  blocked: 'cannot run there',
  unknown: 'hangs on a fact that is not given',
}

function verdictLines(target: ExplainedVerdict, options: ReportOptions): string[] {
  const { style, columns } = options
  const width = Math.min(columns, 140)
  const parameters = Object.entries(target.parameters).map(([key, value]) => `${key} ${value}`)
  const label = [target.id, ...parameters].map((part) => safe(part, 60)).join(' · ')
  const { placement, why, partition, fusedInto } = target.node
  const paint = { target: style.green, host: style.yellow, folded: style.dim, blocked: style.red, unknown: style.cyan }[
    placement
  ]
  const where = partition === null ? '' : `, in partition ${partition}`
  const fused = fusedInto?.length
    ? `, as part of ${fusedInto
        .slice(0, 4)
        .map((ref) => `#${ref}`)
        .join(', ')}`
    : ''
  const fate = placement === 'host' ? leave(true, target.host) : meaning[placement]
  const lines = [`${style.bold(label)}: ${paint(placement)}, ${fate}${where}${fused}`]
  if (why) lines.push(...wrap(safe(why), width - 2).map((line) => `  ${line}`))
  lines.push(...target.conditions.flatMap((condition) => conditionLines(condition, options)))
  for (const reason of reasonsOf(target.findings)) lines.push(...reasonLines(reason, options))
  return lines
}

/** A condition, its answer and the values behind it. */
function conditionLines(condition: ExplainedCondition, { columns, style }: ReportOptions): string[] {
  const width = Math.min(columns, 140)
  const { holds, verb } = condition
  const good = holds === null ? null : verb === 'that' || verb === 'kernel' ? holds : !holds
  const answer = good === null ? style.cyan('unknown') : good ? style.green('ok     ') : style.red('fails  ')
  const [first = '', ...rest] = wrap(`${verbs[verb]} ${safe(condition.condition, 1000)}`, width - 12)
  const lines = [`  ${answer}  ${first}`, ...rest.map((line) => `           ${line}`)]
  // What holds needs no proof on the screen.
  if (good === true) return lines
  const aside = [safe(condition.explanation, 600), sourceOf(condition)].filter(Boolean)
  for (const text of aside) lines.push(...wrap(text, width - 12).map((line) => `           ${style.dim(line)}`))
  return lines
}
