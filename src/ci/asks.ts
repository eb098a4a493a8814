/** What `ci`, `run` and `compare` ask of the same config. */
import type { LatencyConfig } from '../config/config.ts'

export interface Asks {
  /** The command, for what messages say. */
  readonly command: 'ci' | 'run' | 'compare'
  /** Whether targets are checked. */
  readonly targets: boolean
  /** Whether models are run also where the config names neither a wrapper nor runtimes. */
  readonly everyRun: boolean
  /** Where they are run when nothing says so; by default all that a run without `--runtime` has. */
  readonly runtimes?: readonly string[]
  /** How latency is measured where the config says nothing of it; false: it is not. */
  readonly latency: LatencyConfig | false
  /** Models are put side by side, by these columns or by all. */
  readonly comparison?: { readonly columns?: readonly string[] }
}

export const asksOfCi: Asks = { command: 'ci', targets: true, everyRun: false, latency: false }

/** @param targets what is known of targets is wanted, too */
export const asksOfRun = (targets: boolean): Asks => ({
  command: 'run',
  targets,
  everyRun: true,
  latency: { preset: 'quick' },
})

export const asksOfCompare = (columns?: readonly string[]): Asks => ({
  command: 'compare',
  targets: true,
  everyRun: false,
  runtimes: ['cpu'],
  latency: { preset: 'quick' },
  comparison: columns ? { columns } : {},
})
