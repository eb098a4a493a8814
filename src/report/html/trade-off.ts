/**
 * Candidates against each other: is it worth its time? Drawn where several models were run on the same runtime, and
 * nobody asked for more columns than these two.
 */
import { isFailure, type Result } from '../../result/result.ts'
import { type Point, scatterChart } from './charts.ts'
import { html, type Markup } from './markup.ts'

interface Candidate {
  readonly label: string
  readonly p50: number
  /** By what it is told apart: the first metric that all have, otherwise MACs in millions. */
  readonly worth: number
}

export function tradeOff(result: Result): Markup | false {
  const runs = result.runs ?? []
  if (runs.length < 2 || result.comparison) return false
  const metric = commonMetric(result)
  const candidates = runs.flatMap((run): Candidate[] => {
    const runtime = run.runtimes.find(({ id }) => id === run.reference) ?? run.runtimes[0]
    const p50 = runtime?.latency?.warm.p50 ?? null
    const worth = metric === null ? millions(result, run.model) : (runtime?.metrics[metric]?.value ?? null)
    return p50 === null || worth === null ? [] : [{ label: shortLabel(run.model), p50, worth }]
  })
  if (candidates.length < 2) return false
  // More of a metric is better; fewer MACs are.
  const better = (a: Candidate, b: Candidate) => (metric === null ? a.worth <= b.worth : a.worth >= b.worth)
  const points = candidates.map((one): Point => {
    const beaten = candidates.some((other) => other !== one && other.p50 < one.p50 && better(other, one))
    return { label: one.label, x: one.p50, y: one.worth, best: !beaten }
  })
  return html`<section aria-labelledby="trade-off"><h2 id="trade-off">Is it worth its time?</h2>
${scatterChart(points, 'median of a warm run on the reference, ms', metric ?? 'million MACs')}
<p class="aside">Filled: no other candidate is better in both. ${points
    .filter(({ best }) => best)
    .map(({ label }) => label)
    .join(', ')}</p></section>`
}

function commonMetric({ runs = [] }: Result): string | null {
  const metrics = runs.map(({ runtimes }) => new Set(runtimes.flatMap((runtime) => Object.keys(runtime.metrics))))
  return [...(metrics[0] ?? [])].find((name) => metrics.every((names) => names.has(name))) ?? null
}

function millions({ models }: Result, path: string): number | null {
  const model = models.find((one) => one.path === path)
  return model && !isFailure(model) && model.totals.macs !== null ? model.totals.macs / 1e6 : null
}

const shortLabel = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
