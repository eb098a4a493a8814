/** Whether two measurements are of one machine, and how busy others keep it. */
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../result/run.ts'

/** Cores that are busy while this process waits. */
export async function busyCores(milliseconds = 200): Promise<{ cores: number; of: number }> {
  const before = usedTime()
  await wait(milliseconds)
  const after = usedTime()
  const of = cpus().length
  const total = after.total - before.total
  return { cores: total > 0 ? ((after.used - before.used) / total) * of : 0, of }
}

function usedTime(): { used: number; total: number } {
  let used = 0
  let total = 0
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq
    used += busy
    total += busy + times.idle
  }
  return { used, total }
}

/** What makes another machine: figures of the two say nothing about each other. */
export function otherMachine(a: Environment, b: Environment): string | null {
  for (const [what, before, now] of [
    ['CPU', a.cpu, b.cpu],
    ['number of cores', String(a.cores), String(b.cores)],
    ['operating system', withoutPatch(a.os), withoutPatch(b.os)],
  ] as const)
    if (before !== now) return `measured on another machine (${what}: ${before}, now ${now})`
  return null
}

/** `linux 6.8.0-1057-azure x64`: patch levels of a kernel come and go; they do not make another machine. */
const withoutPatch = (os: string): string => os.replace(/(\d+\.\d+)\S*/, '$1')
