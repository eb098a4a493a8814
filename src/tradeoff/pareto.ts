/** Which candidates nobody beats: the Pareto front. */
import type { Candidate, ComparisonColumn } from '../result/result.ts'

/** Figures that are measured differ by this much from run to run: no closer than that is a difference. */
const measured = 0.05

/**
 * `a` is as good as `b` in every column and better in one. What is not known of one of them decides nothing in its
 * favour: it is neither as good nor better there, unless neither is known.
 */
function dominates(a: Candidate['values'], b: Candidate['values'], columns: readonly ComparisonColumn[]): boolean {
  let isBetter = false
  for (const { id, better, unit } of columns) {
    const [mine, other] = [a[id] ?? null, b[id] ?? null]
    if (mine === null && other === null) continue
    if (mine === null || other === null) return false
    const gain = better === 'less' ? other - mine : mine - other
    const noise = unit === 'ms' || id.startsWith('memory:') ? measured * Math.max(mine, other) : 0
    if (gain < -noise) return false
    if (gain > noise) isBetter = true
  }
  return isBetter
}

export function withFront(
  candidates: readonly Pick<Candidate, 'model' | 'values'>[],
  columns: readonly ComparisonColumn[],
): Candidate[] {
  return candidates.map(({ model, values }) => {
    const stronger = candidates.filter((other) => other.values !== values && dominates(other.values, values, columns))
    return { model, values, isOnFront: stronger.length === 0, dominatedBy: stronger.map((one) => one.model) }
  })
}
