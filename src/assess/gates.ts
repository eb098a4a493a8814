/** What a user wants to fail on. */
import type { Verdict } from '../result/result.ts'

export interface Gates {
  /** The verdict from which on a target fails. */
  readonly failOn: Exclude<Verdict, 'ready'>
  /** Least MAC coverage, in percent; null: not asked. */
  readonly minCoverage: number | null
  /** Most accelerator partitions; null: not asked. */
  readonly maxPartitions: number | null
}

export const defaultGates: Gates = { failOn: 'blocked', minCoverage: null, maxPartitions: null }
