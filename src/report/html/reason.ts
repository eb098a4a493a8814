/** Reasons of a verdict, for a reader with room: everything that is known about them. */
import type { NodeRef } from '../../result/finding.ts'
import { count, plural } from '../numbers.ts'
import type { Reason } from '../reasons.ts'
import { html, type Markup } from './markup.ts'

const known = {
  oracle: 'agrees with recorded answers of the real provider',
  source: 'read in the source',
  documented: 'documented by the vendor',
  assumed: 'assumed',
} as const

/** Where a rule stands, and how well it is known. */
export function sourceLine({ source, evidence }: Reason): string {
  const place = source ? [source.title, source.path, source.revision && `at ${source.revision}`] : []
  const parts = [place.filter(Boolean).join(' '), evidence ? known[evidence] : '']
  return parts.filter(Boolean).join('; ')
}

const shownValues = 4

/** The values found, most frequent first. */
export function foundList({ found }: Reason): string {
  const shown = found.slice(0, shownValues).map(({ text, times }) => (times > 1 ? `${text} (${count(times)}×)` : text))
  const more = found.length - shown.length
  return shown.join('; ') + (more > 0 ? `; ${count(more)} other values` : '')
}

const shownNodes = 200

/** One reason as an item of a list. */
export function reasonItem(reason: Reason, nameOf: (ref: NodeRef) => string): Markup {
  const { severity, message, condition, expected, fix, effect, together, nodes, id } = reason
  const row = (label: string, text: string | Markup | null | undefined, code = false): Markup | null =>
    text ? html`<div><dt>${label}</dt><dd>${code ? html`<code>${text}</code>` : text}</dd></div>` : null
  const along = together.length > 0 ? `, together with ${together.join(', ')}` : ''
  return html`<li class="reason ${severity}">
<p class="message"><span class="tag ${severity}">${severity}</span> ${message}</p>
<dl>${row('solved', effect && `${effect}${along}`)}${row('fix', fix)}${row('needs', condition ?? expected, true)}${row('found', foundList(reason), true)}${row('rule', id, true)}${row('source', sourceLine(reason))}</dl>
${
  nodes.length > 0 &&
  html`<details><summary>${plural(nodes.length, 'node')}</summary><ul class="nodes">${nodes
    .slice(0, shownNodes)
    .map(
      (ref) => html`<li><code>#${ref} ${nameOf(ref)}</code></li>`,
    )}</ul>${nodes.length > shownNodes && html`<p>and ${count(nodes.length - shownNodes)} more</p>`}</details>`
}
</li>`
}
