/**
 * The report as one HTML file that loads nothing: for people who were not there when it was made. A policy inside the
 * file lets no script run but its own, known by its hash, whatever the names in a model say.
 */
import { createHash } from 'node:crypto'
import { isFailure, type Result } from '../../result/result.ts'
import { plural } from '../numbers.ts'
import { candidatesSection } from './candidates.ts'
import { html, Markup } from './markup.ts'
import { modelSection } from './model.ts'
import { modelId, overview, runId } from './overview.ts'
import { runSection } from './run.ts'
import { pageScript } from './script.ts'
import { style } from './style.ts'
import { tradeOff } from './trade-off.ts'

/** Nodes that are drawn in one file, all models together: keeps it below 10 MB. */
const drawnNodes = 20_000
/** Models shown open from the start. */
const openModels = 1

export function htmlReport(result: Result): string {
  const script = pageScript()
  const { models, runs = [], tool } = result
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const read = models.filter((model) => !isFailure(model)).length
  const title = models.length === 1 ? (models[0]?.path ?? '') : plural(models.length, 'model')
  const body = html`<a class="skip" href="#main">To the report</a>
<header><h1>deploycheck <small>${title || runs[0]?.model}</small></h1></header>
${navigation(result)}
<main id="main">
${overview(result)}
${candidatesSection(result)}${tradeOff(result)}
${runs.map(runSection)}
${sections(result, read <= openModels)}
</main>
<footer><p>Made by ${tool.name} ${tool.version}. A verdict says whether and where nodes run, not how fast.</p></footer>`
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>deploycheck: ${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
<script>${new Markup(script)}</script>
</body>
</html>
`
  return document.text
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Pictures for the first models, as many as the file may hold. */
function sections({ models }: Result, open: boolean): Markup[] {
  let drawn = 0
  return models.flatMap((model, position) => {
    if (isFailure(model)) return []
    const nodes = model.graphs?.reduce((sum, graph) => sum + graph.nodes.length, 0) ?? 0
    const fits = drawn === 0 || drawn + nodes <= drawnNodes
    if (fits) drawn += nodes
    return [modelSection(model, position, open, fits)]
  })
}

function navigation({ models, runs = [] }: Result): Markup | false {
  const entries = [
    ...runs.map(({ model }, i) => ({ href: runId(i), label: `Run of ${model}` })),
    ...models.flatMap((model, i) => (isFailure(model) ? [] : [{ href: modelId(i), label: model.path }])),
  ]
  return (
    entries.length > 1 &&
    entries.length <= 40 &&
    html`<nav aria-label="Contents"><ul>${entries.map(({ href, label }) => html`<li><a href="#${href}">${label}</a></li>`)}</ul></nav>`
  )
}
