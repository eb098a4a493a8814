/** A run: where runtimes part from the reference, what that does to the metrics, how fast they are. */
import type {
  Latency,
  MetricValue,
  OutputComparison,
  RunResult,
  RuntimeRun,
  Stage,
  StageResult,
} from '../../result/run.ts'
import { bytes, count, percent, plural, quantity } from '../numbers.ts'
import { reasonsApart } from '../reasons.ts'
import { bar, spreadChart } from './charts.ts'
import { html, type Markup } from './markup.ts'
import { runId } from './overview.ts'
import { reasonItem } from './reason.ts'

const stages: readonly Stage[] = ['pre', 'model', 'post']

export function runSection(run: RunResult, position: number): Markup {
  const id = runId(position)
  const reasons = reasonsApart(run.findings)
  const measured = run.runtimes.filter(hasLatency)
  return html`<section class="run" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">Run of ${run.model}</h2>
<p>${run.wrapper !== null && html`With <code>${run.wrapper}</code>, `}${plural(run.samples, 'sample')} (${run.source}), held against <code>${run.reference}</code>.${run.partial && ' Interrupted: what was measured so far.'}</p>
${consistency(run, id)}
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((reason) => reasonItem(reason, () => ''))}</ul>`}
${run.runtimes.map((runtime) => diverging(runtime))}
${worstSamples(run)}
${metricTable(run)}
${measured.length > 0 && latencyPart(measured, run)}
${measured.map((runtime) => profile(runtime))}
${environment(run)}
</section>`
}

const number = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined ? '–' : value === 0 ? '0' : String(Number(value.toPrecision(digits)))

/** Runtimes × stages; each output is a cell of a strip, hotter the further it is off. */
function consistency({ runtimes }: RunResult, id: string): Markup {
  return html`<h3 id="${id}-stages">Do they compute the same?</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-stages"><table>
<thead><tr><th scope="col">runtime</th>${stages.map((stage) => html`<th scope="col">${stage}</th>`)}<th scope="col">decisions</th><th scope="col">says</th></tr></thead>
<tbody>${runtimes.map(
    (
      runtime,
    ) => html`<tr><th scope="row">${runtime.id}<small>${[runtime.version, runtime.adapter].filter(Boolean).join(' · ')}${runtime.software && html` <span class="tag warning">software</span>`}</small></th>
${stages.map((stage) => html`<td>${runtime.stages ? stageCell(runtime.stages[stage]) : '–'}</td>`)}
<td>${runtime.stages ? runtime.decisions : '–'}</td>
<td>${runtime.status !== 'ok' && html`<span class="tag ${runtime.status === 'failed' ? 'error' : 'note'}">${runtime.status}</span> `}${runtime.reason ?? runtime.sentence}${placement(runtime)}${runtime.expected && html`<br>Against the outputs that the samples say are right: <span class="verdict ${runtime.expected.verdict}">${runtime.expected.verdict}</span>`}</td></tr>`,
  )}</tbody></table></div>
<p class="aside">A strip has one cell per output, by its largest error: <span class="heat h0">within rounding</span> <span class="heat h2">1e-6</span> <span class="heat h4">1e-4</span> <span class="heat h6">1e-2</span> <span class="heat h8">1 and more</span></p>`
}

function placement({ placement: where }: RuntimeRun): Markup | false {
  const fallback = Object.entries(where?.fallback ?? {})
  return (
    fallback.length > 0 &&
    html`<br><span class="tag warning">on the CPU</span> ${fallback.map(([op, times]) => `${count(times)} ${op}`).join(', ')}`
  )
}

function stageCell({ verdict, crossFed, outputs }: StageResult): Markup {
  return html`<span class="verdict ${verdict}">${verdict}</span>${crossFed !== verdict && html` <small>alone: ${crossFed}</small>`}
<span class="strip">${outputs.slice(0, 64).map(strip)}</span>`
}

const strip = ({
  name,
  maxAbs,
  psnr,
  maxUlp,
  mismatched,
  count: all,
  tolerance,
  why,
  verdict,
}: OutputComparison): Markup =>
  html`<span class="heat h${heat(maxAbs, verdict)}" title="${name}: ${verdict}, at most ${number(maxAbs)} off, ${count(mismatched)} of ${count(all)} beyond ${tolerance}; PSNR ${number(psnr)} dB, ${number(maxUlp)} ULP${why && `; ${why}`}">${number(maxAbs, 2)}</span>`

/** 0 to 8, two steps per power of a hundred from 1e-8 on. */
const heat = (maxAbs: number | null, verdict: string): number =>
  maxAbs === null
    ? verdict === 'mismatch'
      ? 8
      : 0
    : Math.max(0, Math.min(8, Math.round(Math.log10(maxAbs || 1e-9) + 8)))

function diverging({ id, firstDiverging: first }: RuntimeRun): Markup | false {
  if (!first) return false
  const inputs = first.inputs.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(', ')}]`)
  const attributes = Object.entries(first.attributes).map(([key, value]) => `${key} = ${value}`)
  return html`<p><strong>${id}</strong> parts from the reference at <code>#${first.node} ${first.name}</code> (${first.op}): output <code>${first.output}</code> is up to ${number(first.maxAbs)} off while its inputs agree.${first.tapsChangeResult && ' Looking inside changed the answer, so that the place is less certain.'}</p>
<p class="aside">${[...inputs, ...attributes].join(' · ')}${first.repro !== null && ` · ${first.repro}`}</p>`
}

const shownWorst = 8

/** Where to look first. */
function worstSamples({ runtimes }: RunResult): Markup | false {
  const rows = runtimes.flatMap(({ id, worst }) =>
    worst
      .filter(({ verdict }) => verdict !== 'match')
      .slice(0, shownWorst)
      .map((one) => ({ id, ...one })),
  )
  return (
    rows.length > 0 &&
    html`<h3>Samples that differ most</h3><div class="scroll" tabindex="0" role="region" aria-label="Samples that differ most"><table>
<thead><tr><th scope="col">runtime</th><th scope="col">sample</th><th scope="col">stage</th><th scope="col">output</th><th scope="col">verdict</th><th scope="col" class="number">largest error</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row.id}</th><td>${row.sample}</td><td>${row.stage}</td><td><code>${row.output}</code></td><td><span class="verdict ${row.verdict}">${row.verdict}</span></td><td class="number">${number(row.maxAbs)}</td></tr>`)}</tbody></table></div>`
  )
}

/** Metrics over all samples, then over each slice. */
function metricTable({ runtimes }: RunResult): Markup | false {
  const names = [...new Set(runtimes.flatMap(({ metrics }) => Object.keys(metrics)))]
  if (names.length === 0) return false
  const cells = (metrics: Readonly<Record<string, MetricValue>>) =>
    names.map(
      (name) => html`<td class="number">${metricText(Object.hasOwn(metrics, name) ? metrics[name] : undefined)}</td>`,
    )
  return html`<h3>Metrics</h3><div class="scroll" tabindex="0" role="region" aria-label="Metrics"><table>
<thead><tr><th scope="col">runtime</th><th scope="col">samples</th>${names.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${runtimes
    .filter(({ metrics }) => Object.keys(metrics).length > 0)
    .map(
      ({ id, metrics, slices }) => html`<tr><th scope="row">${id}</th><td>all</td>${cells(metrics)}</tr>
${slices.map((slice) => html`<tr class="slice"><th scope="row">${id}</th><td>${slice.name} (${count(slice.samples)})</td>${cells(slice.metrics)}</tr>`)}`,
    )}</tbody></table></div>`
}

function metricText(metric: MetricValue | undefined): string {
  if (!metric) return '–'
  const { value, delta, deltaCi95 } = metric
  if (delta === null) return number(value)
  const interval = deltaCi95 ? ` [${number(deltaCi95[0])}, ${number(deltaCi95[1])}]` : ''
  return `${number(value)} (${delta > 0 ? '+' : ''}${number(delta)}${interval})`
}

type Measured = RuntimeRun & { readonly latency: Latency }
const hasLatency = (runtime: RuntimeRun): runtime is Measured => runtime.latency !== null

function latencyPart(runtimes: readonly Measured[], { baseline }: RunResult): Markup {
  const ms = (value: number | null) => (value === null ? '–' : `${number(value)} ms`)
  return html`<h3>How fast?</h3>
${spreadChart(
  runtimes.map(({ id, latency: { warm } }) => ({
    label: id,
    samples: warm.samples,
    p50: warm.p50,
    interval: warm.p50ci95,
  })),
  'Time of every warm run, by runtime',
)}
<p class="aside">Every warm run is a dot, the median a line in its 95 % interval; the slowest, which would press the others together, are rings at the right edge.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Latency"><table>
<thead><tr><th scope="col">runtime</th><th scope="col" class="number">load</th><th scope="col" class="number">first</th><th scope="col" class="number">median</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">p90</th><th scope="col" class="number">p99</th><th scope="col" class="number">spread (MAD)</th><th scope="col" class="number">runs</th>${stages.map((stage) => html`<th scope="col" class="number">${stage}</th>`)}<th scope="col" class="number">memory</th><th scope="col">valid</th></tr></thead>
<tbody>${runtimes.map(
    ({ id, latency: { load, first, warm, stages: parts, memoryBytes } }) =>
      html`<tr><th scope="row">${id}</th><td class="number">${ms(load)}</td><td class="number">${ms(first)}</td><td class="number">${ms(warm.p50)}</td><td class="number">${warm.p50ci95 ? `${number(warm.p50ci95[0])} – ${number(warm.p50ci95[1])}` : '–'}</td><td class="number">${ms(warm.p90)}</td><td class="number">${ms(warm.p99)}</td><td class="number">${ms(warm.mad)}</td><td class="number">${count(warm.n)}</td>${stages.map((stage) => html`<td class="number">${ms(parts[stage]?.p50 ?? null)}</td>`)}<td class="number">${bytes(memoryBytes)}</td><td>${warm.valid ? 'yes' : html`<span class="tag warning">no</span> ${warm.reason}`}</td></tr>`,
  )}</tbody></table></div>
${baseline && html`<p>Against <code>${baseline.file}</code>: <strong>${baseline.verdict}</strong>. ${baseline.runtimes.map(({ id, verdict, why }) => `${id}: ${verdict}, ${why}`).join('; ')}</p>`}`
}

const shownOps = 40

/** The nodes that take the time. */
function profile({ id, latency: { perOp } }: Measured): Markup | false {
  if (perOp.length === 0) return false
  const sorted = [...perOp].sort((a, b) => b.ms - a.ms)
  return html`<details><summary>Where ${id} spends its time: ${plural(perOp.length, 'node')}</summary><div class="scroll" tabindex="0" role="region" aria-label="Profile of ${id}"><table>
<thead><tr><th scope="col">node</th><th scope="col">operator</th><th scope="col">provider</th><th scope="col" class="number">ms</th><th scope="col" class="number">share</th><th scope="col"><span class="hidden">bar</span></th><th scope="col" class="number">MACs</th><th scope="col">bound by</th></tr></thead>
<tbody>${sorted.slice(0, shownOps).map((op) => html`<tr><th scope="row"><code>${op.node !== null && `#${op.node} `}${op.name}</code></th><td>${op.op}</td><td>${op.provider}</td><td class="number">${number(op.ms)}</td><td class="number">${percent(op.share)}</td><td>${bar(op.share)}</td><td class="number">${op.macs === null ? '–' : quantity(op.macs)}</td><td>${op.bound ?? '–'}</td></tr>`)}</tbody></table></div>
${sorted.length > shownOps && html`<p>and ${count(sorted.length - shownOps)} more</p>`}</details>`
}

function environment({ environment: { cpu, cores, os, node, model }, runtimes }: RunResult): Markup {
  const rows: [string, string][] = [
    ['processor', `${cpu}, ${plural(cores, 'core')}`],
    ['system', os],
    ['Node', node],
    ['model', model === null ? 'not read whole' : `SHA-256 ${model}`],
    ...runtimes.map(({ id, version, adapter }): [string, string] => [
      id,
      [version ?? 'not installed', adapter].filter(Boolean).join(' · '),
    ]),
  ]
  return html`<details><summary>Environment and versions</summary><dl class="facts">${rows.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl></details>`
}
