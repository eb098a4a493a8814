/** A verdict in words: one sentence that says what it means for this model and what decided it. */
import type { TargetResult, Verdict } from '../result/result.ts'
import { count, plural } from './numbers.ts'
import { commonWhy, type Reason, tally } from './reasons.ts'
import type { Style } from './style.ts'

export const verdictPaint = (style: Style, verdict: Verdict): ((text: string) => string) =>
  ({ ready: style.green, partial: style.yellow, unknown: style.cyan, blocked: style.red })[verdict]

/** What becomes of nodes that a target does not take. Results of older versions do not say who the host is. */
export function leave(isOne: boolean, host: TargetResult['host']): string {
  if (host === null) return isOne ? 'is left to the application' : 'are left to the application'
  return isOne ? "falls back to the runtime's CPU" : "fall back to the runtime's CPU"
}

/** What the verdict means here, without its reason: `2 of 103 nodes run on the CPU`. */
export function outcome(target: TargetResult): string {
  const { active, host, blocked, unknown, target: placed } = tally(target)
  switch (target.verdict) {
    case 'ready':
      return active === 0 ? 'nothing is left to run after folding' : `all ${plural(active, 'node')} run on the target`
    case 'partial':
      return `${count(host)} of ${plural(active, 'node')} ${leave(host === 1, target.host)}`
    case 'unknown':
      return unknown > 0
        ? `${count(unknown)} of ${plural(active, 'node')} hang on facts that are not given`
        : `${count(placed)} of ${plural(active, 'node')} would run on the target; the rest hangs on facts not given`
    case 'blocked':
      return blocked > 0
        ? `${count(blocked)} of ${plural(active, 'node')} cannot run there`
        : 'the model as a whole cannot run there'
  }
}

/** The reason that decides the verdict, in one line; null for `ready`. */
export function decisive(target: TargetResult, reasons: readonly Reason[]): string | null {
  if (target.verdict === 'ready') return null
  const placement = target.verdict === 'partial' ? 'host' : target.verdict
  const guilty = new Set(target.nodes.filter((node) => node.placement === placement).flatMap((node) => node.findings))
  const reason = reasons.find(({ id }) => guilty.has(id)) ?? reasons.find(({ severity }) => severity !== 'note')
  return reason?.message ?? commonWhy(target, placement) ?? reasons[0]?.message ?? null
}
