/** The program of the report's page: draws the graphs. Everything else on the page is there without it. */

import type { PageModel } from './data.ts'
import { GraphPart } from './graph-part.ts'

/** Drawn when it is seen first: a report on many models opens at once. */
function drawOnce(place: HTMLElement): void {
  if (place.dataset.drawn) return
  place.dataset.drawn = 'yes'
  const text = document.getElementById(place.dataset.graph ?? '')?.textContent ?? ''
  const title = document.getElementById(place.getAttribute('aria-labelledby') ?? '')?.textContent ?? 'Graph'
  new GraphPart(place, title, JSON.parse(text) as PageModel)
}

const isShown = (place: HTMLElement): boolean => place.closest('details:not([open])') === null

for (const place of document.querySelectorAll<HTMLElement>('[data-graph]')) {
  if (isShown(place)) drawOnce(place)
  else place.closest('details')?.addEventListener('toggle', () => isShown(place) && drawOnce(place))
}

/** A link into a closed part opens it. */
function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  for (let part = target?.closest('details'); part; part = part.parentElement?.closest('details')) part.open = true
  target?.scrollIntoView()
}
addEventListener('hashchange', openTarget)
if (location.hash) openTarget()

/** On paper nothing can be opened. */
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details')) part.open = true
})
