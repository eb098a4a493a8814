/** Candidates side by side: a column for each, a row for each figure, and who is on the front. */
import type { Result } from '../../result/result.ts'
import { bestOf, figureText, standing } from '../candidates.ts'
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
<ul>${candidates.map((one) => html`<li><code>${one.model}</code>: ${standing(one)}</li>`)}</ul></section>`
}
