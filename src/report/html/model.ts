/** One model: what it is, its picture, and for each target the verdict with its reasons. */
import type { ModelResult, TargetResult } from '../../result/result.ts'
import { typeText } from '../inspect.ts'
import { bytes, count, percent, plural, quantity } from '../numbers.ts'
import { reasonsOf, refOf } from '../reasons.ts'
import { targetName, targetReasons } from '../target.ts'
import { outcome } from '../verdict.ts'
import { html, jsonData, type Markup } from './markup.ts'
import { modelId, targetId } from './overview.ts'
import { pageModel } from './page-data.ts'
import { reasonItem } from './reason.ts'

/** `open`: shown from the start, as one of few models is. */
export function modelSection(model: ModelResult, position: number, open: boolean, drawn: boolean): Markup {
  const { targets = [], findings } = model
  const own = reasonsOf(findings)
  return html`<details class="model" id="${modelId(position)}"${open && html` open`}>
<summary><h2>${model.path}</h2></summary>
${facts(model)}
${own.length > 0 && html`<h3>About the model itself</h3><ul class="reasons">${own.map((reason) => reasonItem(reason, nameIn(targets[0])))}</ul>`}
${picture(model, position, drawn)}
${targets.map((target, i) => targetPart(target, targets, targetId(position, i)))}
</details>`
}

const nameIn = (target: TargetResult | undefined): ((ref: string | number) => string) => {
  const names = new Map(target?.nodes.map((node) => [refOf(node), node.name || node.op]))
  return (ref) => names.get(ref) ?? ''
}

function facts(model: ModelResult): Markup {
  const { totals } = model
  const opsets = Object.entries(model.opsets).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
  const rows: [string, string][] = [
    ['nodes', count(totals.nodes)],
    ['MACs', quantity(totals.macs)],
    ['parameters', quantity(totals.params)],
    ['file', bytes(model.bytes)],
    ['weights', bytes(model.weightBytes)],
    ['activations at the peak', bytes(totals.peakActivationBytes)],
    ['opsets', `${opsets.join(', ')} (IR ${model.irVersion ?? '?'})`],
    ['made by', model.producer || 'not said'],
    ...model.inputs.slice(0, shownValues).map(valueRow('input')),
    ...model.outputs.slice(0, shownValues).map(valueRow('output')),
    ['digest', model.digest.slice(0, 16)],
  ]
  return html`<dl class="facts">${rows.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>`
}

const shownValues = 16
const valueRow =
  (label: string) =>
  ({ name, dtype, shape }: ModelResult['inputs'][number]): [string, string] => [
    label,
    `${name}: ${typeText(dtype, shape)}`,
  ]

/** The place where the page's script draws, and the data that it draws from. */
function picture(model: ModelResult, position: number, drawn: boolean): Markup | false {
  if (!drawn)
    return model.graphs !== undefined && html`<p>The picture of this model is left out, to keep the file small.</p>`
  const data = pageModel(model)
  return (
    data !== null &&
    html`<h3 id="graph-${position}">Graph</h3>
<div class="graph" data-graph="data-${position}" aria-labelledby="graph-${position}"><p class="noscript">The graph is drawn by the script of this page.</p></div>
<script type="application/json" id="data-${position}">${jsonData(data)}</script>`
  )
}

function targetPart(target: TargetResult, all: readonly TargetResult[], id: string): Markup {
  const reasons = targetReasons(target)
  const nameOf = nameIn(target)
  const parameters = Object.entries(target.parameters).map(([key, value]) => `${key} ${value}`)
  const { coverage, partitions, status, limits = [], proof } = target
  const crossing = partitions.every(({ bytesIn, bytesOut }) => bytesIn !== null && bytesOut !== null)
    ? partitions.reduce((sum, { bytesIn, bytesOut }) => sum + (bytesIn ?? 0) + (bytesOut ?? 0), 0)
    : null
  return html`<section class="target" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><span class="verdict ${target.verdict}">${target.verdict}</span> ${targetName(target, all)}</h3>
<p>${target.title && html`${target.title}: `}${outcome(target)}.</p>
<p class="aside">${[
    ...parameters,
    `${percent(coverage.nodes)} of the nodes and ${percent(coverage.macs)} of the MACs on the target`,
    plural(partitions.length, 'partition'),
    `${bytes(crossing)} across their borders`,
    target.decides ? 'gates' : 'does not gate',
  ].join(' · ')}</p>
${status && status.state !== 'current' && status.state !== 'stable' && html`<p><span class="tag warning">${status.state}</span> ${status.since && `since ${status.since}`}${status.instead?.length ? `; use ${status.instead.join(', ')}` : ''}</p>`}
${proof && html`<p>${target.verified ? 'Proved by' : 'Contradicted by'} ${proof.runtime}: ${plural(proof.agree, 'node')} as said, ${count(proof.differ)} otherwise.</p>`}
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((reason) => reasonItem(reason, nameOf))}</ul>`}
${target.layers?.length ? layerTable(target.layers) : ''}
${target.verdict === 'ready' && limits.length > 0 && html`<p class="aside">What ready does not cover: ${limits.join('; ')}</p>`}
</section>`
}

/** What an FPGA flow asks of each layer. */
function layerTable(layers: NonNullable<TargetResult['layers']>): Markup {
  const columns = [...new Set(layers.flatMap(({ figures }) => Object.keys(figures)))]
  const cell = (value: number | string | number[] | undefined): string =>
    value === undefined
      ? ''
      : Array.isArray(value)
        ? value.join(', ')
        : typeof value === 'number'
          ? count(value)
          : value
  return html`<details><summary>${plural(layers.length, 'layer')}</summary><div class="scroll" tabindex="0" role="region" aria-label="Layers"><table>
<thead><tr><th scope="col">layer</th><th scope="col">operator</th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${layers.map((layer) => html`<tr><th scope="row"><code>#${layer.node} ${layer.name}</code></th><td>${layer.op}</td>${columns.map((column) => html`<td>${cell(layer.figures[column])}</td>`)}</tr>`)}</tbody>
</table></div></details>`
}
