/** One of several jobs that share the models: which models are its own. */
import { Problem } from '../result/problem.ts'

export interface Part {
  /** From 1 on. */
  readonly index: number
  readonly total: number
  /** Where it was read: the flag, or the variable of a CI system. */
  readonly from: string
}

/** @throws Problem `bad-flag` */
export function parseShard(text: string): Part {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  return checked(Number(index), Number(total), `--shard ${text}`, '--shard')
}

type Env = Readonly<Record<string, string | undefined>>

/** Variables by which CI systems number parallel jobs. */
const systems: readonly {
  readonly index: string
  readonly first: 0 | 1
  readonly totals: readonly string[]
}[] = [
  { index: 'JOB_COMPLETION_INDEX', first: 0, totals: ['JOB_COMPLETIONS', 'CI_NODE_TOTAL'] },
  { index: 'CI_NODE_INDEX', first: 1, totals: ['CI_NODE_TOTAL'] },
  { index: 'STRATEGY_JOB_INDEX', first: 0, totals: ['STRATEGY_JOB_TOTAL'] },
]

/**
 * What the environment says: a Kubernetes indexed job, GitLab's `parallel`, or a matrix of GitHub Actions that hands
 * on its `strategy`. Null where there is no more than one job.
 * @throws Problem where the number of jobs is missing, for then models would be left out in silence
 */
export function shardOfEnvironment(env: Env): Part | null {
  for (const { index, first, totals } of systems) {
    const text = env[index]
    if (!text) continue
    const total = totals.find((name) => env[name])
    if (total === undefined)
      throw new Problem('bad-shard', `${index} is ${text}, but the number of jobs is not known`, {
        expected: totals.join(' or '),
        fix: `set ${totals[0]}, or say it: --shard 1/4; --shard 1/1 checks all models in this job`,
      })
    const asked = `${index}=${text} ${total}=${env[total]}`
    const shard = checked(wholeNumber(text) + 1 - first, wholeNumber(env[total] ?? ''), asked, index)
    return shard.total > 1 ? shard : null
  }
  return null
}

const wholeNumber = (text: string): number => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN)

function checked(index: number, total: number, asked: string, from: string): Part {
  if (index >= 1 && index <= total) return { index, total, from }
  throw new Problem('bad-shard', `${asked}: there is no such part`, {
    expected: 'i/n, with i from 1 to n',
    fix: 'for example: --shard 1/4',
  })
}

/** Every n-th, so that neighbours, which are often alike in size, are spread. */
export const shareOf = <Item>(items: readonly Item[], { index, total }: Pick<Part, 'index' | 'total'>): Item[] =>
  items.filter((_, i) => i % total === index - 1)
