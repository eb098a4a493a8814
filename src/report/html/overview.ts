/** The first screen: what failed, the matrix of verdicts, models that could not be read. */
import { isFailure, type ModelFailure, type ModelResult, type Result, type TargetResult } from '../../result/result.ts'
import { bytes, count, percent, plural, quantity } from '../numbers.ts'
import { reasonsApart } from '../reasons.ts'
import { targetName } from '../target.ts'
import { outcome } from '../verdict.ts'
import { html, type Markup } from './markup.ts'
import { reasonItem } from './reason.ts'

export const modelId = (position: number): string => `model-${position}`
export const targetId = (model: number, target: number): string => `model-${model}-target-${target}`
export const runId = (position: number): string => `run-${position}`

export function overview(result: Result): Markup {
  const { gates, error, partial, models, runs = [] } = result
  const failed = error !== undefined || gates.length > 0 || models.some(isFailure)
  const said = reasonsApart(result.findings ?? [])
  const parts = [models.length > 0 && plural(models.length, 'model'), runs.length > 0 && plural(runs.length, 'run')]
  const title = error
    ? 'The question could not be asked'
    : failed
      ? `${plural(gates.length, 'gate')} failed`
      : result.exitCode === 0
        ? 'No gate failed'
        : 'Failed'
  return html`<section class="lead ${failed || result.exitCode !== 0 ? 'bad' : 'good'}" aria-labelledby="lead">
<h2 id="lead">${title}</h2>
<p>${parts.filter(Boolean).join(', ')}; exit code ${result.exitCode}</p>
${error && html`<p class="message"><strong>${error.message}</strong></p>${error.fix && html`<p>${error.fix}</p>`}`}
${partial && html`<p><strong>Interrupted:</strong> what was not reached is missing.</p>`}
${said.length > 0 && html`<ul class="reasons">${said.map((reason) => reasonItem(reason, () => ''))}</ul>`}${gates.length > 0 && html`<ul class="gates">${gates.map(({ model, target, message }) => html`<li><code>${model}</code>${target !== null && html` · <code>${target}</code>`}: ${message}</li>`)}</ul>`}
</section>
${matrix(models)}`
}

/** Models × targets, each verdict a link to its reasons. Columns are what the models were asked about, in order. */
function matrix(models: Result['models']): Markup | false {
  const columns = new Map<string, TargetResult>()
  for (const model of models)
    if (!isFailure(model))
      for (const target of model.targets ?? []) {
        const label = targetName(target, model.targets ?? [])
        if (!columns.has(label)) columns.set(label, target)
      }
  if (models.length === 0) return false
  const labels = [...columns.keys()]
  return html`<section aria-labelledby="verdicts">
<h2 id="verdicts">${labels.length > 0 ? 'Verdicts' : 'Models'}</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="verdicts"><table class="matrix">
<thead><tr><th scope="col">model</th><th scope="col" class="number">nodes</th><th scope="col" class="number">MACs</th><th scope="col" class="number">size</th>${labels.map(
    (label) =>
      html`<th scope="col">${label}${columns.get(label)?.decides === false && html`<small>not gating</small>`}</th>`,
  )}</tr></thead>
<tbody>${models.map((model, i) => (isFailure(model) ? failureRow(model, labels.length) : modelRow(model, i, labels)))}</tbody>
</table></div>
${labels.length > 0 && legend}
</section>`
}

const legend = html`<ul class="legend" aria-label="What the verdicts mean">
<li><span class="verdict ready">ready</span> every node that is left after folding runs on the target</li>
<li><span class="verdict partial">partial</span> some nodes run on the device’s CPU; the share of MACs on the target beside it</li>
<li><span class="verdict unknown">unknown</span> hangs on a fact that was not given</li>
<li><span class="verdict blocked">blocked</span> cannot run there</li>
</ul>`

function modelRow(model: ModelResult, position: number, labels: readonly string[]): Markup {
  const { totals, bytes: size, targets = [] } = model
  const cells = new Map(targets.map((target, i) => [targetName(target, targets), { target, i }]))
  return html`<tr><th scope="row"><a href="#${modelId(position)}">${model.path}</a></th><td class="number">${count(totals.nodes)}</td><td class="number">${quantity(totals.macs)}</td><td class="number">${bytes(size)}</td>${labels.map(
    (label) => {
      const cell = cells.get(label)
      return html`<td>${cell && verdictLink(cell.target, targetId(position, cell.i))}</td>`
    },
  )}</tr>`
}

const verdictLink = (target: TargetResult, id: string): Markup =>
  html`<a class="verdict ${target.verdict}" href="#${id}" title="${outcome(target)}">${target.verdict}${target.verdict === 'partial' && target.coverage.macs !== null && ` ${percent(target.coverage.macs)}`}</a>`

const failureRow = ({ path, error }: ModelFailure, columns: number): Markup =>
  html`<tr class="failure"><th scope="row">${path}</th><td colspan="${columns + 3}"><span class="verdict blocked">unreadable</span> ${error.message}${error.offset !== null && ` (at byte ${count(error.offset)})`}${error.fix && html`<br>${error.fix}`}</td></tr>`
