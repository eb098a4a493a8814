/** What went wrong on single samples: the same failure of many samples is said once. */
import { isProblem, type Problem } from '../result/problem.ts'
import type { Stage } from '../result/run.ts'

export interface Failure {
  readonly runtime: string
  readonly stage: Stage
  readonly problem: Problem
  readonly samples: string[]
}

export class Failures {
  private readonly all = new Map<string, Failure>()

  /** Null where it fails, which is kept. @throws what is no Problem, and `interrupted` */
  async attempt<T>(runtime: string, stage: Stage, sample: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      if (!isProblem(error) || error.code === 'interrupted') throw error
      this.add(runtime, stage, sample, error)
      return null
    }
  }

  private add(runtime: string, stage: Stage, sample: string, problem: Problem): void {
    const key = [runtime, stage, problem.code, problem.message].join('\0')
    const found = this.all.get(key) ?? { runtime, stage, problem, samples: [] }
    this.all.set(key, found)
    if (!found.samples.includes(sample)) found.samples.push(sample)
  }

  of(runtime: string): Failure[] {
    return [...this.all.values()].filter((failure) => failure.runtime === runtime)
  }
}
