/** Candidates side by side: a column for each, a row for each figure, and who is on the front. */
import type { Candidate, Comparison, ComparisonColumn, Result } from '../../result/result.ts'
import { axesOf, baseName, bestOf, figureText, standing } from '../candidates.ts'
import { scatterChart } from './charts.ts'
import { html, type Markup } from './markup.ts'

export function candidatesSection({ comparison }: Result): Markup | false {
  if (!comparison || comparison.candidates.length === 0) return false
  const { columns, candidates } = comparison
  return html`<section aria-labelledby="candidates"><h2 id="candidates">Candidates side by side</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="candidates"><table>
<thead><tr><th scope="col">figure</th>${candidates.map(({ model, isOnFront }) => html`<th scope="col" class="number">${model}${isOnFront && html`<small>on the front</small>`}</th>`)}</tr></thead>
<tbody>${columns.map((column) => {
    const best = bestOf(column, candidates)
    return html`<tr><th scope="row">${column.id}<small>${column.better} is better</small></th>${candidates.map(
      ({ values }) => {
        const value = values[column.id] ?? null
        const text = figureText(value, column)
        return html`<td class="number">${value !== null && value === best ? html`<strong>${text}</strong>` : text}</td>`
      },
    )}</tr>`
  })}</tbody></table></div>
${scatter(comparison)}
<ul>${candidates.map((one) => html`<li><code>${one.model}</code>: ${standing(one)}</li>`)}</ul></section>`
}

/** Filled points are those of the front, which is about all columns and not about these two alone. */
function scatter(comparison: Comparison): Markup | false {
  const axes = axesOf(comparison)
  if (!axes) return false
  const { candidates } = comparison
  const [x, y] = [scaleOf(axes.x, candidates), scaleOf(axes.y, candidates)]
  const points = candidates.flatMap(({ model, values, isOnFront }) => {
    const [right, above] = [values[axes.x.id] ?? null, values[axes.y.id] ?? null]
    if (right === null || above === null) return []
    return [{ label: baseName(model), x: right / x.size, y: above / y.size, best: isOnFront }]
  })
  return html`${scatterChart(points, x.label, y.label)}<p class="aside">Filled: nothing beats it in every column.</p>`
}

/** Numbers that can be read on an axis, and what one of them stands for. */
function scaleOf({ id, unit }: ComparisonColumn, candidates: readonly Candidate[]) {
  const largest = Math.max(...candidates.map(({ values }) => values[id] ?? 0))
  if (unit === 'share') return { size: 0.01, label: `${id}, %` }
  if (unit === 'bytes') return { size: 1e6, label: `${id}, MB` }
  if (unit === 'count' && largest >= 1e6) return { size: 1e6, label: `${id}, millions` }
  return { size: 1, label: unit === 'ms' ? `${id}, ms` : id }
}
