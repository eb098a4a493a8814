/** Latency in the report of `run`: figures with their spread, where they come from, and what they are held against. */
import type { BaselineOutcome, Latency, OpTime, RunResult, RuntimeRun, Sampled } from '../result/run.ts'
import { bytes, percent, plural, quantity } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import type { Style } from './style.ts'
import { type Cell, labelled, type Row, table } from './table.ts'
import { name, safe, wrap } from './text.ts'

interface Timed {
  readonly runtime: RuntimeRun
  readonly latency: Latency
}

export function latencyLines(run: RunResult, options: ReportOptions): string[] {
  const timed = run.runtimes.flatMap((runtime): Timed[] =>
    runtime.latency ? [{ runtime, latency: runtime.latency }] : [],
  )
  if (timed.length === 0) return []
  const { style } = options
  const lines = ['', style.bold('Latency'), ...figures(timed, options), ...doubts(timed, options)]
  const spread = timed.filter(({ latency }) => latency.warm.samples.length >= 10)
  if (spread.length > 0) lines.push('', style.bold('Spread'), ...spread.map((one) => spreadLine(one, options)))
  for (const one of timed) if (one.latency.perOp.length > 0) lines.push('', ...operatorLines(one, options))
  return [...lines, ...baselineLines(run, options)]
}

function figures(timed: readonly Timed[], { columns, style }: ReportOptions): string[] {
  const stages = timed.some(({ latency }) => Object.keys(latency.stages).length > 1)
  const head = [
    { title: '  RUNTIME', max: columns >= 110 ? 40 : 20 },
    { title: 'LOAD', align: 'right' as const },
    { title: 'FIRST', align: 'right' as const },
    { title: 'P50', align: 'right' as const },
    { title: '95 % OF P50' },
    { title: 'P90', align: 'right' as const },
    { title: 'RUNS/S', align: 'right' as const },
    { title: 'MEMORY', align: 'right' as const },
  ]
  const rows = timed.flatMap(({ runtime, latency }): Row[] => {
    const { warm } = latency
    const paint = warm.valid ? (text: string) => text : style.dim
    const cells = [
      name(`  ${runtime.id}${runtime.software ? ' *' : ''}`, 60),
      milliseconds(latency.load),
      milliseconds(latency.first),
      milliseconds(warm.p50),
      interval(warm),
      milliseconds(warm.p90),
      warm.throughput === null ? '–' : quantity(Number(warm.throughput.toPrecision(3))),
      latency.memoryBytes === null ? '–' : bytes(latency.memoryBytes),
    ]
    const whole = cells.map((text): Cell => ({ text, paint }))
    return stages ? [whole, ...stageRows(latency)] : [whole]
  })
  return table(head, rows, style.dim)
}

const stageRows = ({ stages }: Latency): Row[] =>
  Object.entries(stages).map(([stage, sampled]): Cell[] => {
    const cells = [`    ${stage}`, '', '', milliseconds(sampled.p50), interval(sampled), milliseconds(sampled.p90)]
    return cells.map((text) => ({ text }))
  })

const interval = ({ p50ci95 }: Sampled): string =>
  p50ci95 === null ? '–' : `${figure(p50ci95[0])} to ${figure(p50ci95[1])}`

/** Why a figure is not to be relied on. */
const doubts = (timed: readonly Timed[], { columns, style }: ReportOptions): string[] =>
  timed.flatMap(({ runtime, latency }) =>
    latency.warm.reason === null
      ? []
      : labelled('not sure', `${safe(runtime.id, 60)}: ${safe(latency.warm.reason, 200)}`, {
          width: Math.min(columns, 120),
          indent: 2,
          labelWidth: 10,
          paint: style.yellow,
        }),
  )

const bars = ' ▁▂▃▄▅▆▇█'

/** Heights of a histogram from the fastest sample to the 98th percentile; what is slower stands in the last bar. */
export function histogram(samples: readonly number[], width: number): { bars: string; low: number; high: number } {
  const sorted = [...samples].sort((a, b) => a - b)
  const low = sorted[0] ?? 0
  const high = sorted[Math.ceil(sorted.length * 0.98) - 1] ?? low
  const counts = new Array<number>(width).fill(0)
  for (const sample of sorted) {
    const at = high > low ? Math.floor(((sample - low) / (high - low)) * width) : 0
    const bin = Math.min(width - 1, at)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const most = Math.max(1, ...counts)
  // Whatever is there is seen.
  const height = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.round((count / most) * 8)))
  return { bars: counts.map((count) => bars[height(count)]).join(''), low, high }
}

function spreadLine({ runtime, latency }: Timed, { columns, style }: ReportOptions): string {
  const { samples, mad } = latency.warm
  const { bars: drawn, low, high } = histogram(samples, columns >= 100 ? 40 : 24)
  const label = name(runtime.id, 20).padEnd(20)
  const slowest = Math.max(...samples)
  const outlier = slowest > 2 * high ? `, slowest ${milliseconds(slowest)}` : ''
  return `  ${label} ${milliseconds(low)} ${style.cyan(drawn)} ${milliseconds(high)}  MAD ${figure(mad)}${outlier}`
}

const mostOperators = 6

/** Time by operator and where it ran, with the work that it stands for. */
function operatorLines({ runtime, latency }: Timed, { columns, style }: ReportOptions): string[] {
  const groups = new Map<string, OpTime[]>()
  for (const one of latency.perOp) {
    const key = `${one.op} ${one.provider}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const total = (times: readonly OpTime[], of: (one: OpTime) => number | null): number =>
    times.reduce((sum, one) => sum + (of(one) ?? 0), 0)
  const sorted = [...groups.values()].sort((a, b) => total(b, ({ ms }) => ms) - total(a, ({ ms }) => ms))
  const rows = sorted.slice(0, mostOperators).map((times): Cell[] => {
    const [first] = times
    const macs = total(times, (one) => one.macs)
    const moved = total(times, (one) => one.bytes)
    const cells = [
      `  ${name(first?.op ?? '', 24)}`,
      String(times.length),
      percent(total(times, ({ share }) => share)),
      milliseconds(total(times, ({ ms }) => ms)),
      macs > 0 ? quantity(macs) : '–',
      moved > 0 ? bytes(moved) : '–',
      boundText(times),
      name((first?.provider ?? '').replace(/ExecutionProvider$/, ''), 12),
    ]
    return cells.map((text) => ({ text }))
  })
  const head = [
    { title: '  OP', max: columns >= 100 ? 30 : 20 },
    { title: 'NODES', align: 'right' as const },
    { title: 'TIME', align: 'right' as const },
    { title: 'MS', align: 'right' as const },
    { title: 'MACS', align: 'right' as const },
    { title: 'BYTES', align: 'right' as const },
    { title: 'BOUND BY' },
    { title: 'ON' },
  ]
  const lines = [style.bold(`Time by operator on ${name(runtime.id, 40)}`), ...table(head, rows, style.dim)]
  const left = sorted.length - rows.length
  if (left > 0) lines.push(style.dim(`  and ${plural(left, 'more operator')}`))
  if (runtime.software) lines.push(style.dim('  of a GPU made of software'))
  return lines
}

function boundText(times: readonly OpTime[]): string {
  const byBound = new Map<OpTime['bound'], number>()
  for (const { bound, ms } of times) byBound.set(bound, (byBound.get(bound) ?? 0) + ms)
  const [main] = [...byBound].sort(([, a], [, b]) => b - a)
  return main?.[0] ?? '–'
}

const outcomePaint = (style: Style): Record<BaselineOutcome, (text: string) => string> => ({
  faster: style.green,
  same: style.green,
  slower: style.red,
  inconclusive: style.yellow,
  'not-comparable': style.yellow,
})

function baselineLines({ baseline }: RunResult, { columns, style }: ReportOptions): string[] {
  if (!baseline) return []
  const width = Math.min(columns, 120)
  const lines = ['', style.bold(`Against ${name(baseline.file, 60)}`)]
  for (const { id, verdict, why } of baseline.runtimes) {
    const text = `${safe(id, 60)}: ${safe(why, 400)}`
    lines.push(...labelled(verdict, text, { width, indent: 2, labelWidth: 16, paint: outcomePaint(style)[verdict] }))
  }
  if (baseline.runtimes.length === 0) lines.push(...wrap('  nothing to compare', width))
  return lines
}

/** Three digits. */
const figure = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(3))))

const milliseconds = (value: number | null): string => {
  if (value === null) return '–'
  return value >= 10_000 ? `${Number((value / 1000).toPrecision(3))} s` : `${figure(value)} ms`
}
