/** The team's own metrics: their mean on each runtime and each slice, beside the reference, with an interval. */
import { seeded } from '../latency/random.ts'
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, report } from '../result/finding.ts'
import type { MetricValue, SliceResult } from '../result/run.ts'
import type { Description } from '../wrapper/host.ts'
import type { WrapperClient } from '../wrapper/load.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import type { Failures } from './failures.ts'

/** Metric → sample → value, of one runtime. */
type Values = Map<string, Map<string, number>>

/** Asks the wrapper for its metrics of what each runtime made of each sample: in one place for all runtimes. */
export class Meter {
  /** Slice → its samples. */
  private readonly slices = new Map<string, Set<string>>()
  private readonly values = new Map<string, Values>()

  constructor(
    private readonly client: WrapperClient | null,
    private readonly description: Pick<Description, 'metrics' | 'slices'>,
    private readonly failures: Failures,
  ) {}

  /** @param runtime that is blamed for what goes wrong */
  async slice(runtime: string, sample: Sample): Promise<void> {
    const { client, description } = this
    if (!client || (!description.slices && !sample.tags?.length)) return
    const names = await this.failures.attempt(runtime, 'post', sample.id, () => client.slices(sample))
    for (const name of names ?? []) this.slices.set(name, (this.slices.get(name) ?? new Set()).add(sample.id))
  }

  async add(runtime: string, sample: Sample, result: unknown): Promise<void> {
    const { client } = this
    if (!client || result === undefined) return
    const values = this.values.get(runtime) ?? new Map<string, Map<string, number>>()
    this.values.set(runtime, values)
    for (const name of this.description.metrics) {
      const value = await this.failures.attempt(runtime, 'post', sample.id, () => client.metric(name, result, sample))
      if (value !== null) values.set(name, (values.get(name) ?? new Map()).set(sample.id, value))
    }
  }

  /** @param reference null for the reference itself */
  of(runtime: string, reference: string | null): Metered {
    const own = this.values.get(runtime)
    if (!own) return { metrics: {}, slices: [] }
    const other = reference === null ? null : (this.values.get(reference) ?? new Map())
    const over = (members: ReadonlySet<string> | null): Record<string, MetricValue> =>
      Object.fromEntries(
        this.description.metrics.map((name) => [
          name,
          metricValue(own.get(name) ?? new Map(), other && (other.get(name) ?? new Map()), members),
        ]),
      )
    return {
      metrics: over(null),
      slices: [...this.slices].map(([name, members]) => ({ name, samples: members.size, metrics: over(members) })),
    }
  }
}

export interface Metered {
  readonly metrics: Record<string, MetricValue>
  readonly slices: SliceResult[]
}

function metricValue(
  own: ReadonlyMap<string, number>,
  reference: ReadonlyMap<string, number> | null,
  members: ReadonlySet<string> | null,
): MetricValue {
  const within = [...own].filter(([sample]) => members === null || members.has(sample))
  const value = within.length === 0 ? null : meanOf(within.map(([, one]) => one))
  if (!reference) return { value, delta: null, deltaCi95: null }
  // Sample by sample: what both have.
  const differences = within.flatMap(([sample, one]) => {
    const other = reference.get(sample)
    return other === undefined ? [] : [one - other]
  })
  if (differences.length === 0) return { value, delta: null, deltaCi95: null }
  return { value, delta: meanOf(differences), deltaCi95: intervalOf(differences) }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

const resamples = 2000

/** Percentile bootstrap over the samples; null where there are too few to say anything. */
function intervalOf(values: readonly number[]): [number, number] | null {
  if (values.length < 2) return null
  const random = seeded(1)
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] as number
    return sum / values.length
  }).sort()
  return [means[Math.floor(resamples * 0.025)] as number, means[Math.ceil(resamples * 0.975) - 1] as number]
}

/** What `--max-drop` says of one runtime. A drop that rounding alone makes is none. */
export function* dropFindings(
  runtime: string,
  { metrics, slices }: Metered,
  maxDrop: Readonly<Record<string, number>>,
): Generator<Finding> {
  const all = [{ name: null, metrics }, ...slices]
  for (const [metric, most] of Object.entries(maxDrop))
    for (const { name: slice, metrics: values } of all) {
      const delta = Object.hasOwn(values, metric) ? (values[metric]?.delta ?? null) : null
      if (delta === null || -delta <= most + 1e-12) continue
      const args = { runtime, metric, drop: figure(-delta), most: `${metric}=${figure(most)}`, slice }
      // Slices are small: they inform, the whole decides.
      const severity = slice === null ? {} : { severity: 'warning' as const }
      yield report(catalogue, 'run/metric-drop', args, { found: { runtime, ...(slice ? { slice } : {}) }, ...severity })
    }
}

/** A name that no metric has must not pass in silence. */
export const unknownMetrics = (names: readonly string[], maxDrop: Readonly<Record<string, number>>): Finding[] =>
  Object.keys(maxDrop)
    .filter((metric) => !names.includes(metric))
    .map((metric) => report(catalogue, 'run/unknown-metric', { metric, known: names }))

const figure = (value: number): string => String(Number(value.toPrecision(3)))
