/** The costliest causes of a run in words: which operators, where they ran, and what their time goes into. */
import { run as catalogue } from '../result/catalogue/run.ts'
import { type Finding, type NodeRef, report } from '../result/finding.ts'
import type { OpTime } from '../result/run.ts'

const most = 3
/** A cause below this share is none. */
const leastShare = 0.1

interface Cause {
  readonly op: string
  readonly provider: string
  readonly bound: OpTime['bound']
  readonly times: OpTime[]
}

interface Timed {
  readonly runtime: string
  readonly perOp: readonly OpTime[]
  /** Between device and host, in the whole model. */
  readonly copies: number
  readonly isAccelerated: boolean
}

export function costliest({ runtime, perOp, copies, isAccelerated }: Timed): Finding[] {
  const causes = new Map<string, Cause>()
  for (const one of perOp) {
    const op = one.bound === 'copy' ? 'copy' : one.op
    const key = `${op} ${one.provider}`
    const cause = causes.get(key) ?? { op, provider: one.provider, bound: one.bound, times: [] }
    causes.set(key, cause)
    cause.times.push(one)
  }
  const shareOf = ({ times }: Cause): number => times.reduce((sum, { share }) => sum + share, 0)
  return [...causes.values()]
    .map((cause) => ({ cause, share: shareOf(cause) }))
    .filter(({ share }) => share >= leastShare)
    .sort((a, b) => b.share - a.share)
    .slice(0, most)
    .map(({ cause, share }) => {
      const { op, provider, times } = cause
      const onHost = isAccelerated && provider === 'CPUExecutionProvider'
      const kind = op === 'copy' ? 'copy' : onHost ? 'host' : 'operator'
      const ms = times.reduce((sum, one) => sum + one.ms, 0)
      const nodes = times.flatMap(({ node }): NodeRef[] => (node === null ? [] : [node]))
      const args = {
        runtime,
        op,
        kind,
        share,
        ms,
        nodes: times.length,
        bound: boundOf(times),
        copies,
      } as const
      return report(catalogue, onHost || op === 'copy' ? 'run/costly-fallback' : 'run/costly', args, {
        nodes,
        found: { runtime, share, ms },
      })
    })
}

/** What most of their time goes into; null where that differs or is not known. */
function boundOf(times: readonly OpTime[]): OpTime['bound'] {
  const sums = new Map<OpTime['bound'], number>()
  for (const { bound, ms } of times) sums.set(bound, (sums.get(bound) ?? 0) + ms)
  const total = times.reduce((sum, { ms }) => sum + ms, 0)
  const [main] = [...sums].sort(([, a], [, b]) => b - a)
  return main && main[1] > total / 2 ? main[0] : null
}
