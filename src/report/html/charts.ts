/** Pictures of numbers as SVG, without a script: they print, and each has its numbers beside it in a table. */
import { html, type Markup } from './markup.ts'

const width = 640
const left = 140
const right = 34

/** A scale for milliseconds with round ticks, from 0 or, where that would waste the room, from the least. */
function linear(values: readonly number[], from: number, to: number) {
  const high = Math.max(...values, 1e-9)
  const least = Math.min(...values)
  const low = least > high * 0.4 ? least - (high - least || high) * 0.15 : 0
  const step = tickStep((high - low) / 5)
  const start = Math.floor(low / step) * step
  const end = Math.ceil(high / step) * step
  const ticks = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step)
  return { at: (value: number) => round(from + ((value - start) / (end - start || 1)) * (to - from)), ticks }
}

/** 1, 2 or 5 times a power of ten. */
function tickStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough || 1))
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10
  return factor * power
}

const round = (value: number): number => Math.round(value * 10) / 10
/** As many digits as a tick needs, and none of those that binary fractions add. */
const tickText = (value: number): string => String(Number(value.toPrecision(6)))

export interface Spread {
  readonly label: string
  /** As measured. */
  readonly samples: readonly number[]
  readonly p50: number | null
  readonly interval: readonly [number, number] | null
}

const laneHeight = 44

/** One lane per runtime: every sample a mark, its median and the interval of that. */
export function spreadChart(spreads: readonly Spread[], title: string): Markup {
  const shown = spreads.filter(({ samples }) => samples.length > 0)
  const all = shown.flatMap(({ samples }) => usual(samples))
  const height = shown.length * laneHeight + 34
  const { at, ticks } = linear(all, left, width - right)
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${ticks.map((tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="4" y2="${height - 26}"/><text class="tick" x="${at(tick)}" y="${height - 10}" text-anchor="middle">${tickText(tick)}${tick === ticks.at(-1) && ' ms'}</text>`)}
${shown.map((spread, lane) => laneOf(spread, lane * laneHeight + 4, at))}
</svg>`
}

/** Without the few that would press all others together; those stand at the edge. */
function usual(samples: readonly number[]): number[] {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted.slice(0, Math.max(1, Math.ceil(sorted.length * 0.95)))
}

const marksPerLane = 400

function laneOf({ label, samples, p50, interval }: Spread, top: number, at: (value: number) => number): Markup {
  const every = Math.max(1, Math.ceil(samples.length / marksPerLane))
  const marks = samples.filter((_, i) => i % every === 0)
  const middle = top + laneHeight / 2 - 4
  // Samples of one value lie side by side, not on each other: the position in time spreads them.
  const height = laneHeight - 20
  const dot = (sample: number, i: number) =>
    html`<circle class="sample${at(sample) > width - right && ' beyond'}" cx="${Math.min(at(sample), width - right + 10)}" cy="${round(middle - height / 2 + (height * i) / Math.max(1, marks.length - 1))}" r="1.6"/>`
  return html`<g><text class="label" x="${left - 10}" y="${middle + 4}" text-anchor="end">${label}</text>
${marks.map(dot)}
${interval && html`<rect class="interval" x="${at(interval[0])}" y="${top}" width="${Math.max(1, at(interval[1]) - at(interval[0]))}" height="${laneHeight - 8}"/>`}
${p50 !== null && html`<line class="median" x1="${at(p50)}" x2="${at(p50)}" y1="${top}" y2="${top + laneHeight - 8}"/>`}</g>`
}

/** A bar in a cell of a table; the number stands in the cell beside it. */
export const bar = (share: number): Markup =>
  html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="fill" width="${round(Math.max(0, Math.min(1, share)) * 100)}" height="10"/></svg>`

export interface Point {
  readonly label: string
  readonly x: number
  readonly y: number
  /** No other is better in both. */
  readonly best: boolean
}

/** Candidates by two measures; those that no other beats in both are filled. */
export function scatterChart(points: readonly Point[], x: string, y: string): Markup {
  const height = 320
  const horizontal = linear(
    points.map((point) => point.x),
    64,
    width - 120,
  )
  const vertical = linear(
    points.map((point) => point.y),
    height - 44,
    16,
  )
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${y} against ${x}">
${horizontal.ticks.map((tick) => html`<line class="grid" x1="${horizontal.at(tick)}" x2="${horizontal.at(tick)}" y1="16" y2="${height - 44}"/><text class="tick" x="${horizontal.at(tick)}" y="${height - 28}" text-anchor="middle">${tickText(tick)}</text>`)}
${vertical.ticks.map((tick) => html`<line class="grid" x1="64" x2="${width - 120}" y1="${vertical.at(tick)}" y2="${vertical.at(tick)}"/><text class="tick" x="58" y="${vertical.at(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`)}
<text class="tick" x="${(64 + width - 120) / 2}" y="${height - 8}" text-anchor="middle">${x}</text>
<text class="tick" x="4" y="10">${y}</text>
${labelled(points, horizontal.at, vertical.at).map(({ point, x: right, y: down, below }) => html`<circle class="point${point.best && ' best'}" cx="${right}" cy="${down}" r="5"/><text class="label" x="${right + 9}" y="${down + 4 + below}">${point.label}</text>`)}
</svg>`
}

/** About what a letter of a label takes. */
const letterWidth = 7
const lineHeight = 15

/** Points from left to right, labels moved down by lines where they would lie on others. */
function labelled(points: readonly Point[], across: (value: number) => number, up: (value: number) => number) {
  const placed: { readonly point: Point; readonly x: number; readonly y: number; readonly below: number }[] = []
  for (const point of [...points].sort((a, b) => a.x - b.x)) {
    const [x, y] = [across(point.x), up(point.y)]
    const isFree = (below: number) =>
      placed.every(
        (one) =>
          one.x + 9 + one.point.label.length * letterWidth < x || Math.abs(one.y + one.below - y - below) >= lineHeight,
      )
    let below = 0
    while (!isFree(below)) below += lineHeight
    placed.push({ point, x, y, below })
  }
  return placed
}
